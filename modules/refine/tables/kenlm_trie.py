"""Reads the n-grams of a quantized KenLM trie of order 3 (format 5, `build_binary -q -a trie`).

A word is a node of the first level; below it stand the words that may come before it, and below
these the words before them. Numbers are little-endian and packed to the bit. The layout is that of
KenLM's `lm/trie.hh`, `lm/quantize.hh` and `lm/bhiksha.hh`.
"""

from pathlib import Path

import numpy as np

MAGIC = b"mmap lm http://kheafield.com/code format version 5\n\0"
QUANTIZED_ARRAY_TRIE = 5  # KenLM's number for this layout
ORDER = 3
_ORDER_AT, _LAYOUT_AT, _COUNTS_AT, _VOCABULARY_AT = 88, 96, 108, 136
_UNIGRAM = np.dtype([("cost", "<f4"), ("left", "<f4"), ("child", "<u8")])


def _bits(largest):
    return int(largest).bit_length()


class Trie:
    """words: text of each word; n-grams as arrays of word indexes with their probabilities."""

    def __init__(self, path):
        self._data = np.frombuffer(Path(path).read_bytes(), np.uint8)
        order, layout = int(self._data[_ORDER_AT]), int(self._numbers("<u4", 1, _LAYOUT_AT)[0])
        if self._data[: len(MAGIC)].tobytes() != MAGIC or order != ORDER:
            raise SystemExit(f"{path} is not a KenLM model of order {ORDER}")
        if layout != QUANTIZED_ARRAY_TRIE:
            raise SystemExit(f"{path} is not a quantized trie with packed pointers")
        self._count = [int(n) for n in self._numbers("<u8", ORDER, _COUNTS_AT)]
        at = _VOCABULARY_AT + 8 + 8 * self._count[0]
        at = self._read_quantizer(at)
        self._unigram = self._numbers(_UNIGRAM, self._count[0] + 2, at)
        at += self._unigram.nbytes
        at = self._read_bigrams(at)
        at = self._read_trigrams(at)
        self.words = self._data[at:].tobytes().decode().split("\0")[: self._count[0]]

    def _numbers(self, kind, count, at):
        return np.frombuffer(self._data, kind, count, at)

    def _read_quantizer(self, at):
        """Logarithms that n-grams point into: costs and back-off of pairs, costs of triples."""
        _, self._cost_bits, self._left_bits = (int(n) for n in self._data[at : at + 3])
        at += 8
        costs, lefts = 1 << self._cost_bits, 1 << self._left_bits
        self._pair_cost = self._numbers("<f4", costs, at)
        self._triple_cost = self._numbers("<f4", costs, at + 4 * (costs + lefts))
        return at + 4 * (2 * costs + lefts)

    def _read_bigrams(self, at):
        """The place of a pair's children is split: low bits with the pair, high bits in steps."""
        pairs, triples = self._count[1], self._count[2]
        width = _bits(triples)
        allowed = int(self._data[at + 1])
        low = width - min(
            range(min(width, allowed) + 1),
            key=lambda cut: ((triples >> (width - cut)) * 64 - (pairs + 1) * cut, cut),
        )
        steps = (triples >> low) + 1
        step = self._numbers("<u8", steps, (at + 8 + 7) // 8 * 8).astype(np.int64)
        at += 8 * (1 + steps) + 7
        word = _bits(self._count[0])
        cost = word + self._left_bits
        child = cost + self._cost_bits
        total = child + low
        self._pair_word = self._field(at, pairs, total, 0, word)
        self._pair_logarithm = self._pair_cost[self._field(at, pairs, total, cost, self._cost_bits)]
        number = np.arange(pairs + 1)
        high = np.searchsorted(step, number, side="right") - 1
        self._pair_child = (high << low) | self._field(at, pairs + 1, total, child, low)
        return at + ((pairs + 1) * total + 7) // 8 + 8

    def _read_trigrams(self, at):
        triples, word = self._count[2], _bits(self._count[0])
        total = word + self._cost_bits
        self._triple_word = self._field(at, triples, total, 0, word)
        logarithm = self._field(at, triples, total, word, self._cost_bits)
        self._triple_logarithm = self._triple_cost[logarithm]
        return at + ((triples + 1) * total + 7) // 8 + 8

    def _field(self, at, count, total, offset, width):
        """The same field of `count` records of `total` bits."""
        bit = np.arange(count, dtype=np.int64) * total + offset
        value = np.zeros(count, np.int64)
        for byte in range((width + 7) // 8 + 1):
            value |= self._data[at + (bit >> 3) + byte].astype(np.int64) << (8 * byte)
        return (value >> (bit & 7)) & ((1 << width) - 1)

    def unigrams(self):
        """Probability of each word."""
        return _power(self._unigram["cost"][: self._count[0]])

    def bigrams(self):
        """(first, second, probability of the second behind the first)"""
        child = self._unigram["child"][: self._count[0] + 1].astype(np.int64)
        second = np.searchsorted(child, np.arange(self._count[1]), side="right") - 1
        return self._pair_word, second, _power(self._pair_logarithm)

    def trigrams(self):
        """(first, index of the bigram of the other two, probability of the third behind both)"""
        number = np.arange(self._count[2])
        pair = np.searchsorted(self._pair_child, number, side="right") - 1
        return self._triple_word, pair, _power(self._triple_logarithm)


def _power(logarithm):
    """10 to it, from a table of what occurs, so that the C library's rounding is out of it."""
    occurring, place = np.unique(logarithm, return_inverse=True)
    return np.array([round(10.0 ** float(x), 15) for x in occurring])[place]
