"""A thousand connections at a steady rate beside mixed work, and hostile clients among them.

    python bench/catalog/load.py --build build/release [--seconds 600] [--connections 1000]

Waiting counts from when a request was due, not from when it could be sent. Prints latencies by
kind, the server's memory and open files, and fails if a connection starved, if memory or files grow
(by a line fitted to the second half), or if the hostile clients, who come at a third of the time,
cost the others more than --patience.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import bars
import records
from hostile import Hostile

SEED = 20261202
SECONDS_BETWEEN = 5  # of one of the steady connections
FEW = 300  # of so few requests a 95th percentile says little
REFUSALS = {"400", "404", "416", "431"}
FORMATS = ("csv", "jsonl", "parquet")
RECIPE = "inputs: {rows: rows.jsonl}\nsteps: []\noutputs: {stops: rows}\n"


class Connection:
    """One kept connection."""

    def __init__(self, address, key=""):
        self.address, self.key = address, key
        self.reader = self.writer = None

    async def ask(self, method, target, body=None, headers=()):
        """Status and body."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(*self.address)
        sent = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {target} HTTP/1.1", "Host: x", *headers]
        if self.key:
            lines.append(f"Authorization: {self.key}")
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
        try:
            self.writer.write("\r\n".join([*lines, "\r\n"]).encode() + sent)
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = head.split("content-length: ")[1].split("\r")[0] if "content-l" in head else 0
            got = await self.reader.readexactly(int(length))
        except BaseException:
            self.close()
            raise
        if "connection: close" in head:
            self.close()
        return int(head[9:12]), got

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.writer = None


class Kind:
    """What was measured of requests of one kind."""

    def __init__(self):
        self.waits = []  # (when, seconds)
        self.busy = 0  # 503
        self.errors = []

    def note(self, when, seconds, status):
        self.waits.append((when, seconds))
        if status == 503:
            self.busy += 1
        elif status >= 400:
            self.errors.append(status)

    def p95(self, begin, end):
        waits = sorted(wait for when, wait in self.waits if begin <= when < end)
        return waits[int(len(waits) * 0.95)] if waits else 0


class Load:
    """One run. `server`: of bars.py, with what fill() makes."""

    def __init__(self, server, key, given, names):
        host, port = server.url.removeprefix("http://").split(":")
        self.address = (host, int(port))
        self.server, self.key, self.given, self.names = server, key, given, names
        self.chance = random.Random(SEED)
        self.queries = records.queries(200)
        self.kinds = {}
        self.samples = []  # (seconds, RSS in MB, open files)
        self.published = 0
        # Requests a second, and connections that share them.
        self.mix = {
            "search": (20, 8, self.search),
            "rows": (20, 8, self.rows),
            "dataset": (20, 8, self.dataset),
            "range": (10, 4, self.range),
            "ckan": (5, 4, self.ckan),
            "change": (4, 2, self.change),
            "publish": (1, 1, self.publish),
            "sql": (given.sql, 1, self.sql),
        }

    async def search(self, connection):
        query = quote(self.chance.choice(self.queries))
        return await connection.ask("GET", f"/api/v1/datasets?q={query}&limit=20")

    async def rows(self, connection):
        offset = self.chance.randrange(self.given.rows)
        target = f"/api/v1/datasets/stops/versions/1/rows?offset={offset}&limit=50"
        return await connection.ask("GET", target)

    async def dataset(self, connection):
        return await connection.ask("GET", f"/api/v1/datasets/{self.chance.choice(self.names)}")

    async def range(self, connection):
        begin = self.chance.randrange(self.given.rows * 20)
        form = self.chance.choice(FORMATS)
        target = f"/api/v1/datasets/stops/versions/1/download?format={form}"
        headers = [f"Range: bytes={begin}-{begin + 65_535}"]
        status, got = await connection.ask("GET", target, headers=headers)
        return (200 if status == 416 else status), got

    async def ckan(self, connection):
        body = {"q": self.chance.choice(self.queries), "rows": 20}
        return await connection.ask("POST", "/api/3/action/package_search", body)

    async def change(self, connection):
        name = self.chance.choice(self.names)
        body = {"title": f"公交站点 {self.chance.randrange(1000)}"}
        return await connection.ask("PATCH", f"/api/v1/datasets/{name}", body)

    async def publish(self, connection):
        """Two contents by turns: the same again would be no new version."""
        self.published += 1
        body = {"source": f"stops@{1 + self.published % 2}"}
        return await connection.ask("POST", "/api/v1/datasets/often/versions", body)

    async def sql(self, connection):
        sql = quote("SELECT district, count(*) FROM rows GROUP BY district")
        return await connection.ask("GET", f"/api/v1/datasets/stops/versions/1/sql?sql={sql}")

    async def steady(self, connection):
        return await connection.ask("GET", f"/api/v1/datasets/{self.chance.choice(self.names)}")

    async def work(self, kind, do, first, period, key=""):
        """Asks at first, first + period, …; what was due while it waited is asked at once."""
        connection = Connection(self.address, key)
        due, answered = self.began + first, 0
        try:
            while due < self.began + self.given.seconds:
                await asyncio.sleep(max(0, due - time.monotonic()))
                try:
                    status, _ = await do(connection)
                except (OSError, asyncio.IncompleteReadError) as error:
                    kind.errors.append(repr(error))
                    status = 0
                kind.note(due - self.began, time.monotonic() - due, status)
                answered += 1
                due += period
        finally:
            connection.close()
        return answered

    async def sample(self):
        pid = self.server.process.pid
        # At the end the steady ones close their connections.
        while time.monotonic() < self.began + self.given.seconds - self.period:
            files = len(os.listdir(f"/proc/{pid}/fd"))
            when = time.monotonic() - self.began
            self.samples.append((when, self.server.megabytes(), files))
            await asyncio.sleep(max(0.25, self.given.seconds / 600))

    async def run(self):
        self.began = time.monotonic() + 0.5
        period = self.period = min(SECONDS_BETWEEN, self.given.seconds / 3)
        tasks = [asyncio.create_task(self.sample())]
        for name, (rate, count, do) in self.mix.items():
            kind = self.kinds[name] = Kind()
            for i in range(count if rate else 0):
                key = self.key if name in ("change", "publish") else ""
                work = self.work(kind, do, i / rate, count / rate, key)
                tasks.append(asyncio.create_task(work))
        kind = self.kinds["steady"] = Kind()
        count = self.given.connections
        steady = [
            asyncio.create_task(self.work(kind, self.steady, period * i / count, period))
            for i in range(count)
        ]
        download = b"/api/v1/datasets/stops/versions/1/download?format=jsonl"
        self.hostile = Hostile(self.address, download)
        await asyncio.sleep(self.given.seconds / 3)
        self.hostile.begin()
        self.answered = await asyncio.gather(*steady)
        await asyncio.gather(*tasks)
        await self.hostile.end()


def growth(samples, place, seconds):
    """By how much the fitted line rises over the second half."""
    half = [(one[0], one[place]) for one in samples if one[0] >= seconds / 2]
    slope = statistics.linear_regression(*zip(*half, strict=True)).slope
    return slope * (half[-1][0] - half[0][0])


def judge_kind(name, kind, given):
    waits = [1000 * wait for _, wait in kind.waits]
    third = given.seconds / 3
    quiet, hostile = (1000 * kind.p95(*when) for when in ((0, third), (third, given.seconds)))
    errors = f"{len(kind.errors)} errors {sorted(set(map(str, kind.errors)))[:3]}"
    figure = (
        f"{len(waits)} asked, median {statistics.median(waits):.0f} ms, p95 {quiet:.0f} then"
        f" {hostile:.0f}, most {max(waits):.0f}, {kind.busy} busy, {errors}"
    )
    bar = 2 * quiet + given.patience
    many = len(waits) >= FEW
    holds = not kind.errors and (hostile <= bar or not many)
    bars.say(name, figure, f"p95 {bar:.0f} ms, no error" if many else "no error", holds)


def judge(load, given):
    """Lines as in bars.py; false where one does not hold."""
    bars.failed = False
    for name, kind in load.kinds.items():
        if kind.waits:
            judge_kind(name, kind, given)
    least, most = min(load.answered), max(wait for _, wait in load.kinds["steady"].waits)
    figure = f"the least had {least} answers, the most {max(load.answered)}; waited {most:.2f} s"
    holds = least >= max(load.answered) - 1 and most <= given.longest
    bars.say(f"{given.connections} connections, none starved", figure, f"{given.longest} s", holds)
    for what, place, bar in (("memory, MB", 1, given.growth), ("open files", 2, 10)):
        values = [one[place] for one in load.samples]
        rise = growth(load.samples, place, given.seconds)
        figure = f"{values[0]:.0f} to {values[-1]:.0f}, most {max(values):.0f}, fitted {rise:+.1f}"
        bars.say(f"{what}, no growth", figure, f"+{bar}", rise <= bar)
    told = dict(sorted(load.hostile.statuses.items()))
    # 503: two downloads at a time.
    holds = told and not load.hostile.leaked and not set(told) - {"200", "206", "503"} - REFUSALS
    bars.say("hostile clients got", f"{told} {load.hostile.leaked}", "refusals", holds)
    return not bars.failed


def make_rows(program, folder, count):
    """Two versions of a dataset of the store."""
    for version in (1, 2):
        with open(folder / "rows.jsonl", "w", encoding="utf-8") as file:
            for i in range(count):
                row = {"id": f"{i:07d}", "district": f"第{i % 11}区", "name": f"站点{i * version}"}
                print(json.dumps(row, ensure_ascii=False), file=file)
        (folder / "recipe.yaml").write_text(RECIPE, "utf-8")
        line = [program, "run", "recipe.yaml", "--store", "store"]
        subprocess.run(line, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def fill(server, given):
    """Gives the key and the names of the datasets."""
    key = bars.key_of(server)
    headers = {"Authorization": key}
    for name, title in bars.ORGANISATIONS.items():
        body = {"name": name, "title": title}
        server.call("POST", "/api/v1/organisations", json=body, headers=headers)
    names = []
    for i in range(given.datasets):
        made = {**records.record(i, list(bars.ORGANISATIONS)), "class": "unconditional"}
        names.append(made["name"])
        server.call("POST", "/api/v1/datasets", json=made, headers=headers)
    for name in ("stops", "often"):
        made = {"name": name, "organisation": "org00", "title": "公交站点"}
        server.call("POST", "/api/v1/datasets", json=made, headers=headers)
        source = {"source": "stops@1"}
        server.call("POST", f"/api/v1/datasets/{name}/versions", json=source, headers=headers)
    bars.publish_all(server.folder)
    return key, names


def run(program, folder, given):
    """The load, after it has run."""
    make_rows(program, folder, given.rows)
    server = bars.Server(program, folder)
    os.environ["SIKU_PYTHON"] = sys.executable
    server.start()
    try:
        key, names = fill(server, given)
        # The index knows who is published at its next start.
        server.stop()
        server.start()
        for form in FORMATS:
            target = f"/api/v1/datasets/stops/versions/1/download?format={form}"
            assert bars.LOCAL.get(server.url + target, timeout=120).ok
        load = Load(server, key, given, names)
        asyncio.run(load.run())
    finally:
        server.stop()
    return load


def parser():
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("--build", type=Path, default=Path("build/release"))
    made.add_argument("--seconds", type=float, default=600)
    made.add_argument("--connections", type=int, default=1000)
    made.add_argument("--datasets", type=int, default=2000)
    made.add_argument("--rows", type=int, default=100_000)
    made.add_argument("--sql", type=float, default=0.5, help="queries a second")
    made.add_argument("--patience", type=float, default=50, help="ms that the hostile may cost")
    made.add_argument("--longest", type=float, default=5, help="seconds a steady one may wait")
    made.add_argument("--growth", type=float, default=4, help="MB in the second half")
    return made


def main():
    given = parser().parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as folder:
        load = run((given.build / "bin/siku").resolve(), Path(folder), given)
    holds = judge(load, given)
    print(f"     {os.cpu_count()} cores; load of the last minute {os.getloadavg()[0]:.1f}")
    sys.exit(not holds)


if __name__ == "__main__":
    main()
