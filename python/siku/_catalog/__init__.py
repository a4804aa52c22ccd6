"""A catalogue server's client (docs/server.md)."""

from .client import Catalog
from .model import (
    CatalogAudit,
    CatalogDataset,
    CatalogRows,
    CatalogSearch,
    CatalogVersion,
)

__all__ = [
    "Catalog",
    "CatalogAudit",
    "CatalogDataset",
    "CatalogRows",
    "CatalogSearch",
    "CatalogVersion",
]
