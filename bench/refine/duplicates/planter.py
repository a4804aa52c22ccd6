"""Plants near-duplicates of known similarity among texts; knows nothing of how they are found.

usage: planter.py OUT.jsonl [--texts FILE.jsonl ...] [--each 200] [--seed 7]
Each line has id, text, family and kind. Of `each` originals of every kind there is one copy: exact,
or changed until the Jaccard similarity of the sets of characters' 5-grams is the one asked for, by
single characters (point) or by one stretch (span). As many texts have no copy. Lines are shuffled.
"""

import argparse
import json
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CLEAN = ROOT / "build" / "corpora" / "clean"
GRAM = 5
KINDS = [("exact", 1.0)] + [(how, j) for j in (0.95, 0.85, 0.7) for how in ("point", "span")]


def grams(text):
    return {text[i : i + GRAM] for i in range(len(text) - GRAM + 1)}


def jaccard(a, b):
    a, b = grams(a), grams(b)
    return len(a & b) / len(a | b) if a | b else 0.0


def point_edited(text, wanted, choose, letters):
    """Single characters replaced one after the other, until as little is left in common."""
    changed = list(text)
    for place in choose.sample(range(len(text)), len(text)):
        changed[place] = choose.choice(letters)
        if jaccard(text, "".join(changed)) <= wanted:
            break
    return "".join(changed)


def span_edited(text, wanted, choose, letters):
    """One stretch replaced by as many characters that have nothing to do with it."""
    low, high = 0, len(text) - 1
    begin = choose.randrange(len(text) // 2)
    filling = "".join(choose.choice(letters) for _ in text)
    while low < high:  # the longer the stretch, the less is left in common
        middle = (low + high) // 2
        end = min(begin + middle, len(text))
        if jaccard(text, text[:begin] + filling[begin:end] + text[end:]) <= wanted:
            high = middle
        else:
            low = middle + 1
    end = min(begin + low, len(text))
    return text[:begin] + filling[begin:end] + text[end:]


def originals(paths, count, choose):
    """Texts of 200 to 2000 characters that have little in common with each other."""
    found, known = [], set()
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    choose.shuffle(lines)
    for line in lines:
        text = json.loads(line).get("text") or ""
        begin = choose.randrange(max(1, len(text) - 1500))
        text = text[begin : begin + choose.randrange(300, 1500)].strip()
        own = grams(text)
        if len(text) < 200 or len(own & known) > len(own) / 5:
            continue
        known |= own
        found.append(text)
        if len(found) == count:
            return found
    raise SystemExit(f"too few texts: {len(found)} of {count}")


def planted(paths, each, seed):
    choose = random.Random(seed)
    texts = originals(paths, each * (len(KINDS) + 1), choose)
    letters = sorted({c for text in texts for c in text if "\u4e00" <= c <= "\u9fff"})
    rows, family = [], 0
    for how, wanted in KINDS:
        for _ in range(each):
            text = texts[family]
            edit = {"exact": None, "point": point_edited, "span": span_edited}[how]
            copy = edit(text, wanted, choose, letters) if edit else text
            kind = how if how == "exact" else f"{how} {wanted:.2f}"
            rows.append({"text": text, "family": family, "kind": kind})
            rows.append({"text": copy, "family": family, "kind": kind})
            family += 1
    rows += [
        {"text": text, "family": family + i, "kind": "alone"}
        for i, text in enumerate(texts[family:])
    ]
    choose.shuffle(rows)
    for number, row in enumerate(rows):
        row["id"] = f"{number:06d}"
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--texts", type=Path, nargs="*", default=sorted(CLEAN.glob("*.jsonl")))
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with options.out.open("w", encoding="utf-8") as out:
        for row in planted(options.texts, options.each, options.seed):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
