"""What is masked is nowhere: not in the store, not in a run's folder, not in what a killed run
left."""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import pytest
from conftest import SEED, document

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
sys.path.insert(0, str(ROOT / "bench" / "refine" / "identifiers"))

import generator  # noqa: E402

RECIPE = """
inputs:
  rows: {path: in/*.jsonl, columns: {path: text, text: text}}
  pages: {path: in/*.txt}
steps:
  repaired: {use: refine.text.repair, from: [rows, pages]}
  once: {use: refine.document.drop_duplicates, from: repaired}
  masked: {use: refine.text.mask_identifiers, from: once, with: {mode: %s}}
  parts: {use: refine.document.split_paragraphs, from: masked}
  unique: {use: refine.document.drop_duplicates, from: parts.paragraphs}
outputs: {paragraphs: unique, outlines: parts.outline}
"""


def escaped(text):
    """JSON of a text whose digits are spelt in a way that only a residue keeps."""
    return re.sub(r"[0-9]", lambda digit: f"\\u00{ord(digit[0]):02x}", json.dumps(text)[1:-1])


@pytest.fixture
def planted(siku):
    """Input files with identifiers in rows, escapes, GBK pages, damage, duplicates and broken
    lines; gives the identifiers as they are written without separators."""
    rng = random.Random(SEED)
    folder = siku.folder / "in"
    folder.mkdir()
    numbers, texts = set(), []
    for i in range(240):
        kind = sorted(generator.PLANTED)[i % len(generator.PLANTED)]
        clause, spelling = generator.planted(rng, kind)
        plain = normal(spelling)
        numbers.add(plain if kind == "email" else plain.upper())
        texts.append(f"{document(rng, 2)}\n{clause}。\n{document(rng, 1)}")
    lines = []
    for i, text in enumerate(texts):
        row = json.dumps({"text": text, "n": i}, ensure_ascii=False)
        if i % 3 == 0:
            row = f'{{"text": "{escaped(text)}", "n":  {i}}}'
        lines.append(row)
        if i % 20 == 0:
            lines.append("broken " + text.replace("\n", " "))
            lines.append(json.dumps({"text": text}, ensure_ascii=False))
    for part in range(4):
        (folder / f"{part}.jsonl").write_text("\n".join(lines[part::4]) + "\n", encoding="utf-8")
    (folder / "page.txt").write_bytes("\n\n".join(texts[:30]).encode("gb18030"))
    (folder / "shifted.txt").write_text(
        texts[1] + "\n" + texts[2].encode().decode("latin-1"), encoding="utf-8"
    )
    (siku.folder / "recipe.yaml").write_text(RECIPE % "mask", encoding="utf-8")
    siku("key", "new", "owner.key")
    return numbers


def decoded(path):
    """What a reader of the format gets out of a file, as one text: pages decompressed."""
    tables = []
    try:
        if path.read_bytes()[:4] == b"PAR1":
            tables = [pyarrow.parquet.read_table(path)]
        elif path.suffix in (".arrow", ".sketch", ".verdicts"):
            with pyarrow.memory_map(str(path)) as source:
                whole = source.read(6) == b"ARROW1"
                source.seek(0)
                opener = pyarrow.ipc.open_file if whole else pyarrow.ipc.open_stream
                tables = [opener(source).read_all()]
        elif path.read_bytes()[:15] == b"SQLite format 3":
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
                names = [row[0] for row in db.execute("select name from sqlite_master")]
                return "".join(str(db.execute(f'select * from "{n}"').fetchall()) for n in names)
    except (pyarrow.ArrowException, OSError, sqlite3.Error):
        return ""
    cells = []
    for table in tables:
        for row in table.to_pylist():
            for value in row.values():
                cells.append(value.decode("utf-8", "replace") if isinstance(value, bytes)
                             else str(value))  # fmt: skip
    return "\n".join(cells)


def normal(text):
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\-·()（）+\u00ad\u200b\u2060\ufeff]", "", folded)


def leaks(folder, numbers):
    """(file, number) for every planted number that stands in a file below the folder."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        views = [raw.decode("utf-8", "ignore"), raw.decode("utf-16-le", "ignore"),
                 raw[1:].decode("utf-16-le", "ignore"), decoded(path)]  # fmt: skip
        unescaped = re.sub(r"\\u00(3[0-9])", lambda m: chr(int(m[1], 16)), views[0] + views[3])
        whole = normal("\n".join([*views, unescaped]))
        upper = whole.upper()
        for number in numbers:
            if number in whole or number in upper:
                found.append((path.name, number))
    return found


def inputs(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_search_finds_what_is_not_masked(siku, planted):
    # Otherwise that it finds nothing would say nothing.
    text = (siku.folder / "recipe.yaml").read_text(encoding="utf-8")
    text = re.sub(r"  masked: .*\n", "", text).replace("from: masked", "from: once")
    (siku.folder / "open.yaml").write_text(text, encoding="utf-8")
    siku.run("open.yaml")
    assert {number for _, number in leaks(siku.store, planted)} == planted


@pytest.mark.parametrize("mode", ["mask", "pseudonym", "drop"])
def test_a_masked_number_is_in_no_file_of_the_store(siku, planted, mode):
    (siku.folder / "recipe.yaml").write_text(RECIPE % mode, encoding="utf-8")
    result = siku.run("recipe.yaml", "--seal-key", "owner.key", "--splits", 4)
    siku("report", result["run"], "--html", str(siku.store / "report.html"))
    assert leaks(siku.store, planted) == []
    key = (siku.folder / "owner.key").read_bytes()
    assert all(key not in p.read_bytes() for p in siku.store.rglob("*") if p.is_file())
    siku("undo", result["run"], "--to", "back", "--seal-key", "owner.key")
    assert inputs(siku.folder / "back" / "rows") | inputs(siku.folder / "back" / "pages") == inputs(
        siku.folder / "in"
    )


def test_a_killed_run_leaves_nothing_to_read_and_goes_on_with_the_key(siku, planted):
    siku.run("recipe.yaml", "--seal-key", "owner.key", "--splits", 6)
    expected = siku.digests("recipe.yaml", "--seal-key", "owner.key", "--splits", 6)
    kills = 0
    for wanted in range(1, 12):
        shutil.rmtree(siku.store)
        process = subprocess.Popen(
            siku.command("run", "recipe.yaml", "--seal-key", "owner.key", "--splits", "6",
                         "--threads", "1"),
            cwd=siku.folder, env=siku.environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while process.poll() is None and len(list(siku.store.rglob("tasks/*.json"))) < wanted:
            time.sleep(0.001)
        process.kill()
        if process.wait() != -signal.SIGKILL:
            continue
        kills += 1
        assert list(siku.store.rglob("parts/*"))
        assert leaks(siku.store, planted) == []
    assert kills >= 2
    done = siku.try_("run", "--resume", "last")
    assert done.returncode == 5 and b"--seal-key" in done.stderr
    result = json.loads(siku("run", "--resume", "last", "--seal-key", "owner.key", "--json"))
    assert {out["dataset"]: out["version"] for out in result["outputs"]} == expected
    assert leaks(siku.store, planted) == []


def test_undo_and_the_ledger_ask_for_the_key(siku, planted):
    result = siku.run("recipe.yaml", "--seal-key", "owner.key")
    siku("key", "new", "other.key")
    identity = siku("key", "id", "owner.key").decode().strip()
    for arguments in ([], ["--seal-key", "other.key"]):
        done = siku.try_("undo", result["run"], "--to", "back", *arguments)
        assert done.returncode == 5 and identity.encode() in done.stderr
        assert not (siku.folder / "back").exists()
    assert siku.try_("edits", "last", "--step", "masked").returncode == 5
    for command in ("edits", "rejects", "flags", "stats"):
        done = siku.try_(command)
        assert done.returncode == 0 and b"left out: 3 steps" in done.stderr, done.stderr
        assert identity.encode() in done.stderr
    assert b"left out" not in siku.try_("edits", "--seal-key", "owner.key").stderr
    edits = siku(
        "edits", "last", "--step", "masked", "--seal-key", "owner.key", "--format", "jsonl"
    )
    assert {json.loads(line)["rule"] for line in edits.splitlines()} >= {"mobile", "resident_id"}


def test_pseudonyms_are_the_same_for_a_number_and_others_for_another_key(siku):
    (siku.folder / "in.jsonl").write_text(
        '{"text": "手机13812345678和＋８６１３８１２３４５６７８，另有13987654321"}\n',
        encoding="utf-8",
    )
    (siku.folder / "recipe.yaml").write_text(
        "input: {path: in.jsonl, columns: {text: text}}\n"
        "steps: {m: {use: refine.text.mask_identifiers, from: input, with: {mode: pseudonym}}}\n"
        "output: out\n",
        encoding="utf-8",
    )
    said = []
    for name in ("a.key", "b.key", "a.key"):
        if not (siku.folder / name).exists():
            siku("key", "new", name)
        siku("run", "recipe.yaml", "--seal-key", name)
        text = siku("dataset", "head", "out", "--format", "jsonl").decode()
        said.append(re.findall(r"\[手机号:([a-p]{16})\]", text))
    assert len(said[0]) == 3 and said[0][0] == said[0][1] != said[0][2]
    assert said[2] == said[0] and said[1][0] != said[0][0]


def test_a_recipe_that_masks_says_that_it_needs_a_key(siku, planted):
    done = siku.try_("run", "recipe.yaml")
    assert done.returncode == 2 and b"siku key new" in done.stderr


def masking_recipe(steps, output="m"):
    return (
        "input: {path: in/*.jsonl, columns: {text: text}}\n"
        "steps:\n" + "".join(f"  {step}\n" for step in steps) + f"output: {output}\n"
    )


CUT = "cut: {use: refine.text.segment_words, from: %s, with: {into: w}}"
MASK = "m: {use: refine.text.mask_identifiers, from: %s}"


@pytest.mark.parametrize(
    "steps",
    [
        [CUT % "input", MASK % "cut"],
        # Parts of a number are not found in it: masking the new column as well would not do.
        [CUT % "input", "w: {use: refine.text.mask_identifiers, from: cut, with: {column: w}}",
         MASK % "w"],
        [CUT % "input", "long: {use: refine.filter.text_length, from: cut}", MASK % "long"],
        ["measured: {use: refine.text.measure, from: input, with: {layout: dolma}}",
         MASK % "measured"],
        # What a plug-in writes may hold any column that it was handed.
        ["own: {use: own.text.copy, from: input}", MASK % "own"],
    ],
)  # fmt: skip
def test_a_column_made_of_a_text_before_it_is_masked_is_refused(siku, planted, monkeypatch, steps):
    monkeypatch.setenv("SIKU_PYTHON", sys.executable)
    (siku.folder / "own.py").write_text(
        "from siku import operator\n"
        "@operator(name='own.text.copy', summary='Copy a text.', writes={'copy': 'text'})\n"
        "def copy(batch, column='text'):\n"
        "    return batch.append_column('copy', batch.column(column))\n",
        encoding="utf-8",
    )
    text = masking_recipe(steps)
    if "own.text" in text:
        text = "plugins: own.py\n" + text
    (siku.folder / "recipe.yaml").write_text(text, encoding="utf-8")
    done = siku.try_("run", "recipe.yaml", "--seal-key", "owner.key")
    line = 3 + text.startswith("plugins")
    assert done.returncode == 11 and f"recipe.yaml:{line}:".encode() in done.stderr, done.stderr
    assert b"a column made of a text spells what a later step conceals" in done.stderr
    chinese = siku.try_("run", "recipe.yaml", "--seal-key", "owner.key", SIKU_LANG="zh")
    assert "隐去".encode() in chinese.stderr


def test_a_column_made_of_masked_text_holds_no_number(siku, planted):
    text = masking_recipe(
        [
            "input_length: {use: refine.filter.text_length, from: input}",
            MASK % "input_length",
            CUT % "m",
            "measured: {use: refine.text.measure, from: cut, with: {layout: dolma}}",
            "words: {use: refine.text.match_words, from: measured, with: {words: [数据]}}",
            "kept: {use: refine.filter.decide, from: words, with: {rules: [words_count < 9]}}",
        ],
        "kept",
    )
    (siku.folder / "recipe.yaml").write_text(text, encoding="utf-8")
    siku.run("recipe.yaml", "--seal-key", "owner.key")
    assert leaks(siku.store, planted) == []
