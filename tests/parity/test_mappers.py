"""Siku's edits against those of Data-Juicer's mappers, text by text."""

import json

import golden_file
import pytest
from conftest import Golden

GOLDEN = Golden("datajuicer-mappers")
FAILURES = json.loads((golden_file.GOLDEN / "datajuicer-mappers.json").read_text("utf-8"))
# Mappers that Siku has another operator for, or none: see docs/compatibility.md.
OTHERS = {"fix_unicode_mapper", "clean_html_mapper", "pii_redaction_mapper"}
OTHERS |= {"chinese_convert_mapper"}  # refine.text.convert_script: test_words.py
OTHERS |= {"text_chunk_mapper"}  # several rows of one: below


def cases():
    for column, given in GOLDEN.parameters.items():
        ((name, parameters),) = given.items()
        if name not in OTHERS:
            yield pytest.param(column, name, parameters, id=column)


@pytest.mark.parametrize(("column", "name", "parameters"), cases())
def test_edits_are_equal(siku, texts, column, name, parameters):
    use = "refine.text." + name.removesuffix("_mapper")
    made = siku.apply({column: (use, parameters)})[column]
    left = dict(zip(made["id"].to_pylist(), made["text"].to_pylist(), strict=True))
    failed = FAILURES["failures"].get(column, {})
    wrong = []
    for number, expected in enumerate(GOLDEN[column]):
        if str(number) in failed:
            continue
        got = golden_file.hash_changed(texts[number], left.get(number, ""))
        if got != expected:
            wrong.append((number, texts[number][:60], left.get(number, "dropped")[:60]))
    assert not wrong, f"{len(wrong)} texts differ: {wrong[:5]}"


CHUNKED = [name for name in GOLDEN.parameters if name.startswith("text_chunk")]


@pytest.mark.parametrize("column", CHUNKED)
def test_chunks_are_equal(siku, texts, column):
    given = GOLDEN.parameters[column]["text_chunk_mapper"]
    given = {name: "" if value is None else value for name, value in given.items()}
    made = siku.apply({column: ("refine.document.chunk_text", given)})[column]
    chunks = {}
    for number, text in zip(made["id"].to_pylist(), made["text"].to_pylist(), strict=True):
        chunks.setdefault(number, []).append(text)
    failed = FAILURES["failures"].get(column, {})  # where Data-Juicer recurses too deep
    wrong = []
    for number, expected in enumerate(GOLDEN[column]):
        own = chunks.get(number, [])
        got = None if own == [texts[number]] else golden_file.hash_words(own)
        if got != expected and str(number) not in failed:
            wrong.append((number, texts[number][:60], own[:3]))
    assert not wrong, f"{len(wrong)} texts differ: {wrong[:5]}"
