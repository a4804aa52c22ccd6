"""Makes JSON lines of Chinese text for the benchmarks: words of jieba's list by their frequency.

usage: corpus.py OUT.jsonl MEGABYTES [--seed N]
Each line has id, url, title and a text of 200 to 3,000 characters; the same arguments give the same
bytes.
"""

import argparse
import importlib.util
import json
import re
from pathlib import Path

import numpy as np

MARKS = np.array(["，"] * 6 + ["。"] * 3 + ["、", "；", "：", "！", "？", "\n"])


def words():
    path = Path(importlib.util.find_spec("jieba").origin).parent / "dict.txt"
    entries = [line.split(" ")[:2] for line in path.read_text("utf-8").splitlines()]
    entries = [(word, int(count)) for word, count in entries if re.fullmatch("[一-鿿]+", word)]
    chance = np.array([count for _, count in entries], dtype=float)
    return np.array([word for word, _ in entries]), chance / chance.sum()


def lines(megabytes, seed):
    random = np.random.default_rng(seed)
    vocabulary, chance = words()
    border = np.cumsum(chance)
    made, number = 0, 0
    while made < megabytes << 20:
        length = int(random.integers(100, 1500))
        chosen = vocabulary[
            np.searchsorted(border, random.random(length)).clip(max=len(border) - 1)
        ]
        marks = np.where(random.random(length) < 0.12, random.choice(MARKS, length), "")
        numbers = np.where(random.random(length) < 0.02, random.integers(1, 3000, length), 0)
        text = "".join(
            w + (str(n) if n else "") + m for w, m, n in zip(chosen, marks, numbers, strict=True)
        )
        row = {
            "id": number,
            "url": f"https://news.example/{number // 1000}/{number}.html",
            "title": "".join(chosen[:8]),
            "text": text,
        }
        line = (json.dumps(row, ensure_ascii=False) + "\n").encode()
        made += len(line)
        number += 1
        yield line


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("megabytes", type=int)
    parser.add_argument("--seed", type=int, default=20261124)
    given = parser.parse_args()
    with open(given.out, "wb") as out:
        out.writelines(lines(given.megabytes, given.seed))


if __name__ == "__main__":
    main()
