"""A page of rows at any offset of 5 million, and the server's memory afterwards.

    python bench/catalog/rows.py --build build/bench [--rows 5000000]

Prints the median and the largest of 200 pages of 50 rows at offsets that are drawn, by one client
over HTTP, and fails above the bar of 50 ms for the 95th percentile.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bars
from bars import Server, key_of, say

SEED = 20261201
DISTRICTS = ["南山区", "福田区", "罗湖区", "宝安区"]
RECIPE = "inputs: {rows: rows.jsonl}\nsteps: []\noutputs: {rows: rows}\n"


def make_rows(path, count):
    chance = random.Random(SEED)
    with open(path, "w", encoding="utf-8") as file:
        for i in range(count):
            row = {
                "id": f"{i:07d}",
                "district": chance.choice(DISTRICTS),
                "name": f"站点{i % 9973}",
                "n": i,
                "share": round(chance.random(), 4),
            }
            print(json.dumps(row, ensure_ascii=False), file=file)


def serve(program, folder):
    """A server of the rows in rows.jsonl, as the first version of a dataset that is open to all."""
    (folder / "recipe.yaml").write_text(RECIPE, "utf-8")
    subprocess.run(
        [program, "run", "recipe.yaml", "--store", "store"],
        cwd=folder, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    server = Server(program, folder)
    server.start()
    publish(server)
    return server


def publish(server):
    key = {"Authorization": key_of(server)}
    server.call("POST", "/api/v1/organisations", json={"name": "org", "title": "局"}, headers=key)
    made = {"name": "rows", "organisation": "org", "title": "站点"}
    server.call("POST", "/api/v1/datasets", json=made, headers=key)
    server.call("POST", "/api/v1/datasets/rows/versions", json={"source": "rows@1"}, headers=key)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=5_000_000)
    given = parser.parse_args()
    program = (given.build / "bin/siku").resolve()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_rows(folder / "rows.jsonl", given.rows)
        server = serve(program, folder)
        chance = random.Random(SEED)
        times = []
        for _ in range(200):
            offset = chance.randrange(given.rows - 50)
            began = time.monotonic()
            page = server.call(
                "GET",
                "/api/v1/datasets/rows/versions/1/rows",
                params={"offset": offset, "limit": 50},
            )
            times.append((time.monotonic() - began) * 1000)
            assert [row[3] for row in page["rows"]] == list(range(offset, offset + 50)), offset
        p95 = statistics.quantiles(times, n=20)[18]
        figure = f"p95 {p95:.1f} ms, median {statistics.median(times):.1f}, most {max(times):.1f}"
        say("a page of rows at any offset", figure, "50 ms", p95 <= 50)
        print(f"     memory: {server.megabytes():.0f} MB")
        server.stop()
    sys.exit(bars.failed)


if __name__ == "__main__":
    main()
