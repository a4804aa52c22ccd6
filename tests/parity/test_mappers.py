"""Siku's edits against those of Data-Juicer's mappers, text by text."""

import json

import golden_file
import pytest
from conftest import Golden

GOLDEN = Golden("datajuicer-mappers")
FAILURES = json.loads((golden_file.GOLDEN / "datajuicer-mappers.json").read_text("utf-8"))
# Mappers that Siku has another operator for, or none: see docs/compatibility.md.
OTHERS = {"fix_unicode_mapper", "clean_html_mapper", "text_chunk_mapper", "pii_redaction_mapper"}
OTHERS |= {"chinese_convert_mapper"}  # refine.text.convert_script: test_words.py


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
