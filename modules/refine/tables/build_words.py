"""Writes siku-words.tables: dictionary and hidden Markov model of the package jieba.

usage: build_words.py OUT EXPECTED.sha256 [--record]
"""

import ast
import decimal
import importlib.util
from pathlib import Path

import double_array
import numpy as np
import table_file

FOLDER = Path(importlib.util.find_spec("jieba").origin).parent
FIRST_HAN, LAST_HAN = 0x4E00, 0x9FD5
STATES = "BEMS"  # in the order in which ties are decided
IMPOSSIBLE = -3.14e100


def logarithm(number):
    """Rounded correctly, which the C library's is for each of these numbers too."""
    with decimal.localcontext(prec=40):
        return float(decimal.Decimal(number).ln())


def dictionary():
    """(word -> frequency, the sum over all lines)"""
    found, total = {}, 0
    for line in (FOLDER / "dict.txt").read_text("utf-8").splitlines():
        word, frequency, _ = line.split(" ")
        found[word] = int(frequency)
        total += int(frequency)
    return found, total


def model(name):
    """The one literal that a module of the model assigns; its code is not run."""
    tree = ast.parse((FOLDER / "finalseg" / f"prob_{name}.py").read_text("utf-8"))
    return ast.literal_eval(tree.body[-1].value)


def sections():
    words, total = dictionary()
    frequencies = [0, *sorted(set(words.values()))]
    index = {frequency: i for i, frequency in enumerate(frequencies)}
    codes = double_array.coded(words)
    start, trans, emit = model("start"), model("trans"), model("emit")
    return {
        "codes": codes,
        "units": double_array.packed({w: index[f] for w, f in words.items()}, codes),
        "frequencies": np.array(frequencies, dtype=np.uint64),
        # A prefix that is no word counts as if it had been seen once.
        "logarithms": np.array([logarithm(f or 1) for f in frequencies], dtype=np.float64),
        "total": np.array([total], dtype=np.uint64),
        "longest": np.array([max(map(len, words))], dtype=np.uint64),
        "start": np.array([start[s] for s in STATES]),
        "trans": np.array([[trans[s].get(t, IMPOSSIBLE) for t in STATES] for s in STATES]),
        "emit": np.array(
            [
                [emit[s].get(chr(c), IMPOSSIBLE) for s in STATES]
                for c in range(FIRST_HAN, LAST_HAN + 1)
            ]
        ),
    }


table_file.build(b"SIKUWRDS", 1, sections)
