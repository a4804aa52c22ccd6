"""Reads the cases of operators (README.md) for tests in Python."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import yaml

ROOT = Path(__file__).resolve().parents[2]
#: The example whose operators, which are a plug-in's, have cases too.
OWN = ROOT / "examples" / "own-operator-python"
TYPES = {
    "text": pyarrow.large_string(),
    "int": pyarrow.int64(),
    "real": pyarrow.float64(),
    "bool": pyarrow.bool_(),
}
REALS = {".nan": math.nan, ".inf": math.inf, "-.inf": -math.inf}


class Plain(yaml.SafeLoader):
    """Scalars as they are written; only null means something."""


Plain.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def cases() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Operator, case as it is written, and its parameters, of each case of each operator."""
    files = [*(ROOT / "modules").rglob("*.cases.yaml"), *OWN.glob("*.cases.yaml")]
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")
        plain, typed = yaml.load(text, Plain), yaml.safe_load(text)
        for case, meant in zip(plain["cases"], typed["cases"], strict=True):
            yield plain["operator"], case, meant.get("with", {})


def value_of(cell: str | None, kind: str) -> Any:
    if cell is None or kind == "text":
        return cell
    if kind == "bool":
        return cell == "true"
    return int(cell) if kind == "int" else REALS.get(cell) or float(cell)


def table_of(case: Any) -> pyarrow.Table:
    """The rows that a case puts in."""
    rows = [{"text": case["text"]}] if "text" in case else case["rows"]
    columns = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        kind = case.get("columns", {}).get(name, "text")
        values = [value_of(row.get(name), kind) for row in rows]
        columns[name] = pyarrow.array(values, TYPES[kind])
    return pyarrow.table(columns)
