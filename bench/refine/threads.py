"""Two threads against one: how much sooner the part of a run that computes is done.

usage: threads.py [--build build/release] [--megabytes 220] [--pairs 5] [--only WORD]
Wall seconds of a run as its folder shows them, from the moment that its plan is written: until all
is read, measured and sketched; until all rows are compared; until what became of them is written.
What computes is the first two parts, for steps by row the first. The bar is on the median of
interleaved pairs. Wants a quiet machine with two cores. The corpus is made by web_text.py.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import web_text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BAR = 1.8
WORKS = {
    "MinHash": [{"refine.duplicates.minhash": {}}],
    "exact substrings": [{"refine.duplicates.substrings": {}}],
    "FineWeb-2 filters for Chinese": [
        {"refine.filter.gopher_repetition": {"preset": "cmn_hani"}},
        {"refine.filter.fineweb_quality": {"preset": "cmn_hani"}},
        {"refine.filter.gopher_quality": {"preset": "cmn_hani"}},
    ],
    "words of jieba": [{"refine.text.segment_words": {}}],
}


def finished(store):
    """How many tasks of the first stage and comparisons are done; None: no run is there yet.
    Looks at little: what it takes, two threads lack."""
    for run in os.scandir(store / "runs") if (store / "runs").is_dir() else []:
        tasks = [name for name in listed(run.path, "tasks") if name.startswith("0-")]
        verdicts = [name for name in listed(run.path, "parts") if name.endswith(".verdicts")]
        return len(tasks), len(verdicts)
    return None


def listed(run, folder):
    try:
        return os.listdir(os.path.join(run, folder))
    except FileNotFoundError:
        return []


def phases(program, recipe, store, threads):
    """Seconds until the last task of the first stage, until the comparison, until the end."""
    command = [program, "run", recipe, "--threads", str(threads), "--json"]
    environment = {**os.environ, "SIKU_STORE": str(store), "SIKU_LANG": "en"}
    start = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    read = resolved = 0.0
    before = None
    while process.poll() is None:
        done = finished(store)
        if before is None:  # libraries and dictionaries are still loaded
            start = time.monotonic()
        elif done[0] > before[0]:
            read = time.monotonic() - start
        if before is not None and done[1] > before[1]:
            resolved = time.monotonic() - start
        before = done
        time.sleep(0.01)
    if process.returncode != 0:
        sys.exit(f"{command}: status {process.returncode}")
    shutil.rmtree(store)
    return read, max(resolved, read), time.monotonic() - start


def compare(program, name, steps, corpus, pairs, folder):
    recipe = folder / "recipe.yaml"
    rows = {"path": str(corpus), "columns": {"id": "int", "text": "text"}}
    recipe.write_text(json.dumps({"siku": 1, "input": rows, "steps": steps, "output": "out"}))
    ratios = []
    for pair in range(-1, pairs):  # the first is not counted
        one, two = (phases(program, recipe, folder / "store", n) for n in (1, 2))
        if pair < 0:
            continue
        ratios.append([a / b for a, b in zip(one, two, strict=True)])
        shown = "  ".join(f"{a:6.2f} {b:6.2f}" for a, b in zip(one, two, strict=True))
        print(f"  {name}: {shown}", flush=True)
    read, computed, whole = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"{name}: read {read:.2f}, what computes {computed:.2f}, all {whole:.2f}; bar {BAR}")
    return computed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--megabytes", type=int, default=220)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    corpus = web_text.corpus(given.megabytes)
    program = (given.build / "bin" / "siku").resolve()
    folder = Path(tempfile.mkdtemp(prefix="siku-bench-"))
    try:
        reached = [
            compare(program, name, steps, corpus, given.pairs, folder)
            for name, steps in WORKS.items()
            if given.only in name
        ]
    finally:
        shutil.rmtree(folder)
    return 0 if min(reached) >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
