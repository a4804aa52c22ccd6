"""Siku's decisions, ratios and words against DataTrove's with FineWeb-2's Chinese numbers."""

import pytest
from conftest import Golden

CHINESE = Golden("datatrove-chinese")
# golden column: Siku's statistic
RATIOS = {
    "dup_para_frac": "dup_para_frac",
    "dup_para_char_frac": "dup_para_char_frac",
    "dup_line_frac": "dup_line_frac",
    "dup_line_char_frac": "dup_line_char_frac",
    **{f"top_{n}_gram": f"top_{n}_gram(jieba)" for n in (2, 3, 4)},
    **{f"dup_{n}_gram": f"duplicated_{n}_n_grams(jieba)" for n in range(5, 11)},
    "non_symbol_words": "gopher_words(jieba)",
    "avg_word_length": "avg_word_length(jieba)",
    "hash_ratio": "hash_word_ratio(jieba)",
    "ellipsis_ratio": "ellipsis_word_ratio(jieba)",
    "alpha_ratio": "alpha_word_ratio(jieba)",
    "bullet_line_ratio": "bullet_line_ratio",
    "ellipsis_line_ratio": "ellipsis_line_ratio",
    "line_punct_ratio": "line_punct_ratio",
    "short_line_ratio": "short_line_ratio(30)",
    "char_dup_ratio": "char_dup_ratio",
    "list_ratio": "newline_word_ratio(jieba)",
}
FILTERS = {
    "repetition": "refine.filter.gopher_repetition",
    "fineweb": "refine.filter.fineweb_quality",
    "quality": "refine.filter.gopher_quality",
}


def test_ratios_are_equal(siku):
    given = {"statistics": list(RATIOS.values())}
    made = siku.apply({"measured": ("refine.text.measure", given)})["measured"]
    for column, name in RATIOS.items():
        got = made[name].to_pylist()
        wrong = [
            (number, a, b)
            for number, (a, b) in enumerate(zip(got, CHINESE[column], strict=True))
            if b is not None and (a is None or abs(a - b) > 1e-9)
        ]
        assert not wrong, f"{column}: {len(wrong)} differ: {wrong[:5]}"


@pytest.mark.parametrize("column", FILTERS)
def test_decisions_are_equal(siku, column):
    steps = {column: (FILTERS[column], {"preset": "cmn_hani"})}
    got = siku.reasons(steps)[column]
    wrong = [
        (number, got.get(number, "kept"), expected)
        for number, expected in enumerate(CHINESE[column])
        if got.get(number, "kept") != expected and not expected.endswith("Error")
    ]
    assert not wrong, f"{len(wrong)} decisions differ: {wrong[:5]}"
