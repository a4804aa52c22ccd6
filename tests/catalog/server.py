"""A real server over a store of the test's own, and clients of it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import requests
from serving import start_server

BUILD = Path(os.environ.get("SIKU_BUILD_DIR", "build/release"))
PROGRAM = (BUILD / "bin" / "siku").resolve()

SECRET = "13800138000"
ROWS = [
    {"id": "001", "district": "南山区", "name": f"站点{i}", "phone": SECRET, "n": i}
    for i in range(250)
]
RECIPE = """\
siku: 1
name: stops
inputs:
  rows: stops.jsonl
steps: []
outputs:
  stops: rows
"""


class Server:
    """`siku serve` as its user starts it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.store = folder / "store"
        self.catalogue = ""  # SQLite in the store
        self.python = sys.executable  # has DuckDB
        self.process = None
        self.url = ""

    def environment(self):
        return {
            **os.environ,
            "SIKU_STORE": str(self.store),
            "SIKU_LANG": "en",
            "SIKU_CATALOGUE": self.catalogue,
            "SIKU_PYTHON": self.python,
        }

    def command(self, *arguments):
        return subprocess.run(
            [PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, *arguments):
        self.process, self.url = start_server(PROGRAM, self.folder, self.environment(), *arguments)
        return self

    def log(self):
        text = (self.folder / "server.log").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0
        self.process.stdout.close()
        self.process = None

    def anybody(self):
        return Client(self.url)

    def administrator(self):
        client = Client(self.url)
        client.sign_in("admin", (self.store / "first-password").read_text().strip())
        return client

    def staff(self, name, *roles):
        """An account with these roles, signed in."""
        password = f"{name} correct horse"
        body = {"name": name, "password": password, "roles": roles}
        self.administrator().post("/accounts", body)
        client = Client(self.url)
        client.sign_in(name, password)
        return client


class Client(requests.Session):
    """Our API with a session's cookie and token, as the portal uses it."""

    def __init__(self, url):
        super().__init__()
        self.url = url
        self.trust_env = False

    def sign_in(self, name, password):
        told = self.post("/session", {"name": name, "password": password})
        self.headers["X-Siku-Csrf"] = told["csrf"]

    def call(self, method, path, **more):
        address = path if path.startswith("http") else f"{self.url}/api/v1{path}"
        return self.request(method, address, timeout=60, **more)

    def get_json(self, path, **parameters):
        answer = self.call("GET", path, params=parameters)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path, body):
        answer = self.call("POST", path, json=body)
        assert answer.ok, answer.text
        return answer.json()

    def key(self, *scopes):
        return self.post("/keys", {"label": "test", "scopes": scopes, "days": 1})["key"]

    def publish(self, name="stops", **fields):
        """A dataset whose first version is the store's `stops`."""
        self.post("/datasets", {"name": name, "organisation": "jtj", "title": "公交站点", **fields})
        return self.post(f"/datasets/{name}/versions", {"source": "stops@1"})


def empty_database(url):
    """A new database of the PostgreSQL that test_postgres.py has started."""
    name = f"catalogue_{os.urandom(6).hex()}"
    subprocess.run(["psql", "-q", url, "-c", f"CREATE DATABASE {name}"], check=True, timeout=60)
    return f"{url.rsplit('/', 1)[0]}/{name}"


@contextlib.contextmanager
def running(made, folder, kind=Server):
    """A server over a copy of what was made, with one organisation."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    server = kind(folder)
    if "SIKU_TEST_POSTGRES" in os.environ:
        server.catalogue = empty_database(os.environ["SIKU_TEST_POSTGRES"])
    server.start()
    try:
        server.administrator().post("/organisations", {"name": "jtj", "title": "交通局"})
        yield server
    finally:
        server.stop()


def make_rows(folder):
    with open(folder / "stops.jsonl", "w", encoding="utf-8") as file:
        for row in ROWS:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    (folder / "stops.yaml").write_text(RECIPE, "utf-8")


def together(functions):
    """Calls them at the same time; gives their results."""
    results = [None] * len(functions)

    def run(i):
        results[i] = functions[i]()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
