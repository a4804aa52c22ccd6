"""A recipe that was changed goes on from what an unfinished run had done before the change."""

import json

import pytest

RECIPE = """
siku: 1
inputs: {pages: {path: in.jsonl, columns: {id: int, text: text}}}
steps:
  spaced: {use: refine.text.collapse_space, from: pages}
  once: {use: refine.document.drop_duplicates, from: spaced}
  long: {use: refine.filter.text_length, from: once, with: {min_len: %d}}
outputs: {out: long}
"""
#: Tasks of a run of it in three splits: three that read, one or more that compare, three that end.
SPLITS = ("--splits", "3")


@pytest.fixture
def planned(siku):
    """A run with all done but its last stage."""
    with open(siku.folder / "in.jsonl", "w", encoding="utf-8") as out:
        for i in range(600):
            text = "同  一句话" if i % 5 == 0 else f"第 {i} 行" + "字" * (i % 40)
            out.write(json.dumps({"id": i, "text": text}, ensure_ascii=False) + "\n")
    (siku.folder / "recipe.yaml").write_text(RECIPE % 10, encoding="utf-8")
    plan = json.loads(siku("run", "recipe.yaml", "--plan", *SPLITS))
    siku.done = 0
    for phase in plan["phases"][:-1]:
        step = ("--step", phase["step"]) if phase["step"] else ()
        for task in range(phase["tasks"]):
            siku("task", plan["run"], str(phase["stage"]), str(task), *step)
            siku.done += 1
    siku.planned = plan["run"]
    return siku


def change(siku, text):
    (siku.folder / "changed.yaml").write_text(text, encoding="utf-8")


def whole(siku):
    """What a run of the changed recipe gives that takes nothing over."""
    done = siku("run", "changed.yaml", "--json", *SPLITS, "--store", str(siku.folder / "fresh"))
    return json.loads(done)


def taken(siku, *arguments):
    done = siku.try_("run", "changed.yaml", "--resume", siku.planned, "--json", *arguments)
    assert done.returncode == 0, done.stderr.decode()
    said = done.stderr.decode()
    assert "need not be done again" in said
    return int(said.split()[0]), json.loads(done.stdout)


def same(summary, expected):
    for part in ("rows", "steps", "sources"):
        assert summary.get(part) == expected.get(part)
    assert [out["version"] for out in summary["outputs"]] == [
        out["version"] for out in expected["outputs"]
    ]


def test_a_last_step_that_changed_is_all_that_is_done(planned):
    change(planned, RECIPE % 20)
    tasks, summary = taken(planned, *SPLITS)
    assert tasks == planned.done
    same(summary, whole(planned))
    # What was taken over is a run's own: edits, rejects and the way back.
    lost = planned("rejects", summary["run"], "--format", "jsonl").decode().splitlines()
    assert len(lost) == 119 + summary["steps"][2]["counts"]["rejected"]
    planned("undo", summary["run"], "--to", str(planned.folder / "back"))
    before, after = planned.folder / "in.jsonl", planned.folder / "back" / "in.jsonl"
    assert before.read_bytes() == after.read_bytes()
    # The other run can still end.
    assert planned("run", "--resume", planned.planned)


@pytest.mark.parametrize(
    "changed",
    [
        (RECIPE % 10).replace("collapse_space,", "whitespace_normalization,"),
        (RECIPE % 10).replace("outputs: {out: long}", "outputs: {out: long, all: spaced}"),
        (RECIPE % 10).replace("path: in.jsonl", "path: 'in*.jsonl', format: jsonl"),
    ],
    ids=["step", "output", "input"],
)
def test_a_first_stage_that_changed_is_done_again(planned, changed):
    change(planned, changed)
    tasks, summary = taken(planned, *SPLITS)
    assert tasks == 0 or "in*" in changed
    same(summary, whole(planned))


def test_splits_that_are_not_given_are_those_of_the_run(planned):
    change(planned, RECIPE % 20)
    tasks, summary = taken(planned)
    assert tasks == planned.done
    same(summary, whole(planned))


def test_other_splits_are_other_tasks(planned):
    change(planned, RECIPE % 20)
    tasks, summary = taken(planned, "--splits", "4")
    assert tasks == 0
    assert summary["outputs"][0]["version"] == whole(planned)["outputs"][0]["version"]


def test_a_finished_run_has_nothing_left_to_take_over(planned):
    planned("run", "--resume", planned.planned)
    change(planned, RECIPE % 20)
    done = planned.try_("run", "changed.yaml", "--resume", planned.planned)
    assert done.returncode == 4
    assert "the run is finished" in done.stderr.decode()


def test_a_source_that_changed_is_said(planned):
    with open(planned.folder / "in.jsonl", "a", encoding="utf-8") as out:
        out.write('{"id": 600, "text": "新"}\n')
    change(planned, RECIPE % 20)
    done = planned.try_("run", "changed.yaml", "--resume", planned.planned)
    assert done.returncode == 4
    assert "in.jsonl" in done.stderr.decode()
    # Nothing was begun that would be `last` now.
    assert [one.name for one in (planned.store / "runs").iterdir()] == [planned.planned]
