"""The numbers of texts in the forms of other projects."""

import json

TEXTS = ["这是一段文本。\n第二行 2 words.", "好", ""]


def measured(siku, layout, statistics):
    step = {"use": "refine.text.measure", "from": "rows"}
    step["with"] = {"statistics": statistics, "layout": layout}
    recipe = {"siku": 1, "inputs": {"rows": {"path": "in.jsonl"}}, "steps": {"made": step}}
    recipe["outputs"] = {"made": "made"}
    (siku.folder / "recipe.yaml").write_text(json.dumps(recipe), encoding="utf-8")
    rows = [{"id": f"d{i}", "source": "web", "text": text} for i, text in enumerate(TEXTS)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (siku.folder / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    siku("run", "recipe.yaml")
    return [json.loads(line) for line in siku("dataset", "export", "made").splitlines()]


def test_rows_are_those_of_a_file_of_dolma_attributes(siku):
    rows = measured(siku, "dolma", ["text_len", "han_ratio"])
    assert [list(row) for row in rows] == [["id", "source", "text", "attributes"]] * 3
    for row, text in zip(rows, TEXTS, strict=True):
        han = sum("\u4e00" <= c <= "\u9fa5" for c in text)
        share = han / len(text) if text else 0
        assert row["attributes"] == {
            "text_len": [[0, len(text), len(text)]],
            "han_ratio": [[0, len(text), share]],
        }


def test_a_struct_has_the_keys_of_data_juicer(siku):
    rows = measured(siku, "data_juicer", ["text_len", "char_rep_ratio(2)", "num_words"])
    assert [row["__dj__stats__"] for row in rows] == [
        {"text_len": 20, "char_rep_ratio": 0, "num_words": 3},
        {"text_len": 1, "char_rep_ratio": 0, "num_words": 1},
        {"text_len": 0, "char_rep_ratio": 0, "num_words": 0},
    ]


def test_signals_of_lines_stand_beside_those_of_the_text(siku):
    rows = measured(siku, "redpajama_v2", ["redpajama_v2"])
    assert rows[0]["quality_signals"]["rps_doc_word_count"] == [[0, 20, 4]]
    assert rows[0]["quality_signals"]["rps_lines_num_words"] == [[0, 8, 1], [8, 20, 3]]
    assert rows[2]["quality_signals"]["rps_doc_mean_word_length"] == [[0, 0, None]]
    assert rows[2]["quality_signals"]["rps_lines_start_with_bulletpoint"] == [[0, 0, None]]
