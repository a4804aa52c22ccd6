"""Writes the decoding tables as C++: GBK and GB18030 from Python's codecs, Big5 from cp950 and HKSCS.

usage: build_tables.py OUT.inc EXPECTED.sha256
The SHA-256 of what is written must be the one on record: the tables are the same on every system.
"""

import hashlib
import sys
from pathlib import Path


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


def four_byte_ranges():
    """(linear index, code point) at the start of each run of GB18030 four-byte characters in the BMP."""
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
    text += array("kGb18030", "uint16_t", pairs(leads, gbk_trails, "gb18030"))
    text += array("kBig5", "uint32_t", pairs(leads, big5_trails, "cp950", "big5hkscs"))
    ranges = four_byte_ranges()
    text += array("kFourByteLinear", "uint32_t", (linear for linear, _ in ranges))
    text += array("kFourByteCode", "uint32_t", (code for _, code in ranges))
    found = hashlib.sha256(text.encode()).hexdigest()
    expected = Path(sys.argv[2]).read_text().split()[0]
    if found != expected:
        sys.exit(
            f"{sys.argv[1]}: SHA-256 is {found}, on record is {expected}: this Python has other codecs"
        )
    Path(sys.argv[1]).write_text(text)


main()
