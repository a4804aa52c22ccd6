"""The core's overhead: CPU of a run that does nothing, against its libraries alone.

usage: overhead.py [--build build/bench] [--megabytes 1024] [--pairs 5]
Prints CPU seconds of both in turn, the ratio of each pair, and the median: the bar is 1.3.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BAR = 1.3


def cpu_seconds(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command}: status {status}")
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/bench")
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--pairs", type=int, default=5)
    given = parser.parse_args()
    program = f"{given.build}/bench/overhead"
    folder = Path(tempfile.mkdtemp(prefix="siku-bench-"))
    try:
        lines = str(folder / "in.jsonl")
        corpus = Path(__file__).parent.parent / "corpus.py"
        subprocess.run([sys.executable, corpus, lines, str(given.megabytes)], check=True)
        ratios = []
        print(f"{'pair':>4}{'run s':>9}{'alone s':>9}{'ratio':>8}")
        for pair in range(-1, given.pairs):  # the first is not counted
            store = folder / "store"
            run = cpu_seconds([program, "run", lines, str(store)])
            shutil.rmtree(store)
            alone = cpu_seconds([program, "baseline", lines, str(folder / "out.parquet")])
            if pair < 0:
                continue
            ratios.append(run / alone)
            print(f"{pair + 1:>4}{run:>9.2f}{alone:>9.2f}{run / alone:>8.3f}", flush=True)
        median = statistics.median(ratios)
        print(
            f"{given.megabytes} MB of JSON lines, one thread: median ratio {median:.3f}, bar {BAR}"
        )
        return 0 if median <= BAR else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
