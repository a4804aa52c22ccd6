"""Makes the mixed corpus that Siku and its peers are compared on: build/parity/corpus.jsonl.

usage: corpus.py [--out build/parity/corpus.jsonl]
Each line has id, lang (zh or en), kind, suffix, score and text; the bytes are the same in every run
and their SHA-256 is in corpus.sha256 beside this script.
"""

import argparse
import hashlib
import json
import random
import sys
from pathlib import Path

import crafted
import sources

SEED = 20261130
MOST = 2200  # documents of one source
HASH = Path(__file__).with_name("corpus.sha256")
OUT = sources.ROOT / "build" / "parity" / "corpus.jsonl"


def cut(name, low, high, paragraphs):
    """Joins paragraphs to documents of a drawn length, by one or by two line ends."""
    draw = random.Random(name)
    parts, length, aim, joint = [], 0, low, "\n"
    for paragraph in paragraphs:
        for start in range(0, len(paragraph), 4 * high):
            if not parts:
                aim = int(low * (high / low) ** draw.random())
                joint = draw.choice(["\n", "\n", "\n\n"])
            part = paragraph[start : start + 4 * high]
            parts.append(part)
            length += len(part) + 1
            if length >= aim:
                yield joint.join(parts)
                parts, length = [], 0
    if parts:
        yield joint.join(parts)


def real():
    """(kind, language, text) of the real documents, at most MOST of each source."""
    for name, (language, low, high, read) in sources.TEXTS.items():
        documents = list(cut(name, low, high, read()))
        chosen = range(len(documents))
        if len(documents) > MOST:
            chosen = sorted(random.Random(name).sample(chosen, MOST))
        for number in chosen:
            yield name, language, documents[number]


def long_documents(rows):
    """One document of 1 MB, and some that are long for one reason only."""
    law = "\n".join(text for kind, _, text in rows if kind == "law")
    yield "megabyte", "zh", law.encode()[:1_000_000].decode("utf-8", "ignore")
    yield "long-line", "zh", law[:20_000].replace("\n", "")
    english = " ".join(text for kind, _, text in rows if kind == "fortunes-en")
    yield "long-english", "en", english[:200_000]
    yield "long-repeat", "zh", "啊" * 20_000
    yield "many-lines", "en", "line\n" * 20_000


def documents():
    rows = list(real())
    texts = [(language, text) for _, language, text in rows]
    made = list(rows)
    made += [(kind, language, text) for kind, language, text in crafted.edited(SEED, texts, 3600)]
    made += [
        (kind, language, text) for kind, language, text, _ in crafted.planted(SEED, texts, 2400)
    ]
    made += [
        (kind, "en" if text.isascii() and len(text) > 30 else "zh", text)
        for kind, text in crafted.edges()
    ]
    made += long_documents(rows)
    random.Random(SEED).shuffle(made)
    return made


def lines():
    draw = random.Random(SEED + 1)
    for number, (kind, language, text) in enumerate(documents()):
        row = {
            "id": number,
            "lang": language,
            "kind": kind,
            "suffix": draw.choice([".txt", ".md", ".pdf", ""]),
            "score": round(draw.uniform(-1, 1), 3),
            "text": text,
        }
        # Every seventh line in ASCII: characters beyond U+FFFF come as surrogate pairs.
        yield (json.dumps(row, ensure_ascii=number % 7 == 0) + "\n").encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--pin", action="store_true", help="write the hash instead of checking it")
    given = parser.parse_args()
    data = b"".join(lines())
    digest = hashlib.sha256(data).hexdigest()
    if given.pin:
        HASH.write_text(digest + "\n")
    if digest != HASH.read_text().strip():
        sys.exit(f"the corpus is not the pinned one: {digest}")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_bytes(data)


if __name__ == "__main__":
    main()
