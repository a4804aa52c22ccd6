"""Quality of refine.duplicates.minhash on planted near-duplicates: a table, and bars that hold.

usage: quality.py [--program build/release/bin/siku] [--each 200] [--seed 7]
The share of planted pairs that came into one cluster, by kind; of the documents dropped, the share
whose partner, and with `direct: true` whose survivor, has at least the threshold's similarity
found here by Python sets. Exit code 1 where a bar is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import planter

ROOT = Path(__file__).resolve().parents[3]
RECIPE = """siku: 1
input: {{path: '{path}', columns: {{id: text, text: text, family: int, kind: text}}}}
steps:
  unique: {{use: refine.duplicates.minhash, from: input, with: {options}}}
outputs: {{kept: unique, clusters: unique.clusters}}
"""
SETTINGS = {
    "default": "{id: id}",
    "default, direct": "{id: id, direct: true}",
    "high recall": "{id: id, threshold: 0.65}",
}
THRESHOLDS = {"default": 0.8, "default, direct": 0.8, "high recall": 0.65}
# The share of pairs that must be in one cluster, by kind and setting.
BARS = {
    "default": {
        "exact": 1.0,
        "point 0.95": 1.0,
        "span 0.95": 1.0,
        "point 0.85": 0.995,
        "span 0.85": 0.995,
    },
    "default, direct": {
        "exact": 1.0,
        "point 0.95": 1.0,
        "span 0.95": 1.0,
        "point 0.85": 0.995,
        "span 0.85": 0.995,
    },
    "high recall": {"exact": 1.0, "point 0.70": 0.7, "span 0.70": 0.7},
}


def clusters(program, folder, rows, options):
    """The rows of the port `clusters`, and the ids of those kept."""
    (folder / "rows.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    recipe = folder / "recipe.yaml"
    recipe.write_text(RECIPE.format(path=folder / "rows.jsonl", options=options))
    environment = {**os.environ, "SIKU_STORE": str(folder / "store")}
    run = [program, "run", str(recipe), "--json"]
    subprocess.run(run, check=True, env=environment, stdout=subprocess.PIPE)
    made = []
    for name in ("clusters", "kept"):
        out = folder / f"{name}.jsonl"
        out.unlink(missing_ok=True)
        subprocess.run(
            [program, "dataset", "export", name, "-o", str(out)],
            check=True,
            env=environment,
            stdout=subprocess.PIPE,
        )
        made.append([json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()])
    return made[0], {row["id"] for row in made[1]}


def measure(rows, found, kept, threshold):
    """Shares by kind; verified partners and survivors among those dropped; wrong pairs."""
    texts = {row["id"]: row for row in rows}
    cluster = {row["id"]: row["cluster"] for row in found if row["cluster"] is not None}
    families = defaultdict(list)
    for row in rows:
        families[row["family"]].append(row)
    shares = defaultdict(list)
    for family in families.values():
        if len(family) == 2:
            a, b = (cluster.get(row["id"]) for row in family)
            shares[family[0]["kind"]].append(a is not None and a == b)
    dropped = [row for row in found if not row["survivor"]]
    assert {row["id"] for row in dropped} == set(texts) - kept

    def near(a, b):
        return planter.jaccard(texts[a]["text"], texts[b]["text"]) >= threshold - 1e-9

    partners = sum(near(row["id"], row["partner"]) for row in dropped)
    survivors = sum(near(row["id"], row["cluster"]) for row in dropped)
    return {kind: sum(hits) / len(hits) for kind, hits in shares.items()}, {
        "dropped": len(dropped),
        "partner verified": partners / max(len(dropped), 1),
        "survivor verified": survivors / max(len(dropped), 1),
        "clusters": len(set(cluster.values())),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/siku"))
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rows = planter.planted(sorted(planter.CLEAN.glob("*.jsonl")), options.each, options.seed)
    missed = 0
    for setting, parameters in SETTINGS.items():
        with tempfile.TemporaryDirectory() as folder:
            found, kept = clusters(options.program, Path(folder), rows, parameters)
        shares, report = measure(rows, found, kept, THRESHOLDS[setting])
        print(f"{setting}: " + ", ".join(f"{name} {value:.4g}" for name, value in report.items()))
        verified = ["partner verified"] + ["survivor verified"] * ("direct" in setting)
        missed += sum(report[name] < 1 for name in verified)
        for kind, share in sorted(shares.items()):
            bar = BARS[setting].get(kind)
            met = bar is None or share >= bar
            missed += not met
            print(
                f"  {kind:12} {share:.4f}"
                + ("" if bar is None else f"  bar {bar}")
                + ("" if met else "  MISSED")
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
