"""Siku's words against jieba's cuts, and its conversions against OpenCC's, text by text."""

import golden_file
import pytest
from conftest import Golden
from golden_jieba import hash_cuts

OPENCC = Golden("opencc")
JIEBA = Golden("jieba")
BETWEEN = "\x1e\x1f\x1e"  # in no text of the corpus


def equals(before, after, expected):
    """OpenCC ends a text at its first NUL in configurations that cut it first (docs/words.md)."""
    if golden_file.hash_changed(before, after) == expected:
        return True
    return "\0" in before and golden_file.hash_text(after[: after.index("\0")]) == expected


@pytest.mark.parametrize("mode", OPENCC.names)
def test_conversions_are_equal(siku, texts, mode):
    made = siku.apply({mode: ("refine.text.convert_script", {"configuration": mode})})[mode]
    wrong = [
        (number, before[:60], after[:60])
        for number, (before, after, expected) in enumerate(
            zip(texts, made["text"].to_pylist(), OPENCC[mode], strict=True)
        )
        if not equals(before, after, expected)
    ]
    assert not wrong, f"{len(wrong)} texts differ: {wrong[:5]}"


def test_data_juicer_converts_as_opencc_does():
    assert Golden("datajuicer-mappers")["chinese_convert_t2s"] == OPENCC["t2s"]


def cuts(siku, texts, lists, parameters):
    assert not any(BETWEEN in text for text in texts)
    given = dict(parameters, separator=BETWEEN)
    if given.pop("user", False):
        given["dictionaries"] = [str(lists / "user_dictionary.txt")]
    made = siku.apply({"cut": ("refine.text.segment_words", given)})["cut"]
    assert made["text"].to_pylist() == texts
    return [words.split(BETWEEN) if words else [] for words in made["words"].to_pylist()]


@pytest.mark.parametrize("hmm", [True, False])
@pytest.mark.parametrize("user", [True, False])
def test_cuts_are_equal(siku, texts, lists, user, hmm):
    found = cuts(siku, texts, lists, {"user": user, "hmm": hmm})
    expected = JIEBA[("user_" if user else "") + ("hmm" if hmm else "no_hmm")]
    wrong = [
        (number, words[:30])
        for number, (words, hashed) in enumerate(zip(found, expected, strict=True))
        if hash_cuts(words) != hashed
    ]
    assert not wrong, f"{len(wrong)} texts differ: {wrong[:5]}"


def test_cuts_for_search_are_equal(siku, texts, lists):
    found = cuts(siku, texts, lists, {"mode": "search"})
    wrong = [
        (number, words[:30])
        for number, (words, hashed) in enumerate(zip(found, JIEBA["search_hmm"], strict=True))
        if golden_file.hash_words(words) != hashed
    ]
    assert not wrong, f"{len(wrong)} texts differ: {wrong[:5]}"
