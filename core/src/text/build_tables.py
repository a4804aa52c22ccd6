"""Writes the decoding tables as C++: GBK and GB18030 from Python's codecs, Big5 from cp950
and HKSCS, the single bytes of code pages 1252 and 874.

usage: build_tables.py OUT.inc EXPECTED.sha256
The SHA-256 of what is written must be the one on record: the tables are the same on every system.
"""

import hashlib
import sys
from pathlib import Path

# Python's gb18030 is the standard of 2000. In those of 2005 and 2022 these characters have changed
# places with the private ones that stood for them.
PLACES_2022 = {
    0xE7C7: 0x1E3F,
    **{0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14},
    **{0xE792: 0xFE15, 0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19},
    **{0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7},
    **{0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB},
}


def character(pair: bytes, codec: str) -> int:
    try:
        text = pair.decode(codec)
    except UnicodeDecodeError:
        return 0
    return ord(text) if len(text) == 1 else 0


def pairs(leads, trails, *codecs):
    for lead in leads:
        for trail in trails:
            pair = bytes((lead, trail))
            yield next((c for c in (character(pair, codec) for codec in codecs) if c), 0)


def big5(leads, trails):
    for lead in leads:
        # From C6A1 on, Python's cp950 has the kana of a table nobody used; pages follow ETEN, as
        # HKSCS and the WHATWG do.
        beyond = ["big5hkscs", "cp950"] if 0xC6 <= lead <= 0xC8 else ["cp950", "big5hkscs"]
        yield from pairs([lead], trails, *beyond)


def single_bytes(codec):
    """What the bytes from 80 to FF are; 0 where they are nothing."""
    return (character(bytes((byte,)), codec) for byte in range(0x80, 0x100))


def four_byte_ranges():
    """(linear index, code point) where a run of four-byte characters of the BMP begins."""
    ranges, last = [], None
    for code in range(0x80, 0x10000):
        if 0xD800 <= code < 0xE000:
            continue
        data = chr(code).encode("gb18030")
        if len(data) != 4:
            continue
        linear = (
            ((data[0] - 0x81) * 10 + data[1] - 0x30) * 126 * 10
            + (data[2] - 0x81) * 10
            + data[3]
            - 0x30
        )
        if last is None or linear - last[0] != code - last[1]:
            ranges.append((linear, code))
        last = (linear, code)
    return ranges


def array(name, kind, values):
    values = list(values)
    rows = [", ".join(map(str, values[i : i + 24])) for i in range(0, len(values), 24)]
    return f"constexpr {kind} {name}[{len(values)}] = {{\n" + ",\n".join(rows) + "};\n"


def main():
    gbk_trails = [t for t in range(0x40, 0xFF) if t != 0x7F]
    big5_trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    leads = range(0x81, 0xFF)
    text = array("kGbk", "uint16_t", pairs(leads, gbk_trails, "gbk"))
    gb18030 = pairs(leads, gbk_trails, "gb18030")
    text += array("kGb18030", "uint16_t", (PLACES_2022.get(c, c) for c in gb18030))
    text += array("kBig5", "uint32_t", big5(leads, big5_trails))
    text += array("kCp1252", "uint16_t", single_bytes("cp1252"))
    text += array("kCp874", "uint16_t", single_bytes("cp874"))
    text += array("kPrivate2000", "uint16_t", PLACES_2022.keys())
    text += array("kAssigned2022", "uint16_t", PLACES_2022.values())
    ranges = four_byte_ranges()
    text += array("kFourByteLinear", "uint32_t", (linear for linear, _ in ranges))
    text += array("kFourByteCode", "uint32_t", (code for _, code in ranges))
    found = hashlib.sha256(text.encode()).hexdigest()
    expected = Path(sys.argv[2]).read_text().split()[0]
    if found != expected:
        sys.exit(
            f"{sys.argv[1]}: SHA-256 is {found}, on record is {expected}: "
            "this Python has other codecs"
        )
    Path(sys.argv[1]).write_text(text)


main()
