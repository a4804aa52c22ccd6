"""Writers are killed at any moment; every commit that was acknowledged is kept, and whole."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import defaultdict
from pathlib import Path

import pytest

BUILD = Path(os.environ.get("SIKU_BUILD_DIR", "build/release"))
DRIVER = str((BUILD / "bin" / "store_driver").resolve())
SEED = 20261124
TABLES = {
    "commits": "SELECT * FROM commits ORDER BY ordinal",
    "versions": "SELECT * FROM versions ORDER BY dataset, ordinal",
    "files": "SELECT * FROM files ORDER BY manifest, place",
}


def drive(store, *arguments):
    done = subprocess.run(
        [DRIVER, str(store), *map(str, arguments)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr}"
    return done.stdout.splitlines()


class Work:
    """A process that works the store until it is killed."""

    def __init__(self, store, name, seed):
        self.process = subprocess.Popen(
            [DRIVER, str(store), "work", name, str(seed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        said, complaint = self.process.communicate()
        assert self.process.returncode == -signal.SIGKILL, complaint
        # A line cut off was not acknowledged.
        return said[: said.rfind("\n") + 1].splitlines()


class Promise:
    """What the store said it has; from then on it must have it."""

    def __init__(self):
        self.versions = {}
        self.runs = {}

    def heard(self, lines):
        for line in lines:
            word, *rest = line.split()
            if word in ("together", "append", "compact"):
                for item in rest:
                    name, content = item.split("=")
                    assert self.versions.setdefault(name, content) == content
            elif word == "run":
                self.runs[rest[0]] = rest[1]

    def check(self, store):
        """Reads and verifies everything; gives the names of all versions."""
        have, turns, runs = {}, defaultdict(dict), {}
        for line in drive(store, "check"):
            word, *rest = line.split()
            if word == "run":
                runs[rest[0]] = rest[1]
                continue
            name, content = rest[0].split("=")
            have[name] = content
            dataset, ordinal = name.split("@")
            turns[dataset][int(ordinal)] = rest[1]
        assert self.versions.items() <= have.items()
        for run, state in self.runs.items():
            # Nobody holds a lease of a run whose process was killed.
            left = "interrupted" if state == "running" else state
            assert runs.get(run) in (left, "done")
        for dataset, ordinals in turns.items():
            assert list(ordinals) == list(range(1, len(ordinals) + 1)), dataset
            if dataset.endswith("-a"):  # committed together: all three or none, each time
                for other in ("-b", "-c"):
                    assert turns[dataset[:-2] + other] == ordinals
        self.versions = have
        self.runs = runs
        return have


def index(store):
    with sqlite3.connect(store / "index.sqlite") as database:
        tables = {table: database.execute(query).fetchall() for table, query in TABLES.items()}
        return tables, set(database.execute("SELECT id, recipe, created FROM runs"))


def kill_again_and_again(store, seed, kills, names):
    rng = random.Random(seed)
    promise = Promise()
    lines = 0
    for round_ in range(kills):
        works = [Work(store, name, rng.randrange(2**32)) for name in names]
        time.sleep(rng.uniform(0.0, 0.5) ** 1.5)  # any moment, often an early one
        for work in works:
            heard = work.kill()
            lines += len(heard)
            promise.heard(heard)
        have = promise.check(store)
        if round_ % 4 == 1:
            drive(store, "gc", 0)
            assert promise.check(store) == have
        if round_ % 4 == 2:
            drive(store, "gc", 10**6)  # only the record of a commit that was cut off
            before, runs = index(store)
            drive(store, "rebuild")
            after, more = index(store)
            assert after == before
            # A process may have died between a run's folder and its line in the index.
            assert runs <= more and len(more - runs) <= 4 * len(names)
            assert promise.check(store) == have
        if round_ % 4 == 3:
            drive(store, "rebuild")
            after = promise.check(store)
            # At most the one commit whose record was complete when its process was killed.
            assert have.items() <= after.items()
            assert len(after) - len(have) <= 3
    assert lines > 2 * kills, "the processes were killed before they could do anything"


@pytest.mark.parametrize("names", [("one",), ("one", "two")], ids=["alone", "two"])
def test_killed_twenty_times(tmp_path, names):
    kill_again_and_again(tmp_path / "store", SEED, 10, names)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("names", [("one",), ("one", "two")], ids=["alone", "two"])
def test_killed_two_hundred_times(tmp_path, names, seed):
    kill_again_and_again(tmp_path / "store", SEED + seed, 20, names)


def test_killed_while_rebuilding(tmp_path):
    store = tmp_path / "store"
    rng = random.Random(SEED)
    promise = Promise()
    work = Work(store, "one", SEED)
    said = [work.process.stdout.readline() for _ in range(40)]
    promise.heard([line for line in said if line.endswith("\n")] + work.kill())
    have = promise.check(store)
    for _ in range(10):
        rebuild = subprocess.Popen([DRIVER, str(store), "rebuild"], stdout=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.0, 0.06))
        rebuild.kill()
        rebuild.wait()
        # Either the index stands, old or new, or the store says that it must be made again.
        if not (store / "index.sqlite").exists():
            opened = subprocess.run(
                [DRIVER, str(store), "check"],
                capture_output=True,
                text=True,
                env={**os.environ, "SIKU_LANG": "en"},
            )
            assert "rebuild" in opened.stderr
            drive(store, "rebuild")
        assert promise.check(store).items() >= have.items()


@pytest.mark.parametrize("seed", range(6))
def test_two_processes_begin_a_store_and_work_side_by_side(tmp_path, seed):
    store = tmp_path / "store"
    workers = [Work(store, name, seed) for name in ("left", "right")]
    said = {}
    try:
        # Neither ends before the other has committed, too; to wait for its end is to wait forever.
        for worker in workers:
            said[worker] = [worker.process.stdout.readline() for _ in range(4)]
            assert said[worker][0] == "open\n"
    finally:
        promise = Promise()
        for worker in workers:
            promise.heard([*said.get(worker, []), *worker.kill()])
    promise.check(store)
