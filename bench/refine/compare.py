"""Siku beside the tools it is compared with: one table, CPU seconds against CPU seconds.

usage: compare.py [--build build/release] [--megabytes 220] [--pairs 5] [--only WORD] [--json FILE]
Megabytes of text (10^6 bytes of the corpus's file) a CPU second, user and system, of the whole
process tree, start-up included, on one core; the median of interleaved pairs. A slow peer gets the
first part of the corpus only, as long as the table says; Siku always gets all of it. The corpus is
made by web_text.py, the peers are installed by tests/parity/peers.py.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests" / "parity"))

import peers  # noqa: E402
import web_text  # noqa: E402

FILTERS = HERE / "recipes" / "datajuicer-filters.yaml"
MINHASH = HERE / "recipes" / "datajuicer-minhash.yaml"

# name: (peer, its script, arguments, megabytes that it gets, Siku's recipe or steps, bar)
ROWS = {
    "five filters of Data-Juicer": ("data-juicer", "datajuicer_run", [FILTERS], 20, FILTERS, 100),
    "MinHash, bits of Data-Juicer": ("data-juicer", "datajuicer_run", [MINHASH], 8, MINHASH, 20),
    "MinHash, own sketch, against Data-Juicer": (
        "data-juicer",
        "datajuicer_run",
        [MINHASH],
        8,
        [{"refine.duplicates.minhash": {}}],
        100,
    ),
    "MinHash, own sketch, against rensa": (
        "rensa",
        "rensa_minhash",
        [],
        220,
        [{"refine.duplicates.minhash": {}}],
        5,
    ),
    "MinHash, bits of DataTrove": (
        "datatrove",
        "datatrove_run",
        ["signatures"],
        4,
        [{"refine.duplicates.minhash": {"hashing": "datatrove", "words": "jieba"}}],
        40,
    ),
    "FineWeb-2 filters for Chinese": (
        "datatrove",
        "datatrove_run",
        ["filters"],
        4,
        [
            {"refine.filter.gopher_repetition": {"preset": "cmn_hani"}},
            {"refine.filter.fineweb_quality": {"preset": "cmn_hani"}},
            {"refine.filter.gopher_quality": {"preset": "cmn_hani"}},
        ],
        60,
    ),
    "words of jieba": ("jieba", "jieba_words", [], 10, [{"refine.text.segment_words": {}}], 25),
    "OpenCC t2s": (
        "opencc",
        "opencc_convert",
        ["t2s"],
        100,
        [{"refine.text.convert_script": {"configuration": "t2s"}}],
        6,
    ),
    "OpenCC s2t": (
        "opencc",
        "opencc_convert",
        ["s2t"],
        50,
        [{"refine.text.convert_script": {"configuration": "s2t"}}],
        6,
    ),
}


def seconds(command, log):
    """CPU seconds, user and system, of a command and all it starts, bound to one core."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    core = min(os.sched_getaffinity(0))
    environment = {**os.environ, "SIKU_LANG": "en"}
    with open(log, "wb") as out:
        done = subprocess.run(
            ["taskset", "-c", str(core), *map(str, command)],
            stdout=out,
            stderr=out,
            env=environment,
            cwd=Path(log).parent,
        )
    if done.returncode:
        tail = Path(log).read_text(errors="replace")[-600:]
        raise RuntimeError(f"exit {done.returncode}: {tail}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first(corpus, megabytes, folder):
    """The first lines of the corpus, so many megabytes, as a file alone in a folder."""
    part = folder / f"part-{megabytes}" / "corpus.jsonl"
    if not part.exists():
        part.parent.mkdir()
        left = megabytes * 1_000_000
        with open(corpus, "rb") as rows, open(part, "wb") as out:
            for line in rows:
                left -= len(line)
                if left < 0:
                    break
                out.write(line)
    return part


def recipe(steps, corpus, folder):
    """A recipe of Siku's over the corpus, or Data-Juicer's with its paths put in."""
    path = folder / "recipe.yaml"
    if isinstance(steps, Path):
        text = steps.read_text(encoding="utf-8")
        path.write_text(text.replace("dataset_path: corpus.jsonl", f"dataset_path: {corpus}"))
    else:
        rows = {"path": str(corpus), "columns": {"id": "int", "text": "text"}}
        made = {"input": rows, "steps": steps, "output": "made"}
        path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return path


def run_siku(program, steps, corpus, folder):
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    path = recipe(steps, corpus, folder)
    command = [program, "run", path, "--store", store, "--threads", "1"]
    return corpus.stat().st_size / 1e6 / seconds(command, folder / "siku.log")


def run_peer(row, corpus, folder):
    name, script, arguments, megabytes, _, _ = row
    part = first(corpus, megabytes, folder)
    out = folder / "peer"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    command = [peers.python(name), HERE / "peers" / f"{script}.py", part, out / "out.jsonl"]
    return part.stat().st_size / 1e6 / seconds([*command, *arguments], folder / "peer.log")


def compare(row, program, corpus, pairs):
    """(median MB/s of Siku, of the peer, median of the ratios of the pairs)."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        results = [
            (run_siku(program, row[4], corpus, folder), run_peer(row, corpus, folder))
            for _ in range(pairs)
        ]
    own, other = zip(*results, strict=True)
    ratio = statistics.median(a / b for a, b in results)
    return statistics.median(own), statistics.median(other), ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--megabytes", type=int, default=220)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    corpus = web_text.corpus(given.megabytes)
    program = given.build / "bin" / "siku"
    table = {}
    print(f"{'work':42}{'siku MB/s':>10}{'peer MB/s':>10}{'ratio':>8}{'bar':>5}  peer")
    for name, row in ROWS.items():
        if given.only not in name:
            continue
        peers.install(row[0])
        try:
            own, other, ratio = compare(row, program, corpus, given.pairs)
        except RuntimeError as error:
            print(f"{name:42}  failed: {error}", flush=True)
            continue
        table[name] = {"siku": own, "peer": other, "ratio": ratio, "bar": row[5]}
        where = f"{row[0]}, {row[3]} MB"
        print(f"{name:42}{own:10.1f}{other:10.2f}{ratio:8.1f}{row[5]:5}  {where}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()
