"""A catalogue server's client (docs/server.md)."""

from .client import Catalog
from .model import (
    AccessRule,
    CatalogAccess,
    CatalogAudit,
    CatalogDataset,
    CatalogFile,
    CatalogRows,
    CatalogSearch,
    CatalogVersion,
    Grant,
    RowCondition,
)

__all__ = [
    "AccessRule",
    "Catalog",
    "CatalogAccess",
    "CatalogAudit",
    "CatalogDataset",
    "CatalogFile",
    "CatalogRows",
    "CatalogSearch",
    "CatalogVersion",
    "Grant",
    "RowCondition",
]
