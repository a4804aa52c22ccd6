"""Siku makes datasets that people and models can trust out of raw Chinese text.

``repair`` for texts, ``apply`` for one operator over a frame, ``run`` for a recipe into a store,
``Catalog`` for what a server publishes.
"""

import sys as _sys

from . import _siku
from ._catalog import (
    Catalog,
    CatalogAccess,
    CatalogAudit,
    CatalogDataset,
    CatalogFile,
    CatalogRows,
    CatalogSearch,
    CatalogVersion,
)
from ._errors import (
    Busy,
    Conflict,
    Data,
    Denied,
    Error,
    Internal,
    Interrupted,
    Invalid,
    Io,
    Limit,
    NoSpace,
    NotFound,
    Unbalanced,
    Unsupported,
)
from ._operators import Applied, Named, Operator, Parameter, apply, load_plugin, operators
from ._own import operator
from ._recipe import Recipe
from ._repair import Repaired, RepairedTexts, repair
from ._run import (
    Decisions,
    RunOutput,
    RunSummary,
    StepCounts,
    open_dataset,
    open_store,
    read_summary,
    resume,
    run,
    undo,
)
from ._siku import Batches, Dataset, Edit, Flag, Frame, Store, Texts, version
from .engines import ray, spark

_siku.use_python(_sys.executable or "")

__version__: str = version()

__all__ = [
    "Applied",
    "Batches",
    "Busy",
    "Catalog",
    "CatalogAccess",
    "CatalogAudit",
    "CatalogDataset",
    "CatalogFile",
    "CatalogRows",
    "CatalogSearch",
    "CatalogVersion",
    "Conflict",
    "Data",
    "Dataset",
    "Decisions",
    "Denied",
    "Edit",
    "Error",
    "Flag",
    "Frame",
    "Internal",
    "Interrupted",
    "Invalid",
    "Io",
    "Limit",
    "Named",
    "NoSpace",
    "NotFound",
    "Operator",
    "Parameter",
    "Recipe",
    "Repaired",
    "RepairedTexts",
    "RunOutput",
    "RunSummary",
    "StepCounts",
    "Store",
    "Texts",
    "Unbalanced",
    "Unsupported",
    "__version__",
    "apply",
    "load_plugin",
    "open_dataset",
    "open_store",
    "operator",
    "operators",
    "ray",
    "read_summary",
    "repair",
    "resume",
    "run",
    "spark",
    "undo",
]
