"""Writes folding.inc: how Python 3.11 lowers, decomposes and classes code points (Unicode 14.0).

usage: make_folding.py OUT.inc, with Python 3.11. What it writes is committed, for other Pythons
know other versions of Unicode; the peers whose signatures are matched ran on this one.
"""

import sys
import unicodedata
from pathlib import Path

LAST = 0x110000
SIGMA = "\u03a3"


def characters():
    return (chr(c) for c in range(LAST) if not 0xD800 <= c < 0xE000)


def mapping(name, change):
    """Arrays of the code points that `change` changes, and of what they become, ended by places."""
    keys, places, values = [], [0], []
    for c in characters():
        became = change(c)
        if became != c:
            keys.append(ord(c))
            values.extend(map(ord, became))
            places.append(len(values))
    yield array(f"{name}From", "uint32_t", keys)
    yield array(f"{name}Place", "uint16_t", places)
    yield array(f"{name}To", "uint32_t", values)


def ranges(name, belongs):
    """First and last code points of the stretches that `belongs` is true of, in turn."""
    borders, last = [], -2
    for c in characters():
        if not belongs(c):
            continue
        if ord(c) == last + 1:
            borders[-1] = ord(c)
        else:
            borders += [ord(c), ord(c)]
        last = ord(c)
    yield array(name, "uint32_t", borders)


def classes():
    """Canonical combining classes other than 0: code points and classes."""
    marked = [c for c in characters() if unicodedata.combining(c)]
    yield array("kCombining", "uint32_t", [ord(c) for c in marked])
    yield array("kCombiningClass", "uint8_t", [unicodedata.combining(c) for c in marked])


def array(name, kind, values):
    rows = [", ".join(map(str, values[i : i + 16])) for i in range(0, len(values), 16)]
    return f"constexpr {kind} {name}[] = {{\n" + ",\n".join(rows) + "};\n"


def decomposed(c):
    # Hangul syllables follow a rule (The Unicode Standard, 3.12); no table is needed for them.
    return c if 0xAC00 <= ord(c) <= 0xD7A3 else unicodedata.normalize("NFD", c)


def cased(c):
    return (c + SIGMA).lower().endswith("ς")


def ignored_by_case(c):
    return ("a" + c + SIGMA).lower().endswith("ς") and not cased(c)


def main():
    assert unicodedata.unidata_version == "14.0.0", unicodedata.unidata_version
    parts = [
        "// Made by make_folding.py from Unicode 14.0.0. Do not edit.\n",
        *mapping("kLower", lambda c: c if c == SIGMA else c.lower()),
        *mapping("kDecomposed", decomposed),
        *classes(),
        *ranges("kMarks", lambda c: unicodedata.category(c) == "Mn"),
        *ranges("kDigits", lambda c: unicodedata.category(c) == "Nd"),
        *ranges("kSpaces", str.isspace),
        *ranges("kPunctuation", lambda c: unicodedata.category(c).startswith("P")),
        *ranges("kCased", cased),
        *ranges("kIgnoredByCase", ignored_by_case),
    ]
    Path(sys.argv[1]).write_text("".join(parts), encoding="ascii")


if __name__ == "__main__":
    main()
