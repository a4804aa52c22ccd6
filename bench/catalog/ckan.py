"""Beside a real CKAN 2.12: the same datasets, by the same client, in one run.

    python bench/catalog/ckan.py --build build/release [--datasets 604]

Prints a line a bar and fails below one. The client of both is ckanapi; rows named "bytes" are of a
client that does no more than to send the request and read the answer, because ckanapi takes a
millisecond and more of its own. What CKAN needs, and how it is fetched: ckan_peer.py.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import bars
import ckanapi
import records
import requests
from ckan_peer import Peer, children_of, prepare, resident

WORDS = ["地铁", "公共数据", "南山", "医疗", "空气质量", "数据", "公", "停车场", "5G基站", "疫苗"]
SEARCH = "/api/3/action/package_search"
PAIRS = 15
SLOW_PAIRS = 5
BLOCK = 5  # of one server's, before it is the other's turn: each with its own in the caches
FILL_BLOCK = 151
SETTLE_SECONDS = 2


def package(i):
    """The i-th of the generated records, as CKAN's clients send it."""
    made = records.record(i, list(bars.ORGANISATIONS))
    return {
        "name": made["name"],
        "title": made["title"],
        "notes": made["summary"],
        "owner_org": made["organisation"],
        "license_id": made["licence"],
        "tags": [{"name": keyword} for keyword in made["keywords"]],
        "resources": [
            {"name": link["title"], "url": link["url"], "format": link["format"]}
            for link in made["links"]
        ],
    }


def text_of(made):
    """Where a word may be: what both search."""
    return "\n".join([made["title"], made["notes"], *(tag["name"] for tag in made["tags"])])


class Client:
    """One server by ckanapi, and by bytes; both keep their connection where the server does."""

    def __init__(self, url, key):
        self.session = requests.Session()
        self.session.trust_env = False
        self.url, self.key = url, key
        self.action = ckanapi.RemoteCKAN(url, apikey=key, session=self.session).action
        self.connection = None

    def bytes(self, path, body):
        """Seconds from the request to the last byte of its answer."""
        sent = json.dumps(body).encode()
        headers = {"Authorization": self.key, "Content-Type": "application/json"}
        began = time.perf_counter()
        if self.connection is None:
            host = self.url.removeprefix("http://")
            self.connection = http.client.HTTPConnection(host, timeout=120)
        self.connection.request("POST", path, sent, headers)
        answer = self.connection.getresponse()
        answer.read()
        seconds = time.perf_counter() - began
        assert answer.status in (200, 201), answer.status
        if answer.will_close:
            self.connection = None
        return seconds


def seconds_of(do):
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def pairs(ours, theirs, count):
    """Medians of what was measured by turns, so that a busy moment falls on both."""
    times = [], []
    for _ in range(count):
        for column, ask in zip(times, (ours, theirs), strict=True):
            column += [ask() for _ in range(BLOCK)]
    return [statistics.median(column) for column in times]


class Table:
    """A line a measure, with its ratio and bar."""

    def __init__(self):
        self.failed = False
        print(f"{'':4} {'':44} {'Siku':>12} {'CKAN':>12} {'ratio':>8}  bar", flush=True)

    def line(self, what, ours, theirs, unit, bar=None, ratio=None):
        ratio = theirs / ours if ratio is None else ratio
        holds = bar is None or ratio >= bar
        self.failed |= not holds
        mark = "    " if bar is None else "ok  " if holds else "LOW "
        wanted = "" if bar is None else f">= {bar:g}"
        figures = f"{ours:9.2f} {unit:2} {theirs:9.2f} {unit:2}"
        print(f"{mark} {what:44} {figures} {ratio:7.1f}x  {wanted}", flush=True)


def fill(table, ours, theirs, native, count):
    """By turns, one client; the native API fills a second server of ours."""
    for name, title in bars.ORGANISATIONS.items():
        for client in (ours, theirs):
            client.action.organization_create(name=name, title=title)
        native.bytes("/api/v1/organisations", {"name": name, "title": title})
    packages = [package(i) for i in range(count)]
    made = [records.record(i, list(bars.ORGANISATIONS)) for i in range(count)]
    times = [0.0, 0.0, 0.0]
    for begin in range(0, count, FILL_BLOCK):
        block = range(begin, min(count, begin + FILL_BLOCK))
        for place, client in ((0, ours), (1, theirs)):
            create = client.action.package_create
            times[place] += sum(seconds_of(lambda i=i, f=create: f(**packages[i])) for i in block)
        # Solr goes on for a while.
        time.sleep(SETTLE_SECONDS)
        times[2] += sum(native.bytes("/api/v1/datasets", made[i]) for i in block)
    by_ckanapi, rival, by_bytes = (count / seconds for seconds in times)
    table.line("create a second, ckanapi", by_ckanapi, rival, "/s", 100, by_ckanapi / rival)
    table.line("create a second, native API, bytes", by_bytes, rival, "/s", None, by_bytes / rival)


def search(table, ours, theirs, count):
    """Pages of 20 and of 1,000 rows, or as many as there are."""

    def ask(client, query, rows):
        found = client.action.package_search(q=query, rows=rows)["results"]
        return len(found)

    for rows, times in ((20, PAIRS), (1000, SLOW_PAIRS)):
        for query in ("*:*", "地铁") if rows == 20 else ("*:*",):
            got = [ask(client, query, rows) for client in (ours, theirs)]
            assert query != "*:*" or got == [min(rows, count)] * 2, got
            name = f"search of {rows:,} rows, {query} ({got[0]}, {got[1]} found)"
            medians = pairs(
                lambda q=query, n=rows: seconds_of(lambda: ask(ours, q, n)),
                lambda q=query, n=rows: seconds_of(lambda: ask(theirs, q, n)),
                times,
            )
            table.line(f"{name}, ckanapi", *(1000 * one for one in medians), "ms", 10)
            body = {"q": query, "rows": rows}
            medians = pairs(
                lambda b=body: ours.bytes(SEARCH, b), lambda b=body: theirs.bytes(SEARCH, b), times
            )
            table.line("  the same, bytes", *(1000 * one for one in medians), "ms")


def recall(table, ours, theirs, count):
    """Of the datasets that have the word, those that are found."""
    texts = {package(i)["name"]: text_of(package(i)) for i in range(count)}
    for word in WORDS:
        truth = {name for name, text in texts.items() if word in text}
        found = [
            {one["name"] for one in client.action.package_search(q=word, rows=1000)["results"]}
            for client in (ours, theirs)
        ]
        if not truth or len(texts) > 1000:
            continue
        shares = [100 * len(truth & names) / len(truth) for names in found]
        holds = shares[0] == 100
        table.failed |= not holds
        counts = f"{len(truth & found[0])} and {len(truth & found[1])} of {len(truth)}"
        mark = "ok  " if holds else "LOW "
        print(f"{mark} recall of {word}: {shares[0]:.0f} % and {shares[1]:.0f} % ({counts})")


def memory(table, server, peer):
    """Of all processes; pages that processes of CKAN share count once."""
    ours = sum(resident(pid)[0] for pid in children_of(server.process.pid))
    parts = peer.megabytes()
    told = ", ".join(f"{name} {rss:.0f}" for name, (rss, _) in parts.items())
    theirs = sum(pss for _, pss in parts.values())
    table.line("memory of all processes", ours, theirs, "MB", 3)
    print(f"     CKAN's, RSS in MB: {told}")


def rebuild(table, server, peer, count):
    """Ours is made at each start: from the start of the program to its first answer."""
    ours, theirs = [], []
    for _ in range(3):
        server.stop()
        ours.append(server.start())
    for _ in range(2):
        began = time.perf_counter()
        told = peer.ckan("search-index", "rebuild")
        theirs.append(time.perf_counter() - began)
    one = seconds_of(lambda: peer.ckan("search-index", "rebuild", package(0)["name"]))
    seconds = [statistics.median(column) for column in (ours, theirs)]
    table.line(f"rebuild of the index, {count}, whole command", *seconds, "s", 100)
    said = re.search(r"[\d.]+ ?s", told)
    print(f"     CKAN's of one dataset takes {one:.2f} s ({said[0] if said else 'its start'})")


def measure(given, program, folder, peer):
    table = Table()
    servers = [bars.Server(program, folder / name) for name in ("ckanapi", "native")]
    clients = []
    try:
        for server in servers:
            server.folder.mkdir()
            server.start()
            clients.append(Client(server.url, bars.key_of(server)))
        ours, native = clients
        theirs = Client(peer.url, peer.token)
        fill(table, ours, theirs, native, given.datasets)
        search(table, ours, theirs, given.datasets)
        recall(table, ours, theirs, given.datasets)
        memory(table, servers[0], peer)
        rebuild(table, servers[0], peer, given.datasets)
    finally:
        for server in servers:
            if getattr(server, "process", None) is not None:
                server.stop()
    return table.failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--datasets", type=int, default=604)
    parser.add_argument("--peer", type=Path, default=Path("build/peers/ckan-2.12"))
    given = parser.parse_args()
    prepare(given.peer)
    program = (given.build / "bin/siku").resolve()
    with Peer(given.peer) as peer, tempfile.TemporaryDirectory() as folder:
        before = os.getloadavg()[0]
        failed = measure(given, program, Path(folder), peer)
        load = f"{before:.1f} before, {os.getloadavg()[0]:.1f} after"
        print(f"     {os.cpu_count()} cores; load of the last minute {load}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
