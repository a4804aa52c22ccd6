"""Damages clean text in the ways of damage.md: build/corpora/damaged/<kind>.jsonl.

usage: generator.py [--clean build/corpora/clean] [--out build/corpora/damaged] [--count 200]
Each line: id, kind, source, split, damaged, original, expected, losses, spans, recoverable, and
what was drawn. The same clean text gives the same bytes. README.md says what `expected` means.
"""

import argparse
import collections
import hashlib
import json
import math
import multiprocessing
import random
import re
import sys
from pathlib import Path

import converter
import packages
from converter import Byte, Item

SEED = 20261125
STOPS = "。！？"
HAN = re.compile("[一-鿿]")
PIECE = re.compile("[^。！？\n]*[。！？\n]?[”」』）]?")
GB2312_RARE = [
    bytes([lead, trail]).decode("gb2312")
    for lead in range(0xD8, 0xF8)
    for trail in range(0xA1, 0xFF)
]
GB2312_COMMON = [
    bytes([lead, trail]).decode("gb2312")
    for lead in range(0xB0, 0xD7)
    for trail in range(0xA1, 0xFF)
]


def sentences(text):
    """Places of the sentences, each with its stop, without line ends."""
    found = []
    for match in PIECE.finditer(text):
        start, end = match.span()
        while end > start and text[end - 1] == "\n":
            end -= 1
        if end - start >= 6 and HAN.search(text[start:end]):
            found.append((start, end))
    return found


def paragraphs(text):
    found, at = [], 0
    for line in text.split("\n"):
        if len(line) >= 6:
            found.append((at, at + len(line)))
        at += len(line) + 1
    return found


def replaced(text, changes):
    """(new text, spans): the changes are (start, end, new) in order, without overlap."""
    out, spans, at, length = [], [], 0, 0
    for start, end, new in changes:
        out += [text[at:start], new]
        length += start - at
        spans.append([length, length + len(new), start, end])
        length += len(new)
        at = end
    out.append(text[at:])
    return "".join(out), spans


def result(damaged, expected, spans=(), **more):
    return {"damaged": damaged, "expected": expected, "spans": list(spans), **more}


# --- wrong decoding -------------------------------------------------------------------------------

PAIRS = {
    "utf8-as-gbk": ("utf-8", "gbk", 1),
    "utf8-as-gb18030": ("utf-8", "gb18030", 1),
    "utf8-as-latin1": ("utf-8", "latin-1", 1),
    "utf8-as-cp1252": ("utf-8", "cp1252", 1),
    "utf8-as-latin1-twice": ("utf-8", "latin-1", 2),
    "utf8-as-cp1252-twice": ("utf-8", "cp1252", 2),
    "utf8-as-cp874": ("utf-8", "cp874", 1),
    "utf8-as-big5": ("utf-8", "big5", 1),
    "gbk-as-latin1": ("gbk", "latin-1", 1),
    "gbk-as-cp1252": ("gbk", "cp1252", 1),
    "gbk-as-big5": ("gbk", "big5", 1),
    "big5-as-gbk": ("big5", "gbk", 1),
}
DOUBLE = ("gbk", "gb18030", "big5")
FOLDABLE = {"utf8-as-latin1": "a0", "utf8-as-cp1252": "a0", "gbk-as-cp1252": "a0"}
FOLDABLE |= {"utf8-as-gbk": "letters", "utf8-as-gb18030": "letters"}
FULL_LETTERS = {c: n for c, n in converter.NARROWED.items() if n.isalnum()}


def misread(text, pair, keeps, bad):
    """(what was read, bytes lost) of one text under a pair of encodings.

    `keeps`: the decoder of a browser, which gives every byte of a single-byte table and every pair
    of GBK a character (private-use ones too, 80 is the euro sign); else the strict table.
    """
    stored, read, times = PAIRS[pair]
    lost = 0
    for turn in range(times):
        data = text.encode(stored if turn == 0 else "utf-8")
        if read in DOUBLE:
            parts, gone = converter.read_double(data, read, keeps)
        else:
            parts, gone = converter.read_single(data, read, keeps)
        text = "".join(bad if p is None else p for p in parts)
        lost += gone
    return text, lost


def decoding(pair, scope, fold=None):
    stored, read, _ = PAIRS[pair]

    def make(text, draw):
        if not converter.encodes(text, stored):
            return None
        keeps = draw.random() < 0.7
        bad = draw.choice(["\ufffd", "?", ""])
        wants_all = draw.random() < 0.7  # else whatever is drawn

        def whole(place):
            return not misread(text[slice(*place)], pair, keeps, bad)[1]

        if scope == "whole":
            if wants_all and read in DOUBLE:
                text = surviving(text, pair, keeps) or text
            places = [(0, len(text))]
        else:
            places = paragraphs(text) if scope == "paragraph" else sentences(text)
            if len(places) < 2:
                return None
            if wants_all:
                # a stop at the end of an odd number of bytes is lost: take one that is not
                places = [p for p in map(lambda p: trimmed(p, whole), places) if p] or places
            count = min(len(places), draw.randint(1, 3))
            places = sorted(draw.sample(places, count))
            if places == [(0, len(text))]:
                return None
        changes, lost = [], 0
        for start, end in places:
            new, gone = misread(text[start:end], pair, keeps, bad)
            lost += gone
            if fold == "a0":
                new = new.replace("\xa0", " ")
            elif fold == "letters":
                new = "".join(FULL_LETTERS.get(c, c) for c in new)
            changes.append((start, end, new))
        damaged, spans = replaced(text, changes)
        if damaged == text:
            return None
        return result(
            damaged, text, spans, original=text, recoverable=lost == 0, bad=bad, lost=lost
        )

    return make


def trimmed(place, whole):
    """The place, or one with up to three characters less on each side, that loses no byte."""
    start, end = place
    for first in range(4):
        for last in range(4):
            if end - last - (start + first) >= 6 and whole((start + first, end - last)):
                return start + first, end - last
    return None


def surviving(text, pair, keeps):
    """The first stretch of 200 to 800 characters that loses no byte."""
    stored, read, _ = PAIRS[pair]
    starts = {0} | {end for _, end in sentences(text)} | {start for start, _ in sentences(text)}
    for start in sorted(starts):
        piece = text[start : start + 800]
        length = converter.first_loss(piece.encode(stored), read, keeps)
        longest, size = 0, 0
        for character in piece:
            size += len(character.encode(stored))
            if size > length:
                break
            longest += 1
        for end in range(longest, max(199, longest - 6), -1):
            if not misread(piece[:end], pair, keeps, "")[1]:
                return piece[:end]
    return None


# --- converted pages ------------------------------------------------------------------------------


class Page:
    """One page of a converter: its table, its way of annotating, its marks."""

    def __init__(self, tables, draw, way, narrows):
        self.tables, self.draw, self.narrows = tables, draw, narrows
        self.way = way
        self.table = tables.common if draw.random() < 0.6 else tables.first
        self.eats = draw.random() < 0.9
        self.umlaut = draw.random() < 0.5
        self.share = draw.uniform(0.35, 0.85)
        self.annotated = {}
        self.spoken = {}

    def reading(self, character, tones=None):
        """The reading of a character on this page: one, whatever stands around it."""
        tones = self.way in ("tones", "random") if tones is None else tones
        key = (character, tones)
        if key not in self.spoken:
            found = self.tables.readings(character, tones)
            chosen = None
            if found:
                chosen = found[0] if self.draw.random() < 0.85 else self.draw.choice(found)
                chosen = chosen.replace("v", "ü") if self.umlaut and not tones else chosen
            self.spoken[key] = chosen
        return self.spoken[key]

    def note(self, was, character):
        """The annotation that follows a character on this page, or nothing."""
        if self.way == "only" or not ("一" <= character <= "鿿"):
            return ""
        if self.way == "random":
            chance = self.share * (0.6 if was != character else 0.15)
            if self.draw.random() > chance:
                return ""
        else:
            if was == character:
                return ""
            if character not in self.annotated:
                self.annotated[character] = self.draw.random() < self.share
            if not self.annotated[character]:
                return ""
        reading = self.reading(character)
        if not reading:
            return ""
        return f"({reading}) " if self.way == "spaced" else f"({reading})"

    def items(self, text, spans=None, converts=True):
        """The page's items; only inside `spans` if given."""
        out = []
        for at, was in enumerate(text):
            inside = spans is None or any(a <= at < b for a, b in spans)
            if not (inside and converts):
                out.append(Item(was, at))
                continue
            made = self.tables.convert(was, self.table)
            out.append(Item(made, at))
            out += [Item(c, None) for c in self.note(was, made)]
        return out


def suitable(tables, text):
    """GBK holds it, and it is simplified throughout (characters that both writings use may be)."""
    if not converter.encodes(text):
        return False
    return not any(tables.back.get(c, c) != c and c not in "著乾藉瞭徵於馀" for c in text)


def rendered(page, items, text, stream=None, **more):
    stream = converter.to_bytes(items) if stream is None else stream
    tokens = converter.decode(stream, items, page.eats)
    damaged, expected, spans, dropped = converter.runs_of(tokens, items, text, page.narrows)
    return result(damaged, expected, spans, original=text, dropped=dropped, **more)


def converted(tables, way, narrows, part=False):
    def make(text, draw):
        if not suitable(tables, text):
            return None
        page = Page(tables, draw, way, narrows)
        spans = None
        if part:
            places = sentences(text)
            if len(places) < 4:
                return None
            spans = sorted(draw.sample(places, max(2, len(places) // 2)))
        items = page.items(text, spans)
        row = rendered(page, items, text)
        if row["spans"] or row["damaged"] == text:
            return None
        if not part and sum(i.at is None for i in items) < 20 and way != "only":
            return None
        if way == "only":
            made = "".join(tables.convert(c, tables.first) for c in text)
            known = tables.in_phrases(text)
            wrong = (
                sum(a != b for a, b in zip(made, known, strict=True))
                if len(made) == len(known)
                else 0
            )
            row |= {"alternative": row["damaged"], "proven": wrong >= 2, "wrong": wrong}
        row["spans"] = []
        return row

    return make


# --- runs shifted by one byte ---------------------------------------------------------------------

MARK_CODES = {tuple(m.encode("gbk")): m for m in converter.WIDE_MARKS}
ASSIGNED = converter.GBK


def mark_places(stream, items):
    """Places between two characters where a full-width mark stands unaligned."""
    found = []
    for at in range(1, len(stream) - 2):
        a, b = stream[at], stream[at + 1]
        if a.item != b.item and a.item == stream[at - 1].item and b.item == stream[at + 2].item:
            if (a.value, b.value) in MARK_CODES and items[a.item].at is not None:
                found.append(at)
    return found


def byte_places(stream, items):
    """Places of bytes of Han characters inside a sentence."""
    return [
        at
        for at in range(2, len(stream) - 4)
        if stream[at].item >= 0
        and items[stream[at].item].at is not None
        and "一" <= items[stream[at].item].text <= "鿿"
    ]


def broken(stream, at, begin):
    """The stream with a byte put in before a mark, or with a byte lost."""
    if begin == "byte":
        return stream[:at] + stream[at + 1 :]
    return stream[:at] + [Byte(0x3F, -1)] + stream[at:]


def run_length(stream, at, begin, eats):
    """(bytes read, pairs, dropped pairs) until the decoder is in step again."""
    starts_pair = at > 0 and stream[at].item == stream[at - 1].item
    if begin == "byte":
        # the bytes of the broken character and what follows, without the lost one
        at, data = (
            (at - 1, broken(stream, at, begin))
            if starts_pair
            else (
                at,
                broken(stream, at, begin),
            )
        )
    else:
        at, data = at - 1, broken(stream, at, begin)
    first, pairs, dropped = at, 0, 0
    while at < len(data):
        value = data[at].value
        if value < 0x80:
            at += 1
        elif value in (0x80, 0xFF) or at + 1 == len(data):
            at += 1
        else:
            after = data[at + 1].value
            if after < 0x40 or after in (0x7F, 0xFF):
                at += 2 if eats and after not in (0x0A, 0x0D) else 1
            else:
                pairs += 1
                dropped += (value, after) not in ASSIGNED
                at += 2
        if at >= len(data) or data[at].item not in (-1, data[at - 1].item, data[at - 2].item):
            break
    return at - first, pairs, dropped


def shifted(tables, base, count, drops):
    ways = {"simplified": "only", "traditional": "only"}

    def make(text, draw):
        if not suitable(tables, text):
            return None
        way = ways.get(base) or draw.choice(["tones", "tones", "toneless", "spaced", "random"])
        page = Page(tables, draw, way, draw.random() < 0.5)
        items = page.items(text, converts=base != "simplified")
        begins = ["mark" if draw.random() < 0.85 else "byte"]
        begins += ["any" if draw.random() < 0.5 else "byte" for _ in range(1, count)]
        row = with_runs(page, items, text, begins, drops, draw)
        if row:
            row |= {"eats": page.eats, "narrowed": page.narrows, "way": way}
        if row and base == "traditional":
            shown = "".join(i.text for i in items)
            row["alternative"] = "".join(
                new if new != was else made
                for was, new, made in zip(text, row["expected"], shown, strict=True)
            )
        return row

    return make


def with_runs(page, items, text, begins, drops, draw, before=None, most=200):
    """A page with one run for each of `begins`, apart from each other, or None.

    A run has two pairs or more; with `drops` at least one run lost pairs, else none did.
    """
    stream = converter.to_bytes(items) if before is None else before
    places = {"mark": mark_places(stream, items), "byte": byte_places(stream, items)}
    if "mark" in begins and not places["mark"]:
        return None
    for _ in range(6):
        chosen = []
        for number, begin in enumerate(begins):
            pool = []
            for way in ("mark", "byte") if begin == "any" else (begin,):
                pool += [(way, at) for at in draw.sample(places[way], min(len(places[way]), 60))]
            for way, at in pool:
                length, pairs, dropped = run_length(stream, at, way, page.eats)
                if pairs < 2 or length > most or dropped > 3:
                    continue
                if drops and number == 0 and not dropped:
                    continue
                if not drops and dropped:
                    continue
                span = (at - 6, at + length + 6)
                if any(span[0] < b and a < span[1] for _, _, a, b in chosen):
                    continue
                chosen.append((at, way, *span))
                break
        if len(chosen) < len(begins):
            continue
        made = stream
        for at, begin, _, _ in sorted(chosen, reverse=True):
            made = broken(made, at, begin)
        begun = sorted(
            "byte" if begin == "byte" else MARK_CODES[stream[at].value, stream[at + 1].value]
            for at, begin, _, _ in chosen
        )
        row = rendered(page, items, text, made, begun=begun)
        fits = len(row["spans"]) == len(begins) if before is None else len(row["spans"]) >= 1
        if fits and (row["dropped"] > 0) == drops:
            return row
    return None


def inside_places(page, stream, items, pool):
    """Places behind two bytes of two characters that look like an annotated character."""
    found = []
    for at in range(1, len(stream) - 2):
        a, b = stream[at], stream[at + 1]
        if a.item == b.item or a.item < 0 or b.item < 0 or a.value < 0x81:
            continue
        if items[a.item].at is None or items[b.item].at is None:
            continue
        if b.item != stream[at + 2].item or a.item != stream[at - 1].item:
            continue
        try:
            character = bytes([a.value, b.value]).decode("gbk")
        except UnicodeDecodeError:
            continue
        if character in pool:
            found.append((at + 2, character))
    return found


def inside(tables, narrows, drops):
    """Annotation that lands between the bytes of characters."""
    pool = {
        t for s, t in tables.common.items() if s != t and converter.encodes(t) and "一" <= t <= "鿿"
    }

    def make(text, draw):
        if not suitable(tables, text):
            return None
        page = Page(tables, draw, "tones", narrows)
        page.eats = True
        items = page.items(text)
        base = converter.to_bytes(items)
        places = inside_places(page, base, items, pool)
        for _ in range(8):
            stream = base
            count = min(len(places), draw.randint(1, 3))
            if not count:
                return None
            for at, character in sorted(draw.sample(places, count), reverse=True):
                reading = page.reading(character)
                if reading:
                    stream = stream[:at] + converter.put_in(f"({reading})") + stream[at:]
            row = rendered(page, items, text, stream)
            if not row["spans"] or (row["dropped"] > 0) != drops:
                continue
            return row
        return None

    return make


def losing(tables, count, form, more=None):
    """Characters of a converted page replaced by their readings."""

    def make(text, draw):
        if not suitable(tables, text):
            return None
        page = Page(tables, draw, "tones" if form == "ze" else "spaced", draw.random() < 0.5)
        items = page.items(text)
        lost = choose_losses(page, items, text, count, draw)
        if lost is None:
            return None
        row = losing_row(page, items, text, lost, form)
        return row

    return make


def choose_losses(page, items, text, count, draw):
    """Places in the original of annotated characters, apart from each other."""
    able = []
    for number, item in enumerate(items):
        if item.at is None or item.text == text[item.at] or not page.annotated.get(item.text):
            continue
        around = text[max(0, item.at - 1) : item.at + 2]
        if re.search(r"[A-Za-z0-9]", around) or not page.reading(item.text, tones=False):
            continue
        able.append((number, item.at))
    draw.shuffle(able)
    chosen = []
    for number, at in able:
        if all(abs(at - other) > 3 for _, other in chosen):
            chosen.append((number, at))
        if len(chosen) == count:
            return sorted(chosen)
    return None


def without(items, number, reading):
    """The items with one character and its annotation replaced by a reading."""
    end = number + 1
    while end < len(items) and items[end].at is None:
        end += 1
    place = items[number].at
    return items[:number] + [Item(c, None) for c in reading] + items[end:], place


def losing_row(page, items, text, lost, form):
    places = []
    for number, _ in reversed(lost):
        reading = page.reading(items[number].text, tones=False)
        items, place = without(items, number, f" {reading}" if form == "ze" else f" {reading} ")
        places.append([place, place + 1])
    row = rendered(page, items, text)
    row |= {"losses": len(lost), "form": form, "lost_at": sorted(places)}
    return row


# --- destroyed ------------------------------------------------------------------------------------


def destroyed(way):
    def make(text, draw):
        if not converter.encodes(text):
            return None
        changes = []
        if way == "rare":
            pool = GB2312_RARE if draw.random() < 0.5 else GB2312_RARE + GB2312_COMMON
            marks = STOPS if draw.random() < 0.5 else STOPS + "，；"
            for at in range(1, len(text)):
                if text[at] in marks and HAN.match(text[at - 1]):
                    changes.append((at, at, "".join(draw.choice(pool) for _ in range(2))))
            if len(changes) < 4:
                return None
        else:
            places = sentences(text)
            if len(places) < 2:
                return None
            for start, end in sorted(draw.sample(places, min(len(places), draw.randint(1, 3)))):
                if draw.random() < 0.5 and end - start > 12:
                    start += draw.randint(1, 5)
                    end -= draw.randint(1, 5)
                piece = text[start:end]
                if way == "kunjinkao":
                    read = piece.encode("gbk").decode("utf-8", "replace")
                    data = re.sub("[^\ufffd]", "", read).encode("utf-8")
                    data = data[: len(data) // 6 * 6] or data * 2
                    new = data.decode("gbk")
                elif way == "replacement":
                    new = "\ufffd" * (len(piece) * draw.choice([1, 2, 3]))
                elif way == "memory":
                    new = draw.choice("烫屯") * draw.randint(3, 24)
                changes.append((start, end, new))
        damaged, spans = replaced(text, changes)
        return result(damaged, damaged, spans, original=text, recoverable=False)

    return make


# --- residue --------------------------------------------------------------------------------------

NAMED = {
    "“": "ldquo",
    "”": "rdquo",
    "‘": "lsquo",
    "’": "rsquo",
    "—": "mdash",
    "…": "hellip",
    "·": "middot",
    "×": "times",
    " ": "nbsp",
    "<": "lt",
    ">": "gt",
    "&": "amp",
    '"': "quot",
}


def entities(bare):
    def make(text, draw):
        numbers = draw.random() < 0.3
        changes = []
        for at, c in enumerate(text):
            if c in NAMED and (c != " " or draw.random() < 0.5):
                name = f"#{ord(c)}" if numbers and c not in " <>&" else NAMED[c]
                changes.append((at, at + 1, name))
            elif not bare and HAN.match(c) and draw.random() < 0.01:
                name = f"#{ord(c)}" if draw.random() < 0.7 else f"#x{ord(c):X}"
                changes.append((at, at + 1, name))
        if len(changes) < 2 or re.search("[&;]", text):
            return None
        lead = "" if bare else "&"
        damaged, spans = replaced(text, [(a, b, f"{lead}{n};") for a, b, n in changes])
        return result(damaged, text, spans, original=text)

    return make


def words(texts):
    """Pairs of characters that mostly stand together, by the clean text itself."""
    single, pairs = collections.Counter(), collections.Counter()
    for text in texts:
        for run in re.findall("[一-鿿]+", text):
            single.update(run)
            pairs.update(a + b for a, b in zip(run, run[1:], strict=False))
    total = sum(single.values())
    return {
        p
        for p, n in pairs.items()
        if n >= 15 and math.log2(n * total / (single[p[0]] * single[p[1]])) > 6
    }


def injected(make_list, low, high):
    """Something put in at random places; `make_list` gives (places, what)."""

    def make(text, draw):
        places, what = make_list(text, draw)
        if len(places) < low:
            return None
        count = min(len(places), draw.randint(low, high))
        chosen = sorted(draw.sample(places, count))
        damaged, spans = replaced(text, [(at, at, what()) for at in chosen])
        return result(damaged, text, spans, original=text)

    return make


def commas(known):
    def make_list(text, draw):
        places = [at for at in range(1, len(text)) if text[at - 1 : at + 1] in known]
        mark = draw.choice(",，")
        return places, lambda: mark

    return injected(make_list, 3, 10)


def strewn(pool, low=2, high=10):
    def make_list(text, draw):
        places = [at for at in range(1, len(text)) if HAN.match(text[at - 1])]
        return places, lambda: draw.choice(pool)

    return injected(make_list, low, high)


def line_ends(text, draw):
    if text.count("\n") < 3:
        return None
    damaged = re.sub("\n", lambda _: draw.choice(["\r\n", "\n", "\r"]), text)
    kinds = {m for m in re.findall("\r\n|\r|\n", damaged)}
    return result(damaged, text, original=text) if len(kinds) > 1 else None


def private_use(text, draw):
    row = strewn([chr(c) for c in range(0xE000, 0xF8FF)], 1, 5)(text, draw)
    if row:
        row["alternative"] = row["damaged"]
    return row


C0 = [chr(c) for c in (*range(1, 9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F)]
C1 = [chr(c) for c in range(0x80, 0xA0) if c != 0x85]


# --- several at once ------------------------------------------------------------------------------


def tangled(tables, drops):
    pool = {t for s, t in tables.common.items() if s != t and converter.encodes(t)}

    def make(text, draw):
        if not suitable(tables, text):
            return None
        form = draw.choice(["ze", "ze", "spaced"])
        page = Page(tables, draw, "tones" if form == "ze" else "spaced", draw.random() < 0.7)
        page.eats = True
        items = page.items(text)
        lost = choose_losses(page, items, text, 1, draw)
        if lost is None:
            return None
        ((number, _),) = lost
        reading = page.reading(items[number].text, tones=False)
        items, place = without(items, number, f" {reading}" if form == "ze" else f" {reading} ")
        for _ in range(8):
            stream = converter.to_bytes(items)
            if draw.random() < 0.6:
                places = inside_places(page, stream, items, pool)
                if places:
                    at, character = draw.choice(places)
                    note = page.reading(character)
                    if note:
                        stream = stream[:at] + converter.put_in(f"({note})") + stream[at:]
            begins = ["mark" if mark_places(stream, items) else "byte"]
            begins += ["byte"] if draw.random() < 0.4 else []
            row = with_runs(page, items, text, begins, drops, draw, stream, most=120)
            if row is None or len(row["spans"]) > 4:
                continue
            if any(low <= place < high for _, _, low, high in row["spans"]):
                continue
            row |= {"losses": 1, "form": form, "lost_at": [[place, place + 1]]}
            return row
        return None

    return make


# --- all kinds ------------------------------------------------------------------------------------


def kinds(tables, known):
    made = {}
    for pair in PAIRS:
        for scope in ("whole", "paragraph", "sentence"):
            made[f"decode/{pair}/{scope}"] = decoding(pair, scope)
    for pair, fold in FOLDABLE.items():
        made[f"decode/{pair}+{fold}/sentence"] = decoding(pair, "sentence", fold)
        made[f"decode/{pair}+{fold}/whole"] = decoding(pair, "whole", fold)
    for narrows in (True, False):
        marks = "narrowed" if narrows else "full"
        for way in ("tones", "toneless", "spaced", "random", "only"):
            made[f"converted/{way}-{marks}"] = converted(tables, way, narrows)
        made[f"converted/mixed-{marks}"] = converted(tables, "tones", narrows, part=True)
        made[f"converted/inside-{marks}"] = inside(tables, narrows, False)
        made[f"converted/inside-dropped-{marks}"] = inside(tables, narrows, True)
    for base in ("simplified", "traditional", "annotated"):
        for count in (1, 2, 3):
            for drops in (False, True):
                name = f"shifted/{base}/{count}-{'dropped' if drops else 'kept'}"
                made[name] = shifted(tables, base, count, drops)
    for count in (1, 2, 3, 8):
        for form in ("ze", "spaced"):
            made[f"lost/{count}-{form}"] = losing(tables, count, form)
    for way in ("kunjinkao", "replacement", "memory", "rare"):
        made[f"destroyed/{way}"] = destroyed(way)
    made |= {
        "residue/entities": entities(False),
        "residue/bare-entities": entities(True),
        "residue/commas": commas(known),
        "residue/zero-width": strewn("\u200b\u200c\u200d\u2060"),
        "residue/bom": strewn("\ufeff", 1, 5),
        "residue/nul": strewn("\0", 1, 8),
        "residue/control": strewn(C0 + C1),
        "residue/line-ends": line_ends,
        "residue/private-use": private_use,
        "tangled/kept": tangled(tables, False),
        "tangled/dropped": tangled(tables, True),
    }
    return dict(sorted(made.items()))


def load(folder, kind):
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").split("\n"):
            if line:
                row = json.loads(line)
                if row["kind"] == kind and 200 <= len(row["text"]) <= 2000:
                    rows.append(row)
    return [r for r in rows if r["source"] != "fortunes"]


def order(rows, name):
    """The rows in turn from every source, drawn by the kind's name."""
    draw = random.Random(f"{SEED} {name}")
    sources = collections.defaultdict(list)
    for row in rows:
        sources[row["source"]].append(row)
    for found in sources.values():
        draw.shuffle(found)
    turns = max(map(len, sources.values()), default=0)
    names = sorted(sources)
    return [sources[n][t] for t in range(turns) for n in names if t < len(sources[n])]


def generate(name, make, rows, count):
    out = []
    for split in ("dev", "held-out"):
        found = 0
        for row in order([r for r in rows if r["split"] == split], f"{name} {split}"):
            if found == count // 2:
                break
            draw = random.Random(f"{SEED} {name} {row['id']}")
            made = make(row["text"], draw)
            if made is None:
                continue
            found += 1
            base = {
                "id": f"{name}/{row['id']}",
                "kind": name,
                "source": row["source"],
                "split": split,
                "losses": 0,
                "recoverable": True,
            }
            out.append(base | made)
    return sorted(out, key=lambda r: (r["split"], r["id"]))


WORK = {}


def prepare(clean):
    """What every worker holds: the tables, the kinds and the clean text."""
    simplified = load(clean, "simplified")
    known = words(r["text"] for r in simplified)
    WORK["kinds"] = kinds(converter.Tables(), known)
    WORK["simplified"] = simplified
    WORK["traditional"] = load(clean, "traditional")


def work(task):
    name, count, out = task
    rows = WORK["traditional" if name.startswith("decode/big5-") else "simplified"]
    made = generate(name, WORK["kinds"][name], rows, count)
    lines = (json.dumps(r, ensure_ascii=False, sort_keys=True) + "\n" for r in made)
    data = "".join(lines).encode()
    (out / f"{name.replace('/', '.')}.jsonl").write_bytes(data)
    full = sum(r["recoverable"] for r in made)
    held = sum(r["split"] == "held-out" for r in made)
    return name, len(made), held, full, hashlib.sha256(data).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clean", type=Path, default=packages.FOLDER / "clean")
    parser.add_argument("--out", type=Path, default=packages.FOLDER / "damaged")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--kind", default="")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    if not (given.clean / "news.jsonl").exists():
        sys.exit("no clean text: run corpora.py first")
    prepare(given.clean)
    given.out.mkdir(parents=True, exist_ok=True)
    tasks = [(name, given.count, given.out) for name in WORK["kinds"] if given.kind in name]
    whole, total = hashlib.sha256(), 0
    with multiprocessing.Pool(given.jobs, prepare, (given.clean,)) as pool:
        for name, made, held, full, digest in pool.imap(work, tasks):
            whole.update(f"{digest}  {name}\n".encode())
            total += made
            print(
                f"{name:40}{made:5}{held:5} held-out{full:5} recoverable  {digest[:12]}", flush=True
            )
    print(f"{total} documents, set {whole.hexdigest()}")


if __name__ == "__main__":
    main()
