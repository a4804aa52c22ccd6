"""A real `siku serve`, and what may stand between it and its client."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from conftest import ROOT

sys.path.append(str(ROOT / "tests/catalog"))
from serving import start_server  # noqa: E402

BUILD = Path(os.environ.get("SIKU_BUILD_DIR", ROOT / "build/release"))
PROGRAM = (BUILD / "bin/siku").resolve()

RECIPE = """\
siku: 1
name: NAME
inputs: {rows: NAME.jsonl}
steps: []
outputs: {NAME: rows}
"""


def make_rows(count, seed):
    # Random words: else what is compressed would fit in one packet.
    words = random.Random(seed)
    return [
        {
            "id": f"{i:03}",
            "phone": "13800138000",
            "name": f"站点{words.randbytes(40).hex()}",
            "n": i,
        }
        for i in range(count)
    ]


class Program:
    """`siku` over a store of its own."""

    def __init__(self, folder):
        if not PROGRAM.exists():
            assert "SIKU_BUILD_DIR" not in os.environ, f"{PROGRAM} is not there"
            pytest.skip(f"needs the program at {PROGRAM}; SIKU_BUILD_DIR names another folder")
        self.folder = folder
        self.store = folder / "store"
        self.environment = {**os.environ, "SIKU_STORE": str(self.store), "SIKU_LANG": "en"}

    def make(self, name, rows):
        """The next version of a dataset of the store."""
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (self.folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")
        (self.folder / f"{name}.yaml").write_text(RECIPE.replace("NAME", name), "utf-8")
        command = [PROGRAM, "run", f"{name}.yaml", "--json"]
        subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            check=True,
            timeout=120,
            capture_output=True,
        )

    @contextmanager
    def serving(self):
        """The server's URL."""
        process, url = start_server(PROGRAM, self.folder, self.environment)
        try:
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            process.stdout.close()

    def key(self, url, *scopes):
        """A key of the first administrator."""
        password = (self.store / "first-password").read_text("utf-8").strip()
        told, cookie = _post(url, "/session", {"name": "admin", "password": password}, {})
        headers = {"Cookie": cookie.split(";")[0], "X-Siku-Csrf": told["csrf"]}
        body = {"label": "test", "scopes": scopes, "days": 1}
        return _post(url, "/keys", body, headers)[0]["key"]


def _post(url, path, body, headers):
    request = urllib.request.Request(
        f"{url}/api/v1{path}", json.dumps(body).encode(), headers, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return json.load(answer), answer.headers.get("Set-Cookie", "")


@contextmanager
def answering(answer):
    """An HTTP server of another kind: ``answer(handler)`` writes what it says to a GET."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def say(handler, status, body, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
