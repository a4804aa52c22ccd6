"""Undo gives the input's bytes, from the store alone."""

import gzip
import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
from conftest import EXPAND_AND_DEDUPLICATE, write_corpus

NASTY_LINES = [
    b'{"text": "tail blanks   ", "n": 1.0e3, "deep": {"a": [1, 2, {"b": null}]}}\n',
    b'{"text":"\\u4e2d\\u6587  \\ud83d\\ude00","n":2}\r\n',
    b"\n",
    b"   \n",
    b'{"n": 3}\n',
    b'{"text": null, "n": -0}\n',
    b"not json\n",
    b"[1, 2]\n",
    b'{"text": "dup", "text": "last   wins", "n": 12345678901234567890}\n',
    b'{"text": "bad \xff\xfe byte   ", "n": 7}\n',
    b'{"text": 17, "n": "word"}\n',
    b'{"text": "no newline at the end   "}',
]


def restore(siku, result):
    siku("undo", result["run"], "--to", "restored")
    return siku.folder / "restored"


def test_a_chain_over_nasty_jsonl_comes_back_byte_for_byte(siku):
    data = b"\xef\xbb\xbf" + b"".join(NASTY_LINES)
    (siku.folder / "in.jsonl").write_bytes(data)
    (siku.folder / "recipe.yaml").write_text(
        "input: {path: in.jsonl, columns: {text: text, n: int}}\n"
        "steps: [refine.text.collapse_space]\noutput: tidy\n"
    )
    result = siku.run("recipe.yaml")
    (siku.folder / "in.jsonl").unlink()
    assert (restore(siku, result) / "in.jsonl").read_bytes() == data


def test_paragraphs_and_duplicates_come_back_byte_for_byte(siku):
    write_corpus(siku.folder / "corpus")
    (siku.folder / "recipe.yaml").write_text(EXPAND_AND_DEDUPLICATE)
    before = {}
    for file in (siku.folder / "corpus").iterdir():
        data = file.read_bytes()
        before[file.name] = gzip.decompress(data) if file.suffix == ".gz" else data
    result = siku.run("recipe.yaml", "--splits", 5)
    shutil.rmtree(siku.folder / "corpus")
    restored = {f.name: f.read_bytes() for f in restore(siku, result).rglob("*") if f.is_file()}
    restored = {name.removesuffix(".gz"): data for name, data in restored.items()}
    assert restored == {name.removesuffix(".gz"): data for name, data in before.items()}


def test_other_encodings_come_back_byte_for_byte(siku):
    texts = {
        "gb.txt": "中文   文本\r\n第二行  \n".encode("gb18030"),
        "big5.txt": "繁體   中文的頁面，這是一個測試  \n".encode("big5"),
        "utf16.txt": "\ufeff中文   文本\n".encode("utf-16-le"),
        "broken.txt": "好的   文本".encode() + b"\xff\x80" + "其余   文本".encode(),
    }
    (siku.folder / "in").mkdir()
    for name, data in texts.items():
        (siku.folder / "in" / name).write_bytes(data)
    (siku.folder / "recipe.yaml").write_text(
        "input: in\nsteps: [refine.text.collapse_space]\noutput: tidy\n"
    )
    result = siku.run("recipe.yaml")
    shutil.rmtree(siku.folder / "in")
    folder = restore(siku, result)
    assert {name: (folder / name).read_bytes() for name in texts} == texts


def test_columns_come_back_value_for_value(siku):
    table = pa.table(
        {
            "id": pa.array([3, 1, None], pa.int32()),
            "text": ["a   b", None, "c  "],
            "when": pa.array([1, 2, 3], pa.timestamp("us")),
            "list": [[1], [], None],
        }
    )
    pq.write_table(table, siku.folder / "in.parquet")
    (siku.folder / "recipe.yaml").write_text(
        "input: in.parquet\nsteps: [refine.text.collapse_space]\noutput: tidy\n"
    )
    result = siku.run("recipe.yaml")
    head = siku("dataset", "head", "tidy", "--format", "jsonl").decode().splitlines()
    assert json.loads(head[0])["text"] == "a b"
    (siku.folder / "in.parquet").unlink()
    restored = pq.read_table(restore(siku, result) / "in.parquet")
    assert restored.cast(table.schema).equals(table)
