"""Near-duplicates as Data-Juicer finds them: the same rows kept, but for texts too short to
shingle, of which it keeps the first alone (docs/duplicates.md)."""

import pyarrow.parquet as pq
import pytest

SHINGLES = {"character": "character", "space": "word", "punctuation": "punctuation"}


def mapped(parameters):
    """Data-Juicer's parameters as ours; none where there is no such thing."""
    given = dict(parameters)
    if given.pop("ignore_pattern", None):
        return None
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
        if with_ is None:
            continue
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
