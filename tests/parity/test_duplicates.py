"""Near-duplicates as Data-Juicer finds them: the same rows kept, but for texts too short to
shingle, of which it keeps the first alone (docs/duplicates.md). Spans of sentences as DataTrove."""

import json

import golden_file
import pyarrow.parquet as pq
import pytest

SHINGLES = {"character": "character", "space": "word", "punctuation": "punctuation"}


def mapped(parameters):
    """Data-Juicer's parameters as ours."""
    given = dict(parameters)
    names = {
        "window_size": "shingle_length",
        "jaccard_threshold": "threshold",
        "num_bands": "bands",
        "num_rows_per_band": "rows",
        "num_permutations": "permutations",
        "num_blocks": "blocks",
    }
    given = {names.get(name, name): value for name, value in given.items()}
    given["shingle"] = SHINGLES[given.pop("tokenization", "space")]
    return given


def compare(siku, golden, operator, prefix, peer, extra):
    duplicates = golden("datajuicer-duplicates")
    columns = [name for name in duplicates.parameters if name.startswith(f"{prefix}:")]
    assert columns
    compared = 0
    for number, column in enumerate(columns):
        with_ = mapped(duplicates.parameters[column][peer])
        steps = {"near": {"use": operator, "from": "rows", "with": extra | with_ | {"id": "id"}}}
        siku.recipe(steps, {f"kept{number}": "near", f"clusters{number}": "near.clusters"})
        expected = duplicates[column]
        kept = set(siku.column(f"kept{number}", "id"))
        clusters = siku.table(f"clusters{number}").to_pylist()
        short = {int(row["id"]) for row in clusters if row["too_short"]}
        for row, keep in enumerate(expected):
            if row not in short:
                assert (row in kept) == keep, f"{column} row {row}"
        assert short <= kept
        compared += 1
    assert compared


@pytest.fixture
def tables(siku):
    def table(name):
        path = siku.folder / f"{name}.parquet"
        siku.program("dataset", "export", name, "-o", path)
        return pq.read_table(path)

    siku.table = table
    siku.column = lambda name, column: table(name)[column].to_pylist()
    return siku


def test_minhash_keeps_what_data_juicer_keeps(tables, golden):
    compare(
        tables,
        golden,
        "refine.duplicates.minhash",
        "minhash",
        "document_minhash_deduplicator",
        {"hashing": "data_juicer", "verify": False, "threshold": 0.7},
    )


def test_simhash_keeps_what_data_juicer_keeps(tables, golden):
    compare(
        tables, golden, "refine.duplicates.simhash", "simhash", "document_simhash_deduplicator", {}
    )


def test_spans_of_sentences_go_as_datatrove_takes_them_out(tables, golden, corpus):
    rows = [row for row in golden_file.corpus(corpus) if row["lang"] == "zh"]
    tables.corpus = tables.folder / "chinese.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    tables.corpus.write_text("".join(lines), encoding="utf-8")
    steps = {"fresh": {"use": "refine.duplicates.sentences", "from": "rows"}}
    tables.recipe(steps, {"fresh": "fresh"})
    fresh = tables.table("fresh")
    left = dict(zip(fresh["id"].to_pylist(), fresh["text"].to_pylist(), strict=True))
    duplicates = golden("datatrove-duplicates")
    kept, edited = duplicates["sentences:kept"], duplicates["sentences"]
    changed = 0
    for row in rows:
        number, text = row["id"], row["text"]
        if not text:  # DataTrove drops what is empty before it looks
            assert left[number] == "" and not kept[number]
            continue
        assert (number in left) == kept[number], f"row {number}"
        if kept[number]:
            made = golden_file.hash_changed(text, left[number])
            assert made == edited[number], f"row {number}"
            changed += made is not None
    assert changed > 10


@pytest.mark.parametrize("column", ["lines:plain", "lines:twice"])
def test_frequent_lines_go_as_data_juicer_takes_them_out(siku, golden, texts, column):
    duplicates = golden("datajuicer-duplicates")
    given = duplicates.parameters[column]["document_line_deduplicator"]
    made = siku.apply({"own": ("refine.duplicates.frequent_lines", given)})["own"]
    wrong = [
        number
        for number, (left, expected) in enumerate(
            zip(made["text"].to_pylist(), duplicates[column], strict=True)
        )
        if golden_file.hash_changed(texts[number], left) != expected
    ]
    assert not wrong, f"{len(wrong)} texts differ: {wrong[:5]}"
    assert any(expected is not None for expected in duplicates[column])
