"""Who does a run's tasks dies in the middle of each phase; the result does not show it."""

import shutil

import pytest
from conftest import BUILD, HERE

KILLS = HERE / "kills.py"
#: Runs with a kill that were done before; `--deep` adds what is not there.
LOG = HERE / "kills.log"


def kills(runs, log, engine, *options):
    """Lines of the log: engine, number, phase, victim, tasks done at the kill, what came of it."""
    runs.python_file(
        KILLS, "--program", BUILD / "bin/siku", "--engine", engine, "--log", log, *options
    )
    return [line.split(None, 5) for line in log.read_text().splitlines() if line[0] != "#"]


def check(lines, engine, count):
    of_engine = [line for line in lines if line[0] == engine]
    assert len(of_engine) >= count
    assert [line for line in of_engine if line[5] != "equal"] == []


def test_a_worker_of_ray_dies_in_each_phase(runs, tmp_path):
    lines = kills(runs, tmp_path / "log", "ray", "--each")
    check(lines, "ray", 7)
    near = ["near.groups", "near.similarities", "near"]
    assert [line[2] for line in lines] == ["0", "exact", "1", *near, "2"]
    assert {line[3] for line in lines} == {"worker"}


@pytest.mark.deep
@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_twenty_five_kills(runs, tmp_path, engine):
    log = tmp_path / "log"
    if LOG.exists():
        shutil.copyfile(LOG, log)
    check(kills(runs, log, engine, "--count", 25), engine, 25)
