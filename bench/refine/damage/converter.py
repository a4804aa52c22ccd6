"""The page converter and the decoders of damage.md, at the level of bytes.

A page is a list of items; each is one character and its place in the original (None for what the
converter put in). The items become GBK bytes, bytes are put in or lost, and the decoder reads the
rest: what does not come from exactly one whole item belongs to a damaged run.
"""

from dataclasses import dataclass, field

import packages

NARROWED = {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
WIDE_MARKS = "！，；？：、（）。"


def narrow(text):
    """Full-width forms to ASCII; “ ” 《 》 。 — stay."""
    return "".join(NARROWED.get(c, c) for c in text)


def pairs():
    found = {}
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            text = bytes([lead, trail]).decode("gbk", "ignore")
            if text and text != chr(trail):
                found[lead, trail] = text
    return found


GBK = pairs()


def encodes(text, codec="gbk"):
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


class Tables:
    """Simplified to traditional by single characters, and the readings without context."""

    def __init__(self):
        self.first = {s: t[0] for s, t in packages.table("STCharacters").items()}
        self.back = {t: s[0] for t, s in packages.table("TSCharacters").items()}
        self.phrases = {s: t[0] for s, t in packages.table("STPhrases").items()}
        variants = {t: v[0] for t, v in packages.table("TWVariants").items()}
        self.common = {s: variants.get(t, t) for s, t in self.first.items()}
        for table in (self.first, self.common):
            table["着"] = "著"
        packages.use("pypinyin")
        import pypinyin

        self.pypinyin = pypinyin
        self.cache = {}

    def convert(self, character, table):
        """What a converter that works on GBK can write; other characters stay."""
        key = (id(table), character)
        if key not in self.cache:
            made = table.get(character, character)
            self.cache[key] = made if encodes(made) else character
        return self.cache[key]

    def readings(self, character, tones):
        key = (character, tones)
        if key not in self.cache:
            style = self.pypinyin.Style.TONE if tones else self.pypinyin.Style.NORMAL
            found = self.pypinyin.pinyin(
                character, style=style, heteronym=True, errors=lambda x: [[]]
            )
            self.cache[key] = [r for r in (found[0] if found else []) if r and encodes(r)]
        return self.cache[key]

    def in_phrases(self, text):
        """Converted by the longest phrases first: what a converter that knows words writes."""
        out, at = [], 0
        while at < len(text):
            for length in range(min(8, len(text) - at), 1, -1):
                if text[at : at + length] in self.phrases:
                    out.append(self.phrases[text[at : at + length]])
                    at += length
                    break
            else:
                out.append(self.first.get(text[at], text[at]))
                at += 1
        return "".join(out)


@dataclass
class Item:
    text: str
    at: int | None  # place in the original, None: put in by the converter
    shown: bool = True  # False: stands in place of the original (a lost character's reading)


@dataclass
class Byte:
    value: int
    item: int  # -1: put in between bytes


@dataclass
class Token:
    text: str
    bytes: list
    dropped: bool = False
    clean: bool = field(default=False)


def to_bytes(items):
    return [Byte(v, i) for i, item in enumerate(items) for v in item.text.encode("gbk")]


def put_in(text):
    return [Byte(v, -1) for v in text.encode("gbk")]


def decode(stream, items, eats=True):
    """Tokens of the page as a GBK decoder of this family reads it.

    An orphaned lead byte becomes "?" and takes the ASCII byte behind it along (unless `eats` is
    False, or it is a line end); an unassigned pair is dropped.
    """
    tokens, at = [], 0
    while at < len(stream):
        byte = stream[at]
        if byte.value < 0x80:
            tokens.append(Token(chr(byte.value), [byte]))
            at += 1
            continue
        after = stream[at + 1] if at + 1 < len(stream) else None
        if byte.value in (0x80, 0xFF) or after is None:
            tokens.append(Token("?", [byte]))
            at += 1
            continue
        if after.value < 0x40 or after.value in (0x7F, 0xFF):
            eaten = eats and after.value not in (0x0A, 0x0D) and after.value < 0x80
            tokens.append(Token("?", [byte, after] if eaten else [byte]))
            at += len(tokens[-1].bytes)
            continue
        pair = [byte, after]
        text = GBK.get((byte.value, after.value), "")
        tokens.append(Token(text, pair, dropped=not text))
        at += 2
    for token in tokens:
        owner = token.bytes[0].item
        token.clean = (
            not token.dropped
            and owner >= 0
            and all(b.item == owner for b in token.bytes)
            and token.text == items[owner].text
        )
    return tokens


def runs_of(tokens, items, original, narrows):
    """(damaged, expected, spans, dropped pairs) of a decoded page.

    The expected text has narrowed marks where the page shows a whole character, and the marks of
    the original where its bytes are in a run.
    """
    whole = set()
    for token in tokens:
        if token.clean:
            whole.add(token.bytes[0].item)
    kept = {items[i].at for i in whole if items[i].at is not None}
    expected = "".join(
        NARROWED.get(c, c) if narrows and at in kept else c for at, c in enumerate(original)
    )
    damaged, spans, dropped, open_at = [], [], 0, None
    length = 0

    def place(index):
        return items[index].at if index >= 0 else None

    low = high = None
    last = -1
    for token in [*tokens, None]:
        clean = token is not None and token.clean
        if token is None or clean:
            if open_at is not None:
                if low is None:
                    low = high = last + 1
                spans.append([open_at, length, low, high])
                open_at = low = high = None
            if token is None:
                break
            at = place(token.bytes[0].item)
            if at is not None:
                last = at
        else:
            if open_at is None:
                open_at = length
            dropped += token.dropped
            places = [p for p in (place(b.item) for b in token.bytes) if p is not None]
            if places:
                low = min(places) if low is None else min(low, *places)
                high = max(places) + 1 if high is None else max(high, max(places) + 1)
        text = narrow(token.text) if narrows else token.text
        damaged.append(text)
        length += len(text)
    return "".join(damaged), expected, spans, dropped


# --- decoders for whole texts ---------------------------------------------------------------------


def read_single(data, codec, keeps):
    """(text, bytes lost): a single-byte table; unassigned bytes stay as C1 if `keeps`."""
    out, lost = [], 0
    for value in data:
        try:
            out.append(bytes([value]).decode(codec))
        except UnicodeDecodeError:
            if keeps and value < 0xA0:
                out.append(chr(value))
            else:
                out.append(None)
                lost += 1
    return out, lost


def first_loss(data, codec, keeps):
    """How many bytes are read before the first loss."""
    return read_double(data, codec, keeps, True)[1]


def read_double(data, codec, keeps, stops=False):
    """(parts, losses): a double-byte table; None where the decoder found nothing.

    A bad pair whose second byte is ASCII gives one loss and the ASCII byte, any other bad pair one
    loss (the rule of browsers). GB18030 also reads four bytes. With `keeps`, GBK has the pairs of
    GB18030 and the euro sign at 80.
    """
    table = "gb18030" if codec == "gbk" and keeps else codec
    out, lost, at = [], 0, 0
    while at < len(data):
        if data[at] < 0x80:
            out.append(chr(data[at]))
            at += 1
            continue
        if data[at] == 0x80 and codec != "big5" and keeps:
            out.append("€")
            at += 1
            continue
        if codec == "gb18030" and at + 3 < len(data) and 0x30 <= data[at + 1] <= 0x39:
            try:
                out.append(data[at : at + 4].decode(codec))
                at += 4
                continue
            except UnicodeDecodeError:
                pass
        pair = data[at : at + 2]
        try:
            out.append(pair.decode(table))
            at += len(pair)
            continue
        except UnicodeDecodeError:
            if stops:
                return out, at
            out.append(None)
            lost += 1
        at += 1 if len(pair) < 2 or pair[1] < 0x80 or data[at] in (0x80, 0xFF) else 2
    return out, at if stops else lost
