"""Recipes."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import _siku
from ._errors import Error
from ._operators import Value


def _scalar(value: Value | os.PathLike[str]) -> str:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Recipe:
    """Named inputs, steps and outputs (docs/recipes.md). ``set`` gives another, changed one."""

    #: YAML
    text: str
    #: What errors call it.
    file: str = "recipe"
    #: The folder its paths are relative to; empty: the working folder.
    base: str = ""
    overrides: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "Recipe":
        """A YAML file; paths in it are relative to its folder."""
        path = Path(path)
        return cls(_siku.read_recipe(str(path)), str(path), str(path.parent))

    @classmethod
    def from_text(cls, text: str, *, base: str | os.PathLike[str] = "") -> "Recipe":
        """YAML; paths in it are relative to ``base``."""
        return cls(text, base=os.fspath(base))

    @classmethod
    def from_dict(cls, recipe: Mapping[str, Any], *, base: str | os.PathLike[str] = "") -> "Recipe":
        """The same as nested dicts and lists."""
        text = json.dumps(recipe, ensure_ascii=False, indent=1, allow_nan=False)
        return cls(text, base=os.fspath(base))

    def set(self, key: str, value: Value | os.PathLike[str]) -> "Recipe":
        """Another recipe with one parameter or path changed, as ``siku run --set`` does:
        ``recipe.set("repaired.min_confidence", 0.8)``."""
        return replace(self, overrides=(*self.overrides, (key, _scalar(value))))

    def check(self) -> list[Error]:
        """Every mistake, in the order of the file; empty: it can run."""
        return _siku.check_recipe(self.text, self.file, self.base, self.overrides)


def as_recipe(recipe: "Recipe | str | os.PathLike[str] | Mapping[str, Any]") -> Recipe:
    if isinstance(recipe, Recipe):
        return recipe
    if isinstance(recipe, Mapping):
        return Recipe.from_dict(recipe)
    return Recipe.from_file(recipe)
