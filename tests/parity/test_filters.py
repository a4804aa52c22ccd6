"""Siku's statistics and decisions against those of Data-Juicer's filters."""

import golden_file
import pytest
from conftest import Golden, safe

STATISTICS = Golden("datajuicer-statistics")
DECISIONS = Golden("datajuicer-decisions")
BATCH = 20  # filters of one run
# Filters on fields instead of texts.
FIELDS = ("specified_field", "specified_numeric", "suffix", "general_field")


def own_name(column):
    """Siku's name of a statistic: `char_rep_ratio(2)` for `char_rep_ratio_2`."""
    name, _, number = column.rpartition("_")
    return f"{name}({number})" if number.isdigit() else column


def text_statistics():
    return [c for c in STATISTICS.names if not c.startswith(("flagged_words", "stopwords"))]


def test_statistics_are_equal(siku):
    columns = text_statistics()
    given = {"statistics": [own_name(column) for column in columns]}
    made = siku.apply({"measured": ("refine.text.measure", given)})["measured"]
    for column in columns:
        got = made[own_name(column)].to_pylist()
        wrong = [
            (number, a, b)
            for number, (a, b) in enumerate(zip(got, STATISTICS[column], strict=True))
            if a is None or abs(a - b) > 1e-9
        ]
        assert not wrong, f"{column}: {len(wrong)} differ: {wrong[:5]}"


def cases():
    columns = [c for c in DECISIONS.names if not c.startswith(FIELDS)]
    return [
        pytest.param(columns[i : i + BATCH], id=columns[i]) for i in range(0, len(columns), BATCH)
    ]


@pytest.mark.parametrize("columns", cases())
def test_decisions_are_equal(siku, columns, lists):
    steps = {}
    for column in columns:
        ((name, parameters),) = DECISIONS.parameters[column].items()
        parameters = {k: str(lists) if k.endswith("_dir") else v for k, v in parameters.items()}
        steps[safe(column)] = ("refine.filter." + name.removesuffix("_filter"), parameters)
    rejected = siku.reasons(steps)
    for column in columns:
        wrong = [
            number
            for number, kept in enumerate(DECISIONS[column])
            if kept == (number in rejected[safe(column)])
        ]
        assert not wrong, f"{column}: {len(wrong)} decisions differ: {wrong[:5]}"


@pytest.mark.parametrize("column", [c for c in DECISIONS.names if c.startswith(FIELDS[:3])])
def test_decisions_by_fields_are_equal(siku, corpus, column):
    ((name, parameters),) = DECISIONS.parameters[column].items()
    if name != "specified_numeric_field_filter":  # where an interval has no meaning
        parameters = {k: v for k, v in parameters.items() if not k.endswith("closed_interval")}
    step = ("refine.filter." + name.removesuffix("_filter"), parameters)
    rejected = siku.reasons({"kept": step})["kept"]
    # To Data-Juicer 0 is no number: docs/filters.md.
    zeros = {row["id"] for row in golden_file.corpus(corpus) if row["score"] == 0}
    wrong = [
        number
        for number, kept in enumerate(DECISIONS[column])
        if kept == (number in rejected)
        and not (name.startswith("specified_num") and number in zeros)
    ]
    assert not wrong, f"{len(wrong)} decisions differ: {wrong[:5]}"


def test_decisions_by_a_condition_are_equal(siku):
    ((_, parameters),) = DECISIONS.parameters["general_field:closed"].items()
    rejected = siku.reasons({"kept": ("refine.filter.general_field", parameters)})["kept"]
    golden = DECISIONS["general_field:closed"]
    wrong = [number for number, kept in enumerate(golden) if kept == (number in rejected)]
    assert not wrong, f"{len(wrong)} decisions differ: {wrong[:5]}"
