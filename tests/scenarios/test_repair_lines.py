"""siku repair on JSON lines: only the text changes, in little memory, on any number of threads."""

import gzip
import json
import re
import subprocess
import threading
from pathlib import Path

import pytest
from repair_texts import CLEAN, NEWS, PRINTED, SHIFTED, apply, json_line, lines_of, repaired

NASTY = [
    b'{"text": "tail   ", "n": 1.0e3, "deep": {"text": [1, {"b": null}]}}\n',
    b'{"text":"\\u4e2d\\/  \\ud83d\\ude00","n":2}\r\n',
    b"\n",
    b"   \n",
    b'{"n": 3}\n',
    b'{"text": null, "n": -0}\n',
    b"not json\n",
    b"[1, 2]\n",
    b'"text"\n',
    b'{"text": "a", "text": "b"}\n',
    b'{"text": "bad \xff\xfe byte"}\n',
    b'{"text": "lone \\ud800"}\n',
    b'{"text": "nul \\u0000"}\n',
    b"\x00\x01\x02\n",
    b'{"text": 17}\n',
    b'{"text": "no newline at the end"}',
]


def test_lines_without_damage_pass_byte_for_byte(siku):
    data = b"\xef\xbb\xbf" + b"".join(NASTY)
    done = siku.try_("repair", "--format", "jsonl", "-", stdin=data)
    assert (done.returncode, done.stdout) == (0, data)
    assert b"no JSON objects, passed through: 4" in done.stderr
    assert b"without a text to repair (--text-key), passed through: 3" in done.stderr


def test_only_the_text_of_a_line_changes(siku):
    before = (
        b' { "id" :7,"other":"' + SHIFTED.encode() + b'", "text" : "'
        b"\\u5929\\/" + SHIFTED.encode() + b'\\n\\ud83d\\ude00" , "n":1.0e3 } \r\n'
    )
    out = repaired(siku, before, "--format", "jsonl")
    text = repaired(siku, json.loads(before)["text"].encode()).decode()
    assert json.loads(out)["text"] == text != json.loads(before)["text"]
    head, tail = before.split(b'"text" : "\\u5929\\/')
    assert out.startswith(head + b'"text" : "\\u5929\\/') and out.endswith(
        b'\\n\\ud83d\\ude00" , "n":1.0e3 } \r\n'
    )


def test_a_line_of_ascii_stays_one(siku):
    before = json.dumps({"text": NEWS.decode(), "n": 1}).encode() + b"\n"
    out = repaired(siku, before, "--format", "jsonl")
    assert out.isascii()
    assert json.loads(out) == {"text": PRINTED.decode(), "n": 1}


def test_the_last_of_two_members_counts(siku):
    line = b'{"text": "' + SHIFTED.encode() + b'", "text": "' + SHIFTED.encode() + b'"}\n'
    out = repaired(siku, line, "--format", "jsonl")
    assert out.count(SHIFTED.encode()) == 1
    assert out.startswith(b'{"text": "' + SHIFTED.encode())


def test_another_member_may_hold_the_text(siku):
    line = json.dumps({"text": SHIFTED, "body": SHIFTED}, ensure_ascii=False).encode()
    out = json.loads(repaired(siku, line, "--format", "jsonl", "--text-key", "body"))
    assert out["text"] == SHIFTED != out["body"]


def test_half_a_surrogate_stays_before_a_repair(siku):
    line = b'{"text": "\\ud800' + SHIFTED.encode() + b'\\udc00\\ud83d\\ude00"}\n'
    out = repaired(siku, line, "--format", "jsonl")
    assert out == line.replace(SHIFTED.encode(), repaired(siku, SHIFTED.encode()))


def test_broken_bytes_of_a_line_stay(siku):
    line = b'{"text": "\xff' + SHIFTED.encode() + b'\xe4\xb8", "x": "\x80"}\n'
    out = repaired(siku, line, "--format", "jsonl")
    text = repaired(siku, SHIFTED.encode())
    assert out == line.replace(SHIFTED.encode(), text)


def test_a_long_line_passes_and_its_fellows_are_repaired(siku):
    long = json_line(SHIFTED + CLEAN * 200_000)
    assert len(long) > 8 << 20
    data = json_line(SHIFTED) + long + json_line(SHIFTED) + long.rstrip()
    done = siku.try_("repair", "--format", "jsonl", "--max-record", "4MiB", stdin=data)
    fixed = repaired(siku, json_line(SHIFTED), "--format", "jsonl")
    assert done.stdout == fixed + long + fixed + long.rstrip()
    assert b"longer than --max-record, passed through: 2" in done.stderr


def test_flags_stand_in_the_line_with_both_spans(siku):
    text = SHIFTED + "\n锟斤拷锟斤拷，其余文字都在。\n"
    data = json_line(text, id="a") + json_line(CLEAN, flags=[{"kind": "old"}]) + b'{"n": 1}\n'
    rows = lines_of(repaired(siku, data, "--format", "jsonl", "--flags"))
    flags = [flag for flag in rows[0]["flags"] if flag["kind"] == "destroyed"]
    assert flags
    for flag in flags:
        before = text.encode()[flag["begin"] : flag["end"]].decode()
        after = rows[0]["text"].encode()[flag["out_begin"] : flag["out_end"]].decode()
        assert before == after
        assert set(before) <= set("锟斤拷")
    assert rows[1] == {"text": CLEAN, "flags": []}
    assert rows[2] == {"n": 1}


def test_edits_say_what_was_done_where(siku):
    text = NEWS.decode()
    (siku.folder / "in.jsonl").write_bytes(
        json_line(CLEAN, id=1) + b"\n" + json_line(text, id="x") + json_line(text)
    )
    out = lines_of(siku("repair", "in.jsonl", "--edits", "edits.jsonl").replace(b"\n\n", b"\n"))
    edits = lines_of((siku.folder / "edits.jsonl").read_bytes())
    assert {edit["line"] for edit in edits} == {3, 4}
    assert {edit["file"] for edit in edits} == {"in.jsonl"}
    assert {edit.get("id") for edit in edits if edit["line"] == 3} == {"x"}
    assert all("id" not in edit for edit in edits if edit["line"] == 4)
    for number, row in ((3, out[1]), (4, out[2])):
        assert apply(text, [edit for edit in edits if edit["line"] == number]) == row["text"]
    assert all(0 < edit["confidence"] <= 1 and edit["rule"] for edit in edits)
    assert all(isinstance(edit["alternatives"], list) for edit in edits)


@pytest.fixture
def many(siku):
    """Lines in several pieces, each at another place, some of them damaged."""
    row = [
        json_line(f"{CLEAN * (i % 40)}{SHIFTED if i % 50 == 0 else ''}{i}", id=i)
        for i in range(6000)
    ]
    data = b"".join(row + NASTY)
    assert len(data) > 3 << 20
    (siku.folder / "many.jsonl").write_bytes(data)
    return siku


def test_threads_pipes_and_compression_do_not_show(many):
    data = (many.folder / "many.jsonl").read_bytes()
    (many.folder / "many.jsonl.gz").write_bytes(gzip.compress(data, 1))
    expected = many("repair", "many.jsonl", "--threads", 1, "--edits", "one")
    assert expected != data and len(lines_of(expected[: expected.index(NASTY[0])])) == 6000
    assert many("repair", "many.jsonl", "--threads", 4, "--edits", "four") == expected
    assert many("repair", "many.jsonl.gz") == expected
    assert many("repair", "--format", "jsonl", stdin=data) == expected
    assert (many.folder / "one").read_bytes() == (many.folder / "four").read_bytes()
    many("repair", "many.jsonl", "-o", "out.jsonl.gz")
    assert gzip.decompress((many.folder / "out.jsonl.gz").read_bytes()) == expected


def test_lines_in_wide_characters_are_lines(siku):
    # Characters with the byte of a line end in them.
    data = json_line(SHIFTED + "ਊ一਀", id=1) + json_line("ਊਊ\u010a") * 3
    expected = repaired(siku, data, "--format", "jsonl")
    assert expected != data
    for encoding in ("utf-16-le", "utf-16-be"):
        wide = ("\ufeff" + data.decode()).encode(encoding)
        assert repaired(siku, wide, "--format", "jsonl") == expected


def test_memory_stays_small_on_a_long_pipe(many):
    block = (many.folder / "many.jsonl").read_bytes().partition(NASTY[0])[0]
    process = subprocess.Popen(
        many.command("repair", "--format", "jsonl", "--threads", 2),
        env=many.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    def feed():
        for _ in range(40):
            process.stdin.write(block)
        process.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    taken = peak = 0
    # Not by rusage: it counts what this process held before the program took its place.
    status = Path(f"/proc/{process.pid}/status")
    while part := process.stdout.read(1 << 20):
        taken += len(part)
        if found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text()):
            peak = int(found[1])
    feeder.join()
    process.stdout.close()
    assert process.wait() == 0
    assert taken > 100 << 20
    # KiB. The language tables are some 30 MB of it; the address sanitizer takes several times more.
    assert 0 < peak < (1200 if "asan" in many.command()[0] else 160) << 10
