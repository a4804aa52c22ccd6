"""Writes classes.inc beside it: which code points are in which class, and how letters are lowered.

make_tables.py DATA_JUICER DATATROVE: the folders data_juicer and datatrove of their wheels
(py-data-juicer 1.6.1, datatrove 0.10.1); emoji 2.2.0 and Python 3.11 (Unicode 14.0) are those that
run it. The sets are the peers' own, so that a ratio is theirs to the last bit; what is written is
membership of code points, by ranges.
"""

import importlib.util
import sys
import types
import unicodedata
from pathlib import Path

HEAD = (
    "// Written by make_tables.py: Unicode 14.0, py-data-juicer 1.6.1, datatrove 0.10.1, "
    "emoji 2.2.0.\n"
)
LAST = 0x10FFFF


def module(path: Path, name: str):
    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def datatrove_text(folder: Path):
    """utils/text.py without what it imports from its own package."""
    for name in ("datatrove", "datatrove.utils", "datatrove.utils.typeshelper"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["datatrove.utils.typeshelper"].Languages = types.SimpleNamespace(english="eng")
    return module(folder / "utils" / "text.py", "datatrove_text")


def cased(character: str) -> bool:
    """Whether a sigma after it alone is a final one (Final_Sigma, SpecialCasing.txt)."""
    return f"{character}\u03a3".lower().endswith("\u03c2")


def ignorable(character: str) -> bool:
    return not cased(character) and f"a{character}\u03a3".lower().endswith("\u03c2")


def classes(special: set[str], punctuation: set[str], terminal: set[str]):
    """The bits of `Class` in characters.h, in its order."""
    for code in range(LAST + 1):
        character = chr(code)
        yield (
            character.isalnum() << 0
            | character.isalpha() << 1
            | character.isspace() << 2
            | (character in special) << 3
            | (character in punctuation) << 4
            | (character in terminal) << 5
            | (len(f"a{character}b".splitlines()) > 1) << 6
            | character.isdigit() << 7
            | (unicodedata.category(character)[0] == "P") << 8
            | character.isupper() << 9
            | (character == "_" or character.isalnum()) << 10
            | character.isnumeric() << 11
            | cased(character) << 12
            | ignorable(character) << 13
            | (character.islower() or character.istitle() and not character.isupper()) << 14
        )


def runs(values):
    """(first, value) wherever the value changes."""
    last = None
    for index, value in enumerate(values):
        if value != last:
            yield index, value
        last = value


def lowered():
    """(code, lowered) of letters that one letter stands for; U+0130 alone becomes two."""
    for code in range(LAST + 1):
        low = chr(code).lower()
        if len(low) == 1 and low != chr(code):
            yield code, ord(low)


def main() -> None:
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"this must be Unicode 14.0: {unicodedata.unidata_version}")
    special = module(
        Path(sys.argv[1]) / "ops" / "common" / "special_characters.py", "special"
    ).SPECIAL_CHARACTERS
    text = datatrove_text(Path(sys.argv[2]))
    lines = [HEAD, "constexpr Run kRuns[] = {\n"]
    bits = classes(special, text.PUNCTUATION_SET, text.TERMINAL_PUNCTUATION)
    lines += [f"{{0x{first:X}, {value}}},\n" for first, value in runs(bits)]
    lines += ["};\nconstexpr Lowered kLowered[] = {\n"]
    lines += [f"{{0x{code:X}, 0x{low:X}}},\n" for code, low in lowered()]
    lines += ["};\n"]
    (Path(__file__).parent / "classes.inc").write_text("".join(lines), encoding="ascii")


main()
