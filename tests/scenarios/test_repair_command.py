"""siku repair: text in, text out; every byte outside the repairs stays."""

import gzip
import json
import os
import pty
import re
import subprocess
import threading
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
EXAMPLE = ROOT / "examples" / "first-light"
NEWS = (EXAMPLE / "pages" / "policy-news.damaged.txt").read_bytes()
PRINTED = (EXAMPLE / "expected" / "policy-news.txt").read_bytes()
# A run shifted by one byte: certain wherever it stands.
SHIFTED = "他说天气很好?!侗本┦屑涌旖ㄔO具有全球影响力的方案》已经印发，请大家学习。"
CLEAN = "今天天气很好，我们去公园散步。"


@pytest.fixture
def page(siku):
    (siku.folder / "page.txt").write_bytes(NEWS)
    return siku


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


# ---- texts


def test_the_real_page_comes_back_as_printed(page):
    assert page("repair", "page.txt") == PRINTED


def test_standard_input_is_read_with_and_without_a_dash(siku):
    assert siku("repair", stdin=NEWS) == PRINTED
    assert siku("repair", "-", stdin=NEWS) == PRINTED


def test_a_second_repair_changes_nothing(siku):
    assert repaired(siku, PRINTED) == PRINTED


def test_nothing_comes_of_nothing(siku):
    assert repaired(siku, b"") == b""


def test_mark_line_ends_and_broken_bytes_stay(siku):
    before = b"\xef\xbb\xbf" + NEWS.replace(b"\n", b"\r\n")
    expected = b"\xef\xbb\xbf" + PRINTED.replace(b"\n", b"\r\n")
    broken = b"\xff\x80 " + CLEAN.encode() + b"\xe4\xb8 \xf0\x9f"
    assert repaired(siku, before) == expected
    done = siku.try_("repair", stdin=before + broken)
    assert done.returncode == 0
    assert done.stdout == expected + broken
    assert b"undecodable places, kept as they were: 4" in done.stderr


def test_another_encoding_is_written_as_utf8_and_said(page):
    text = NEWS.decode()
    (page.folder / "gb.txt").write_bytes(text.encode("gb18030"))
    (page.folder / "wide.txt").write_bytes(("\ufeff" + text).encode("utf-16-le"))
    for name, encoding in (("gb.txt", b"gb18030"), ("wide.txt", b"utf-16le")):
        done = page.try_("repair", name)
        assert (done.returncode, done.stdout) == (0, PRINTED)
        assert encoding in done.stderr and b"UTF-8" in done.stderr
    assert page("repair", "gb.txt", "--encoding", "gbk") == PRINTED
    assert page.try_("repair", "gb.txt", "--encoding", "latin").returncode == 2


def test_undecodable_bytes_of_another_encoding_are_said(siku):
    done = siku.try_("repair", "--encoding", "gb18030", stdin="中文".encode("gb18030") + b"\xff.")
    assert done.stdout.decode() == "中文\ufffd."
    assert b"U+FFFD" in done.stderr and done.stderr.rstrip().endswith(b": 1")


def test_a_higher_confidence_leaves_more_alone(siku):
    assert repaired(siku, NEWS, "--min-confidence", 1) == NEWS
    assert siku.try_("repair", "--min-confidence", "1.1", stdin=b"").returncode == 2


def test_a_text_over_the_cap_is_refused(page):
    done = page.try_("repair", "page.txt", "--max-record", "1KiB")
    assert done.returncode == 7
    assert b"page.txt" in done.stderr and b"--max-record" in done.stderr


def test_what_is_not_there_or_no_text_is_named(siku):
    assert siku.try_("repair", "nowhere.txt").returncode == 3
    (siku.folder / "picture.txt").write_bytes(bytes(range(256)) * 64)
    done = siku.try_("repair", "picture.txt", "-o", "out.txt")
    assert done.returncode == 6 and b"picture.txt" in done.stderr
    assert not (siku.folder / "out.txt").exists()
    (siku.folder / "rows.parquet").write_bytes(b"PAR1")
    done = siku.try_("repair", "rows.parquet")
    assert done.returncode == 11 and b"siku run" in done.stderr


# ---- where it goes


def test_a_file_is_written_whole_and_may_be_the_input(page):
    page("repair", "page.txt", "-o", "out.txt")
    assert (page.folder / "out.txt").read_bytes() == PRINTED
    (page.folder / "page.txt").chmod(0o640)
    page("repair", "page.txt", "-o", "page.txt")
    assert (page.folder / "page.txt").read_bytes() == PRINTED
    assert sorted(p.name for p in page.folder.iterdir()) == ["out.txt", "page.txt"]


def test_a_failure_leaves_the_old_file_alone(siku):
    (siku.folder / "in.jsonl.gz").write_bytes(
        gzip.compress(b"".join(json_line(str(i * 7919)) for i in range(9000)))[:9000]
    )
    (siku.folder / "out.jsonl").write_bytes(b"old")
    done = siku.try_("repair", "in.jsonl.gz", "-o", "out.jsonl")
    assert done.returncode == 6 and b"in.jsonl.gz" in done.stderr
    assert (siku.folder / "out.jsonl").read_bytes() == b"old"
    assert sorted(p.name for p in siku.folder.iterdir()) == ["in.jsonl.gz", "out.jsonl"]


def test_the_example_folder_goes_into_another(siku):
    siku("repair", EXAMPLE / "pages", "-o", "out")
    pages = [p for p in (EXAMPLE / "pages").rglob("*") if p.is_file()]
    written = [p for p in (siku.folder / "out").rglob("*") if p.is_file()]
    assert len(written) == len(pages) > 10
    for source in pages:
        name = source.relative_to(EXAMPLE / "pages")
        expected = EXAMPLE / "expected" / str(name).replace(".damaged", "")
        if not expected.exists():
            assert (siku.folder / "out" / name).read_bytes() == source.read_bytes(), name
    assert (siku.folder / "out" / "policy-news.damaged.txt").read_bytes() == PRINTED


def test_a_folder_keeps_its_shape_and_leaves_out_what_is_no_text(siku):
    inside = siku.folder / "in" / "deep" / "er"
    inside.mkdir(parents=True)
    (inside / "page.txt").write_bytes(NEWS)
    (siku.folder / "in" / "readme").write_text(CLEAN)
    (siku.folder / "in" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    (siku.folder / "in" / ".hidden").write_text(CLEAN)
    (siku.folder / "in" / "rows.jsonl.gz").write_bytes(gzip.compress(json_line(SHIFTED)))
    done = siku.try_("repair", "in", "-o", "in/out")
    assert done.returncode == 0
    assert b"left out" in done.stderr and b"picture.png" in done.stderr
    out = siku.folder / "in" / "out"
    found = sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file())
    assert found == ["deep/er/page.txt", "readme", "rows.jsonl.gz"]
    assert (out / "deep/er/page.txt").read_bytes() == PRINTED
    rows = lines_of(gzip.decompress((out / "rows.jsonl.gz").read_bytes()))
    assert rows[0]["text"] != SHIFTED
    # Again: what was written before is no input.
    siku("repair", "in", "-o", "in/out")
    assert not (out / "out").exists()


def test_places_that_are_not_clear_are_refused(page):
    (page.folder / "a").mkdir()
    (page.folder / "a" / "page.txt").write_bytes(NEWS)
    done = page.try_("repair", "a")
    assert done.returncode == 2 and b"-o FOLDER" in done.stderr
    done = page.try_("repair", "page.txt", "a/page.txt", "-o", "out")
    assert done.returncode == 4 and b"a/page.txt" in done.stderr
    assert page("repair", "page.txt", "a/page.txt") == PRINTED + PRINTED
    done = page.try_("repair", "-", "-o", "a/", stdin=NEWS)
    assert done.returncode == 2


# ---- JSON lines

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
    taken = 0
    while part := process.stdout.read(1 << 20):
        taken += len(part)
    feeder.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    assert process.returncode == 0
    assert taken > 100 << 20
    # KiB. The language tables are some 30 MB of it; the address sanitizer takes several times more.
    assert usage.ru_maxrss < (1200 if "asan" in many.command()[0] else 160) << 10


# ---- explained


def test_explain_shows_every_edit_with_rule_and_confidence(page):
    shown = page("repair", "--explain", "page.txt").decode()
    assert "{據(jù)→据|" in shown
    assert re.search(r"\{ ze[^{}]*→则[^{}]*\|[^{}]*restore_reading 0\.\d\d", shown)
    assert re.search(r"\{\?!侗本┦屑涌旖ㄔO[^{}]*→。《北京市加快建设\|shifted_run [01]\.\d\d", shown)
    assert "\x1b" not in shown


def test_explain_shows_flags_and_tells_their_meaning(siku):
    shown = siku("repair", "--explain", stdin="锟斤拷锟斤拷\n".encode()).decode()
    assert "{?锟斤拷锟斤拷|destroyed" in shown
    assert "information is lost" in shown
    chinese = siku("repair", "--explain", stdin="锟斤拷锟斤拷\n".encode(), SIKU_LANG="zh").decode()
    assert "信息已经丢失" in chinese


def test_explain_of_lines_shows_those_with_something_to_see(siku):
    data = json_line(CLEAN, id=1) + json_line(SHIFTED, id=2)
    shown = siku("repair", "--explain", "--format", "jsonl", stdin=data).decode()
    assert "line 2 (2)" in shown and "line 1" not in shown


def test_explain_does_not_let_a_text_steer_the_terminal(siku):
    shown = siku("repair", "--explain", stdin=b"a\x1b]0;title\x07b\x7f\n")
    assert b"\x1b" not in shown and b"\\x1b]0;title\\x07b\\x7f" in shown


def on_terminal(siku, *arguments, **extra):
    """What the program says when its streams are a terminal."""
    master, slave = pty.openpty()
    environment = {k: v for k, v in siku.environment(**extra).items() if k != "NO_COLOR" or extra}
    process = subprocess.Popen(
        siku.command(*arguments),
        cwd=siku.folder,
        env={**environment, "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    said = b""
    try:
        while part := os.read(master, 65536):
            said += part
    except OSError:
        pass
    os.close(master)
    assert process.wait(timeout=60) == 0
    return said.decode()


def test_a_terminal_gets_colours_unless_told_not_to(page):
    shown = on_terminal(page, "repair", "--explain", "page.txt")
    assert "\x1b[9;31m據(jù)\x1b[0m\x1b[32m据\x1b[0m" in shown
    shown = on_terminal(page, "repair", "--explain", "page.txt", NO_COLOR="1")
    assert "\x1b" not in shown and "{據(jù)→据|" in shown


def test_a_terminal_gets_a_last_line_with_counts(page):
    shown = on_terminal(page, "repair", "page.txt", "-o", "out.txt")
    assert "repairs (" in shown and "1 text changed of 1" in shown
    assert page.try_("repair", "page.txt", "-o", "out.txt").stderr == b""
