"""The clock jumps by a year while the server runs: nothing is lost, nobody is locked out long."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from server import Client, Server, running
from test_import import Sender

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
YEAR = timedelta(days=365)

pytestmark = pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")


class ClockServer(Server):
    """Its time of day is ours and what `jump` says; times of files and of waiting stay real."""

    def environment(self):
        return {
            **super().environment(),
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def jump(self, days):
        temporary = self.folder / "clock.new"
        temporary.write_text(f"{days:+d}d\n", "ascii")
        temporary.replace(self.folder / "clock")

    def start(self, *arguments):
        if not (self.folder / "clock").exists():
            self.jump(0)
        return super().start(*arguments)

    def signs_in(self, name, password):
        body = {"name": name, "password": password}
        return self.anybody().call("POST", "/session", json=body)

    def entries(self):
        log = self.administrator().get_json("/audit", limit=1000)
        assert log["verified"]
        return log["entries"]


@pytest.fixture
def server(folder_with_a_run, tmp_path):
    with running(folder_with_a_run, tmp_path, ClockServer) as server:
        yield server


def test_the_clock_of_the_server_can_be_set(server):
    server.jump(-365)
    server.staff("lin", "publisher").publish()
    made = server.anybody().get_json("/datasets/stops")
    made = datetime.fromisoformat(made["created"])
    assert abs(datetime.now(UTC) - made - YEAR) < timedelta(days=1)


@pytest.mark.parametrize("days", [365, -365])
def test_writes_go_on_and_the_chain_holds(server, days):
    lin = server.staff("lin", "publisher")
    key = lin.key("read", "write")
    lin.publish("before")
    server.jump(days)
    # A session has ended, or is of a time that is not yet.
    assert lin.call("POST", "/datasets", json={}).status_code == 403
    lin = Client(server.url)
    lin.sign_in("lin", "lin correct horse")
    began = time.monotonic()
    lin.publish("after")
    lin.call("PATCH", "/datasets/before", json={"title": "公交站点，改"})
    assert time.monotonic() - began < 10
    server.jump(0)
    lin = Client(server.url)
    lin.sign_in("lin", "lin correct horse")
    lin.publish("again")
    lin.post("/datasets/after/withdrawal", {"reason": "错误"})
    names = {d["name"] for d in server.anybody().get_json("/datasets", q="公交")["datasets"]}
    assert names == {"before", "again"}
    numbers = [entry["ordinal"] for entry in server.entries()]
    assert numbers == list(range(1, len(numbers) + 1))
    script = Client(server.url)
    script.headers["Authorization"] = key
    assert script.get_json("/me")["account"]["name"] == "lin"
    for what in ("audit", "store"):
        assert server.command(what, "verify").returncode == 0
    server.stop()
    server.start()
    assert len(server.entries()) >= len(numbers)


def test_a_session_of_a_wrong_clock_ends_with_it(server):
    server.jump(365)
    lin = server.staff("lin", "publisher")
    server.jump(0)
    assert lin.get_json("/me")["account"] is None


def test_a_lock_does_not_outlast_a_clock_that_went_back(server):
    server.staff("lin", "publisher")
    for _ in range(10):
        server.signs_in("lin", "wrong")
    assert server.signs_in("lin", "lin correct horse").status_code == 503
    server.jump(-365)
    assert server.signs_in("lin", "lin correct horse").status_code == 200


def test_uploads_outlive_a_clock_that_went_forward(server):
    lin = server.staff("lin", "publisher")
    data = b"a,b\n1,2\n"
    sender = Sender(lin, data)
    assert sender.piece(0, 4).status_code == 204
    server.jump(365)
    # Beginning another looks for those that have expired.
    other = Sender(server.administrator(), data)
    assert other.send().offset() == len(data)
    server.jump(0)
    lin.sign_in("lin", "lin correct horse")
    assert sender.offset() == 4
    sender.send()
    lin.post("/datasets", {"name": "sites", "organisation": "jtj", "title": "站点"})
    guess = sender.job("guess", {})["guess"]
    result = sender.job("import", {"dataset": "sites", "plan": guess})["result"]
    assert result["rows"] == 1


def test_an_upload_that_cannot_be_read_for_a_moment_is_not_deleted(server):
    lin = server.staff("lin", "publisher")
    sender = Sender(lin, b"a,b\n1,2\n")
    assert sender.piece(0, 4).status_code == 204
    record = server.store / "uploads" / sender.address.rsplit("/", 1)[1] / "info.json"
    record.rename(record.with_name("aside"))
    record.mkdir()
    assert Sender(lin, b"a,b\n1,2\n").offset() == 0
    record.rmdir()
    record.with_name("aside").rename(record)
    assert sender.offset() == 4


@pytest.mark.parametrize("days", [365, -365])
def test_runs_imports_and_their_lineage_do_not_mind(server, days):
    lin = server.staff("lin", "publisher")
    lin.publish()
    server.jump(days)
    done = server.command("run", "stops.yaml", "--json")
    assert done.returncode == 0, done.stderr
    (server.folder / "a.csv").write_text("代码,名\n007,甲\n", "utf-8")
    done = server.command("dataset", "import", "a.csv", "--dataset", "jtj/other", "--json")
    assert done.returncode == 0, done.stderr
    lin = server.administrator()  # the publisher's session may have ended
    lin.post("/datasets", {"name": "copy", "organisation": "jtj", "title": "站点"})
    lin.post("/datasets/copy/versions", {"source": "other@1"})
    server.jump(0)
    lineage = server.anybody().get_json("/datasets/copy/versions/1/lineage")["lineage"]
    assert lineage["import"]["file"]["name"] == "a.csv"
    assert server.command("store", "verify").returncode == 0
