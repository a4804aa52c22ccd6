"""Seconds and memory of each phase of near duplicates, as an engine does them: a process a task.

usage: near.py [--program build/main/bin/siku] [--rows 1000000] [--splits 8] [--memory 2GiB]
               [--near 0.3]

The rows are made from a seed: texts of some 40 invented words; a share of them (`--near`) differ by
two words from one before them, two of a hundred are forms that share two thirds and do not resemble
each other enough. Prints CPU seconds of the tasks of each phase, of which some 0.07 s are the start
of each process; the largest memory of one beside what is mapped from files; the bytes that it left
in the store; and the digest of what came out.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261130
RECIPE = """
inputs: {rows: {path: in.jsonl, columns: {id: int, text: text}}}
steps:
  near: {use: refine.duplicates.minhash, from: rows}
output: out
"""


def texts(count, near=0.3):
    rng = random.Random(SEED)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(50_000)]
    form = rng.choices(words, k=30)
    seen = []
    for _ in range(count):
        kind = rng.random()
        if kind < near and seen:
            text = list(rng.choice(seen))
            for _ in range(2):
                text[rng.randrange(len(text))] = rng.choice(words)
        elif kind < near + 0.02:
            text = form + rng.choices(words, k=15)
        else:
            text = rng.choices(words, k=rng.randint(30, 50))
            if len(seen) < 200_000:
                seen.append(text)
        yield " ".join(text)


def own_bytes(process):
    """Memory that is not mapped from files, at this moment."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
    return 0


def spent(command, folder):
    """CPU seconds, seconds, and peak bytes of a process beside those mapped from files."""
    begun, peak = time.monotonic(), 0
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    while True:
        peak = max(peak, own_bytes(process))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            break
        time.sleep(0.01)
    if status != 0:
        sys.exit(f"{command}: status {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begun, peak


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, default=ROOT / "build/main/bin/siku")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--splits", type=int, default=8)
    parser.add_argument("--memory", default="2GiB")
    parser.add_argument("--near", type=float, default=0.3)
    given = parser.parse_args()
    program = given.program.resolve()
    with tempfile.TemporaryDirectory(prefix="siku-near-") as temporary:
        folder = Path(temporary)
        (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
        with open(folder / "in.jsonl", "w", encoding="utf-8") as out:
            for number, text in enumerate(texts(given.rows, given.near)):
                out.write(f'{{"id":{number},"text":"{text}"}}\n')
        options = ["--store", "store", "--memory", given.memory]
        command = [program, "run", "recipe.yaml", "--plan", "--splits", str(given.splits)]
        plan = json.loads(
            subprocess.run([*command, *options], cwd=folder, check=True, capture_output=True).stdout
        )
        for phase in plan["phases"]:
            before = size_of(folder / "store")
            step = ["--step", phase["step"]] if phase["step"] else []
            tasks = [
                spent(
                    [program, "task", plan["run"], str(phase["stage"]), str(task), *step, *options],
                    folder,
                )
                for task in range(phase["tasks"])
            ]
            left = (size_of(folder / "store") - before) / given.rows
            print(
                f"{phase['step'] or 'stage ' + str(phase['stage']):<12}"
                f"{sum(one for one, _, _ in tasks):8.2f} CPU s in {len(tasks)} tasks,"
                f" the longest {max(one for one, _, _ in tasks):.2f}"
                f" ({max(wall for _, wall, _ in tasks):.2f} s),"
                f" peak {max(peak for _, _, peak in tasks) / 1e6:.0f} MB,"
                f" left {left:.1f} bytes a row",
                flush=True,
            )
        done = subprocess.run(
            [program, "run", "--resume", plan["run"], "--json", *options],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        for output in json.loads(done.stdout)["outputs"]:
            print(f"{output['dataset']}: {output['version']}, {output['rows']} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
