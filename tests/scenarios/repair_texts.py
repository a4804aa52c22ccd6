"""Texts and small tools for the tests of siku repair."""

import json
import os
from pathlib import Path

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
EXAMPLE = ROOT / "examples" / "first-light"
NEWS = (EXAMPLE / "pages" / "policy-news.damaged.txt").read_bytes()
PRINTED = (EXAMPLE / "expected" / "policy-news.txt").read_bytes()
# A run shifted by one byte: certain wherever it stands.
SHIFTED = "他说天气很好?!侗本┦屑涌旖ㄔO具有全球影响力的方案》已经印发，请大家学习。"
CLEAN = "今天天气很好，我们去公园散步。"


def repaired(siku, data, *arguments):
    return siku("repair", *arguments, "-", stdin=data)


def lines_of(data):
    return [json.loads(line) for line in data.splitlines()]


def json_line(text, **members):
    return json.dumps({"text": text, **members}, ensure_ascii=False).encode() + b"\n"


def apply(text, edits):
    """The text after edits given as bytes of the input."""
    data, out, at = text.encode(), b"", 0
    for edit in edits:
        assert data[edit["begin"] : edit["end"]].decode() == edit["before"]
        out += data[at : edit["begin"]]
        assert len(out) == edit["out_begin"]
        out += edit["after"].encode()
        assert len(out) == edit["out_end"]
        at = edit["end"]
    return (out + data[at:]).decode()
