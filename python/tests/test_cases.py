"""The cases of every operator (tests/conformance/README.md), run by siku.apply."""

import math

import pyarrow
import pytest
import siku
import yaml
from conftest import ROOT

OWN = ROOT / "examples" / "own-operator-python"
FILES = sorted([*(ROOT / "modules").rglob("*.cases.yaml"), *OWN.glob("*.cases.yaml")])
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


siku.load_plugin(OWN / "ops.py")


def cases():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        plain, typed = yaml.load(text, Plain), yaml.safe_load(text)
        for case, meant in zip(plain["cases"], typed["cases"], strict=True):
            name = f"{plain['operator']}: {case['name']}"
            yield pytest.param(plain["operator"], case, meant.get("with", {}), id=name)


def value_of(cell: str | None, kind: str):
    if cell is None or kind == "text":
        return cell
    if kind == "bool":
        return cell == "true"
    return int(cell) if kind == "int" else REALS.get(cell) or float(cell)


def table_of(case) -> pyarrow.Table:
    rows = [{"text": case["text"]}] if "text" in case else case["rows"]
    columns = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        kind = case.get("columns", {}).get(name, "text")
        values = [value_of(row.get(name), kind) for row in rows]
        columns[name] = pyarrow.array(values, TYPES[kind])
    return pyarrow.table(columns)


def same(expected: str | None, found) -> bool:
    if expected is None or found is None:
        return expected is found
    if isinstance(found, bool):
        return expected == ("true" if found else "false")
    if isinstance(found, float):
        value = value_of(expected, "real")
        return value == found or (math.isnan(value) and math.isnan(found))
    return expected == str(found)


def check_rows(expected, frame: siku.Frame) -> None:
    found = frame.to_arrow().to_pylist()
    assert len(found) == len(expected)
    for want, got in zip(expected, found, strict=True):
        for column, cell in want.items():
            assert same(cell, got[column]), (column, cell, got[column])


def expected_rows(case):
    if "expect" in case:
        return case["expect"]
    if "becomes" in case:
        return [{"text": case["becomes"]}]
    return [{"text": case["text"]}] if "text" in case else case["rows"]


def test_every_operator_has_cases():
    covered = {case.values[0] for case in cases()}
    assert covered == {operator.name for operator in siku.operators()}


@pytest.mark.parametrize("rows", [1000, 1], ids=["whole", "row by row"])
@pytest.mark.parametrize(("operator", "case", "parameters"), list(cases()))
def test_a_case(operator, case, parameters, rows):
    reader = table_of(case).to_reader(max_chunksize=rows)
    applied = siku.apply(operator, reader, **parameters)
    check_rows(expected_rows(case), applied.frame)
    for port, expected in case.get("outputs", {}).items():
        check_rows(expected, applied.outputs[port])
    flags = [(f["row"], f["kind"], f["text"]) for f in applied.flags.to_arrow().to_pylist()]
    wanted = [(int(f.get("row", 0)), f["kind"], f["at"]) for f in case.get("flags", [])]
    assert sorted(flags) == sorted(wanted)
    rejects = [
        (r["row"], r["reason"], r["partner"]) for r in applied.rejects.to_arrow().to_pylist()
    ]
    wanted = [
        (int(r["row"]), r["reason"], int(r["into"]) if "into" in r else None)
        for r in case.get("rejects", [])
    ]
    assert rejects == sorted(wanted, key=lambda reject: reject[0])
    rules = set(applied.edits.to_arrow()["rule"].to_pylist())
    assert rules == set(case.get("rules", []))
