"""Memory stays bounded, whatever comes in; measured from outside, all that is mapped included."""

import json
import os
import random
import shutil
import subprocess

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
