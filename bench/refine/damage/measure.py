"""Runs the repairer over the generated pages and the clean text and counts what came back.

usage: measure.py --siku build/release/bin/siku [--kind 'shifted/*'] [--json FILE] [--sample N]
                  [--split held-out] [--clean-only | --no-clean]
Run with .venv/bin/python from the root.

exact    documents that came back whole (either: as expected, or as the allowed alternative)
recall   share of the damage undone: (D0 - D1) / D0, over all documents of the kind
right    share of changed characters that moved towards what is expected: (C + D0 - D1) / 2C
lost     share of the characters replaced by readings that came back
flagged  share of the destroyed spans of which half or more is flagged; invented: characters of
         the output that the page does not have

D0 is the Levenshtein distance of the damaged page from the expected one, D1 that of the output,
C that of the output from the damaged page.
"""

import argparse
import collections
import fnmatch
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import packages

packages.use("rapidfuzz")
from rapidfuzz.distance import Levenshtein  # noqa: E402


def read(folder):
    for path in sorted(folder.glob("*.jsonl")):
        with open(path, encoding="utf-8", newline="\n") as file:
            for line in file:
                yield json.loads(line)


def repair(program, texts, options):
    """(text, flags) of every text, by one run of the program over JSON lines."""
    with tempfile.TemporaryDirectory(prefix="siku-damage-") as folder:
        given, made = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        with open(given, "w", encoding="utf-8", newline="\n") as file:
            for number, text in enumerate(texts):
                file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
        command = [program, "repair", "--format", "jsonl", "--flags", "-o", made, *options, given]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"the repairer ended with {done.returncode}: {done.stderr[-2000:]}")
        rows = {}
        with open(made, encoding="utf-8", newline="\n") as file:
            for line in file:
                row = json.loads(line)
                rows[row["id"]] = (row["text"], row.get("flags") or [])
    if len(rows) != len(texts):
        sys.exit(f"{len(texts)} texts went in, {len(rows)} came out")
    return [rows[number] for number in range(len(texts))]


def same_spaces(row, text):
    """An entity for a space may come back as either kind of space."""
    return text.replace("\xa0", " ") if row["kind"].startswith("residue/") else text


def flagged_characters(text, flags):
    """Places of the characters that the flags (places in bytes) cover."""
    border, places = 0, []
    for character in text:
        places.append(border)
        border += len(character.encode("utf-8", "surrogatepass"))
    covered = set()
    for flag in flags:
        begin, end = flag["begin"], flag["end"]
        covered.update(i for i, at in enumerate(places) if begin <= at < end)
    return covered


def judged(row, text, flags):
    damaged, expected = same_spaces(row, row["damaged"]), same_spaces(row, row["expected"])
    text = same_spaces(row, text)
    exact = text == expected
    target = expected
    if not exact and "alternative" in row:
        other = same_spaces(row, row["alternative"])
        allowed = not row.get("proven", False)
        if allowed and Levenshtein.distance(text, other) < Levenshtein.distance(text, expected):
            target = other
    out = {
        "exact": exact,
        "either": text == target,
        "d0": Levenshtein.distance(damaged, target),
        "d1": Levenshtein.distance(text, target),
        "changed": Levenshtein.distance(damaged, text),
    }
    if "lost_at" in row:
        back = set()
        for op in Levenshtein.opcodes(text, expected):
            if op.tag == "equal":
                back.update(range(op.dest_start, op.dest_end))
        out["lost"] = len(row["lost_at"])
        out["lost_back"] = sum(at in back for at, _ in row["lost_at"])
    if row["kind"].startswith("destroyed/"):
        covered = flagged_characters(row["damaged"], flags)
        out["spans"] = len(row["spans"])
        out["flagged"] = sum(
            2 * sum(at in covered for at in range(a, b)) >= b - a for a, b, _, _ in row["spans"]
        )
        out["invented"] = sum(
            op.dest_end - op.dest_start
            for op in Levenshtein.opcodes(damaged, text)
            if op.tag in ("insert", "replace")
        )
    return out


def summed(results):
    """The figures of a group of documents."""
    total = collections.Counter()
    for result in results:
        total.update({k: int(v) for k, v in result.items()})
    count = len(results)
    changed = total["changed"]
    right = (changed + total["d0"] - total["d1"]) / 2
    figures = {
        "documents": count,
        "exact": total["exact"] / count,
        "either": total["either"] / count,
        "recall": (total["d0"] - total["d1"]) / total["d0"] if total["d0"] else None,
        "changed_characters": changed,
        "right": right / changed if changed else None,
    }
    if total["lost"]:
        figures["lost_recall"] = total["lost_back"] / total["lost"]
    if total["spans"]:
        figures["flagged_recall"] = total["flagged"] / total["spans"]
        figures["invented"] = total["invented"]
    return figures


def percent(value):
    return "      -" if value is None else f"{100 * value:7.2f}"


def show(row, text):
    """One failure: the page, what is expected and what came, around the first differences."""
    expected = row["expected"]
    print(f"--- {row['id']}")
    ops = [op for op in Levenshtein.opcodes(text, expected) if op.tag != "equal"][:3]
    back = Levenshtein.opcodes(row["damaged"], text)
    for op in ops:
        at = 0
        for step in back:
            if step.dest_start <= op.src_start <= step.dest_end:
                at = step.src_start + min(
                    op.src_start - step.dest_start, step.src_end - step.src_start
                )
                break
        print(f"  page     {row['damaged'][max(0, at - 12) : at + 30]!r}")
        print(f"  expected {expected[max(0, op.dest_start - 12) : op.dest_end + 18]!r}")
        print(f"  came     {text[max(0, op.src_start - 12) : op.src_end + 18]!r}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--siku", required=True)
    parser.add_argument("--damaged", type=Path, default=packages.FOLDER / "damaged")
    parser.add_argument("--clean", type=Path, default=packages.FOLDER / "clean")
    parser.add_argument("--kind", default="*", help="a pattern of kinds, as in shifted/*")
    parser.add_argument("--split", choices=["dev", "held-out"])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="failures of each kind to show")
    parser.add_argument("--no-clean", action="store_true")
    parser.add_argument("--clean-only", action="store_true")
    parser.add_argument("--option", action="append", default=[], help="handed on to the repairer")
    given = parser.parse_args()
    report = {"damaged": {}, "clean": {}}
    if not given.clean_only:
        rows = [
            row
            for row in read(given.damaged)
            if fnmatch.fnmatch(row["kind"], given.kind) and given.split in (None, row["split"])
        ]
        outs = repair(given.siku, [row["damaged"] for row in rows], given.option)
        groups = collections.defaultdict(list)
        failures = collections.defaultdict(list)
        for row, (text, flags) in zip(rows, outs, strict=True):
            result = judged(row, text, flags)
            part = "" if row["recoverable"] or row["kind"].startswith("destroyed/") else " (lossy)"
            groups[row["kind"] + part, row["split"]].append(result)
            if not result["either"]:
                failures[row["kind"] + part].append((row, text))
        print(
            f"{'kind':44}{'split':9}{'docs':>5}{'exact':>8}{'either':>7}{'recall':>8}{'right':>8}"
            f"{'lost':>8}{'flagged':>8}{'invented':>9}"
        )
        for (kind, split), results in sorted(groups.items()):
            f = summed(results)
            report["damaged"].setdefault(kind, {})[split] = f
            print(
                f"{kind:44}{split:9}{f['documents']:5} {percent(f['exact'])}{percent(f['either'])}"
                f" {percent(f['recall'])} {percent(f['right'])} {percent(f.get('lost_recall'))}"
                f" {percent(f.get('flagged_recall'))}{f.get('invented', '-'):>9}"
            )
        for kind, found in sorted(failures.items()):
            if given.sample:
                print(f"\n{kind}: {len(found)} not whole")
            for row, text in found[: given.sample]:
                show(row, text)
    if not given.no_clean:
        rows = [r for r in read(given.clean) if given.split in (None, r["split"])]
        outs = repair(given.siku, [row["text"] for row in rows], given.option)
        counts = collections.defaultdict(lambda: [0, 0])
        for row, (text, _) in zip(rows, outs, strict=True):
            count = counts[row["source"], row["split"], row["kind"]]
            count[0] += 1
            if text != row["text"]:
                count[1] += 1
                if count[1] <= given.sample:
                    print(f"--- changed: {row['id']}")
                    for op in Levenshtein.opcodes(row["text"], text):
                        if op.tag != "equal":
                            a, b = op.src_start, op.src_end
                            print(f"  was  {row['text'][max(0, a - 15) : b + 15]!r}")
                            a, b = op.dest_start, op.dest_end
                            print(f"  came {text[max(0, a - 15) : b + 15]!r}")
                            break
        print(f"\n{'clean source':20}{'split':10}{'kind':20}{'docs':>6}{'changed':>9}")
        for (source, split, kind), (count, changed) in sorted(counts.items()):
            print(f"{source:20}{split:10}{kind:20}{count:6}{changed:9}")
            report["clean"].setdefault(source, {})[split] = {
                "kind": kind,
                "documents": count,
                "changed": changed,
            }
        total = sum(c for c, _ in counts.values())
        print(f"{sum(c for _, c in counts.values())} of {total} clean documents changed")
    if given.json:
        text = json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True)
        given.json.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
