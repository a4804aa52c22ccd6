"""Clients that want to be a burden, each as a task that goes on until it is cancelled."""

import asyncio
import contextlib

SLOW_BODY = (
    b"POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000000\r\n\r\n"
)
SLOW_HEADER = b"GET /api/v1/datasets HTTP/1.1\r\nHost: x\r\nA: "
CLIMBS = [
    b"/../../etc/passwd",
    b"/%2e%2e/%2e%2e/etc/passwd",
    b"/assets/..%2f..%2fserver.json",
    b"/api/v1/datasets/..%2f..%2fcatalogue.db",
    b"/\x00",
]
RANGES = [
    b"bytes=" + b",".join(b"%d-" % i for i in range(1500)),
    b"bytes=-99999999999999999999",
    b"bytes=9-2",
    b"bytes=0-0,-1",
    b"bytes=99999999999-",
]
# So many of each at a time.
COUNTS = {"slow_body": 60, "slow_header": 60, "silent": 100, "deaf": 10, "rude": 4}


class Hostile:
    """`address`: (host, port); `download`: a target with a file worth a while."""

    def __init__(self, address, download):
        self.address, self.download = address, download
        self.statuses = {}  # of what was answered at all
        self.leaked = []
        self.tasks = []

    def begin(self):
        for kind, count in COUNTS.items():
            for i in range(count):
                self.tasks.append(asyncio.create_task(self.again(getattr(self, kind), i)))

    async def end(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def again(self, kind, i):
        """The server hangs up on them, and they come back."""
        await asyncio.sleep(i * 0.01)
        while True:
            writer = None
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection(*self.address)
                await kind(reader, writer, i)
            if writer is not None:
                writer.close()
            await asyncio.sleep(0.2)

    async def trickle(self, writer, head):
        writer.write(head)
        while not writer.is_closing():
            await writer.drain()
            await asyncio.sleep(1)
            writer.write(b" ")

    async def slow_body(self, _, writer, __):
        await self.trickle(writer, SLOW_BODY)

    async def slow_header(self, _, writer, __):
        await self.trickle(writer, SLOW_HEADER)

    async def silent(self, reader, _, __):
        await reader.read(1)

    async def deaf(self, reader, writer, _):
        """Asks for a file and does not read it: a few bytes, then nothing."""
        writer.write(b"GET " + self.download + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readexactly(100)
        await asyncio.sleep(20)

    async def rude(self, reader, writer, i):
        lines = [b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n" for target in CLIMBS]
        lines += [
            b"GET " + self.download + b" HTTP/1.1\r\nHost: x\r\nRange: " + wanted + b"\r\n"
            for wanted in RANGES
        ]
        lines.append(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 40_000 + b"\r\n")
        lines.append(b"NONSENSE\r\n")
        for line in lines[i % 2 :]:
            reader, writer = await asyncio.open_connection(*self.address)
            try:
                writer.write(line + b"Connection: close\r\n\r\n")
                # Of a file no more than its begin: then the line breaks.
                answer = await reader.read(4096)
                status = answer[9:12].decode("ascii", "replace")
                self.statuses[status] = self.statuses.get(status, 0) + 1
                if b"root:" in answer or b'"pid"' in answer or b"SQLite" in answer:
                    self.leaked.append(line[:80])
            finally:
                writer.close()
            await asyncio.sleep(0.1)
