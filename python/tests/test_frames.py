"""Frames of pyarrow, polars, pandas and duckdb, in and out."""

import gc

import duckdb
import pandas
import polars
import pyarrow
import pytest
import siku
from conftest import DAMAGED, REPAIRED

ROWS = {"id": [1, 2, 3], "text": [DAMAGED, None, "好的"], "score": [0.5, None, 1.0]}
OUT = {**ROWS, "text": [REPAIRED, None, "好的"]}


class ArrayOnly:
    """A record batch as a library hands it over that knows nothing but arrays."""

    def __init__(self, batch: pyarrow.RecordBatch) -> None:
        self.batch = batch

    def __arrow_c_array__(self, requested_schema=None):
        return self.batch.__arrow_c_array__(requested_schema)


FRAMES = {
    "table": lambda: pyarrow.table(ROWS),
    "batch": lambda: pyarrow.record_batch(ROWS),
    "reader": lambda: pyarrow.table(ROWS).to_reader(max_chunksize=1),
    "generator": lambda: pyarrow.RecordBatchReader.from_batches(
        pyarrow.record_batch(ROWS).schema, iter([pyarrow.record_batch(ROWS)])
    ),
    "array": lambda: ArrayOnly(pyarrow.record_batch(ROWS)),
    "polars": lambda: polars.DataFrame(ROWS),
    "pandas": lambda: pandas.DataFrame(
        {"id": ROWS["id"], "text": ROWS["text"], "score": ROWS["score"]}
    ),
    "duckdb": lambda: duckdb.from_arrow(pyarrow.table(ROWS)),
    "ours": lambda: siku.apply("refine.text.collapse_space", pyarrow.table(ROWS)).frame,
}


def test_the_sample_is_damaged():
    assert REPAIRED.startswith("据中国经营报报道,北京、上海、深圳等地")


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_goes_in(name):
    applied = siku.apply("refine.text.repair", FRAMES[name]())
    assert applied.frame.to_arrow().to_pydict() == OUT
    edits = applied.edits.to_arrow().to_pylist()
    assert edits
    for edit in edits:
        assert edit["row"] == 0
        assert DAMAGED[edit["begin"] : edit["end"]] == edit["before"]


def test_a_frame_goes_out():
    frame = siku.apply("refine.text.repair", pyarrow.table(ROWS)).frame
    assert pyarrow.table(frame).to_pydict() == OUT
    assert pyarrow.RecordBatchReader.from_stream(frame).read_all().to_pydict() == OUT
    assert polars.DataFrame(frame).to_dict(as_series=False) == OUT
    assert pandas.DataFrame.from_arrow(frame)["text"].tolist()[0] == REPAIRED
    assert duckdb.from_arrow(frame).fetchall() == list(zip(*OUT.values(), strict=True))
    assert duckdb.sql("select count(*) from frame").fetchall() == [(3,)]


def test_a_schema_that_is_asked_for_is_given():
    frame = siku.apply("refine.text.repair", pyarrow.table(ROWS)).frame
    wanted = pyarrow.schema(
        [("id", pyarrow.int32()), ("text", pyarrow.string()), ("score", pyarrow.float32())]
    )
    read = pyarrow.RecordBatchReader.from_stream(frame, schema=wanted).read_all()
    assert read.schema == wanted
    assert read.to_pydict() == OUT


def test_rows_of_many_chunks_are_numbered_through():
    table = pyarrow.concat_tables([pyarrow.table({"text": ["好", DAMAGED]})] * 300)
    applied = siku.apply("refine.text.repair", table)
    assert applied.frame.to_arrow()["text"].to_pylist() == ["好", REPAIRED] * 300
    rows = applied.edits.to_arrow()["row"].to_pylist()
    assert sorted(set(rows)) == list(range(1, 600, 2))
    assert rows == sorted(rows)


def test_columns_beside_the_text_come_back_without_a_copy():
    table = pyarrow.table({"text": ["好"] * 1000, "n": range(1000)})
    frame = siku.apply("refine.text.repair", table).frame.to_arrow()
    before = table["n"].chunk(0).buffers()[1]
    assert frame["n"].chunk(0).buffers()[1].address == before.address


def test_types_of_all_kinds_pass_through():
    table = pyarrow.table(
        {
            "text": pyarrow.array(["好", "坏"]),
            "list": pyarrow.array([["a"], None], pyarrow.list_(pyarrow.string_view())),
            "when": pyarrow.array([1, None], pyarrow.timestamp("us", tz="UTC")),
            "struct": pyarrow.array([{"x": 1, "y": "甲"}, None]),
            "kind": pyarrow.array(["a", "b"]).dictionary_encode(),
            "bytes": pyarrow.array([b"\xff", None], pyarrow.binary_view()),
            "nothing": pyarrow.array([None, None]),
            "flag": pyarrow.array([True, None]),
        }
    )
    frame = siku.apply("refine.text.repair", table).frame.to_arrow()
    assert frame.to_pylist() == table.to_pylist()
    assert frame.schema.field("kind").type == pyarrow.large_string()


def test_a_frame_without_rows_keeps_its_columns():
    applied = siku.apply("refine.text.repair", pyarrow.table({"text": pyarrow.array([], "str")}))
    assert (len(applied.frame), applied.frame.column_names) == (0, ["text"])


def test_duplicates_are_dropped_with_their_partner():
    table = pyarrow.table({"text": ["一样的", "不同的", "一样 的", "一样的"], "n": [1, 2, 3, 4]})
    applied = siku.apply("refine.document.drop_duplicates", table, keep="first")
    assert applied.frame.to_arrow()["n"].to_pylist() == [1, 2]
    rejects = applied.rejects.to_arrow().to_pylist()
    assert [(reject["row"], reject["partner"]) for reject in rejects] == [(2, 0), (3, 0)]


def test_one_row_becomes_several():
    table = pyarrow.table({"text": ["第一段。\n\n第二段。"]})
    applied = siku.apply("refine.document.split_paragraphs", table)
    assert applied.frame.to_arrow()["text"].to_pylist() == ["第一段。", "第二段。"]
    assert list(applied.outputs) == list(
        next(
            one.outputs
            for one in siku.operators()
            if one.name == "refine.document.split_paragraphs"
        )
    )


def test_mistakes_are_named():
    table = pyarrow.table(ROWS)
    with pytest.raises(siku.NotFound, match="did you mean refine.text.repair"):
        siku.apply("refine.text.repai", table)
    with pytest.raises(siku.NotFound, match="id, text, score"):
        siku.apply("refine.text.repair", table, column="txt")
    with pytest.raises(siku.Invalid, match="column is not text"):
        siku.apply("refine.text.repair", table, column="id")
    with pytest.raises(siku.Invalid, match="no Arrow data: list"):
        siku.apply("refine.text.repair", [1, 2])
    with pytest.raises(siku.Invalid, match="one column, not a frame"):
        siku.apply("refine.text.repair", pyarrow.array(["x"]))
    with pytest.raises(siku.Invalid, match="the engine's own: _siku_source"):
        siku.apply("refine.text.repair", pyarrow.table({"_siku_source": [1], "text": ["x"]}))


def test_an_error_in_somebody_elses_stream_is_passed_on():
    def batches():
        yield pyarrow.record_batch({"text": ["好"]})
        raise RuntimeError("the source is gone")

    schema = pyarrow.schema([("text", pyarrow.string())])
    reader = pyarrow.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises(siku.Error, match="the source is gone"):
        siku.apply("refine.text.repair", reader)


def test_pyarrow_before_the_capsule_interface_is_named(monkeypatch):
    old = type("Table", (), {"__module__": "pyarrow.lib"})
    monkeypatch.setattr(pyarrow, "__version__", "13.0.0")
    with pytest.raises(siku.Unsupported, match="13.0.0") as raised:
        siku.apply("refine.text.repair", old())
    assert raised.value.hint == "install pyarrow 14 or newer"


def test_nothing_leaks():
    siku.apply("refine.text.repair", pyarrow.table(ROWS))
    gc.collect()
    before = pyarrow.total_allocated_bytes()
    table = pyarrow.table({"text": ["好的" * 50] * 20000})
    frame = siku.apply("refine.text.repair", table).frame
    capsule, twice = frame.__arrow_c_stream__(), pyarrow.table(frame)
    assert pyarrow.total_allocated_bytes() > before
    del table, frame, capsule, twice
    gc.collect()
    assert pyarrow.total_allocated_bytes() == before


def test_what_came_out_outlives_what_went_in():
    table = pyarrow.table({"text": ["好的" * 50] * 20000, "n": range(20000)})
    frame = siku.apply("refine.text.repair", table).frame
    del table
    gc.collect()
    kept = pyarrow.table(frame)
    del frame
    gc.collect()
    assert kept["text"][19999].as_py() == "好的" * 50
    assert kept["n"].to_pylist() == list(range(20000))
