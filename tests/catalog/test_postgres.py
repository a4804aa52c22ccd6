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


@pytest.mark.skipif("SIKU_TEST_POSTGRES" in os.environ, reason="it has its own")
def test_a_catalogue_moves_to_postgres_and_back(server):
    server.staff("lin", "publisher").publish(keywords=["交通"])
    key = server.administrator().key("read")
    before = server.anybody().get_json("/datasets/stops")
    entries = server.administrator().get_json("/audit", limit=1000)["entries"]
    server.stop()
    with postgres() as url:
        assert server.command("catalogue", "copy", url).returncode == 0
        again = server.command("catalogue", "copy", url)
        assert again.returncode == 4 and "already" in again.stderr
        server.catalogue = url
        server.start()
        assert server.anybody().get_json("/datasets/stops") == before
        script = server.anybody()
        script.headers["Authorization"] = key
        assert script.get_json("/me")["account"]["name"] == "admin"
        server.stop()
        back = server.store / "back.db"
        assert server.command("catalogue", "copy", back).returncode == 0
    server.catalogue = str(back)
    assert server.command("audit", "verify").returncode == 0
    server.start()
    assert server.anybody().get_json("/datasets/stops") == before
    log = server.administrator().get_json("/audit", limit=1000)
    assert log["verified"] and log["entries"][: len(entries)] == entries
