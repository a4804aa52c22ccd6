"""A trie of words in one array, so that a step takes one look-up: the child of a node by a code
lies at the node's base + code, and says there which code it is reached by."""

import collections

import numpy as np

NO_LABEL = 0xFFFF


def coded(words, characters=0x10000):
    """code of each character: 1 for the one most words hold; 0 for those in none"""
    seen = collections.Counter()
    for word in words:
        seen.update(set(word))
    codes = np.zeros(characters, dtype=np.uint16)
    for code, character in enumerate(sorted(seen, key=lambda c: (-seen[c], c)), 1):
        codes[ord(character)] = code
    return codes


class Free:
    """The free places of an array, in order."""

    def __init__(self, size):
        self.next = list(range(1, size + 1))
        self.before = list(range(-1, size - 1))
        self.taken = bytearray(size)
        self.first = 0

    def take(self, place):
        self.taken[place] = 1
        before, following = self.before[place], self.next[place]
        if before < 0:
            self.first = following
        else:
            self.next[before] = following
        self.before[following] = before


class Placing:
    """Finds bases. Nodes come by falling number of children; among those of like numbers the search
    goes on where the last one ended, so that all of them together walk the free places once."""

    def __init__(self, free):
        self.free = free
        self.based = bytearray(len(free.taken))
        self.size = 0
        self.place = 0

    def base(self, children):
        """Under which all codes of `children` (sorted) are free; no two nodes share one."""
        free, place = self.free, self.place
        if self.size != len(children).bit_length():
            self.size, place = len(children).bit_length(), free.first
        while True:
            base = place - children[0]
            if base > 0 and not (
                free.taken[place] or self.based[base] or any(free.taken[base + c] for c in children)
            ):
                self.based[base] = 1
                self.place = place
                return base
            place = free.next[place]


def packed(entries, codes):
    """Units of 64 bits, from the lowest: base (32; 0: no children), label (16), value (16; 0: no
    word). The root's children lie at their codes. `entries`: word -> value, 1 to 65535."""
    root = {}
    for word in sorted(entries):
        node = root
        for character in word:
            node = node.setdefault(int(codes[ord(character)]), {})
        node[0] = entries[word]
    # The nodes with most children first, as long as there is room; children of a node together.
    nodes, order = [(root, None)], []
    while nodes:
        node, parent = nodes.pop()
        index = len(order)
        order.append((sorted(c for c in node if c), node, parent))
        nodes += [(node[c], (index, c)) for c in reversed(order[index][0])]
    size = 2 * len(order) + 2 * 0x10000
    free = Free(size)
    placing = Placing(free)
    base_of = {}
    free.take(0)
    for index in sorted(range(len(order)), key=lambda i: (-len(order[i][0]) if i else -size, i)):
        children = order[index][0]
        if children:
            base_of[index] = placing.base(children) if index else 0
            for code in children:
                free.take(base_of[index] + code)
    units = np.full(size, NO_LABEL << 32, dtype=np.uint64)
    for index, (_, node, parent) in enumerate(order):
        if parent is not None:
            at = base_of[parent[0]] + parent[1]
            units[at] = base_of.get(index, 0) | parent[1] << 32 | node.get(0, 0) << 48
    last = int(np.flatnonzero(units != NO_LABEL << 32)[-1])
    # Every base plus every code stays inside.
    return units[: max(last, max(base_of.values())) + int(codes.max()) + 1]
