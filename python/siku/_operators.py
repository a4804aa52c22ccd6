"""The operators there are, and one of them over a frame."""

import json
import os
from dataclasses import dataclass, field
from typing import Any

from . import _siku
from ._siku import Frame
from ._types import ArrowArray, ArrowStream

Value = bool | int | float | str | list[str]
# By the names of their operators.
_plugins: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True)
class Named:
    """A rule of edits, a reason of rejects, or a kind of flags."""

    name: str
    summary: str
    summary_zh: str


@dataclass(frozen=True)
class Parameter:
    name: str
    #: bool, int, real, text or list of texts, as docs/operators.md calls it
    type: str
    summary: str
    summary_zh: str
    unit: str = ""
    #: False: it must be given.
    has_default: bool = False
    default: Value | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operator:
    """The record of an operator: the same that help and manual are printed from."""

    name: str
    version: int
    summary: str
    summary_zh: str
    #: Paper, standard or tool the method comes from.
    source: str
    #: A step of a recipe, in YAML.
    example: str
    parameters: tuple[Parameter, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Named, ...]
    reasons: tuple[Named, ...]
    flags: tuple[Named, ...]
    traits: dict[str, Any] = field(default_factory=dict)


def _names(items: list[dict[str, str]]) -> tuple[Named, ...]:
    return tuple(Named(**item) for item in items)


def _parameter(item: dict[str, Any]) -> Parameter:
    return Parameter(
        name=item["name"],
        type=item["type"],
        summary=item["summary"],
        summary_zh=item["summary_zh"],
        unit=item.get("unit", ""),
        has_default="default" in item,
        default=item.get("default"),
        minimum=item.get("minimum"),
        maximum=item.get("maximum"),
        choices=tuple(item.get("choices", ())),
    )


def _operator(record: str) -> Operator:
    item = json.loads(record)
    return Operator(
        name=item["name"],
        version=item["version"],
        summary=item["summary"],
        summary_zh=item["summary_zh"],
        source=item["source"],
        example=item["example"],
        parameters=tuple(_parameter(one) for one in item["parameters"]),
        reads=tuple(item["reads"]),
        writes=tuple(item["writes"]),
        outputs=tuple(item["outputs"]),
        rules=_names(item["rules"]),
        reasons=_names(item["reasons"]),
        flags=_names(item["flags"]),
        traits=item["traits"],
    )


def operators() -> list[Operator]:
    """Every operator, by name."""
    return [_operator(record) for record in _siku.operator_records()]


def load_plugin(name: str | os.PathLike[str]) -> list[Operator]:
    """Make the operators of a ``.py``, a ``.so`` or ``package.module:name`` known to
    :func:`apply`, and give their records. A recipe names its own, under ``plugins``."""
    plugin = (os.fspath(name), os.getcwd())
    made = [_operator(record) for record in _siku.load_plugin(*plugin)]
    _plugins.update({one.name: plugin for one in made})
    return made


def plugin_of(operator: str) -> tuple[str, str] | None:
    """The plug-in that has it and the folder that its path is relative to; None: it is ours."""
    return _plugins.get(operator)


def as_json(parameters: dict[str, Value]) -> str:
    return json.dumps(parameters, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Applied:
    """What an operator made of a frame. Rows are numbered from 0 in the frame given."""

    #: The first output; the only one of most operators.
    frame: Frame
    #: Every output by its port.
    outputs: dict[str, Frame]
    edits: Frame
    flags: Frame
    #: Rows that went no further, with the reason.
    rejects: Frame


def apply(operator: str, frame: ArrowStream | ArrowArray, **parameters: Value) -> Applied:
    """Run one operator over a frame in memory; nothing is stored."""
    outputs, edits, flags, rejects = _siku.apply(operator, frame, as_json(parameters))
    return Applied(next(iter(outputs.values())), outputs, edits, flags, rejects)
