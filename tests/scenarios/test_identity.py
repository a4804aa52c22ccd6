"""Same rows, same bits: threads, splits, order of arrival, kill and resume do not show."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest
from conftest import SEED


@pytest.fixture
def expected(corpus):
    return corpus.digests("recipe.yaml", "--threads", 1)


def test_two_threads_give_the_same_versions(corpus, expected):
    assert corpus.digests("recipe.yaml", "--threads", 2) == expected


@pytest.mark.parametrize("splits", [1, 7, 64])
def test_any_number_of_splits_gives_the_same_versions(corpus, expected, splits):
    assert corpus.digests("recipe.yaml", "--splits", splits, "--threads", 2) == expected


def test_shuffled_arrival_gives_the_same_versions(corpus, expected):
    moved = corpus.folder / "moved"
    shutil.move(corpus.folder / "corpus", moved)
    files = sorted(moved.iterdir())
    random.Random(SEED).shuffle(files)
    (corpus.folder / "corpus").mkdir()
    for file in files:
        shutil.copyfile(file, corpus.folder / "corpus" / file.name)
    assert corpus.digests("recipe.yaml") == expected


def test_another_store_gives_the_same_versions(corpus, expected):
    corpus.store = corpus.folder / "other"
    assert corpus.digests("recipe.yaml") == expected


def test_a_run_goes_on_from_another_folder(corpus, expected):
    run = json.loads(corpus("run", "recipe.yaml", "--plan"))["run"]
    corpus.folder = corpus.folder / "elsewhere"
    corpus.folder.mkdir()
    assert corpus.digests("--resume", run) == expected


def task_files(folder):
    return {f: f.stat().st_mtime_ns for f in folder.glob("runs/*/tasks/*.json")}


def test_a_killed_run_resumes_without_redoing_finished_splits(corpus, expected):
    rng = random.Random(SEED)
    kills = 0
    for attempt in range(12):
        corpus.store = corpus.folder / f"kill-{attempt}"
        process = subprocess.Popen(
            corpus.command("run", "recipe.yaml", "--splits", 40, "--threads", 2),
            cwd=corpus.folder,
            env=corpus.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        limit = rng.randint(1, 60)
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            if len(task_files(corpus.store)) >= limit:
                break
        os.kill(process.pid, signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            continue
        kills += 1
        finished = task_files(corpus.store)
        runs = sorted(p.name for p in (corpus.store / "runs").iterdir()) if finished else []
        if not runs:
            continue
        result = corpus.run("--resume", runs[0])
        assert {out["dataset"]: out["version"] for out in result["outputs"]} == expected
        after = task_files(corpus.store)
        redone = [f.name for f, at in finished.items() if after.get(f, at) != at]
        assert not redone, redone
    assert kills >= 3


def test_ctrl_c_leaves_a_run_that_resumes(corpus, expected):
    corpus.store = corpus.folder / "other"
    process = subprocess.Popen(
        corpus.command("run", "recipe.yaml", "--splits", 64, "--threads", 1),
        cwd=corpus.folder,
        env=corpus.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while process.poll() is None and not task_files(corpus.store):
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.fail("the run was over before it could be interrupted")
    assert process.returncode == 130, said.decode()
    run = next((corpus.store / "runs").iterdir()).name
    assert f"--resume {run}" in said.decode()
    result = corpus.run("--resume", run)
    assert {out["dataset"]: out["version"] for out in result["outputs"]} == expected
