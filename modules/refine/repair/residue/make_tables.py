"""Writes the tables beside it: HTML references and the private use of GBK.

make_tables.py: entity_names.inc from the list of HTML (html.entities of Python, which takes it from
the HTML Living Standard), private_use.inc from the two-byte part of GB 18030.
"""

from html.entities import html5, name2codepoint
from pathlib import Path

HEAD = "// Written by make_tables.py.\n"

# GB 18030-2005 and -2022 assign what GB 18030-2000, and so Python, still leaves to private use.
LATER = {
    0xE5E5: 0x3000,
    0xE76C: 0x20AC,
    0xE78D: 0xFE10,
    0xE78E: 0xFE12,
    0xE78F: 0xFE11,
    0xE790: 0xFE13,
    0xE791: 0xFE14,
    0xE792: 0xFE15,
    0xE793: 0xFE16,
    0xE794: 0xFE17,
    0xE795: 0xFE18,
    0xE796: 0xFE19,
    0xE7C7: 0x1E3F,
    0xE7C8: 0x01F9,
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE831: 0x215D7,
    0xE832: 0x9FB8,
    0xE83B: 0x2298F,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE855: 0x241FE,
    0xE864: 0x9FBB,
}


def private_use() -> dict[int, int]:
    """What GBK kept at FE50 to FEA0, A989 to A995 before Unicode had it (Microsoft's mapping)."""
    table = dict(LATER)
    trails = [byte for byte in range(0x50, 0xA1) if byte != 0x7F]
    for index, trail in enumerate(trails):
        character = ord(bytes((0xFE, trail)).decode("gb18030"))
        if not 0xE000 <= character < 0xF900:
            table[0xE815 + index] = character
    for index, trail in enumerate(range(0x89, 0x96)):
        table[0xE7E7 + index] = ord(bytes((0xA9, trail)).decode("gb18030"))
    return table


def quoted(text: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in text.encode())


def main() -> None:
    folder = Path(__file__).parent
    names = {name.removesuffix(";"): text for name, text in html5.items()}
    old = set(name2codepoint)
    lines = [
        f'{{"{name}", "{quoted(names[name])}", {"true" if name in old else "false"}}},\n'
        for name in sorted(names)
    ]
    (folder / "entity_names.inc").write_text(HEAD + "".join(lines), encoding="utf-8")
    lines = [f"{{0x{code:04X}, 0x{to:04X}}},\n" for code, to in sorted(private_use().items())]
    (folder / "private_use.inc").write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
