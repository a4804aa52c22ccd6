"""Repair of texts in memory."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from typing import overload

from ._siku import Edit, Flag, Frame, Texts, TextStep
from ._types import ArrowArray

Option = bool | int | float | str | list[str]


@dataclass(frozen=True, slots=True)
class Repaired:
    """One text: what became of it, what was changed, what a person should look at."""

    text: str
    edits: list[Edit]
    flags: list[Flag]


@dataclass(frozen=True, slots=True)
class RepairedTexts:
    """Many texts. ``edits`` and ``flags`` name the text by its ``row``."""

    texts: Texts
    edits: Frame
    flags: Frame


@lru_cache(maxsize=64)
def _step(parameters: str) -> TextStep:
    return TextStep("refine.text.repair", parameters)


@lru_cache(maxsize=64)
def _plain(min_confidence: float | str) -> TextStep:
    return _step(json.dumps({"min_confidence": min_confidence}, allow_nan=False))


def _number(value: object) -> float | str:
    """A float; what is none, as words for the operator to refuse by name."""
    if isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return value if isinstance(value, str) else repr(value)


# A str is an iterable of texts, too; the first match holds.
@overload
def repair(  # type: ignore[overload-overlap]
    text: str, *, min_confidence: float = ..., **options: Option
) -> Repaired: ...


@overload
def repair(
    text: Iterable[str | None] | ArrowArray, *, min_confidence: float = ..., **options: Option
) -> RepairedTexts: ...


def repair(
    text: str | Iterable[str | None] | ArrowArray,
    *,
    min_confidence: float = 0.9,
    **options: Option,
) -> Repaired | RepairedTexts:
    """Repair damaged Chinese text: a str, or many as an Arrow array or any iterable.

    Repairs below ``min_confidence`` are proposed among the flags, not applied. ``options`` are the
    other parameters of the operator ``refine.text.repair``. Each text is judged as one document.
    """
    if options:
        parameters = {"min_confidence": _number(min_confidence), **options}
        step = _step(
            json.dumps(
                parameters, ensure_ascii=False, sort_keys=True, allow_nan=False, default=repr
            )
        )
    else:
        step = _plain(_number(min_confidence))
    if isinstance(text, str):
        return Repaired(*step.one(text))
    return RepairedTexts(*step.many(text))
