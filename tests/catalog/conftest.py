"""A server with an organisation and a store that has a version to publish."""

import access
import pytest
from queries import prepare
from server import Server, make_rows, running


@pytest.fixture(scope="session")
def folder_with_a_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_rows(folder)
    made = Server(folder).command("run", "stops.yaml", "--json")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def server(folder_with_a_run, tmp_path):
    with running(folder_with_a_run, tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def queried(folder_with_a_run, tmp_path_factory):
    """One server for all who only ask (queries.py)."""
    with running(folder_with_a_run, tmp_path_factory.mktemp("queried")) as server:
        prepare(server)
        yield server


@pytest.fixture(scope="session")
def site(folder_with_a_run, tmp_path_factory):
    """One server for all who ask for what is kept back (access.py)."""
    with running(folder_with_a_run, tmp_path_factory.mktemp("access")) as server:
        access.make(server)
        yield server


@pytest.fixture
def lin(site):
    """Its publisher. What a test sets of `places` ends with it."""
    yield site.lin
    access.open_again(site)
