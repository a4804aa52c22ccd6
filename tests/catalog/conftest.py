"""A server with an organisation and a store that has a version to publish."""

import shutil

import pytest
from server import Server, make_rows


@pytest.fixture(scope="session")
def folder_with_a_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_rows(folder)
    made = Server(folder).command("run", "stops.yaml", "--json")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def server(folder_with_a_run, tmp_path):
    shutil.copytree(folder_with_a_run, tmp_path, dirs_exist_ok=True)
    server = Server(tmp_path).start()
    server.administrator().post("/organisations", {"name": "jtj", "title": "交通局"})
    yield server
    server.stop()
