"""Writes sentences.inc beside it: what spaCy's English tokenizer and its sentencizer know of marks.

Run with the Python of an environment that holds spacy 3.8.18.
What is written is membership of code points, by ranges, and the words that stay whole whatever
signs they hold: abbreviations, and faces.
"""

from pathlib import Path

import regex
import spacy
from spacy.attrs import ORTH
from spacy.lang import char_classes
from spacy.pipeline.sentencizer import Sentencizer

LAST = 0x10FFFF
MARKS = set(Sentencizer.default_punct_chars)


def one_of(expression: str):
    """str -> whether a character class holds it."""
    return regex.compile(f"[{expression}]").match


def affix(search, word: str):
    """Whether the character at its place is taken off a word, alone and whatever the word is."""
    found = search(word)
    return found is not None and len(found.group()) == 1


def bits(tokenizer):
    """The bits of `Bit` in sentences.cc, in its order."""
    lower, upper = one_of(char_classes.ALPHA_LOWER), one_of(char_classes.ALPHA_UPPER)
    quote = one_of(char_classes.CONCAT_QUOTES)
    stopped = one_of(
        rf"0-9{char_classes.ALPHA_LOWER}%²\-\+{char_classes.PUNCT}(?:{char_classes.CONCAT_QUOTES})"
    )
    for code in range(LAST + 1):
        character = chr(code)
        stop = character == "."
        yield (
            (character in MARKS) << 0
            | (not stop and affix(tokenizer.prefix_search, f"{character}x")) << 1
            | (not stop and affix(tokenizer.suffix_search, f"x{character}")) << 2
            | bool(lower(character)) << 3
            | bool(upper(character)) << 4
            | bool(quote(character)) << 5
            | bool(stopped(character)) << 6
            | character.isdecimal() << 7
        )


def word_parts(tokenizer, word: str) -> set[str]:
    return {piece[ORTH] for piece in tokenizer.rules[word]}


def main() -> None:
    tokenizer = spacy.blank("en").tokenizer
    lines = [f"// Written by make_sentences.py: spacy {spacy.__version__}.\n"]
    lines += ["constexpr Run kRuns[] = {\n"]
    last = None
    for code, value in enumerate(bits(tokenizer)):
        if value != last:
            lines += [f"{{0x{code:X}, {value}}},\n"]
            last = value
    lines += ["};\nconstexpr std::string_view kWhole[] = {\n"]
    whole = {
        word
        for word in tokenizer.rules
        if not word.isalpha()
        and word.strip()
        and not word_parts(tokenizer, word) & MARKS
        and (len(tokenizer.rules[word]) == 1 or MARKS & set(word))
    }
    for word in sorted(whole, key=str.encode):
        text = "".join(
            f"\\{byte:03o}" if byte > 126 or chr(byte) in '"\\' else chr(byte)
            for byte in word.encode()
        )
        lines += [f'"{text}",\n']
    lines += ["};\n"]
    (Path(__file__).parent / "sentences.inc").write_text("".join(lines), encoding="ascii")


main()
