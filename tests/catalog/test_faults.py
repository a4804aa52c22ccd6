"""The server is killed while it writes: nothing is half done, and the audit chain holds."""

import random

import pytest
import requests
from server import together

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
