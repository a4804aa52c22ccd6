"""The bars of the catalogue over generated datasets: creating, reindexing, searching, memory.

    python bench/catalog/bars.py --build build/bench [--datasets 100000]

Prints a line a bar and fails below one. Searches go over HTTP with one client; 200 queries must
find what looking at every record finds.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import records
import requests

ORGANISATIONS = {f"org{i:02d}": f"第{i}局" for i in range(40)}
LOCAL = requests.Session()
LOCAL.trust_env = False
failed = False


def say(what, figure, bar, holds):
    """A line, and whether it holds."""
    global failed
    failed |= not holds
    print(f"{'ok  ' if holds else 'LOW '} {what}: {figure} (bar {bar})", flush=True)


class Server:
    """The program under test, in a store of its own."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(
            [self.program, "serve", "--port", "0", "--store", self.folder / "store"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url = self.process.stdout.readline().strip()
        return time.monotonic() - began

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def megabytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def call(self, method, path, **more):
        answer = LOCAL.request(method, self.url + path, timeout=120, **more)
        assert answer.ok, answer.text[:500]
        return answer.json()


def key_of(server):
    """Administrator's key: it creates all."""
    password = (server.folder / "store/first-password").read_text().strip()
    session = requests.Session()
    session.trust_env = False
    me = session.post(
        server.url + "/api/v1/session", json={"name": "admin", "password": password}, timeout=60
    ).json()
    made = session.post(
        server.url + "/api/v1/keys",
        headers={"X-Siku-Csrf": me["csrf"]},
        json={"label": "bench", "scopes": ["read", "write"], "days": 1},
        timeout=60,
    )
    return made.json()["key"]


def fill(server, count):
    """By CKAN's action, as its rival in peer.py; gives datasets a second of one client."""
    key = key_of(server)
    for name, title in ORGANISATIONS.items():
        server.call(
            "POST",
            "/api/v1/organisations",
            json={"name": name, "title": title},
            headers={"Authorization": key},
        )
    names = list(ORGANISATIONS)

    def create(i):
        made = records.record(i, names)
        server.call("POST", "/api/v1/datasets", json=made, headers={"Authorization": key})

    began = time.monotonic()
    first = min(2000, count)
    for i in range(first):
        create(i)
    alone = first / (time.monotonic() - began)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(first, count)))
    together = max(count - first, 1) / (time.monotonic() - began)
    return alone, together


def publish_all(folder):
    """Drafts are not for everybody: as a publisher would, but 100,000 at once."""
    import sqlite3

    with sqlite3.connect(folder / "store/catalogue.db") as database:
        database.execute("UPDATE datasets SET state = 'published'")


def folded(text):
    """The records have no traditional characters; case is all there is to fold."""
    return text.lower()


def truth(query, texts):
    """Looking at every record."""
    wanted = [folded(term) for term in query.split() if not term.startswith("-")]
    unwanted = [folded(term[1:]) for term in query.split() if term.startswith("-")]
    return sum(
        all(term in text for term in wanted) and not any(term in text for term in unwanted)
        for text in texts
    )


def search(server, texts):
    """Times and correctness of 200 queries, each with facets and 20 hits."""
    times, wrong = [], []
    for query in records.queries(200):
        began = time.monotonic()
        found = server.call("GET", "/api/v1/datasets", params={"q": query, "limit": 20})
        times.append((time.monotonic() - began) * 1000)
        if found["total"] != truth(query, texts):
            wrong.append((query, found["total"], truth(query, texts)))
    p95 = statistics.quantiles(times, n=20)[18]
    say("search p95", f"{p95:.1f} ms, median {statistics.median(times):.1f}", "15 ms", p95 <= 15)
    say("search equals brute force", f"{200 - len(wrong)} of 200 {wrong[:3]}", "200", not wrong)


def thousand(server):
    """CKAN's action for 1,000 rows."""
    times = []
    for _ in range(5):
        began = time.monotonic()
        found = server.call(
            "POST", "/api/3/action/package_search", json={"q": "*:*", "rows": 1000}
        )["result"]
        assert len(found["results"]) == min(1000, found["count"])
        times.append((time.monotonic() - began) * 1000)
    print(f"     package_search of 1,000 rows: {statistics.median(times):.1f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--datasets", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server((given.build / "bin/siku").resolve(), Path(folder))
        server.start()
        alone, together = fill(server, given.datasets)
        print(f"     create: {alone:.0f} a second by one client, {together:.0f} by eight")
        server.stop()
        publish_all(server.folder)
        seconds = server.start()
        say("start with a full reindex", f"{seconds:.1f} s", "10 s", seconds <= 10)
        texts = []
        for i in range(given.datasets):
            made = records.record(i, list(ORGANISATIONS))
            texts.append(folded(records.text_of(made, ORGANISATIONS[made["organisation"]])))
        search(server, texts)
        thousand(server)
        say("memory", f"{server.megabytes():.0f} MB", "200 MB", server.megabytes() <= 200)
        server.stop()
    sys.exit(failed)


if __name__ == "__main__":
    main()
