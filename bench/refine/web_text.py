"""Makes JSON lines of varied Chinese text with planted near-duplicates for the speed table.

usage: web_text.py OUT.jsonl [MEGABYTES]      (220 without a number)
Prose of laws, cases, news, help pages and novels, poems of the Tang and Song, and for the rest
words of jieba's list by their frequency; 200 to 5,000 characters a document. One document in eight
has one to three near copies. Each line has id, url, source and text; a copy also the id it is of
and its edits in parts of a thousand. The same arguments give the same bytes.
"""

import argparse
import json
import random
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "damage"), str(HERE.parent)]

import corpora  # noqa: E402
import corpus as words  # noqa: E402  (bench/corpus.py)
import packages  # noqa: E402

SEED = 20261130
SHARES = [0, 2, 5, 10, 20, 40, 60]  # characters changed, in parts of a thousand
LETTERS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年"


def questions():
    """Texts of the legal benchmark: facts, articles, news and answers, each once."""
    for row in corpora.bench_rows(".jsonl"):
        for key in ("query", "response"):
            yield from re.split(r"\n+", re.sub(r"<[^>]*>", "", str(row.get(key) or "")))


def prose():
    help_page = corpora.html_of("/text/swriter/")
    for read in (
        corpora.laws(),
        questions(),
        corpora.sanguo(),
        corpora.fortunes("chinese"),
        corpora.catalog("zh_CN"),
        corpora.pages("libreoffice-cn", help_page),
        corpora.pages("gnome", lambda n: "/zh_CN/" in n and n.endswith(".page")),
    ):
        yield from read


def poems():
    """Poems of the Tang and Song; three of four in simplified characters."""
    simple = {ord(k): v[0] for k, v in packages.table("TSCharacters").items()}
    pattern = r"quantangshi/poet\.(tang|song)\.[0-9]+\.json|poet\.(tang|song)\.[0-9]+\.json"
    for number, text in enumerate(corpora.poems(pattern)):
        yield text if number % 4 == 0 else text.translate(simple)


def documents(name, paragraphs):
    """Documents of 200 to 5,000 characters out of paragraphs, each paragraph once."""
    draw = random.Random(name)
    seen, parts, length, aim = set(), [], 0, 1000
    for paragraph in paragraphs:
        paragraph = paragraph.strip()
        if len(paragraph) < 12 or "\ufffd" in paragraph or paragraph in seen:
            continue
        seen.add(paragraph)
        for start in range(0, len(paragraph), 4000):
            if not parts:
                aim = int(200 * 25 ** draw.random())
            parts.append(paragraph[start : start + 4000])
            length += len(parts[-1]) + 1
            if length >= aim:
                yield "\n".join(parts)[:5000]
                parts, length = [], 0


def edited(draw, text, thousandths):
    """A copy with so many characters replaced: half of the copies in places, half in one span."""
    count = len(text) * thousandths // 1000
    made = list(text)
    start = draw.randrange(max(1, len(text) - count))
    span = draw.random() < 0.5
    for i in range(count):
        made[start + i if span else draw.randrange(len(made))] = draw.choice(LETTERS)
    return "".join(made)


def planted(draw, rows):
    """Copies of one row in eight, as (source, text, number of the original, thousandths)."""
    for number, (source, text) in enumerate(rows):
        if number % 8:
            continue
        for _ in range(draw.randint(1, 3)):
            share = draw.choice(SHARES)
            yield source, edited(draw, text, share), number, share


def filler(size):
    """Documents of random words, in bytes of text about size."""
    made = 0
    if size <= 0:
        return
    for line in words.lines(size // (1 << 20) + 1, SEED):
        text = json.loads(line)["text"]
        if len(text) >= 200:
            made += len(text.encode())
            yield "words", text[:5000]
        if made >= size:
            return


def rows(megabytes):
    draw = random.Random(SEED)
    real = [("prose", text) for text in documents("prose", prose())]
    real += [("poems", text) for text in documents("poems", poems())]
    draw.shuffle(real)
    size = megabytes * 1_000_000
    kept, made = [], 0
    for row in real:
        if made >= size * 7 // 10:
            break
        kept.append(row)
        made += len(row[1].encode())
    copies = list(planted(draw, kept))
    made += sum(len(text.encode()) for _, text, _, _ in copies)
    everything = [(source, text, None, 0) for source, text in kept]
    everything += copies
    everything += [(source, text, None, 0) for source, text in filler(size - made)]
    order = list(range(len(everything)))
    draw.shuffle(order)
    return everything, order


def write(path, megabytes):
    everything, order = rows(megabytes)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        for number in order:
            source, text, of, share = everything[number]
            row = {"id": number, "url": f"https://news.example/{number % 977}/{number}.html"}
            row |= {"source": source, "text": text, "of": of, "edits": share}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def corpus(megabytes):
    """The file of so many megabytes that benchmarks share, made where it is not there."""
    path = Path(__file__).resolve().parents[2] / "build" / "bench" / f"refine-{megabytes}.jsonl"
    if not path.exists():
        # In a process of its own: what it takes is not the benchmark's.
        subprocess.run([sys.executable, __file__, path, str(megabytes)], check=True)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("megabytes", type=int, nargs="?", default=220)
    given = parser.parse_args()
    write(given.out, given.megabytes)


if __name__ == "__main__":
    main()
