"""Precision and recall of refine.text.mask_identifiers by kind, on identifiers and look-alikes.

.venv/bin/python bench/refine/identifiers/measure.py [--program build/main/bin/siku]
"""

import argparse
import collections
import json
import random
import subprocess
import tempfile
from pathlib import Path

import generator

RECIPE = """
input: {path: in.jsonl, columns: {text: text}}
steps: {masked: {use: refine.text.mask_identifiers, from: input}}
output: out
"""


def masked(program, documents):
    """(begin, end, kind) of each edit, by number of the document: code points."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines, starts, at = [], {}, 0
        for number, (text, _) in enumerate(documents):
            starts[at] = number
            lines.append(json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n")
            at += len(lines[-1])
        (folder / "in.jsonl").write_bytes(b"".join(lines))
        (folder / "recipe.yaml").write_text(RECIPE)

        def siku(*arguments):
            command = [str(Path(program).resolve()), *arguments]
            return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout

        siku("key", "new", "owner.key")
        siku("run", "recipe.yaml", "--seal-key", "owner.key", "--json")
        found = collections.defaultdict(set)
        for line in siku(
            "edits", "last", "--seal-key", "owner.key", "--format", "jsonl"
        ).splitlines():
            edit = json.loads(line)
            number = starts[edit["position"]]
            data = documents[number][0].encode()
            begin = len(data[: edit["begin"]].decode())
            found[number].add((begin, begin + len(edit["before"]), edit["rule"]))
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="build/main/bin/siku")
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=20261130)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    documents = [generator.document(rng) for _ in range(options.documents)]
    found = masked(options.program, documents)
    right, wrong, missed = (collections.Counter() for _ in range(3))
    for number, (_, spans) in enumerate(documents):
        planted = set(spans)
        right.update(kind for *_, kind in planted & found[number])
        wrong.update(kind for *_, kind in found[number] - planted)
        missed.update(kind for *_, kind in planted - found[number])
    print("| kind | planted | masked wrongly | missed | precision | recall |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in sorted(generator.PLANTED):
        hits, false, lost = right[kind], wrong[kind], missed[kind]
        precision, recall = hits / max(1, hits + false), hits / max(1, hits + lost)
        print(f"| {kind} | {hits + lost} | {false} | {lost} | {precision:.4f} | {recall:.4f} |")


if __name__ == "__main__":
    main()
