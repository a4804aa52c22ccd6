"""Writes siku-refine.tables: one memory-mapped file with all the repairer knows of Chinese.

usage: build_tables.py OUT EXPECTED.sha256 [--record]
The SHA-256 of the file must be the one on record; --record puts it there instead.
"""

import unicodedata

import conversion_errors
import numpy as np
import sources
import table_file

MAGIC = b"SIKUREFT"
FORMAT = 1


def lists(table):
    """(start of each BMP character's list, all lists end to end)"""
    starts, flat = np.zeros(0x10001, dtype=np.uint32), []
    for code in range(0x10000):
        flat += table.get(chr(code), [])
        starts[code + 1] = len(flat)
    return starts, flat


def characters(table):
    starts, flat = lists(table)
    return starts, np.array([ord(c) for c in flat], dtype=np.uint16)


def plain(reading):
    """Without tone; ü is v, as on keyboards."""
    bare = unicodedata.normalize(
        "NFD",
        reading.replace("ü", "v")
        .replace("ǖ", "v")
        .replace("ǘ", "v")
        .replace("ǚ", "v")
        .replace("ǜ", "v"),
    )
    return "".join(c for c in bare if not unicodedata.combining(c)).replace("ê", "e")


def reading_sections():
    table = sources.readings()
    toned = sorted({r for found in table.values() for r in found})
    bare = sorted({plain(r) for r in toned})
    toned_index = {r: i for i, r in enumerate(toned)}
    bare_index = {r: i for i, r in enumerate(bare)}
    starts, flat = lists(table)
    by_bare = {r: [] for r in bare}
    for character in sorted(table):
        for reading in dict.fromkeys(plain(r) for r in table[character]):
            by_bare[reading].append(ord(character))
    bare_starts = np.zeros(len(bare) + 1, dtype=np.uint32)
    bare_starts[1:] = np.cumsum([len(by_bare[r]) for r in bare])
    return {
        "toned": "\n".join(toned).encode(),
        "bare": "\n".join(bare).encode(),
        "toned_bare": np.array([bare_index[plain(r)] for r in toned], dtype=np.uint16),
        "reading_start": starts,
        "reading": np.array([toned_index[r] for r in flat], dtype=np.uint16),
        "spoken_start": bare_starts,
        "spoken": np.array([c for r in bare for c in by_bare[r]], dtype=np.uint16),
    }


def packed(words):
    """Four characters a word, the first in the highest bits, zeros behind; sorted as numbers."""
    codes = [[*map(ord, word), *[0] * (4 - len(word))] for word in words]
    return np.sort(np.array([a << 48 | b << 32 | c << 16 | d for a, b, c, d in codes], np.uint64))


def sections():
    found = {}
    misspelt, spelt, reaching = conversion_errors.words()
    found["misconverted"], found["never_converted"] = packed(misspelt), packed(spelt)
    by_code = sorted(misspelt, key=lambda word: [*map(ord, word), *[0] * (4 - len(word))])
    found["converted_bits"] = np.array([misspelt[word] for word in by_code], dtype=np.uint8)
    found["reaching"] = packed(reaching)
    found["to_simple_start"], found["to_simple"] = characters(sources.traditional_to_simplified())
    found["to_old_start"], found["to_old"] = characters(sources.simplified_to_traditional())
    found.update(reading_sections())
    codes, arrays = sources.model()
    ids = np.zeros(0x10000, dtype=np.uint16)
    for index, code in enumerate(codes):
        if index > 3 and code < 0x10000:
            ids[code] = index
    found["character_id"] = ids
    found.update(arrays)
    return found


table_file.build(MAGIC, FORMAT, sections)
