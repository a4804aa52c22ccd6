"""Near duplicates on Ray: Siku's MinHash beside Data-Juicer's `ray_bts_minhash_deduplicator`.

usage: peer.py [--build build/main] [--python PYTHON] [--megabytes 10] [--pairs 3]

The same JSON lines, 5-character shingles, Jaccard 0.7, two cores, a local Ray each. CPU seconds as
in overhead.py; what the first ten rows take is start-up, and is taken off both sides. Prints each
pair, and the median ratio. `tests/parity/peers.py` installs Data-Juicer. Needs root.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from overhead import ROOT, cpu_seconds, make_input

PEER = ROOT / "build/peers/data-juicer/bin/python"
RECIPE = """
inputs: {rows: {path: in.jsonl, columns: {id: int, text: text}}}
steps: {near: {use: refine.duplicates.minhash, from: rows, with: {threshold: 0.7}}}
outputs: {out: near}
"""
DATA_JUICER = """
import sys, ray
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
from data_juicer.ops.deduplicator.ray_bts_minhash_deduplicator import RayBTSMinhashDeduplicator
rows = ray.data.read_json(sys.argv[1])
operator = RayBTSMinhashDeduplicator(
    tokenization="character", window_size=5, lowercase=True, jaccard_threshold=0.7,
    work_dir=sys.argv[2] + "-work",
)
operator.run(rows).write_json(sys.argv[2])
"""


class Bench:
    def __init__(self, folder, program, python):
        self.folder, self.program, self.python = folder, program, python
        (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
        with open(folder / "in.jsonl", "rb") as rows, open(folder / "few.jsonl", "wb") as few:
            few.writelines(next(rows) for _ in range(10))

    def ours(self, source):
        command = [self.program, "run", "recipe.yaml", "--engine", "ray", "--threads", "2",
                   "--set", f"inputs.rows.path={source}", "--store", "store"]  # fmt: skip
        try:
            return cpu_seconds(command, self.folder, self.python)
        finally:
            shutil.rmtree(self.folder / "store", ignore_errors=True)

    def theirs(self, source):
        try:
            command = [PEER, "-c", DATA_JUICER, self.folder / source, self.folder / "made"]
            return cpu_seconds(command, self.folder, str(PEER))
        finally:
            for made in ("made", "made-work"):
                shutil.rmtree(self.folder / made, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/main"))
    parser.add_argument("--python", default=str(ROOT / "build/python/venv-engines/bin/python"))
    parser.add_argument("--megabytes", type=int, default=10)
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory(prefix="siku-peer-") as temporary:
        folder = Path(temporary)
        make_input(folder, given.megabytes)
        bench = Bench(folder, (given.build / "bin/siku").resolve(), given.python)
        start = bench.ours("few.jsonl"), bench.theirs("few.jsonl")
        print(f"start-up, CPU s: ours {start[0]:.1f}, theirs {start[1]:.1f}", flush=True)
        for _ in range(given.pairs):
            ours = bench.ours("in.jsonl") - start[0]
            theirs = bench.theirs("in.jsonl") - start[1]
            ratios.append(theirs / ours)
            print(f"{ours:>9.1f}{theirs:>9.1f}{theirs / ours:>8.1f}", flush=True)
    print(f"{given.megabytes} MB: Data-Juicer took {statistics.median(ratios):.1f} times as much")
    return 0


if __name__ == "__main__":
    sys.exit(main())
