"""Search inside the rows of one large version: its signatures, and how long queries take.

    python bench/catalog/row_search.py --build build/bench [--rows 1000000]

Prints the time that signatures take and what they weigh, the median and the 95th percentile of
queries for a value that few rows have and for words of texts, by one client over HTTP, and fails
above the bar of 100 ms for the former or where an answer is not what the rows have.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import bars
import records
from bars import say
from rows import serve

SEED = 20261203
AREAS = ["南山区", "福田区", "罗湖区", "盐田区", "宝安区"]
QUERIES = 100
ADDRESS = "/api/v1/datasets/rows/versions/1/rows"


def make_rows(path, count):
    chance = random.Random(SEED)
    with open(path, "w", encoding="utf-8") as file:
        for i in range(count):
            made = records.record(i % 50_000, AREAS)
            row = {
                "code": f"{i:08d}",
                "area": chance.choice(AREAS),
                "title": made["title"],
                "text": made["summary"],
                "amount": chance.randrange(10**9) / 100,
            }
            print(json.dumps(row, ensure_ascii=False), file=file)


def wait_for_signatures(server, began):
    while not list((server.folder / "store/signatures").glob("*.signatures")):
        time.sleep(0.05)
        if time.monotonic() - began > 600:
            raise SystemExit("no signatures after ten minutes")
    return time.monotonic() - began


def timed(server, queries):
    times, found = [], []
    for q in queries:
        began = time.monotonic()
        found.append(server.call("GET", ADDRESS, params={"q": q, "limit": 50}))
        times.append((time.monotonic() - began) * 1000)
    p95 = statistics.quantiles(times, n=20)[18]
    return found, p95, f"p95 {p95:.0f} ms, median {statistics.median(times):.0f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    program = (given.build / "bin/siku").resolve()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_rows(folder / "rows.jsonl", given.rows)
        server = serve(program, folder)
        began = time.monotonic()
        text = (folder / "rows.jsonl").stat().st_size / 1e6
        stored = sum(file.stat().st_size for file in (folder / "store").rglob("*.parquet")) / 1e6
        seconds = wait_for_signatures(server, began)
        made = next((folder / "store/signatures").iterdir()).stat().st_size / 1e6
        print(f"     {text:.0f} MB of JSON, {stored:.0f} MB stored; signatures {made:.0f} MB")
        print(f"     made in {seconds:.1f} s, {text / seconds:.0f} MB/s")
        chance = random.Random(SEED)
        codes = [f"{chance.randrange(given.rows):08d}" for _ in range(QUERIES)]
        found, p95, figure = timed(server, codes)
        right = all(int(code) in one["numbers"] for code, one in zip(codes, found, strict=True))
        say(f"a code of 8 digits among {given.rows:,} rows", figure, "100 ms", p95 <= 100 and right)
        words = [records.record(chance.randrange(50_000), AREAS)["title"] for _ in range(20)]
        found, _, figure = timed(server, words)
        whole = sum(one["complete"] for one in found)
        print(f"     words of titles: {figure}; {whole} of {len(found)} within their time")
        print(f"     memory: {server.megabytes():.0f} MB")
        server.stop()
    sys.exit(bars.failed)


if __name__ == "__main__":
    main()
