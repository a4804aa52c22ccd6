"""The inputs of the speed benchmark, out of build/corpora; the same bytes in every run.

A clean mix: five sources, a quarter traditional, every tenth document mixed with ASCII, every
hundredth with readings or entities. Documents are stretches of 200 to 2,000 characters that begin
at any sentence, so that none comes twice; the sources' own sentences with entities are left out, so
that nothing is there to repair. Damaged pages: the generator's, by group, and a real one.
"""

import json
import random
import re

SIMPLIFIED = ["news", "court", "law"]
TRADITIONAL = ["libreoffice-tw", "reference-tw"]
NOTATED = ["textbooks", "entities"]
GROUPS = ["decode", "shifted", "converted", "lost", "destroyed", "residue", "tangled"]
ASCII = [
    "https://www.example.org/2024/05/index.html?id=1842&lang=zh",
    "Python 3.12",
    "machine learning",
    "info@example.com",
    " The quick brown fox jumps over the lazy dog. ",
    "GB/T 7714-2015",
    "Windows 11 (64-bit)",
    "iPhone 15 Pro",
    "GDP",
    "O'Reilly Media, Inc.",
    "x = f(a, b) + 1",
    "CO2",
]
SEED = 20261124
LEAST = 4_000_000  # bytes of a part: starting Python counts little beside them


def texts(path, member):
    with open(path, encoding="utf-8") as rows:
        return [json.loads(row)[member] for row in rows]


def stretch(sentences, draw):
    """Sentences that stand one behind the other, 200 characters or more, about 2,000 at most."""
    least, at, taken, length = draw.randint(200, 2000), draw.randrange(len(sentences)), [], 0
    while length < least:
        taken.append(sentences[at])
        length += len(taken[-1])
        at = (at + 1) % len(sentences)
    return taken


def with_ascii(sentences, draw):
    out = []
    for sentence in sentences:
        out.append(sentence)
        if draw.random() < 0.4:
            at = draw.randrange(len(sentence))
            out[-1] = sentence[:at] + draw.choice(ASCII) + sentence[at:]
    return out


def clean(corpora, size):
    """Yields documents of `size` bytes in all."""
    draw = random.Random(SEED)
    sentences = {}
    for source in SIMPLIFIED + TRADITIONAL:
        whole = "\n".join(texts(corpora / "clean" / f"{source}.jsonl", "text"))
        found = re.findall(r"[^。！？\n]+[。！？\n]*", whole)
        sentences[source] = [one for one in found if not re.search(r"&\w", one)]
    notated = [t for s in NOTATED for t in texts(corpora / "clean" / f"{s}.jsonl", "text")]
    number = made = 0
    while made < size:
        sources = TRADITIONAL if number % 4 == 1 else SIMPLIFIED
        taken = stretch(sentences[draw.choice(sources)], draw)
        if number % 10 == 3:
            taken = with_ascii(taken, draw)
        text = "".join(taken) if number % 100 != 50 else draw.choice(notated)
        number += 1
        made += len(text.encode())
        yield text


def damaged(corpora, real, size):
    """Lists of pages by group, each of about `size` bytes; "mixed" has all, every eighth real."""
    draw = random.Random(SEED)
    pages = {"real": [real]}
    for group in GROUPS:
        files = sorted((corpora / "damaged").glob(f"{group}.*.jsonl"))
        pages[group] = [text for file in files for text in texts(file, "damaged")]
        draw.shuffle(pages[group])
    groups = {group: repeated(lambda i, p=p: p[i % len(p)], size) for group, p in pages.items()}
    order = ["real", *GROUPS]

    def mixed(number):
        chosen = pages[order[number % len(order)]]
        return chosen[number // len(order) % len(chosen)]

    return {"mixed": repeated(mixed, size), **groups}


def repeated(page, size):
    out, made = [], 0
    while made < size:
        out.append(page(len(out)))
        made += len(out[-1].encode())
    return out


def first(documents, size):
    taken = made = 0
    for text in documents:
        if made >= size:
            break
        made += len(text.encode())
        taken += 1
    return documents[:taken]


def write(path, documents, share=1.0):
    """Writes PATH.records and PATH.jsonl, and PATH.part.*: the first documents by this share."""
    documents = list(documents)
    whole = sum(len(text.encode()) for text in documents)
    part = first(documents, max(LEAST, whole * share))
    for name, some in ((path, documents), (f"{path}.part", part)):
        with open(f"{name}.records", "wb") as records, open(f"{name}.jsonl", "wb") as rows:
            for number, text in enumerate(some):
                data = text.encode()
                records.write(len(data).to_bytes(4, "little") + data)
                row = json.dumps({"id": number, "text": text}, ensure_ascii=False)
                rows.write(row.encode() + b"\n")
    return [whole, sum(len(text.encode()) for text in part)]
