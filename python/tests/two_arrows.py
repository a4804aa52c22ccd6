"""Siku and a pyarrow of any version at work in one process; `./check --deep` runs it with several.

two_arrows.py pyarrow|siku: which of the two is imported first. Needs nothing but them.
"""

# ruff: noqa: E402, I001
import gc
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "examples/first-light/pages/policy-news.damaged.txt").read_text(encoding="utf-8")

if sys.argv[1] == "siku":
    import siku

    REPAIRED = siku.repair(PAGE).text
import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet

if sys.argv[1] == "pyarrow":
    import siku

    REPAIRED = siku.repair(PAGE).text

ROWS = 3000


def fails(kind: type[BaseException], work) -> None:
    try:
        work()
    except kind:
        return
    raise AssertionError(f"no {kind.__name__}")


def pyarrow_works(seed: int) -> None:
    for _ in range(4):
        table = pyarrow.table(
            {
                "id": range(ROWS),
                "text": [f"行{row}-{seed}" for row in range(ROWS)],
                "x": [row * 0.5 for row in range(ROWS)],
            }
        )
        path = tempfile.mkdtemp() + "/a.parquet"
        pyarrow.parquet.write_table(table, path, compression="zstd")
        assert pyarrow.parquet.read_table(path).equals(table)
        assert pyarrow.compute.sum(table["x"]).as_py() == sum(row * 0.5 for row in range(ROWS))
        assert table.group_by("text").aggregate([("x", "sum")]).num_rows == ROWS
        assert table.sort_by([("x", "descending")])["id"][0].as_py() == ROWS - 1
        few = pyarrow.dataset.field("id") < 10
        assert pyarrow.dataset.dataset(path).count_rows(filter=few) == 10
        assert pyarrow.csv.read_csv(pyarrow.BufferReader(b"a,b\n1,2\n")).num_rows == 1
        fails(pyarrow.ArrowInvalid, lambda: pyarrow.array(["x"]).cast(pyarrow.int64()))
        fails(FileNotFoundError, lambda: pyarrow.parquet.read_table("missing.parquet"))


def siku_works(seed: int) -> None:
    for _ in range(4):
        many = siku.repair(pyarrow.array([PAGE, None, f"好{seed}"] * 3))
        assert many.texts.to_list() == [REPAIRED, None, f"好{seed}"] * 3
        assert many.texts.to_arrow()[0].as_py() == REPAIRED
        assert many.edits.to_arrow().num_rows == len(many.edits)
        table = pyarrow.table({"text": [PAGE, "好的"], "n": [1, 2]})
        frame = siku.apply("refine.text.repair", table).frame.to_arrow()
        assert frame["text"].to_pylist() == [REPAIRED, "好的"]
        fails(
            siku.NotFound,
            lambda frame=table: siku.apply("refine.text.repair", frame, column="none"),
        )
        store = tempfile.mkdtemp() + "/store"
        recipe = {
            "inputs": {"pages": "x"},
            "steps": {"repaired": {"use": "refine.text.repair", "from": "pages"}},
            "outputs": {"clean": "repaired"},
        }
        big = pyarrow.table({"text": [f"{PAGE[:300]}{row}" for row in range(300)]})
        assert siku.run(recipe, store=store, inputs={"pages": big}).rows == 300
        dataset = siku.open_dataset(store, "clean")
        assert pyarrow.table(dataset).num_rows == sum(len(batch) for batch in dataset) == 300


def tables_outlive_their_makers() -> None:
    texts = [f"天地玄黄 {row} " * 20 for row in range(200_000)]
    table = pyarrow.table({"text": texts})
    frame = siku.apply("refine.text.collapse_space", table).frame
    del table
    gc.collect()
    kept = pyarrow.table(frame)
    del frame
    gc.collect()
    assert kept["text"][199_999].as_py().startswith("天地玄黄 199999")


def main() -> None:
    failed: list[object] = []
    threading.excepthook = lambda what: failed.append(what.exc_value)
    threads = [
        threading.Thread(target=work, args=(seed,))
        for seed in range(3)
        for work in (pyarrow_works, siku_works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise AssertionError(failed)
    tables_outlive_their_makers()
    print(f"pyarrow {pyarrow.__version__} and siku {siku.__version__}, {sys.argv[1]} first: fine")


main()
