"""Peak memory of the workers of a run whose input is ten times what a task may take.

usage: memory.py --program siku --engine ray|spark [--memory MIB] [--times N]

Repair, both kinds of duplicates and a filter over JSON lines, on two workers. Prints the largest
resident memory that any worker had (VmHWM: libraries and mapped files included), beside what the
engine was told, and the files of Ray's object store and of spilled objects. The status is 1 where a
worker took more than it was told. Call it where nothing but loopback is (conftest.py).
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

import corpus
from kills import processes

RECIPE = """
inputs: {rows: {path: in.jsonl, columns: {id: int, text: text}}}
steps:
  repaired: {use: refine.text.repair, from: rows}
  exact: {use: refine.document.drop_duplicates, from: repaired}
  near: {use: refine.duplicates.minhash, from: exact}
  long: {use: refine.filter.text_length, from: near, with: {min_len: 12}}
outputs: {out: long}
"""
WORKERS = {"ray": "ray::do_task", "spark": "pyspark.daemon"}
#: Between two looks, in seconds: what a kernel keeps of a process that ended is not to be had.
PAUSE = 0.05


def write_lines(path, size):
    """Rows that differ: each begins with its number, and shares paragraphs with others."""
    rng = random.Random(corpus.SEED)
    shared = [corpus.paragraph(rng) for _ in range(4000)]
    with open(path, "w", encoding="utf-8") as out:
        written = number = 0
        while written < size:
            text = f"{number}：" + "\n".join(rng.choices(shared, k=rng.randint(4, 40)))
            line = json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n"
            out.write(line)
            written, number = written + len(line.encode()), number + 1


def peak_of(process):
    """Bytes; 0 where it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    said = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(said[0]) << 10 if said else 0


def spilled_objects():
    """Bytes that Ray wrote to disk because its object store was full."""
    found = Path("/tmp/ray").glob("session_*/ray_spilled_objects_*/*")
    return sum(path.stat().st_size for path in found if path.is_file())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--engine", choices=WORKERS, required=True)
    parser.add_argument("--memory", type=int, default=512)
    parser.add_argument("--times", type=int, default=10)
    given = parser.parse_args()
    told, peaks = given.memory << 20, {}
    with tempfile.TemporaryDirectory(prefix="siku-memory-") as temporary:
        folder = Path(temporary)
        write_lines(folder / "in.jsonl", told * given.times)
        (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
        before = spilled_objects()
        run = subprocess.Popen(
            [given.program.resolve(), "run", "recipe.yaml", "--engine", given.engine, "--threads",
             "2", "--memory", f"{given.memory}MiB", "--json"],
            cwd=folder,
            stdout=subprocess.PIPE,
            env={**os.environ, "HOME": temporary},
        )  # fmt: skip
        while run.poll() is None:
            for one, _, words in processes():
                if WORKERS[given.engine] in words:
                    peaks[one] = max(peaks.get(one, 0), peak_of(one))
            time.sleep(PAUSE)
        if run.returncode:
            return run.returncode
        said = json.loads(run.stdout.read())
    most = max(peaks.values())
    print(
        f"{given.engine}: {told * given.times >> 20} MiB of input, told {given.memory} MiB a task, "
        f"largest worker {most >> 20} MiB of {len(peaks)}, {said['seconds']:.0f} s, "
        f"spilled objects {spilled_objects() - before}"
    )
    return 1 if most > told else 0


if __name__ == "__main__":
    sys.exit(main())
