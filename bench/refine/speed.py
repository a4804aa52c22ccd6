"""Speed of the repair on one core, beside ftfy: one table.

usage: speed.py [--build build/bench] [--megabytes 200] [--damaged 20] [--share 0.1] [--pairs 5]
                [--only WORD] [--json FILE]
Megabytes of text (10^6 bytes) a CPU second of the whole process, start-up included, bound to one
core; the median of interleaved pairs. To save time ftfy has only the first tenth of the same
documents, 4 MB at least; --share 1 gives it all. Bars: clean text 400 in memory, 200 JSON lines to
JSON lines; damaged pages 20.
Clean text and damage are made by bench/refine/damage where build/corpora lacks them.
"""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "speed"
sys.path.insert(0, str(HERE))

import inputs  # noqa: E402

RECIPE = """siku: 1
name: speed
inputs: {{rows: {{path: '{rows}', columns: {{id: int, text: text}}}}}}
steps: {{repaired: {{use: refine.text.repair, from: [rows]}}}}
output: speed
"""


def prepared_ftfy(folder):
    """The Python of a virtual environment that holds ftfy as pinned."""
    pins = HERE / "requirements.txt"
    stamp = folder / hashlib.sha256(pins.read_bytes()).hexdigest()
    python = folder / "bin" / "python"
    if not stamp.exists():
        venv.create(folder, clear=True, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-input", "--requirement", pins], check=True)
        stamp.touch()
    return str(python)


def make_corpora(corpora):
    for folder, maker in (("clean", "corpora.py"), ("damaged", "generator.py")):
        if not any((corpora / folder).glob("*.jsonl")):
            script = ROOT / "bench" / "refine" / "damage" / maker
            subprocess.run([sys.executable, script], cwd=ROOT, check=True)


class Meter:
    """Runs commands on one core and counts the CPU seconds of the whole process."""

    def __init__(self, core, folder, ftfy, build):
        self.core, self.folder, self.ftfy, self.build = core, folder, ftfy, build

    def cpu_seconds(self, command):
        command = ["taskset", "--cpu-list", str(self.core), *command]
        with open(self.folder / "said", "wb") as said:
            process = subprocess.Popen(command, stdout=said)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status != 0:
            sys.exit(f"{command}: status {process.returncode}")
        return usage.ru_utime + usage.ru_stime

    def said(self):
        return json.loads((self.folder / "said").read_text())

    def siku(self, way, name):
        if way == "memory":
            return [f"{self.build}/bench/speed", f"{name}.records"]
        program = f"{self.build}/bin/siku"
        if way == "jsonl":
            out = str(self.folder / "out.jsonl")
            return [program, "repair", "--threads", "1", "-o", out, f"{name}.jsonl"]
        recipe = self.folder / "recipe.yaml"
        recipe.write_text(RECIPE.format(rows=f"{name}.jsonl"))
        store = str(self.folder / "store")
        return [program, "run", "--threads", "1", "--store", store, "--json", str(recipe)]

    def other(self, setting, way, name):
        command = [self.ftfy, str(HERE / "with_ftfy.py"), setting]
        if way == "memory":
            return [*command, f"{name}.part.records"]
        return [*command, f"{name}.part.jsonl", str(self.folder / "out.jsonl")]

    def measure(self, way, name, sizes, pairs):
        rates = {"siku": [], "default": [], "safe": []}
        changed = None
        for pair in range(-1, pairs):  # the first fills the caches of files and is not counted
            seconds = self.cpu_seconds(self.siku(way, name))
            if way == "memory":
                changed = self.said()
            shutil.rmtree(self.folder / "store", ignore_errors=True)
            if pair < 0:
                continue
            rates["siku"].append(sizes[0] / seconds / 1e6)
            for setting in ("default", "safe") if way != "run" else ():
                seconds = self.cpu_seconds(self.other(setting, way, name))
                rates[setting].append(sizes[1] / seconds / 1e6)
        row = {"rates": rates, "siku": statistics.median(rates["siku"]), "said": changed}
        for setting in ("default", "safe"):
            if rates[setting]:
                row[setting] = statistics.median(rates[setting])
                couples = zip(rates["siku"], rates[setting], strict=True)
                row[f"ratio_{setting}"] = statistics.median(a / b for a, b in couples)
        return row


def cell(value, form):
    return format(value, form) if value is not None else "-"


HEADER = ("input", "way", "MB", "siku MB/s", "ftfy", "ratio", "safe", "ratio", "bar", "changed")
WIDTHS = (10, 14, 7, 11, 8, 8, 8, 8, 6, 16)


def line(cells):
    left = "".join(f"{text:<{width}}" for text, width in zip(cells[:2], WIDTHS, strict=False))
    right = zip(cells[2:], WIDTHS[2:], strict=True)
    return left + "".join(f"{text:>{width}}" for text, width in right)


def print_row(row):
    said = row["said"]
    print(
        line(
            (
                row["input"],
                {"memory": "in memory", "jsonl": "JSONL to JSONL", "run": "run, ledger"}[
                    row["way"]
                ],
                f"{row['bytes'] / 1e6:.0f}",
                f"{row['siku']:.1f}",
                cell(row.get("default"), ".2f"),
                cell(row.get("ratio_default"), ".1f"),
                cell(row.get("safe"), ".2f"),
                cell(row.get("ratio_safe"), ".1f"),
                "-" if row["bar"] is None else f"{row['bar']}{'' if row['held'] else ' !'}",
                f"{said['changed']} of {said['documents']}" if said else "-",
            )
        ),
        flush=True,
    )


def plan(corpora, given):
    """Yields input, its documents, and (way, bar) of what is measured on it."""
    clean = (("memory", 400), ("jsonl", 200), ("run", None))
    yield "clean", lambda: inputs.clean(corpora, given.megabytes * 10**6), clean
    real = ROOT / "examples" / "first-light" / "pages" / "policy-news.damaged.txt"
    text = real.read_bytes().decode()
    pages = inputs.damaged(corpora, text, given.damaged * 10**6)
    for group, documents in pages.items():
        ways = (("memory", 20),)
        if group == "mixed":
            ways += (("jsonl", None), ("run", None))
        yield group, lambda documents=documents: documents, ways


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/bench")
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--damaged", type=int, default=20)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", help="inputs whose name has this in it")
    parser.add_argument("--json", help="where all figures go; else BUILD/speed.json")
    given = parser.parse_args()
    corpora = ROOT / "build" / "corpora"
    make_corpora(corpora)
    ftfy = prepared_ftfy(ROOT / "build" / "ftfy")
    folder = Path(tempfile.mkdtemp(prefix="siku-bench-"))
    meter = Meter(max(os.sched_getaffinity(0)), folder, ftfy, Path(given.build).resolve())
    rows = []
    try:
        print(line(HEADER), flush=True)
        for name, documents, ways in plan(corpora, given):
            if given.only and given.only not in name:
                continue
            path = folder / name
            sizes = inputs.write(path, documents(), given.share)
            for way, bar in ways:
                row = {"input": name, "way": way, "bytes": sizes[0], "ftfy_bytes": sizes[1]}
                row |= meter.measure(way, str(path), sizes, given.pairs)
                row |= {"bar": bar, "held": bar is None or row["siku"] >= bar}
                rows.append(row)
                print_row(row)
            for file in folder.glob(f"{name}.*"):
                file.unlink()
    finally:
        shutil.rmtree(folder)
    written = Path(given.json or f"{given.build}/speed.json")
    written.write_text(json.dumps({"pairs": given.pairs, "rows": rows}, indent=1) + "\n")
    missed = [f"{row['input']}, {row['way']}" for row in rows if not row["held"]]
    print(
        f"MB/s by CPU seconds, one core, median of {given.pairs} pairs; ! below the bar: ", end=""
    )
    print("; ".join(missed) or "none", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
