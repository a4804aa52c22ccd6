"""What a run over 1 TB or 100 TB would take, simulated from parts that are each measured here.

usage: projection.py [--build build/main] [--megabytes 220] [--cores 64 1280] [--terabytes 1 100]

Measured, one process a task, on so many megabytes of build/bench/refine-220.jsonl and on a quarter
(repair, a filter, exact and near duplicates): CPU seconds per MB of each task of each phase that
reads or settles splits, their spread included; seconds, peak memory and bytes of keys of each task
that resolves; what a process takes to start. Assumed, and printed: the rate at which a core reads
and writes stored bytes, and that a cluster's cores are as this one.

Phases over splits are simulated by list scheduling: each task draws a measured rate, the next free
core takes it. A resolving phase of keyed operators has a task a partition (256 at most), a round
before other operators over all rows a task a split (256 at most); those themselves are one task.
Their seconds grow as they grew between the two sizes.
"""

import argparse
import heapq
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261130
#: Stored bytes a second that a core reads or writes: a node of 16 cores at 10 Gbit/s. Assumed.
STORAGE = 1.25e9 / 16
SPLIT = 128e6
#: What the engine keeps of a partition of keys, and how many there are at most.
PARTITION, PARTITIONS = 256 << 20, 256
RECIPE = """
inputs: {rows: {path: in.jsonl, columns: {id: int, text: text}}}
steps:
  repaired: {use: refine.text.repair, from: rows}
  long: {use: refine.filter.text_length, from: repaired, with: {min_len: 100}}
  exact: {use: refine.document.drop_duplicates, from: long}
  near: {use: refine.duplicates.minhash, from: exact}
output: out
"""
KEYED = ("exact",)


def spent(command, folder):
    """CPU seconds and peak bytes of a process."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command}: status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure(program, folder, lines):
    """Of each phase: step, MB of input a task, seconds and peak of each task, bytes it left."""
    folder.mkdir()
    (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    (folder / "in.jsonl").write_bytes(b"".join(lines))
    command = [program, "run", "recipe.yaml", "--plan", "--splits", "8", "--store", "store"]
    plan = json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout)
    size = (folder / "in.jsonl").stat().st_size
    phases = []
    for phase in plan["phases"]:
        before = size_of(folder / "store")
        tasks = []
        for task in range(phase["tasks"]):
            step = ["--step", phase["step"]] if phase.get("step") else []
            words = ["task", plan["run"], str(phase["stage"]), str(task), *step]
            tasks.append(spent([program, *words, "--store", "store"], folder))
        phases.append(
            {
                "step": phase.get("step", ""),
                "stage": phase["stage"],
                "mb": size / 1e6 / phase["tasks"],
                "seconds": [seconds for seconds, _ in tasks],
                "peak": max(peak for _, peak in tasks),
                "left": size_of(folder / "store") - before,
            }
        )
    shutil.rmtree(folder)
    return phases


class Projection:
    def __init__(self, one, quarter, whole):
        self.one, self.quarter, self.whole = one, quarter, whole

    def rates(self, at):
        """CPU seconds per MB of each task, start-up apart."""
        start = statistics.median(self.one[at]["seconds"])
        phase = self.whole[at]
        return [max(0.0, seconds - start) / phase["mb"] for seconds in phase["seconds"]]

    def growth(self, at, key):
        """Exponent of what grew with the size, between the two that were measured."""
        base = key(self.one[at])
        small, large = key(self.quarter[at]) - base, key(self.whole[at]) - base
        if small <= 0 or large <= 0:
            return 1.0
        return max(1.0, math.log(large / small) / math.log(self.ratio(at)))

    def ratio(self, at):
        def megabytes(phases):
            return phases[at]["mb"] * len(phases[at]["seconds"])

        return megabytes(self.whole) / megabytes(self.quarter)

    def split_phase(self, at, size, cores):
        """Hours of a phase over splits; storage is read at the assumed rate."""
        rng = random.Random(f"{SEED} {at}")
        rates = self.rates(at)
        start = statistics.median(self.one[at]["seconds"]) / 10  # a worker does many tasks
        kept = self.whole[at]["left"] / (self.whole[at]["mb"] * 1e6 * len(rates))
        free = [0.0] * cores
        for _ in range(math.ceil(size / SPLIT)):
            moved = SPLIT * (1 + kept) / STORAGE
            took = start + rng.choice(rates) * SPLIT / 1e6 + moved
            heapq.heapreplace(free, free[0] + took)
        return max(free) / 3600

    def resolve_phase(self, at, size, cores):
        """Hours of a resolving phase, and bytes of memory of a task."""
        phase = self.whole[at]
        total = phase["mb"] * len(phase["seconds"]) * 1e6
        times = size / total
        start = statistics.median(self.one[at]["seconds"])
        seconds = sum(phase["seconds"]) - start * len(phase["seconds"])
        tasks = 1
        if phase["step"] in KEYED:
            tasks = min(PARTITIONS, size // PARTITION + 1)
        elif "." in phase["step"]:  # a round
            tasks = min(PARTITIONS, math.ceil(size / SPLIT))
        one = max(seconds, 0.01) * times ** self.growth(at, lambda p: sum(p["seconds"])) / tasks
        peak = max(phase["peak"] - self.one[at]["peak"], 0) * times / tasks
        return math.ceil(tasks / cores) * one / 3600, peak

    def table(self, size, cores):
        hours = []
        for at, phase in enumerate(self.whole):
            name = phase["step"] or ("read" if phase["stage"] == 0 else f"settle {phase['stage']}")
            memory = ""
            if phase["step"]:
                took, peak = self.resolve_phase(at, size, cores)
                memory = f"  {peak / 1e9:.0f} GB, unless spilled"
            else:
                took = self.split_phase(at, size, cores)
            hours.append(took)
            print(f"  {name:<10}{took:>10.2f} h{memory}")
        rate = size / 1e6 / (sum(hours) * 3600)
        print(f"  together  {sum(hours):>10.2f} h, {rate / cores:.2f} MB/s a core", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / "build/main")
    parser.add_argument("--megabytes", type=int, default=220)
    parser.add_argument("--cores", type=int, nargs="+", default=[64, 1280])
    parser.add_argument("--terabytes", type=float, nargs="+", default=[1, 100])
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT / "bench/refine"))
    import web_text

    program = (given.build / "bin/siku").resolve()
    everything = web_text.corpus(220).read_bytes()[: given.megabytes * 1_000_000]
    lines = everything.splitlines(keepends=True)[:-1]
    with tempfile.TemporaryDirectory(prefix="siku-projection-") as temporary:
        folder = Path(temporary)
        parts = [
            measure(program, folder / str(count), lines[:count])
            for count in (1, len(lines) // 4, len(lines))
        ]
    shown = Projection(*parts)
    print(f"measured on {shown.whole[0]['mb'] * 8:.0f} MB, {len(lines)} rows:", flush=True)
    for at, phase in enumerate(shown.whole):
        name = phase["step"] or f"stage {phase['stage']}"
        seconds, left = sum(phase["seconds"]), phase["left"] / len(lines)
        growth = shown.growth(at, lambda p: sum(p["seconds"]))
        print(
            f"  {name:<8} {seconds:7.2f} CPU s in {len(phase['seconds'])} tasks,"
            f" peak {phase['peak'] / 1e6:.0f} MB, left {left:.0f} bytes a row, growth {growth:.2f}"
        )
    print(f"assumed: a core reads and writes {STORAGE / 1e6:.0f} MB/s of stored bytes")
    for terabytes in given.terabytes:
        for cores in given.cores:
            print(f"{terabytes:g} TB on {cores} cores:")
            shown.table(terabytes * 1e12, cores)
    return 0


if __name__ == "__main__":
    sys.exit(main())
