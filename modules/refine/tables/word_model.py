"""The word model of sunpinyin-data (open-gram), told as weighted n-grams of characters.

It is a back-off trigram of words, made from a corpus far larger than what packages carry as running
text. Its file is `lm_sc.t3g`, its words are in `pydict_sc.bin`: little-endian, laid out as their
program's `CThreadSlm` and `CPinyinTrie` read them.
"""

from pathlib import Path

import numpy as np

# Words of the text that the model stands for: chosen by the cost of text beside (docs/tables.md).
WORDS = 30_000_000


def find(name):
    for folder in sorted(Path("/usr/lib").glob("*/sunpinyin/data")):
        if (folder / name).exists():
            return folder / name
    raise SystemExit(f"{name} is missing: install the package sunpinyin-data")


def vocabulary():
    data = find("pydict_sc.bin").read_bytes()
    begin = int.from_bytes(data[8:12], "little")
    return data[begin:].decode("utf-32-le").split("\0")


class WordModel:
    """Levels of the model: word, probability after what is above, first child below."""

    def __init__(self):
        data = find("lm_sc.t3g").read_bytes()
        sizes = np.frombuffer(data, "<u4", 4, 8)
        at = 24
        probability = np.frombuffer(data, "<f4", 1 << 16, at).astype(np.float64)
        at += 4 * ((1 << 16) + (1 << 14))
        self.word, self.probability, self.child = [], [], []
        for size in sizes[:3]:
            node = np.frombuffer(data, "<u4", 3 * int(size), at).reshape(-1, 3)
            at += node.nbytes
            self.word.append((node[:, 0] & 0x3FFFF).astype(np.int64))
            self.probability.append(probability[node[:, 1] & 0xFFFF])
            self.child.append(((node[:, 1] >> 16) | ((node[:, 2] >> 25) << 16)).astype(np.int64))
        leaf = np.frombuffer(data, "<u4", 2 * int(sizes[3]), at).reshape(-1, 2)
        self.word.append((leaf[:, 0] & 0x3FFFF).astype(np.int64))
        self.probability.append(probability[(leaf[:, 0] >> 18) | (((leaf[:, 1] >> 25) & 3) << 14)])

    def unigrams(self):
        """(word, probability)"""
        return self.word[1][:-1], self.probability[1][:-1]

    def _parents(self, level):
        # The node behind the last has no children of its own in the deepest level.
        counts = np.diff(np.maximum.accumulate(self.child[level]))
        return np.repeat(np.arange(len(counts)), counts)

    def bigrams(self):
        """(first, second, probability of both)"""
        parent = self._parents(1)
        size = len(parent)
        first = self.word[1][parent]
        return first, self.word[2][:size], self.probability[1][parent] * self.probability[2][:size]

    def trigrams(self):
        """(first, second, third, probability of all)"""
        above = self._parents(2)
        size = len(above)
        first, second, both = self.bigrams()
        return (
            first[above],
            second[above],
            self.word[3][:size],
            both[above] * self.probability[3][:size],
        )


def character_ngrams(sequence_of):
    """Yields (n-gram ids as columns, weights): of single characters, pairs and triples.

    `sequence_of` gives the model ids of a word's characters.
    """
    words = vocabulary()
    ids = [sequence_of(word) if word else [] for i, word in enumerate(words)]
    length = np.array([len(found) for found in ids])
    longest = int(length.max())
    table = np.zeros((len(ids), longest), dtype=np.int64)
    for index, found in enumerate(ids):
        table[index, : len(found)] = found
    at_end = np.maximum(length - 1, 0)
    last = table[np.arange(len(ids)), at_end]
    before_last = table[np.arange(len(ids)), np.maximum(length - 2, 0)]
    model = WordModel()

    word, probability = model.unigrams()
    weight = probability * WORDS
    for order in (1, 2, 3):
        for start in range(longest - order + 1):
            inside = length[word] >= start + order
            yield table[word[inside], start : start + order], weight[inside]

    first, second, probability = model.bigrams()
    known = (length[first] > 0) & (length[second] > 0)
    first, second, weight = first[known], second[known], probability[known] * WORDS
    yield np.stack([last[first], table[second, 0]], axis=1), weight
    long = length[first] > 1
    yield (
        np.stack([before_last[first[long]], last[first[long]], table[second[long], 0]], axis=1),
        weight[long],
    )
    long = length[second] > 1
    yield (
        np.stack([last[first[long]], table[second[long], 0], table[second[long], 1]], axis=1),
        weight[long],
    )

    first, second, third, probability = model.trigrams()
    short = (length[first] > 0) & (length[second] == 1) & (length[third] > 0)
    first, second, third = first[short], second[short], third[short]
    yield (
        np.stack([last[first], table[second, 0], table[third, 0]], axis=1),
        probability[short] * WORDS,
    )
