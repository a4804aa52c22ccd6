"""Recipes and runs: files and frames into a store, stopped and resumed."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest
import siku
from conftest import DAMAGED, REPAIRED

ROWS = {"id": [1, 2, 3], "text": [DAMAGED, None, "好的"]}
OUT = {**ROWS, "text": [REPAIRED, None, "好的"]}


def scratch(store: str) -> list[str]:
    return [name for name in os.listdir(Path(store) / "runs") if name.startswith("frames-")]


# ---- recipes ----------------------------------------------------------------------------------


def test_a_sound_recipe_has_no_mistakes(recipe):
    assert siku.Recipe.from_dict(recipe).check() == []
    assert siku.Recipe.from_text("input: x\nsteps: [refine.text.repair]\noutput: y").check() == []


def test_every_mistake_is_named_with_its_place(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("input: x\nsteps: [refine.text.repai, refine.text.nothing]\noutput: y\n")
    errors = siku.Recipe.from_file(path).check()
    assert [error.place for error in errors] == [f"{path}:2:9", f"{path}:2:28"]
    assert "did you mean 'refine.text.repair'" in str(errors[0])
    assert all(isinstance(error, siku.Invalid) for error in errors)


def test_set_gives_another_recipe(recipe):
    before = siku.Recipe.from_dict(recipe)
    after = before.set("repaired.min_confidence", 2)
    assert before.check() == []
    (error,) = after.check()
    assert error.place == "--set repaired.min_confidence"


def test_a_recipe_that_is_not_there(tmp_path, store):
    with pytest.raises(siku.NotFound) as raised:
        siku.run(tmp_path / "none.yaml", store=store)
    assert raised.value.place == str(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_bytes(b"input: \xff")
    with pytest.raises(siku.Data, match="byte 7"):
        siku.Recipe.from_file(broken)


# ---- runs -------------------------------------------------------------------------------------


def test_files_go_through_a_recipe(tmp_path, store):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a.txt").write_text(DAMAGED)
    (tmp_path / "pages/b.txt").write_text("好的")
    path = tmp_path / "recipe.yaml"
    path.write_text("input: pages/*.txt\nsteps: [refine.text.repair]\noutput: clean\n")
    summary = siku.run(path, store=store)
    assert summary.rows == 2
    step = summary.steps["repair"]
    assert (step.rows_in, step.kept, step.edited_rows, step.rows_out) == (2, 2, 1, (2,))
    assert sum(step.edits.values()) == len(siku.repair(DAMAGED).edits)
    assert summary.outputs["clean"].rows == 2
    assert summary.outputs["clean"].version == 1
    assert summary.to_dict()["run"] == summary.run
    assert siku.read_summary(summary.run, store=store) == summary
    table = siku.open_dataset(store, "clean").to_arrow()
    assert table["text"].to_pylist() == [REPAIRED, "好的"]
    folder = tmp_path / "undone"
    assert siku.undo(summary.run, folder, store=store) == 2
    assert (folder / "a.txt").read_text() == DAMAGED


def test_an_input_is_replaced_by_a_path(tmp_path, store, recipe, monkeypatch):
    (tmp_path / "a.txt").write_text("好的")
    monkeypatch.chdir(tmp_path)
    for place in ("a.txt", Path("a.txt"), tmp_path / "*.txt"):
        assert siku.run(recipe, store=store, inputs={"pages": place}).rows == 1


FRAMES = {
    "table": lambda: pyarrow.table(ROWS),
    "reader": lambda: pyarrow.table(ROWS).to_reader(max_chunksize=1),
    "polars": lambda: polars.DataFrame(ROWS),
    "pandas": lambda: pandas.DataFrame(ROWS),
    "duckdb": lambda: duckdb.from_arrow(pyarrow.table(ROWS)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_is_an_input(store, recipe, name):
    summary = siku.run(recipe, store=store, inputs={"pages": FRAMES[name]()})
    assert (summary.rows, summary.steps["repaired"].edited_rows) == (3, 1)
    dataset = siku.open_dataset(store, "clean")
    assert dataset.to_arrow().to_pydict() == OUT
    assert scratch(store) == []


def test_frames_and_their_files_make_the_same_version(tmp_path, store, recipe):
    table = pyarrow.table(ROWS)
    first = siku.run(recipe, store=store, inputs={"pages": table}).outputs["clean"]
    pyarrow.parquet.write_table(table, tmp_path / "pages.parquet")
    path = tmp_path / "pages.parquet"
    second = siku.run(recipe, store=store, inputs={"pages": path}).outputs["clean"]
    assert first.content == second.content
    assert second.unchanged


def test_a_dataset_goes_through_another_recipe(store, recipe):
    siku.run(recipe, store=store, inputs={"pages": pyarrow.table(ROWS)})
    dataset = siku.open_dataset(store, "clean@1")
    again = siku.run(recipe, store=store, inputs={"pages": dataset})
    assert again.outputs["clean"].unchanged
    recipe["inputs"] = {"pages": {"dataset": "clean@1"}}
    assert siku.run(recipe, store=store).steps["repaired"].edited_rows == 0


def test_two_frames_feed_one_recipe(store):
    recipe = {
        "inputs": {"old": "x", "new": "y"},
        "steps": {"tidy": {"use": "refine.text.collapse_space", "from": ["old", "new"]}},
        "outputs": {"all": "tidy"},
    }
    inputs = {"new": pyarrow.table({"text": ["b"]}), "old": pyarrow.table({"text": ["a"]})}
    siku.run(recipe, store=store, inputs=inputs)
    assert siku.open_dataset(store, "all").to_arrow()["text"].to_pylist() == ["a", "b"]


def test_options_go_through(store, recipe):
    table = pyarrow.table({"text": ["好"] * 10})
    summary = siku.run(
        recipe, store=store, inputs={"pages": table}, limit=3, threads=1, memory=1 << 30
    )
    assert summary.rows == 3
    with pytest.raises(siku.Invalid, match="512MiB"):
        siku.run(recipe, store=store, inputs={"pages": table}, memory=1)


def test_a_run_that_cannot_begin_leaves_nothing(store, recipe):
    with pytest.raises(siku.NotFound, match="no such column"):
        siku.run(recipe, store=store, inputs={"pages": pyarrow.table({"x": ["a"]})})
    assert scratch(store) == []
    with pytest.raises(siku.Invalid) as raised:
        siku.run(recipe, store=store, inputs={"pages": 3})
    assert raised.value.place == "inputs.pages"
    with pytest.raises(siku.Invalid, match="pagez"):
        siku.run(recipe, store=store, inputs={"pagez": pyarrow.table(ROWS)})


def test_what_people_decided_is_done(tmp_path, store, recipe):
    (tmp_path / "a.txt").write_text(DAMAGED)
    given = {"store": store, "inputs": {"pages": tmp_path / "a.txt"}}
    strict = siku.Recipe.from_dict(recipe).set("repaired.min_confidence", 1.0)
    first = siku.run(strict, **given)
    assert first.decisions.total == 0
    flags = siku.repair(DAMAGED, min_confidence=1.0).flags
    flag = next(one for one in flags if one.proposal is not None)
    decision = {
        "step": "repaired",
        "input": "pages",
        "source": "a.txt",
        "position": 0,
        "begin": flag.byte_begin,
        "end": flag.byte_end,
        "rule": flag.rule,
        "before": flag.text,
        "after": flag.proposal,
        "verdict": "accept",
    }
    stale = {**decision, "begin": 0, "end": 0, "before": "", "source": "gone.txt"}
    path = tmp_path / "decisions.json"
    made = {"siku_decisions": 1, "recipe": "", "run": first.run, "decisions": [decision, stale]}
    path.write_text(json.dumps(made))
    decided = siku.run(strict, decisions=path, **given).decisions
    assert (decided.total, decided.applied) == (2, 1)
    assert [(one["number"], one["reason"]) for one in decided.unfit] == [(1, "no_source")]
    with pytest.raises(siku.NotFound):
        siku.run(strict, decisions=tmp_path / "none.json", **given)


# ---- stores and datasets ----------------------------------------------------------------------


def test_a_store_lists_what_it_holds(store, recipe):
    run = siku.run(recipe, store=store, inputs={"pages": pyarrow.table(ROWS)}).run
    with siku.open_store(store) as opened:
        (version,) = opened.datasets()
        assert (version["dataset"], version["version"], version["rows"]) == ("clean", 1, 3)
        assert opened.versions("clean") == [version]
        assert [one["run"] for one in opened.runs()] == [run]
        dataset = opened.dataset("clean")
    assert opened.closed
    with pytest.raises(siku.Invalid, match="closed"):
        opened.datasets()
    # What was opened from it goes on.
    assert dataset.to_arrow().num_rows == 3


def test_a_dataset_is_read_in_batches(store, recipe):
    table = pyarrow.table({"text": ["好的"] * 2500, "n": range(2500)})
    siku.run(recipe, store=store, inputs={"pages": table})
    dataset = siku.open_dataset(store, "clean")
    assert (dataset.name, dataset.version, len(dataset)) == ("clean", 1, 2500)
    assert [len(batch) for batch in dataset.batches(rows=1000)] == [1000, 1000, 500]
    assert sum(len(batch) for batch in dataset) == 2500
    assert polars.DataFrame(dataset)["n"].to_list() == list(range(2500))
    assert pandas.DataFrame.from_arrow(dataset).shape == (2500, 2)
    assert pyarrow.RecordBatchReader.from_stream(dataset).read_all().num_rows == 2500
    hidden = next(dataset.batches(hidden=True)).column_names
    assert hidden[0].startswith("_siku_")
    assert pyarrow.schema(dataset).names == ["text", "n"]
    assert json.loads(dataset.lineage)


def test_what_is_not_there_is_named(tmp_path, store, recipe):
    with pytest.raises(siku.NotFound):
        siku.open_store(tmp_path / "none")
    siku.run(recipe, store=store, inputs={"pages": pyarrow.table(ROWS)})
    with pytest.raises(siku.NotFound, match="nothing"):
        siku.open_dataset(store, "nothing")
    with pytest.raises(siku.NotFound):
        siku.resume("20200101-000000-dead", store=store)


# ---- stopping ---------------------------------------------------------------------------------


def pages(rows: int) -> pyarrow.Table:
    return pyarrow.table({"text": [f"{DAMAGED}{row}" for row in range(rows)]})


def test_progress_is_told_and_may_raise(store, recipe):
    seen = []

    def progress(now):
        seen.append(now)
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        siku.run(recipe, store=store, inputs={"pages": pages(5000)}, progress=progress)
    assert len(seen) == 1
    assert seen[0]["phase"] == "read"
    assert seen[0]["bytes_total"] > 0


def test_control_c_ends_a_run_that_goes_on_later(store, recipe):
    def progress(now):
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(siku.Interrupted) as raised:
        siku.run(recipe, store=store, inputs={"pages": pages(5000)}, progress=progress, threads=1)
    assert isinstance(raised.value, KeyboardInterrupt)
    run = raised.value.run
    with siku.open_store(store) as opened:
        assert [(one["run"], one["state"]) for one in opened.runs()] == [(run, "interrupted")]
    assert len(scratch(store)) == 1
    summary = siku.resume(run, store=store)
    assert summary.rows == summary.steps["repaired"].edited_rows == 5000
    assert scratch(store) == []
    whole = siku.run(recipe, store=store, inputs={"pages": pages(5000)})
    assert whole.outputs["clean"].unchanged


CHILD = """
import sys, siku, pyarrow
text = sys.stdin.read()
table = pyarrow.table({"text": [f"{text}{row}" for row in range(8000)]})
recipe = siku.Recipe.from_text(
    "inputs: {pages: x}\\n"
    "steps: {repaired: {use: refine.text.repair, from: pages}}\\n"
    "outputs: {clean: repaired}\\n")
try:
    siku.run(recipe, store=sys.argv[1], inputs={"pages": table}, threads=1,
             progress=lambda now: print("working", flush=True))
except siku.Interrupted as error:
    print("interrupted", error.run, flush=True)
"""


def child(store: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, store],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(DAMAGED)
    process.stdin.close()
    assert process.stdout.readline() == "working\n"
    return process


def test_a_signal_from_outside_ends_a_run(store):
    process = child(store)
    process.send_signal(signal.SIGINT)
    last = process.stdout.read().splitlines()[-1]
    assert process.wait() == 0
    assert last.startswith("interrupted ")
    assert siku.resume(last.split()[1], store=store).rows == 8000


def test_a_killed_run_goes_on(store):
    process = child(store)
    process.kill()
    process.wait()
    process.stdout.close()
    with siku.open_store(store) as opened:
        opened.gc(grace_seconds=0)
    assert len(scratch(store)) == 1
    assert siku.resume(store=store).rows == 8000
    assert scratch(store) == []


def test_frames_of_a_process_that_died_are_swept(store):
    with siku.open_store(store, create=True) as opened:
        folder = Path(store) / "runs/frames-dead"
        folder.mkdir()
        (folder / "pages.arrow").write_bytes(b"half")
        assert opened.gc() == (0, 0)
        assert opened.gc(grace_seconds=0) == (1, 4)
        assert not folder.exists()


@pytest.mark.parametrize("work", ["repair", "apply"])
def test_control_c_ends_work_in_memory(work):
    texts = [f"{DAMAGED}{row}" for row in range(20000)]
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        if work == "repair":
            siku.repair(texts)
        else:
            siku.apply("refine.text.repair", pyarrow.table({"text": texts}))
    timer.join()


def test_a_run_in_another_thread_leaves_signals_alone(store, recipe):
    done = []

    def work():
        done.append(siku.run(recipe, store=store, inputs={"pages": pages(50)}).rows)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [50]


def test_a_plugin_is_the_same_by_whatever_path(tmp_path):
    """Of one process a run and its resumption may have loaded it by different names."""
    (tmp_path / "calm.py").write_text(
        "import siku\n"
        "@siku.operator(name='my.text.same', summary='Same.', writes={'$column': 'text'}, "
        "rules={'same': 'Nothing.'})\n"
        "def same(batch, column):\n"
        "    return batch\n"
    )
    siku.load_plugin(tmp_path / "calm.py")
    recipe = {"input": "in.jsonl", "plugins": ["./calm.py"], "steps": ["my.text.same"]}
    (tmp_path / "in.jsonl").write_text('{"text": "一"}\n')
    made = siku.Recipe.from_dict({**recipe, "output": "out"}, base=tmp_path)
    run = siku.run(made, store=tmp_path / "store").run
    kept = json.loads((tmp_path / "store/runs" / run / "run.json").read_text())["tables"]
    assert [name.partition("#")[0] for name in kept] == ["calm.py"]


def test_a_changed_recipe_takes_over_what_was_done(tmp_path):
    (tmp_path / "broken.py").write_text(
        "import siku\n"
        "@siku.operator(name='my.text.broken', summary='Fails.', writes={'$column': 'text'}, "
        "rules={'none': 'Nothing.'})\n"
        "def broken(batch, column):\n"
        "    raise ValueError('no')\n"
    )
    steps = ["refine.text.collapse_space", "refine.document.drop_duplicates", "my.text.broken"]
    recipe = {"input": "in.jsonl", "plugins": ["broken.py"], "steps": steps, "output": "out"}
    (tmp_path / "in.jsonl").write_text('{"text": "一  二"}\n{"text": "一 二"}\n{"text": "三"}\n')
    store = tmp_path / "store"
    with pytest.raises(siku.Error) as raised:
        siku.run(siku.Recipe.from_dict(recipe, base=tmp_path), store=store)
    changed = siku.Recipe.from_dict({**recipe, "steps": steps[:2]}, base=tmp_path)
    made = siku.run(changed, store=store, take_over=raised.value.run)
    assert made.outputs["out"].rows == 2
    assert list((store / "runs" / made.run / "ledger").glob("taken-*"))
