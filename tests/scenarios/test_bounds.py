"""Memory stays bounded, whatever comes in; measured from outside, all that is mapped included."""

import json
import os
import random
import shutil
import subprocess

import numpy as np
import pytest
from conftest import SEED, document

GIB = 1 << 30
TIDY = "input: {path: %s, columns: {id: int, text: text}}\nsteps: %s\noutput: out\n"
EVERYTHING = """
input: {path: in.jsonl, columns: {id: int, text: text}}
steps:
  repaired: {use: refine.text.repair, from: input}
  parts: {use: refine.document.split_paragraphs, from: repaired}
  unique: {use: refine.document.drop_duplicates, from: parts.paragraphs}
outputs: {paragraphs: unique, outlines: parts.outline}
"""


DUPLICATES = """
input: {path: in.jsonl, columns: {id: int, text: text}}
steps: {kept: {use: refine.duplicates.%s, from: input}}
outputs: {out: kept}
"""
COPIES = 0.125
SPANS = {name: "".join(chr(0x3400 + 100 * k + i) for i in range(90)) for k, name in enumerate("ab")}


@pytest.fixture(autouse=True)
def emptied(siku):
    """The next of these needs the disk."""
    yield
    shutil.rmtree(siku.folder)


def run_measured(siku, *arguments):
    """What the run said of itself, and its peak resident memory in bytes."""
    with open(siku.folder / "said.json", "wb") as said:
        process = subprocess.Popen(
            siku.command("run", *arguments, "--json"),
            cwd=siku.folder,
            env=siku.environment(),
            stdout=said,
            stderr=subprocess.PIPE,
        )
        stderr = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, stderr.decode()
    return json.loads((siku.folder / "said.json").read_bytes()), usage.ru_maxrss * 1024


def write_lines(path, size):
    """`size` bytes of JSON lines: a block of some 32 MB again and again."""
    rng = random.Random(SEED)
    block, made = [], 0
    while made < min(size, 32 << 20):
        row = {"id": len(block), "text": document(rng, rng.randint(1, 12))}
        block.append((json.dumps(row, ensure_ascii=False) + "\n").encode())
        made += len(block[-1])
    data = b"".join(block)
    with open(path, "wb") as out:
        for _ in range(-(-size // len(data))):
            out.write(data)


def varied_block(size, copies):
    """Rows of a vocabulary of thousands, that share being near copies of one before."""
    rng = random.Random(SEED)
    words = ["".join(chr(0x4E00 + rng.randrange(3000)) for _ in range(2)) for _ in range(5000)]
    rows, made = [], 0
    while made < size:
        if rows and rng.random() < copies:
            text = list(rng.choice(rows))
            for _ in range(len(text) // 100):
                text[rng.randrange(len(text))] = "改"
        else:
            text = rng.choices(words, k=rng.randint(50, 700))
        rows.append("".join(text))
        made += len(rows[-1]) * 3
    return rows


def write_varied(path, size, copies=COPIES, spans=()):
    """JSON lines of `size` bytes of text. A block of 16 MB comes again and again, each time with
    its characters moved on by as many places, so that texts of two blocks share nothing. `spans`:
    (offset in the bytes of the texts, characters) that go there into the row."""
    rows = varied_block(16 << 20, copies)
    codes = np.frombuffer("\0".join(rows).encode("utf-32-le"), "<u4")
    han = codes >= 0x4E00
    spans, at, number, turn = sorted(spans, reverse=True), 0, 0, 0
    with open(path, "w", encoding="utf-8") as out:
        while at < size:
            moved = np.where(han, 0x4E00 + (codes - 0x4E00 + 61 * turn) % 20992, codes)
            for text in moved.astype("<u4").tobytes().decode("utf-32-le").split("\0"):
                bytes_ = len(text) * 3
                if spans and spans[-1][0] < at + bytes_:
                    place = (spans[-1][0] - at) // 3
                    text = text[:place] + spans.pop()[1] + text[place:]
                out.write(f'{{"id": {number}, "text": "{text}"}}\n')
                at, number = at + len(text) * 3, number + 1
                if at >= size:
                    break
            turn += 1
    assert not spans
    return number


def test_a_gigabyte_on_one_line_is_rejected_by_reference(siku):
    with open(siku.folder / "in.jsonl", "wb") as out:
        out.write(b'{"id": 1, "text": "before"}\n{"id": 2, "text": "')
        for _ in range(1024):
            out.write(b"x" * (1 << 20))
        out.write(b'"}\n{"id": 3, "text": "after"}\n')
    (siku.folder / "recipe.yaml").write_text(TIDY % ("in.jsonl", "[refine.text.collapse_space]"))
    result, memory = run_measured(siku, "recipe.yaml", "--memory", "512MiB")
    assert result["read"] == result["read"] | {"rows": 2, "rejected": {"too_long": 1}}
    assert memory < 512 << 20
    # Undo has the record from the source; without the source it says so.
    siku("undo", result["run"], "--to", "back")
    assert os.path.getsize(siku.folder / "back" / "in.jsonl") == os.path.getsize(
        siku.folder / "in.jsonl"
    )
    shutil.rmtree(siku.folder / "back")
    (siku.folder / "in.jsonl").unlink()
    done = siku.try_("undo", result["run"], "--to", "back")
    assert done.returncode == 3 and b"in.jsonl" in done.stderr


def test_little_memory_is_enough(siku):
    write_lines(siku.folder / "in.jsonl", 128 << 20)
    (siku.folder / "recipe.yaml").write_text(EVERYTHING)
    _, memory = run_measured(siku, "recipe.yaml", "--memory", "512MiB", "--threads", 2)
    assert memory < 512 << 20


@pytest.mark.deep
def test_ten_gigabytes_go_through_two(siku):
    write_lines(siku.folder / "in.jsonl", 10 * GIB)
    (siku.folder / "recipe.yaml").write_text(EVERYTHING)
    result, memory = run_measured(siku, "recipe.yaml", "--memory", "2GiB", "--threads", 2)
    print(f"10 GiB: {memory >> 20} MiB, {result['seconds']:.0f} s")
    assert memory < 2 * GIB


def find_duplicates(siku, operator, size, memory, **made):
    """Runs through `memory` and says so; gives the number of rows and what the run said."""
    count = write_varied(siku.folder / "in.jsonl", size, **made)
    (siku.folder / "recipe.yaml").write_text(DUPLICATES % operator)
    said, peak = run_measured(siku, "recipe.yaml", "--memory", f"{memory >> 20}MiB", "--threads", 2)
    seconds = said["seconds"]
    print(f"{operator}, {size / GIB:.1f} GiB: {peak >> 20} MiB, {seconds:.0f} s, {count} rows")
    assert peak < memory
    return count, said


def check_near_duplicates(siku, size, memory):
    count, said = find_duplicates(siku, "minhash", size, memory)
    gone = count - said["outputs"][0]["rows"]
    assert 0.95 * COPIES < gone / count < 1.05 * COPIES


def check_substrings(siku, size, memory):
    """What begins below 4 GiB and ends above, and what comes again beyond: both go there."""
    border = 4 * GIB
    spans = [(3000, SPANS["b"]), (border - 120, SPANS["a"])]
    spans += [(border + 90_000, SPANS["b"]), (border + 180_000, SPANS["a"])]
    _, said = find_duplicates(siku, "substrings", size, memory, copies=0, spans=spans)
    edits = siku("edits", said["run"], "--format", "jsonl").decode().splitlines()
    before = sorted(json.loads(edit)["before"] for edit in edits)
    assert before == sorted(SPANS.values())


def test_little_memory_is_enough_for_near_duplicates(siku):
    check_near_duplicates(siku, 64 << 20, 512 << 20)


@pytest.mark.deep
@pytest.mark.parametrize("operator", ["minhash", "substrings", "lines", "sentences"])
def test_duplicates_of_two_gigabytes_are_found_through_half_of_one(siku, operator):
    find_duplicates(siku, operator, 2 * GIB, 512 << 20)


@pytest.mark.deep
def test_near_duplicates_of_ten_gigabytes_are_found_through_two(siku):
    check_near_duplicates(siku, 10 * GIB, 2 * GIB)


@pytest.mark.deep
def test_repeated_substrings_of_ten_gigabytes_are_found_through_two(siku):
    check_substrings(siku, 10 * GIB, 2 * GIB)
