"""Recipes of Data-Juicer run as they are; what is not here is named with its place."""

import json

RECIPE = """\
project_name: 'My Project 1'
dataset_path: texts.jsonl
np: 4
open_tracer: True
export_path: ./outputs/clean.jsonl
process:
  - text_length_filter:
      min_len: 10
      max_len: 1e3
  - document_deduplicator:
      lowercase: true
      ignore_non_character: false
"""
TEXTS = [
    "这是一段足够长的中文文本，应当保留。",
    "太短",
    " 这是一段足够长的中文文本，应当保留。\n",
    "This is a text that is long enough.",
    "THIS IS A TEXT THAT IS LONG ENOUGH.",
]


def write(siku, recipe, texts=TEXTS):
    (siku.folder / "their.yaml").write_text(recipe, encoding="utf-8")
    rows = [{"id": i, "text": text} for i, text in enumerate(texts)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (siku.folder / "texts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def mistakes(siku, recipe):
    write(siku, recipe)
    done = siku.try_("recipe", "check", "their.yaml")
    assert done.returncode == 2, done.stdout
    return done.stderr.decode().splitlines()


def exported(siku, path="outputs/clean.jsonl"):
    text = (siku.folder / path).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_it_runs_and_writes_the_file_it_asks_for(siku):
    write(siku, RECIPE)
    done = siku.try_("run", "their.yaml", "--json")
    assert done.returncode == 0, done.stderr.decode()
    summary = json.loads(done.stdout)
    assert [step["name"] for step in summary["steps"]] == [
        "text_length_filter",
        "document_deduplicator",
    ]
    assert summary["outputs"][0]["dataset"] == "my-project-1"
    assert summary["outputs"][0]["rows"] == 2
    assert [row["id"] for row in exported(siku)] == [0, 3]
    notes = done.stderr.decode()
    unused = "these only say how Data-Juicer runs, and are not used: np, open_tracer"
    assert f"their.yaml:3:1: {unused}" in notes


def test_the_same_steps_by_dry_run(siku):
    write(siku, RECIPE)
    done = siku.try_("run", "their.yaml", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr.decode()
    nodes = [node["operator"] for node in json.loads(done.stdout)["nodes"]]
    assert "refine.filter.text_length" in nodes


def test_text_keys_name_the_column(siku):
    recipe = RECIPE.replace("np: 4", "text_keys: [content]")
    write(siku, recipe)
    lines = [json.dumps({"content": text}, ensure_ascii=False) for text in TEXTS]
    (siku.folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = siku.try_("run", "their.yaml", "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert [row["content"] for row in exported(siku)] == [TEXTS[0], TEXTS[3]]


def test_an_operator_that_is_not_here_is_named_with_the_nearest(siku):
    recipe = RECIPE + "  - perplexity_filter:\n      lang: zh\n  - text_lenght_filter:\n"
    said = "\n".join(mistakes(siku, recipe))
    assert (
        "their.yaml:13:5: Data-Juicer's 'perplexity_filter' is not here; the nearest there is: "
        "character_repetition_filter" in said
    )
    assert "their.yaml:15:5: there is no operator 'text_lenght_filter'; did you mean" in said


def test_any_operator_that_is_not_here_has_a_nearest(siku):
    recipe = RECIPE
    nearest = {
        "image_deduplicator": "document_deduplicator",
        "video_duration_filter": "specified_numeric_field_filter",
        "llm_quality_score_filter": "specified_numeric_field_filter",
        "generate_qa_from_text_mapper": "replace_content_mapper",
        "sentence_split_mapper": "text_chunk_mapper",
        "clean_html_mapper": "refine.text.clean_residue",
    }
    said = "\n".join(mistakes(siku, recipe + "".join(f"  - {name}:\n" for name in nearest)))
    for name, near in nearest.items():
        assert f"Data-Juicer's '{name}' is not here; the nearest there is: {near}" in said
    said = "\n".join(mistakes(siku, recipe + "  - my_very_own_stopword_thing:\n"))
    assert "what 'my_very_own_stopword_thing' is to do; the nearest there is: stopwords" in said


def test_parameters_that_say_how_it_runs_are_named(siku):
    write(
        siku, RECIPE.replace("min_len: 10", "min_len: 10\n      batch_size: 7\n      num_proc: 2")
    )
    done = siku.try_("run", "their.yaml", "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert "not used: np, open_tracer, batch_size, num_proc" in done.stderr.decode()


def test_filters_by_fields_take_no_text_key(siku):
    recipe = RECIPE.replace("np: 4", "text_keys: content") + (
        "  - general_field_filter: {filter_condition: \"id >= 1 and content != ''\"}\n"
        "  - topk_specified_field_selector: {field_key: id, topk: 1, top_ratio: null}\n"
    )
    write(siku, recipe)
    lines = [
        json.dumps({"id": i, "content": text}, ensure_ascii=False) for i, text in enumerate(TEXTS)
    ]
    (siku.folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = siku.try_("run", "their.yaml", "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert [row["id"] for row in exported(siku)] == [3]
    assert "in the order they came" in done.stderr.decode()


def test_members_inside_json_are_reached(siku):
    recipe = RECIPE.split("process:")[0] + (
        "process:\n"
        "  - specified_field_filter: {field_key: meta.lang, target_value: [zh]}\n"
        "  - specified_numeric_field_filter: {field_key: meta.score, min_value: 2}\n"
        "  - general_field_filter: {filter_condition: \"'a' in meta.tags and not meta.no\"}\n"
        "  - tags_specified_field_selector: {field_key: meta.score, target_tags: [2, 3]}\n"
    )
    write(siku, recipe)
    metas = [
        {"lang": "zh", "score": 2, "tags": ["a"]},
        {"lang": "en", "score": 2, "tags": ["a"]},
        {"lang": "zh", "score": "1", "tags": ["a"]},
        {"lang": "zh", "score": 3.0, "tags": ["b"]},
        {"lang": "zh", "score": "3", "tags": []},
        {"lang": "zh", "score": 3.0, "tags": ["b", "a"], "no": 0},
        {"lang": "zh", "score": 4, "tags": ["a"]},
        None,
    ]
    lines = [json.dumps({"id": i, "text": "x", "meta": meta}) for i, meta in enumerate(metas)]
    (siku.folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = siku.try_("run", "their.yaml", "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert [row["id"] for row in exported(siku)] == [0, 5]


def test_a_condition_that_cannot_be_read_has_its_place(siku):
    recipe = RECIPE + "  - general_field_filter: {filter_condition: 'id > len(text)'}\n"
    write(siku, recipe)
    done = siku.try_("run", "their.yaml")
    said = done.stderr.decode()
    assert done.returncode == 2, said
    assert "their.yaml:13:" in said and "calls nothing" in said and "character 9" in said


def test_a_json_array_is_read_and_undone(siku):
    write(siku, RECIPE.replace("dataset_path: texts.jsonl", "dataset_path: texts.json"))
    rows = [{"id": i, "text": text, "meta": {"from": [i]}} for i, text in enumerate(TEXTS)]
    whole = json.dumps(rows, ensure_ascii=False, indent=4) + "\n"
    (siku.folder / "texts.json").write_text(whole, encoding="utf-8")
    done = siku.try_("run", "their.yaml", "--json", "--splits", "3")
    assert done.returncode == 0, done.stderr.decode()
    assert exported(siku) == [rows[0], rows[3]]
    siku("undo", "last", "--to", "back")
    assert (siku.folder / "back" / "texts.json").read_text("utf-8") == whole


def test_null_is_no_pattern_to_cut_at(siku):
    recipe = RECIPE.split("process:")[0] + (
        "process:\n  - text_chunk_mapper: {max_len: 8, split_pattern: null}\n"
    )
    write(siku, recipe, ["一二三四五\n\n六七八九十"])
    done = siku.try_("run", "their.yaml")
    assert done.returncode == 0, done.stderr.decode()
    assert [row["text"] for row in exported(siku)] == ["一二三四五\n\n六", "七八九十"]


def test_statistics_can_be_read_by_later_steps(siku):
    recipe = RECIPE + (
        "  - topk_specified_field_selector: {field_key: __dj__stats__.text_len, topk: 1}\n"
    )
    write(siku, recipe)
    done = siku.try_("run", "their.yaml", "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert [row["id"] for row in exported(siku)] == [3]
    assert "stays in the result: __dj__stats__" in done.stderr.decode()


def test_a_wrong_parameter_keeps_its_place(siku):
    said = "\n".join(mistakes(siku, RECIPE.replace("min_len: 10", "min_len: ten")))
    assert "their.yaml:8:16: refine.filter.text_length: min_len takes a whole number" in said
    said = "\n".join(mistakes(siku, RECIPE.replace("min_len: 10", "min_lenn: 10")))
    meant = "text_length_filter has no parameter 'min_lenn'; did you mean 'min_len'?"
    assert f"their.yaml:8:7: {meant}" in said


def test_what_cannot_be_followed_is_refused(siku):
    recipe = RECIPE + "  - alphanumeric_filter:\n      tokenization: true\n"
    said = "\n".join(mistakes(siku, recipe))
    assert "their.yaml:14:7: alphanumeric_filter cannot follow `tokenization: true`" in said
    assert "set it to false" in said
    said = "\n".join(mistakes(siku, "suffixes: ['.txt']\n" + RECIPE))
    assert "their.yaml:1:1: `suffixes` of Data-Juicer changes the result" in said
    said = "\n".join(mistakes(siku, "export_pth: x\n" + RECIPE))
    assert "a recipe of Data-Juicer has no key 'export_pth'; did you mean 'export_path'?" in said


def test_an_output_without_rows_says_what_took_them(siku):
    write(siku, RECIPE.replace("min_len: 10", "min_len: 1000").replace("1e3", "null"))
    done = siku.try_("run", "their.yaml")
    assert done.returncode == 0, done.stderr.decode()
    said = done.stdout.decode()
    step = "text_length_filter (refine.filter.text_length)"
    assert f"my-project-1 has no rows: {step} removed most, 5 of 5" in said
    done = siku.try_("run", "their.yaml", "--json")
    assert "has no rows" in done.stderr.decode()
    output = json.loads(done.stdout)["outputs"][0]
    assert (output["emptied_by"], output["removed"]) == ("text_length_filter", 5)


def test_an_input_without_rows_is_an_error(siku):
    write(siku, RECIPE)
    (siku.folder / "texts.jsonl").write_text("[1]\n", encoding="utf-8")
    done = siku.try_("run", "their.yaml")
    assert done.returncode != 0
    assert "their.yaml:2:15: " in done.stderr.decode()


def test_statistics_are_kept_in_the_result(siku):
    recipe = RECIPE.replace("np: 4", "keep_stats_in_res_ds: true").replace(
        "  - document_deduplicator:\n      lowercase: true\n      ignore_non_character: false\n",
        "  - alphanumeric_filter:\n"
        "  - character_repetition_filter: {rep_len: 2}\n"
        "  - whitespace_normalization_mapper:\n"
        "  - text_length_filter: {max_len: 34}\n",
    )
    write(siku, recipe)
    done = siku.try_("run", "their.yaml", "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["steps"][0]["name"] == "stats"
    rows = exported(siku)
    assert [row["id"] for row in rows] == [0, 2]
    # The length is that of the text before the mapper took its blanks.
    assert [row["__dj__stats__"]["text_len"] for row in rows] == [len(TEXTS[0]), len(TEXTS[2])]
    assert list(rows[0]["__dj__stats__"]) == ["text_len", "alnum_ratio", "char_rep_ratio"]


def test_statistics_that_cannot_be_kept_are_named(siku):
    recipe = RECIPE.replace("np: 4", "keep_stats_in_res_ds: true")
    recipe += "  - clean_email_mapper:\n  - words_num_filter:\n  - stopwords_filter:\n"
    lines = "\n".join(mistakes(siku, recipe))
    assert "the numbers of words_num_filter cannot be kept in the result" in lines
    assert "the numbers of stopwords_filter cannot be kept in the result" in lines


def test_the_result_is_not_written_over_the_input(siku):
    write(siku, RECIPE.replace("outputs/clean.jsonl", "./texts.jsonl"))
    before = (siku.folder / "texts.jsonl").read_bytes()
    done = siku.try_("run", "their.yaml")
    assert done.returncode == 2 and b"over the input" in done.stderr
    assert (siku.folder / "texts.jsonl").read_bytes() == before
