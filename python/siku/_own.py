"""Operators of one's own: the decorator, and what calls them (docs/own-operators.md).

The program `siku` carries this file and feeds it to Python; it needs pyarrow, nothing of ours.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

MARK = "__siku_operator__"
_COLUMN = {
    "type": "text",
    "summary": "The text column.",
    "summary_zh": "文本列。",
    "default": "text",
}


class OperatorError(Exception):
    """A plug-in that does not keep its word; the text is for people."""


def _named(items: Mapping[str, Any]) -> list[dict[str, str]]:
    named = []
    for name, said in items.items():
        texts = (said,) if isinstance(said, str) else tuple(said)
        if len(texts) not in (1, 2) or not all(isinstance(text, str) for text in texts):
            raise TypeError(f"{name!r}: give a summary, or a summary and its Chinese")
        one = {"name": name, "summary": texts[0]}
        named.append({**one, "summary_zh": texts[1]} if len(texts) == 2 else one)
    return named


def operator(
    *,
    name: str,
    summary: str,
    summary_zh: str = "",
    version: int = 1,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    writes: Mapping[str, str] | None = None,
    rules: Mapping[str, Any] | None = None,
    reasons: Mapping[str, Any] | None = None,
    source: str = "",
    example: str = "",
    seconds: float = 600,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make an operator of a function over batches.

    The function gets a pyarrow.RecordBatch and every parameter by its name; ``column`` is one of
    them, the text column that the step works on. With ``writes`` (column to text, int, real or
    bool; ``$column`` is the text itself) it gives a RecordBatch of the same rows. With ``reasons``
    it is a filter and gives, per row, True to keep it, or the reason why it goes and None to keep
    it. A batch may take ``seconds``.
    """
    if bool(writes) == bool(reasons):
        raise TypeError(f"{name}: an operator has `writes`, or it is a filter and has `reasons`")
    declared = {"column": _COLUMN, **(parameters or {})}
    record = {
        "name": name,
        "version": version,
        "summary": summary,
        "summary_zh": summary_zh,
        "source": source,
        "example": example,
        "parameters": [{"name": key, **spec} for key, spec in declared.items()],
        "reads": ["$column"],
        "writes": list(writes or {}),
        "rules": _named(rules or {}),
        "reasons": _named(reasons or {}),
        "traits": {"cardinality": "filter" if reasons else "map"},
    }

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            inspect.signature(function).bind(None, **dict.fromkeys(declared))
        except TypeError as error:
            raise TypeError(
                f"{name}: the function takes a batch and {', '.join(declared)}: {error}"
            ) from None
        setattr(
            function, MARK, {"record": record, "writes": dict(writes or {}), "seconds": seconds}
        )
        return function

    return mark


# ---- loading ------------------------------------------------------------------------------------


def _module_of(plugin: str, base: str) -> tuple[Any, str, str]:
    """The module, the name asked for in it or nothing, and the folder that is the plug-in's own."""
    if plugin.endswith(".py"):
        path = os.path.realpath(os.path.join(base, plugin))
        folder = os.path.dirname(path)
        sys.path.insert(0, folder)
        stem = os.path.splitext(os.path.basename(path))[0]
        spec = importlib.util.spec_from_file_location(f"siku_plugin_{stem}", path)
        if spec is None or spec.loader is None:
            raise OperatorError(f"Python cannot import {plugin}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module, "", folder
    dotted, _, name = plugin.partition(":")
    sys.path.insert(0, os.path.realpath(base))
    module = importlib.import_module(dotted)
    top = sys.modules[dotted.partition(".")[0]]
    return module, name, os.path.dirname(os.path.realpath(top.__file__ or module.__file__ or ""))


def _functions(module: Any, name: str, plugin: str) -> list[Callable[..., Any]]:
    if name and not hasattr(module, name):
        raise OperatorError(f"{plugin}: {module.__name__} has no {name}")
    found = getattr(module, name) if name else list(vars(module).values())
    functions = []
    for one in found if isinstance(found, (list, tuple)) else [found]:
        if hasattr(one, MARK) and one not in functions:
            functions.append(one)
        elif name and not hasattr(one, MARK):
            raise OperatorError(f"{plugin}: {one!r} is no operator; give it @siku.operator(...)")
    if not functions:
        raise OperatorError(f"{plugin}: there is no function with @siku.operator(...)")
    return functions


def _digest(modules: list[Any], folder: str) -> str:
    """SHA-256 over the plug-in's file and what it imported from its own folder."""
    installed = os.path.realpath(sys.prefix) + os.sep
    files = set()
    for module in modules:
        file = os.path.realpath(getattr(module, "__file__", None) or "")
        own = file.startswith(folder + os.sep) and os.path.isfile(file)
        if own and not (file.startswith(installed) and not folder.startswith(installed)):
            files.add(file)
    total = hashlib.sha256()
    for file in sorted(files, key=lambda path: os.path.relpath(path, folder)):
        with open(file, "rb") as stream:
            one = hashlib.sha256(stream.read()).hexdigest()
        total.update(f"{os.path.relpath(file, folder)}\0{one}\n".encode())
    return total.hexdigest()


def load(plugin: str, base: str) -> tuple[dict[str, Callable[..., Any]], str]:
    """The functions of a plug-in by the names of their operators, and its SHA-256."""
    before = set(sys.modules)
    module, name, folder = _module_of(plugin, base)
    functions: dict[str, Callable[..., Any]] = {}
    for function in _functions(module, name, plugin):
        called = getattr(function, MARK)["record"]["name"]
        if called in functions:
            raise OperatorError(f"{plugin}: there are two operators {called}")
        functions[called] = function
    new = [sys.modules[key] for key in list(sys.modules) if key not in before]
    return functions, _digest([module, *new], folder)


# ---- calling ------------------------------------------------------------------------------------


def _column(array: Any, kind: str, name: str) -> Any:
    import pyarrow as pa  # type: ignore[import-untyped]

    types = pa.types
    wanted, fine = {
        "text": (pa.large_string(), (types.is_string, types.is_large_string, types.is_string_view)),
        "int": (pa.int64(), (types.is_integer,)),
        "real": (pa.float64(), (types.is_floating, types.is_integer)),
        "bool": (pa.bool_(), (types.is_boolean,)),
    }[kind]
    if types.is_null(array.type) or any(is_one(array.type) for is_one in fine):
        return array.cast(wanted)
    raise OperatorError(f"the column {name!r} shall be {kind}, not {array.type}")


def _same(a: Any, b: Any) -> bool:
    def places(array: Any) -> list[int]:
        return [buffer.address if buffer else 0 for buffer in array.buffers()]

    shared = a.type == b.type and a.offset == b.offset and len(a) == len(b)
    return (shared and places(a) == places(b)) or a.equals(b)


def _written(batch: Any, result: Any, writes: Mapping[str, str]) -> Any:
    import pyarrow as pa

    if not isinstance(result, pa.RecordBatch):
        raise OperatorError(f"a RecordBatch was to be given, not {type(result).__name__}")
    if result.num_rows != batch.num_rows:
        raise OperatorError(f"{batch.num_rows} rows were to be given, not {result.num_rows}")
    for name in result.schema.names:
        if name in writes:
            continue
        if name not in batch.schema.names:
            raise OperatorError(f"the column {name!r} is not under `writes`")
        if not _same(result.column(name), batch.column(name)):
            raise OperatorError(f"the column {name!r} was changed, but is not under `writes`")
    missing = [name for name in writes if name not in result.schema.names]
    if missing:
        raise OperatorError(f"the column {missing[0]!r} was to be given")
    columns = [_column(result.column(name), kind, name) for name, kind in writes.items()]
    return pa.RecordBatch.from_arrays(columns, names=list(writes))


def _rejects(batch: Any, result: Any, reasons: list[str]) -> list[tuple[int, int]]:
    import pyarrow as pa

    if isinstance(result, (pa.Array, pa.ChunkedArray)):
        result = result.to_pylist()
    if not isinstance(result, (list, tuple)):
        raise OperatorError(f"an array or a list was to be given, not {type(result).__name__}")
    if len(result) != batch.num_rows:
        raise OperatorError(f"{batch.num_rows} values were to be given, not {len(result)}")
    if all(value is True or value is False for value in result):
        return [(row, 0) for row, kept in enumerate(result) if not kept]
    rejects = []
    for row, value in enumerate(result):
        if value is None:
            continue
        if value not in reasons:
            raise OperatorError(f"row {row}: {value!r} is none of the reasons {reasons}")
        rejects.append((row, reasons.index(value)))
    return rejects


def call(
    function: Callable[..., Any], batch: Any, parameters: Mapping[str, Any]
) -> tuple[Any, list[tuple[int, int]]]:
    """The columns that were written, or None; and (row, reason) of the rows that go."""
    told = getattr(function, MARK)
    result = function(batch, **parameters)
    if told["writes"]:
        writes = {
            parameters[name[1:]] if name.startswith("$") else name: kind
            for name, kind in told["writes"].items()
        }
        return _written(batch, result, writes), []
    reasons = [reason["name"] for reason in told["record"]["reasons"]]
    return None, _rejects(batch, result, reasons)
