"""The cases of every operator (tests/conformance/README.md), run by siku.apply."""

import math
import sys

import pytest
import siku
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "conformance"))
from python_cases import OWN, cases, table_of, value_of  # noqa: E402

siku.load_plugin(OWN / "ops.py")


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
    covered = {operator for operator, _, _ in cases()}
    assert covered == {operator.name for operator in siku.operators()}


@pytest.mark.parametrize("rows", [1000, 1], ids=["whole", "row by row"])
@pytest.mark.parametrize(
    ("operator", "case", "parameters"),
    [pytest.param(*one, id=f"{one[0]}: {one[1]['name']}") for one in cases()],
)
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
