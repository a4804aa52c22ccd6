"""Many connections at a time, and hostile ones among them (bench/catalog/load.py, shorter)."""

import http.client
import resource
import sys
from pathlib import Path

import pytest
from server import PROGRAM

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench" / "catalog"))
import load  # noqa: E402

CONNECTIONS = 1000


def megabytes(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@pytest.mark.deep  # beside a compiler it would judge the machine
def test_a_thousand_connections_are_all_answered_beside_hostile_ones(tmp_path, capsys):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    given = load.parser().parse_args([])
    given.seconds, given.connections = 10, CONNECTIONS
    given.datasets, given.rows = 100, 5000
    # A test's machine may be busy, and memory settles in minutes: bench/catalog/load.py is strict.
    given.patience, given.longest, given.growth = 400, 8, 24
    done = load.run(PROGRAM, tmp_path, given)
    assert load.judge(done, given), capsys.readouterr().out
    assert len(done.answered) == CONNECTIONS and min(done.answered) >= 3


def test_idle_connections_keep_nothing_of_what_they_were_sent(server):
    lin = server.staff("lin", "publisher")
    summary = "公交站点" * 1500
    for i in range(50):
        body = {"name": f"d{i}", "organisation": "jtj", "title": "站点", "summary": summary}
        lin.post("/datasets", body)
    key = lin.key("read")
    kept = []

    def ask():
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
        connection.request("GET", "/api/v1/datasets?limit=100", headers={"Authorization": key})
        kept.append(connection)
        return len(connection.getresponse().read())

    assert ask() > 500_000
    before = megabytes(server)
    sent = sum(ask() for _ in range(100)) / 1_000_000
    assert megabytes(server) - before < sent / 4
    for connection in kept:
        connection.close()
