"""Overhead of engines: CPU of a run on Ray and on Spark, against the embedded engine.

usage: overhead.py [--build build/main] [--python PYTHON] [--megabytes 1000] [--pairs 3]
                   [--engines ray spark] [--batches]

Row operators (repair, a filter by length) over JSON lines on two cores. CPU seconds are those of
every process of the run, the cluster's own included: all that ran in a cgroup of its own. What a
run of one row takes is start-up, and is taken off both sides. Prints each pair, and the median
ratio: the bar is 1.5. `--batches` adds the batch form (`map_batches(siku.ray(…))` and
`mapInArrow(siku.spark(…))`), Parquet to Parquet, which has no bar. PYTHON has siku, Ray and Spark
(tools/check/engines.sh). Needs root: networks and cgroups of its own.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BAR = 1.5
RECIPE = """
inputs: {rows: {path: in.jsonl, columns: {id: int, text: text}}}
steps:
  repaired: {use: refine.text.repair, from: rows}
  long: {use: refine.filter.text_length, from: repaired, with: {min_len: 300}}
output: out
"""
ALONE = ["unshare", "-n", "-p", "-f", "--mount-proc", "--kill-child", "bash", "-c"]
# The group is left by nobody: what a cluster starts stays in it.
INSIDE = 'echo $$ > "$GROUP/cgroup.procs" && ip link set lo up && exec "$@"'
GROUPS = Path("/sys/fs/cgroup")
if (GROUPS / "cpuacct").exists():  # version 1
    GROUPS /= "cpuacct"

BATCHES = """
import sys, siku
source, target = sys.argv[2:4]
if sys.argv[1] == "ray":
    import ray
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    rows = ray.data.read_parquet(source)
    rows = rows.map_batches(siku.ray("refine.text.repair"), batch_format="pyarrow")
    long = siku.ray("refine.filter.text_length", min_len=300)
    rows = rows.map_batches(long, batch_format="pyarrow")
    rows.write_parquet(target)
else:
    from pyspark.sql import SparkSession
    local = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = local.getOrCreate()
    frame = siku.spark("refine.text.repair").over(spark.read.parquet(source))
    siku.spark("refine.filter.text_length", min_len=300).over(frame).write.parquet(target)
"""


def cpu_seconds(command, folder, python):
    """Of a command and all that it starts."""
    group = GROUPS / f"siku-overhead-{os.getpid()}"
    group.mkdir()
    environment = {
        **os.environ, "GROUP": str(group), "SIKU_PYTHON": python, "PYSPARK_PYTHON": python,
        "RAY_worker_niceness": "0", "RAY_USAGE_STATS_ENABLED": "0", "HOME": str(folder),
        "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": os.urandom(16).hex(),
    }  # fmt: skip
    try:
        done = subprocess.run(
            [*ALONE, INSIDE, "_", *map(str, command)],
            cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        if done.returncode != 0:
            sys.exit(f"{command}: {done.returncode}\n{done.stderr.decode()[-2000:]}")
        return used_by(group)
    finally:
        group.rmdir()


def used_by(group):
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    said = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
    return int(said["usage_usec"]) / 1e6


class Bench:
    def __init__(self, folder, program, python):
        self.folder, self.program, self.python = folder, program, python

    def run(self, engine, rows):
        """CPU seconds of a run by an engine over some rows; None: all of them."""
        store = self.folder / "store"
        limit = [] if rows is None else ["--limit", rows]
        command = [self.program, "run", "recipe.yaml", "--json", "--threads", "2", "--store", store]
        try:
            return cpu_seconds([*command, "--engine", engine, *limit], self.folder, self.python)
        finally:
            shutil.rmtree(store, ignore_errors=True)

    def batches(self, engine, source):
        made = self.folder / "made"
        try:
            command = [self.python, "-c", BATCHES, engine, self.folder / source, made]
            return cpu_seconds(command, self.folder, self.python)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def make_input(folder, megabytes):
    """Documents of the shared corpus again and again, each time others by a number in front."""
    sys.path.insert(0, str(ROOT / "bench/refine"))
    import web_text

    lines = web_text.corpus(220).read_bytes().splitlines(keepends=True)
    made, turn = 0, 0
    with open(folder / "in.jsonl", "wb") as out:
        while made < megabytes * 1_000_000:
            mark = f'"text": "{turn} '.encode()
            for line in lines:
                line = line.replace(b'"text": "', mark, 1)
                out.write(line)
                made += len(line)
                if made >= megabytes * 1_000_000:
                    break
            turn += 1
    (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")


def make_parquet(folder, python):
    code = (
        "import pyarrow.json as j, pyarrow.parquet as p, pyarrow as a\n"
        "t = j.read_json('in.jsonl').select(['id', 'text'])\n"
        "p.write_table(t, 'all.parquet', row_group_size=5000)\n"
        "p.write_table(t.slice(0, 1), 'one.parquet')\n"
    )
    subprocess.run([python, "-c", code], cwd=folder, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/main"))
    parser.add_argument("--python", default=str(ROOT / "build/python/venv-engines/bin/python"))
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--engines", nargs="+", default=["ray", "spark"])
    parser.add_argument("--batches", action="store_true")
    given = parser.parse_args()
    status = 0
    with tempfile.TemporaryDirectory(prefix="siku-overhead-") as temporary:
        folder = Path(temporary)
        make_input(folder, given.megabytes)
        bench = Bench(folder, (given.build / "bin/siku").resolve(), given.python)
        start = {name: bench.run(name, 1) for name in ["embedded", *given.engines]}
        print("start-up, CPU s:", {name: round(s, 1) for name, s in start.items()}, flush=True)
        ratios = {name: [] for name in given.engines}
        for _ in range(given.pairs):
            for name in given.engines:
                alone = bench.run("embedded", None) - start["embedded"]
                took = bench.run(name, None) - start[name]
                ratios[name].append(took / alone)
                print(f"{name:>6}{took:>9.1f}{alone:>9.1f}{took / alone:>8.2f}", flush=True)
        for name, some in ratios.items():
            median = statistics.median(some)
            status |= median > BAR
            print(f"{name}, {given.megabytes} MB, two cores: median ratio {median:.2f}, bar {BAR}")
        if given.batches:
            make_parquet(folder, given.python)
            for name in given.engines:
                first = bench.batches(name, "one.parquet")
                took = bench.batches(name, "all.parquet") - first
                print(f"{name} in batches: {took:.1f} CPU s, start-up {first:.1f}", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
