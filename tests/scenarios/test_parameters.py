"""A parameter without effect is refused where it stands in the recipe, in both languages."""

import json

import pytest

RECIPE = """\
input: {path: in.jsonl, columns: {text: text, n: int}}
steps:
  s:
    use: %s
    from: input
    with:
      %s
output: out
"""

CASES = [
    ("refine.filter.decide", "rules: []", 14, "every row would stay", "所有行都会保留"),
    ("refine.filter.decide", "rules: [n]", 14, "a rule is a column", "规则应为"),
    ("refine.filter.decide", "rules: [m > 1]", 14, "no such column", "没有这一列"),
    ("refine.text.measure", "statistics: []", 19, "nothing would be measured", "不会度量"),
    ("refine.text.measure", "statistics: [han]", 19, "groups: ct_llm, data_juicer", "组：ct_llm"),
    ("refine.duplicates.minhash", "hash: sha1_64", 13, "has no effect with", "不起作用"),
    ("refine.duplicates.minhash", "words: jieba", 14, "has no effect with", "不起作用"),
    ("refine.duplicates.minhash", "lowercase: false", 18, "has no effect with", "不起作用"),
    ("refine.duplicates.minhash", "bands: 4", 14, "together or not at all", "同时给出"),
    ("refine.text.mask_identifiers", "replacement: '[{foo}]'", 20, "{foo}", "{foo}"),
    ("refine.text.mask_identifiers", "replacement: '[{id}]'", 20, "{id}", "{id}"),
    ("refine.text.mask_identifiers", "{mode: drop, replacement: x}", 33, "no effect in this mode",
     "不起作用"),
    ("refine.text.mask_identifiers", "kinds: [phone]", 14, "no such kind", "没有这种号码种类"),
    ("refine.text.match_words", "{words: [a], replacement: x}", 33, "no effect in this mode",
     "不起作用"),
    ("refine.text.segment_words", "column: txet", 15, "no such column", "没有这一列"),
]  # fmt: skip


@pytest.mark.parametrize(
    "use, given, column, english, chinese", CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES]
)
def test_it_is_refused_where_it_stands(siku, use, given, column, english, chinese):
    (siku.folder / "in.jsonl").write_text('{"text": "a", "n": 1}\n', encoding="utf-8")
    (siku.folder / "r.yaml").write_text(RECIPE % (use, given), encoding="utf-8")
    for language, words in (("en", english), ("zh", chinese)):
        done = siku.try_("run", "r.yaml", "--dry-run", SIKU_LANG=language)
        said = done.stderr.decode()
        assert done.returncode != 0 and f"r.yaml:7:{column} (" in said and words in said, said


def test_one_that_has_its_effect_is_taken(siku):
    (siku.folder / "in.jsonl").write_text('{"text": "a", "n": 1}\n', encoding="utf-8")
    for given in (
        "{hashing: datatrove, hash: sha1_64, words: jieba}",
        "{shingle: word, words: jieba}",
        "{hashing: data_juicer, lowercase: false}",
        "{hash: xxhash64, words: space}",
    ):
        recipe = RECIPE % ("refine.duplicates.minhash", given)
        (siku.folder / "r.yaml").write_text(recipe, encoding="utf-8")
        siku("run", "r.yaml", "--dry-run")


@pytest.mark.parametrize(
    "line, column, english, chinese",
    [
        (b"\xe4\xba\x91\xe8\xae\xa1\xe7\xae\x97 -5 n", 5, "is negative: -5", "为负数"),
        (b"  \xe4\xba\x91\xe8\xae\xa1 -12", 6, "is negative: -12", "为负数"),
        (b"\xe4\xba\x91\x00\xe7\xae\x97 5", 2, "has a NUL byte", "NUL"),
    ],
)
def test_a_dictionary_with_a_line_that_is_none_is_refused(siku, line, column, english, chinese):
    (siku.folder / "in.jsonl").write_text('{"text": "a", "n": 1}\n', encoding="utf-8")
    (siku.folder / "user.txt").write_bytes(b"\xe4\xba\x91 3 n\n" + line + b"\n")
    recipe = RECIPE % ("refine.text.segment_words", "dictionaries: [user.txt]")
    (siku.folder / "r.yaml").write_text(recipe, encoding="utf-8")
    for language, words in (("en", english), ("zh", chinese)):
        done = siku.try_("run", "r.yaml", "--dry-run", SIKU_LANG=language)
        said = done.stderr.decode()
        assert done.returncode == 2 and f"user.txt:2:{column}" in said and words in said, said


def test_files_that_parameters_name_are_beside_the_recipe(siku):
    """From whatever folder the program is called, and a run resumed."""
    place = siku.folder / "recipes"
    (place / "lists").mkdir(parents=True)
    (place / "lists" / "flagged.txt").write_text("坏词\n", encoding="utf-8")
    (place / "in.txt").write_text("有坏词的一行\n没有的一行\n", encoding="utf-8")
    (place / "recipe.yaml").write_text(
        "input: {path: in.txt, format: lines}\n"
        "steps: [refine.text.match_words: {lists: [lists/flagged.txt], mode: drop}]\n"
        "output: kept\n",
        encoding="utf-8",
    )
    plan = json.loads(siku("run", "recipes/recipe.yaml", "--plan"))
    elsewhere = siku.folder / "elsewhere"
    elsewhere.mkdir()
    store, siku.folder = siku.store.absolute(), elsewhere
    siku("run", "--resume", plan["run"], "--store", store)
    assert siku("dataset", "export", "kept", "--store", store).decode().count("\n") == 1
