"""The server is killed while it writes: nothing is half done, and the audit chain holds."""

import random
import subprocess
import time

import pytest
import requests
from server import PROGRAM, together

SEED = 20261130


def create_until_killed(server, key, made):
    session = requests.Session()
    session.headers["Authorization"] = key
    for i in range(100_000):
        name = f"d{len(made)}-{i}"
        body = {"name": name, "organisation": "jtj", "title": f"公交站点{name}"}
        try:
            answer = session.post(server.url + "/api/v1/datasets", json=body, timeout=30)
        except requests.RequestException:
            return
        if answer.status_code == 201:
            made.append(name)
            session.post(
                f"{server.url}/api/v1/datasets/{name}/versions",
                json={"source": "stops@1"},
                timeout=30,
            ) if i % 7 == 0 else None


@pytest.mark.parametrize("round_", range(3))
def test_what_was_answered_is_there_after_a_kill(server, round_):
    key = server.staff("lin", "publisher").key("read", "write")
    made = []
    when = random.Random(SEED + round_).randint(5, 60)

    def kill():
        while len(made) < when:
            pass
        server.kill()

    def work():
        try:
            create_until_killed(server, key, made)
        except requests.RequestException:
            pass

    together([kill, work])
    verified = server.command("audit", "verify")
    assert verified.returncode == 0, verified.stderr
    server.start()
    script = server.anybody()
    script.headers["Authorization"] = key
    names = {d["name"] for d in script.get_json("/datasets", q="公交", limit=1000)["datasets"]}
    assert set(made) <= names and len(names) <= len(made) + 1
    entries = server.administrator().get_json("/audit", limit=1000)
    created = {e["object"] for e in entries["entries"] if e["action"] == "dataset.create"}
    assert entries["verified"] and created == names


def test_a_kill_while_the_index_is_made_costs_nothing(server):
    administrator = server.administrator()
    script = server.anybody()
    script.headers["Authorization"] = administrator.key("read", "write")
    for i in range(300):
        body = {
            "name": f"d{i}",
            "organisation": "jtj",
            "title": f"公交站点{i}",
            "summary": "站" * 500,
        }
        script.post("/datasets", body)
    server.kill()
    chance = random.Random(SEED)
    for _ in range(8):
        # Before it says that it listens, it has made its index.
        begun = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0"],
            cwd=server.folder,
            env=server.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.01, 0.15))
        begun.kill()
        begun.wait()
    verified = server.command("audit", "verify")
    assert verified.returncode == 0, verified.stderr
    server.start()
    script.url = server.url
    assert script.get_json("/datasets", q="公交 站点")["total"] == 300


def test_a_kill_while_versions_are_withdrawn_leaves_each_as_it_was_or_as_it_is(server):
    lin = server.staff("lin", "publisher")
    names = [f"d{i}" for i in range(60)]
    for name in names:
        lin.publish(name)
    key = lin.key("read", "write")
    answered = []

    def withdraw():
        session = requests.Session()
        session.headers["Authorization"] = key
        for name in names:
            address = f"{server.url}/api/v1/datasets/{name}/withdrawal"
            try:
                answer = session.post(address, json={"reason": "错误"}, timeout=30)
            except requests.RequestException:
                return
            assert answer.ok, answer.text
            answered.append(name)

    when = random.Random(SEED).randint(5, 40)

    def kill():
        while len(answered) < when:
            time.sleep(0)
        server.kill()

    together([kill, withdraw])
    verified = server.command("audit", "verify")
    assert verified.returncode == 0, verified.stderr
    server.start()
    log = server.administrator().get_json("/audit", limit=1000)
    logged = {e["object"] for e in log["entries"] if e["action"] == "version.withdraw"}
    seen = {d["name"] for d in server.anybody().get_json("/datasets", limit=1000)["datasets"]}
    assert set(answered) <= logged and len(logged) <= len(answered) + 1 < len(names)
    assert seen == set(names) - logged
    for name in sorted(logged):
        address = f"/datasets/{name}/versions/1/rows"
        assert server.anybody().call("GET", address).status_code == 404
