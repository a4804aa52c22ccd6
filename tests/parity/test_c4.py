"""What is left of texts by C4's rules against DataTrove's C4QualityFilter."""

import golden_file
import pytest
from conftest import Golden

ENGLISH = Golden("datatrove-english")
FILTERS = {
    "c4": {},
    "c4_any_end": {"filter_no_terminal_punct": False},
    "c4_sentences": {"split_paragraph": False},
}


@pytest.mark.parametrize("column", FILTERS)
def test_pages_are_equal(siku, texts, column):
    step = ("refine.filter.c4_quality", FILTERS[column])
    reasons = siku.reasons({column: step})[column]
    made = siku.apply({column: step})[column]
    left = dict(zip(made["id"].to_pylist(), made["text"].to_pylist(), strict=True))
    wrong = []
    for number, (expected, edited) in enumerate(
        zip(ENGLISH[column], ENGLISH[f"{column}:text"], strict=True)
    ):
        got = reasons.get(number, "kept")
        if got == expected == "kept":
            if golden_file.hash_changed(texts[number], left[number]) == edited:
                continue
        elif got == expected:
            continue
        wrong.append((number, got, expected, texts[number][:80]))
    assert not wrong, f"{len(wrong)} texts differ: {wrong[:5]}"
