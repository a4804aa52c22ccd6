"""rensa's fastest path: hashed character shingles in, digests in one matrix, bands in dictionaries;
of each cluster the first line is kept.

usage: rensa_minhash.py CORPUS.jsonl OUT.jsonl      (build/peers/rensa/bin/python)
"""

import json
import sys
from itertools import islice

import numpy as np
import rensa

WINDOW, BANDS, ROWS = 5, 25, 10
BATCH = 2000
FACTOR = np.uint64(0x9E3779B97F4A7C15)


def shingles(texts):
    """Hashes of the character windows of all texts in one array, and where each text begins."""
    lengths = np.array([len(text) for text in texts])
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
    hashes = points.astype(np.uint64)
    for step in range(1, WINDOW):
        hashes = hashes[:-1] * FACTOR + points[step:]
    hashes ^= hashes >> np.uint64(29)
    counts = np.maximum(lengths - WINDOW + 1, 0)
    begins = np.concatenate([[0], np.cumsum(lengths)])
    keep = np.zeros(len(points) + 1, dtype=np.int8)
    np.add.at(keep, begins[:-1], 1)
    np.add.at(keep, begins[:-1] + counts, -1)
    inside = np.cumsum(keep)[: len(hashes)] > 0
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint64)
    return np.ascontiguousarray(hashes[inside]), offsets


def main():
    tables = [{} for _ in range(BANDS)]
    parent = []

    def root(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    with (
        open(sys.argv[1], encoding="utf-8") as file,
        open(sys.argv[2], "w", encoding="utf-8") as out,
    ):
        while lines := list(islice(file, BATCH)):
            rows = [json.loads(line) for line in lines]
            hashes, offsets = shingles([row["text"] for row in rows])
            digest = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
                hashes, offsets, num_perm=BANDS * ROWS, seed=42
            )
            matrix = np.array(digest.to_rows(), dtype=np.uint32)
            keys = matrix.view(f"V{4 * ROWS}")
            for at in range(len(rows)):
                number = len(parent)
                parent.append(number)
                if offsets[at] == offsets[at + 1]:
                    continue
                for table, key in zip(tables, keys[at], strict=True):
                    first = table.setdefault(key.tobytes(), number)
                    if first != number:
                        a, b = sorted((root(first), root(number)))
                        parent[b] = a
        file.seek(0)
        out.writelines(line for number, line in enumerate(file) if root(number) == number)


if __name__ == "__main__":
    main()
