"""The suite again, with the catalogue in a real PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "scenarios"))
from postgres import postgres  # noqa: E402


def run_over_postgres(*files):
    with postgres() as url:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", *(HERE / file for file in files)],
            env={**os.environ, "SIKU_TEST_POSTGRES": url},
            capture_output=True,
            text=True,
            timeout=900,
        )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.mark.skipif("SIKU_TEST_POSTGRES" in os.environ, reason="this is the run within")
def test_kills_and_searches_over_postgres():
    assert " passed" in run_over_postgres("test_faults.py", "test_server.py")


@pytest.mark.deep
def test_the_whole_suite_over_postgres():
    files = sorted(HERE.glob("test_*.py"))
    run_over_postgres(*(file.name for file in files if file.name != Path(__file__).name))
