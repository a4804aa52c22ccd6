"""The word model of libime, told as weighted n-grams of characters.

It is a back-off trigram of words, made from a corpus far larger than what packages carry as running
text: `zh_CN.lm` of the package libime-data-language-model. Part of that corpus came from
traditional text, and still has 著 for 着: 著 is believed only in words of a dictionary.
"""

from pathlib import Path

import numpy as np
from kenlm_trie import Trie

# Words of the text that the model stands for: chosen by the cost of text beside (docs/tables.md).
WORDS = 30_000_000


def find():
    for path in sorted(Path("/usr/lib").glob("*/libime/zh_CN.lm")):
        return path
    raise SystemExit("zh_CN.lm is missing: install the package libime-data-language-model")


def simplified(word, listed):
    """The word as simplified text has it; nothing of what is no text: <unk>."""
    if word.startswith("<"):
        return ""
    other = word.replace("著", "着")
    proper = len(word) > 1 and listed.get(word, 0) > listed.get(other, 0)
    return word if proper else other


class Words:
    """Model ids of the words' characters, one row a word."""

    def __init__(self, words, sequence_of, listed):
        ids = [sequence_of(simplified(word, listed)) for word in words]
        self.length = np.array([len(found) for found in ids])
        self.ids = np.zeros((len(ids), int(self.length.max())), dtype=np.int64)
        for index, found in enumerate(ids):
            self.ids[index, : len(found)] = found

    def last(self, word, back=0):
        """The last character of each, or the one `back` before it."""
        return self.ids[word, np.maximum(self.length[word] - 1 - back, 0)]

    def known(self, *words):
        return np.logical_and.reduce([self.length[word] > 0 for word in words])


def inside(words, weight):
    every = np.arange(len(words.length))
    for order in (1, 2, 3):
        for start in range(words.ids.shape[1] - order + 1):
            long = every[words.length >= start + order]
            yield words.ids[long, start : start + order], weight[long]


def across_two(words, first, second, weight):
    known = words.known(first, second)
    first, second, weight = first[known], second[known], weight[known]
    end, begin = words.last(first), words.ids[second, 0]
    yield np.stack([end, begin], axis=1), weight
    long = words.length[first] > 1
    yield np.stack([words.last(first, back=1), end, begin], axis=1)[long], weight[long]
    long = words.length[second] > 1
    after = words.ids[second[long], 1]
    yield np.stack([end[long], begin[long], after], axis=1), weight[long]


def across_three(words, first, second, third, weight):
    """Triples of characters span three words only where the one between has one character."""
    short = words.known(first, third) & (words.length[second] == 1)
    first, second, third = first[short], second[short], third[short]
    columns = [words.last(first), words.ids[second, 0], words.ids[third, 0]]
    yield np.stack(columns, axis=1), weight[short]


def probabilities_of_pairs(single, first, second, after, wanted_first, wanted_second):
    """P(first second) of the wanted pairs, each of which the model holds."""
    size = len(single)
    key = first * size + second
    order = np.argsort(key)
    place = order[np.searchsorted(key[order], wanted_first * size + wanted_second)]
    return single[wanted_first] * after[place]


def character_ngrams(sequence_of, listed):
    """Yields (n-gram ids as columns, weights): of single characters, pairs and triples.

    `sequence_of` gives the model ids of a word's characters; `listed` has the words of a dictionary
    with how often they were seen.
    """
    trie = Trie(find())
    words = Words(trie.words, sequence_of, listed)
    single = trie.unigrams()
    yield from inside(words, single * WORDS)

    first, second, after = trie.bigrams()
    yield from across_two(words, first, second, single[first] * after * WORDS)

    before, pair, last = trie.trigrams()
    both = probabilities_of_pairs(single, first, second, after, before, first[pair])
    yield from across_three(words, before, first[pair], second[pair], both * last * WORDS)
