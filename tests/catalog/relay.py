"""A network that breaks: between a client and a server."""

import select
import socket
import threading
from contextlib import suppress


class Relay:
    """Passes requests on to a server and cuts answers to GET that are longer than ``limit`` bytes.

    ``cuts`` is how many; ``on_cut`` is called before each; ``hold`` leaves the connection open
    instead. ``method`` "PATCH" cuts requests of that kind. ``requests`` has the header of each.
    """

    def __init__(
        self, url, limit=1 << 40, cuts=1 << 40, on_cut=lambda: None, hold=False, method="GET"
    ):
        host, port = url.removeprefix("http://").split(":")
        self.server = (host, int(port))
        self.limit, self.cuts, self.on_cut, self.hold = limit, cuts, on_cut, hold
        self.method = method
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
            limit = passed = 0
            while True:
                ready, _, _ = select.select([client, server], [], [])
                if client in ready:
                    chunk = client.recv(65536)
                    if not chunk:
                        return
                    if (begun := self._note(chunk)) is not None:
                        limit, passed = begun, 0
                    elif self.method != "GET":
                        passed += len(chunk)
                    server.sendall(chunk)
                if server in ready:
                    chunk = server.recv(65536)
                    if not chunk:
                        return
                    if self.method == "GET":
                        chunk = chunk[: limit - passed]
                        passed += len(chunk)
                    client.sendall(chunk)
                    self.sent += len(chunk)
                if passed >= limit:
                    return self._cut(client)

    def _note(self, chunk):
        """How many bytes may pass of the request that begins here; None: none begins."""
        head = chunk.split(b"\r\n\r\n")[0]
        if b" HTTP/1.1\r\n" not in head[:8192]:
            return None
        self.requests.append(head.decode())
        cut = head.startswith(self.method.encode()) and self.cuts > 0
        return self.limit if cut else 1 << 40

    def _cut(self, client):
        self.cuts -= 1
        self.on_cut()
        if self.hold:
            self.held.set()
            client.recv(1)  # until the client goes
