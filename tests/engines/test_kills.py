"""Workers and the driver die in the middle of each phase; the result does not show it."""

import json
import os
import random
import signal
import subprocess
import time

import pytest
from conftest import BUILD, SEED


def children(pid):
    """Every process below, with what it was started as."""
    found = {}
    for line in subprocess.run(
        ["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True
    ).stdout.splitlines():
        one, parent, words = line.split(None, 2)
        found[int(one)] = (int(parent), words)
    below, waiting = {}, [pid]
    while waiting:
        above = waiting.pop()
        for one, (parent, words) in found.items():
            if parent == above:
                below[one] = words
                waiting.append(one)
    return below


VICTIMS = {
    "ray": lambda words: words.startswith("ray::"),
    "spark": lambda words: "pyspark" in words and "daemon" in words,
}


def kill_in_phase(runs, engine, store, phase, rng):
    """Starts a run, and kills a worker when so many tasks are done; gives what came of it."""
    process = runs.start(
        BUILD / "bin/siku", "run", "recipe.yaml", "--engine", engine, "--json", "--threads", 2,
        "--splits", 24, "--memory", "512MiB", "--store", store,
    )  # fmt: skip
    killed = 0
    wanted = rng.randint(1, 20)
    until = time.monotonic() + 200
    while process.poll() is None and time.monotonic() < until:
        done = len(list(store.glob(f"runs/*/tasks/{phase}-*.json")))
        if done >= wanted and not killed:
            victims = [p for p, words in children(process.pid).items() if VICTIMS[engine](words)]
            for victim in rng.sample(victims, min(1, len(victims))):
                os.kill(victim, signal.SIGKILL)
                killed += 1
        time.sleep(0.02)
    out, error = process.communicate(timeout=60)
    return process.returncode, out, error, killed


@pytest.mark.parametrize("engine", ["ray", "spark"])
@pytest.mark.parametrize("phase", [0, 1, 2])
def test_a_worker_dies(runs, expected, tmp_path, engine, phase):
    rng = random.Random(f"{SEED} {engine} {phase}")
    status, out, error, killed = kill_in_phase(runs, engine, tmp_path / "store", phase, rng)
    assert status == 0, error.decode()[-3000:]
    assert killed == 1, "nobody was there to be killed"
    assert {one["dataset"]: one["version"] for one in json.loads(out)["outputs"]} == expected


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_the_driver_dies_and_the_run_goes_on(runs, expected, tmp_path, engine):
    rng = random.Random(f"{SEED} driver {engine}")
    store = tmp_path / "store"
    process = runs.start(
        BUILD / "bin/siku", "run", "recipe.yaml", "--engine", engine, "--json", "--threads", 2,
        "--splits", 24, "--memory", "512MiB", "--store", store,
    )  # fmt: skip
    wanted = rng.randint(1, 20)
    until = time.monotonic() + 200
    while process.poll() is None and time.monotonic() < until:
        if len(list(store.glob("runs/*/tasks/*.json"))) >= wanted:
            break
        time.sleep(0.02)
    process.kill()
    process.communicate()
    said = runs(
        BUILD / "bin/siku", "run", "--resume", "last", "--engine", engine, "--json",
        "--threads", 2, "--memory", "512MiB", "--store", store,
    )  # fmt: skip
    assert {one["dataset"]: one["version"] for one in json.loads(said)["outputs"]} == expected
