"""A trigram model of simplified Chinese characters: counts of text and words, absolute discounting.

Everything is integer or IEEE arithmetic without library logarithms over arrays, so that the same
packages give the same bytes on every machine.
"""

import math

import numpy as np

BITS = 13  # of a character id: the vocabulary stays under 8192
UNKNOWN, BORDER, DIGIT, LETTER = 0, 1, 2, 3
DISCOUNT = 0.75
STEP = 10  # stored costs are tenths of a bit

# log2 of 1 + i/4096 in millionths: rounding makes it independent of the C library.
_MANTISSA = np.array([round(math.log2(1 + i / 4096) * 1e6) for i in range(4096)], dtype=np.int64)


def costs(probability):
    """-log2 in tenths of a bit, 0..255."""
    mantissa, exponent = np.frexp(np.maximum(probability, 2.0**-40))
    fraction = ((mantissa * 2 - 1) * 4096).astype(np.int64)
    millionths = (exponent.astype(np.int64) - 1) * 1_000_000 + _MANTISSA[fraction]
    return np.clip((-millionths * STEP + 500_000) // 1_000_000, 0, 255).astype(np.uint8)


# Corner brackets are the quotation marks of other houses.
QUOTES = dict(zip("「」『』〈〉", "“”‘’《》", strict=True))


def folded(character):
    """What the model sees: marks narrowed, digits and letters as one class each."""
    code = ord(QUOTES.get(character, character))
    if 0xFF01 <= code <= 0xFF5E:
        code -= 0xFEE0
    if code in (0x20, 0x3000, 0x09, 0xA0):
        return None
    if 0x30 <= code <= 0x39:
        return DIGIT
    if code < 0x80 and chr(code).isalpha():
        return LETTER
    return code


class Vocabulary:
    """Ids by falling frequency; the first four are fixed."""

    def __init__(self, counts, size):
        codes = sorted(counts, key=lambda code: (-counts[code], code))[: size - 4]
        self.codes = [0, 0, 0, 0, *codes]
        self.ids = {code: index for index, code in enumerate(self.codes) if index > 3}

    def id(self, character):
        code = folded(character)
        if code is None:
            return None
        return code if code in (DIGIT, LETTER) else self.ids.get(code, UNKNOWN)

    def sequence(self, text):
        found = (self.id(character) for character in text)
        return [i for i in found if i is not None]


class Counts:
    """Weighted n-gram counts, added up from several sources."""

    def __init__(self):
        self.parts = {1: [], 2: [], 3: []}

    def add(self, ids, weights):
        """ids: (rows, length) array of n-gram windows; weights: one a row."""
        order = ids.shape[1]
        key = np.zeros(len(ids), dtype=np.int64)
        for column in range(order):
            key = (key << BITS) | ids[:, column]
        keys, inverse = np.unique(key, return_inverse=True)
        self.parts[order].append((keys, np.bincount(inverse, weights=weights)))

    def add_text(self, ids, weight=1):
        flat = np.asarray(ids, dtype=np.int64)
        for order in (1, 2, 3):
            windows = np.stack([flat[i : len(flat) - order + 1 + i] for i in range(order)], axis=1)
            self.add(windows, np.full(len(windows), float(weight)))

    def add_words(self, words):
        """words: (ids, weight), ids of one length per call group; borders are not known."""
        by_length = {}
        for ids, weight in words:
            by_length.setdefault(len(ids), []).append((ids, weight))
        for length in sorted(by_length):
            rows = np.array([ids for ids, _ in by_length[length]], dtype=np.int64)
            weights = np.array([float(weight) for _, weight in by_length[length]])
            for order in range(1, min(3, length) + 1):
                for start in range(length - order + 1):
                    self.add(rows[:, start : start + order], weights)

    def total(self, order):
        keys = np.concatenate([keys for keys, _ in self.parts[order]])
        sums = np.concatenate([sums for _, sums in self.parts[order]])
        unique, inverse = np.unique(keys, return_inverse=True)
        # Sums of fractions may end in .999…: what is whole stays whole.
        sums = np.floor(np.bincount(inverse, weights=sums) + 1e-6).astype(np.int64)
        return unique[sums > 0], sums[sums > 0]


def back_off(context_keys, context_counts, keys, counts):
    """Per context: the mass left to the shorter context; and each key's context index."""
    where = np.searchsorted(context_keys, keys >> BITS)
    distinct = np.bincount(where, minlength=len(context_keys))
    continued = np.bincount(where, weights=counts, minlength=len(context_keys))
    left = (DISCOUNT * distinct + (context_counts - continued)) / context_counts
    return np.clip(left, 1e-6, 1.0), where


def train(counts, vocabulary_size, least_trigram):
    """Arrays of the model, ready to be written: see docs/tables.md for the layout."""
    keys1, counts1 = counts.total(1)
    keys2, counts2 = counts.total(2)
    keys3, counts3 = counts.total(3)
    both = np.isin(keys3 >> BITS, keys2) & np.isin(keys3 & ((1 << (2 * BITS)) - 1), keys2)
    keys3, counts3 = keys3[both], counts3[both]

    unigram = np.full(vocabulary_size, 0.5)
    unigram[keys1] += counts1
    unigram = unigram / (int(counts1.sum()) + 0.5 * vocabulary_size)

    left1, where2 = back_off(keys1, counts1, keys2, counts2)
    first, second = keys2 >> BITS, keys2 & ((1 << BITS) - 1)
    bigram = (counts2 - DISCOUNT) / counts1[where2] + left1[where2] * unigram[second]

    left2, where3 = back_off(keys2, counts2, keys3, counts3)
    third = keys3 & ((1 << BITS) - 1)
    shorter = np.searchsorted(keys2, keys3 & ((1 << (2 * BITS)) - 1))
    trigram = (counts3 - DISCOUNT) / counts2[where3] + left2[where3] * bigram[shorter]

    # Dropping rare trigrams whose shorter context says nearly the same keeps the file small.
    backed = left2[where3] * bigram[shorter]
    kept = (counts3 >= least_trigram) & (trigram > 1.5 * backed)

    border = np.zeros(vocabulary_size + 1, dtype=np.uint32)
    border[1:] = np.cumsum(np.bincount(first, minlength=vocabulary_size))
    starts = np.zeros(len(keys2) + 1, dtype=np.uint32)
    starts[1:] = np.cumsum(np.bincount(where3[kept], minlength=len(keys2)))
    left_all = np.ones(vocabulary_size)
    left_all[keys1] = left1
    return {
        "unigram": costs(unigram),
        "unigram_left": costs(left_all),
        "bigram_start": border,
        "bigram_second": second.astype(np.uint16),
        "bigram_cost": costs(bigram),
        "bigram_left": costs(left2),
        "trigram_start": starts,
        "trigram_third": third[kept].astype(np.uint16),
        "trigram_cost": costs(trigram[kept]),
    }
