"""A real `siku serve`, and what may stand between it and its client."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager, suppress
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


class Relay:
    """Passes requests on to a server and cuts answers to GET that are longer than ``limit`` bytes.

    ``cuts`` is how many; ``on_cut`` is called before each; ``hold`` leaves the connection open
    instead. ``requests`` has the header of each request.
    """

    def __init__(self, url, limit=1 << 40, cuts=1 << 40, on_cut=lambda: None, hold=False):
        host, port = url.removeprefix("http://").split(":")
        self.server = (host, int(port))
        self.limit, self.cuts, self.on_cut, self.hold = limit, cuts, on_cut, hold
        self.requests = []
        self.sent = 0
        self.held = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client):
        # A client may go at any time.
        with suppress(OSError), client, socket.create_connection(self.server) as server:
            request = b""
            while b"\r\n\r\n" not in request:
                more = client.recv(65536)
                if not more:
                    return
                request += more
            head = request.split(b"\r\n\r\n")[0].decode()
            self.requests.append(head)
            server.sendall(request)
            limit = self.limit if head.startswith("GET") and self.cuts > 0 else 1 << 40
            passed = 0
            while chunk := server.recv(65536):
                chunk = chunk[: limit - passed]
                client.sendall(chunk)
                passed += len(chunk)
                self.sent += len(chunk)
                if passed == limit:
                    return self._cut(client)

    def _cut(self, client):
        self.cuts -= 1
        self.on_cut()
        if self.hold:
            self.held.set()
            client.recv(1)  # until the client goes


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
