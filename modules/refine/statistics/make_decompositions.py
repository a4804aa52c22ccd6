"""Writes decompositions.inc beside it: NFD of Unicode 14.0, as Python 3.11 has it.

Hangul syllables are left out: they follow from their code points.
"""

import sys
import unicodedata
from pathlib import Path

LAST = 0x10FFFF


def main() -> None:
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"this must be Unicode 14.0: {unicodedata.unidata_version}")
    classes, forms = [], []
    for code in range(LAST + 1):
        character = chr(code)
        if 0xD800 <= code <= 0xDFFF or 0xAC00 <= code <= 0xD7A3:
            continue
        if combining := unicodedata.combining(character):
            classes.append(f"{{0x{code:X}, {combining}}},\n")
        form = unicodedata.normalize("NFD", character)
        if form != character:
            spelt = "".join(f"\\x{ord(c):X}" for c in form)
            forms.append(f'{{0x{code:X}, U"{spelt}"}},\n')
    text = "// Written by make_decompositions.py: Unicode 14.0.\n"
    text += "constexpr Combining kCombining[] = {\n" + "".join(classes) + "};\n"
    text += "constexpr Form kForms[] = {\n" + "".join(forms) + "};\n"
    (Path(__file__).parent / "decompositions.inc").write_text(text, encoding="ascii")


main()
