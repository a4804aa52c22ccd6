"""A server with an organisation and a store that has a version to publish."""

import contextlib
import os
import shutil
import subprocess

import pytest
from server import Server, make_rows


def empty_database(url):
    """A new database of the PostgreSQL that test_postgres.py has started."""
    name = f"catalogue_{os.urandom(6).hex()}"
    subprocess.run(["psql", "-q", url, "-c", f"CREATE DATABASE {name}"], check=True, timeout=60)
    return f"{url.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(scope="session")
def folder_with_a_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_rows(folder)
    made = Server(folder).command("run", "stops.yaml", "--json")
    assert made.returncode == 0, made.stderr
    return folder


@contextlib.contextmanager
def running(made, folder):
    """A server over a copy of what was made, with one organisation."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    server = Server(folder)
    if "SIKU_TEST_POSTGRES" in os.environ:
        server.catalogue = empty_database(os.environ["SIKU_TEST_POSTGRES"])
    server.start()
    server.administrator().post("/organisations", {"name": "jtj", "title": "交通局"})
    yield server
    server.stop()


@pytest.fixture
def server(folder_with_a_run, tmp_path):
    with running(folder_with_a_run, tmp_path) as server:
        yield server
