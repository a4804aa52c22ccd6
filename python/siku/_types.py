"""What Arrow libraries have in common: https://arrow.apache.org PyCapsule interface."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class ArrowStream(Protocol):
    """A table, frame or relation of pyarrow, polars, pandas, duckdb, ..."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


@runtime_checkable
class ArrowArray(Protocol):
    """A record batch or an array."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any: ...
