"""siku repair: text in, text out; every byte outside the repairs stays."""

import gzip
import re
import signal
import subprocess
import time

import pytest
from repair_texts import CLEAN, EXAMPLE, NEWS, PRINTED, SHIFTED, json_line, lines_of, repaired
from terminal import on_terminal


@pytest.fixture
def page(siku):
    (siku.folder / "page.txt").write_bytes(NEWS)
    return siku


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


def test_a_file_is_written_whole(page):
    (page.folder / "out.txt").write_bytes(b"old")
    page("repair", "page.txt", "-o", "out.txt")
    assert (page.folder / "out.txt").read_bytes() == PRINTED
    assert sorted(p.name for p in page.folder.iterdir()) == ["out.txt", "page.txt"]


def test_the_only_copy_of_an_input_is_not_replaced(page):
    (page.folder / "in").mkdir()
    (page.folder / "in" / "a.txt").write_bytes(NEWS)
    (page.folder / "link.txt").symlink_to("page.txt")
    for arguments in (
        ["page.txt", "-o", "page.txt"],
        ["page.txt", "-o", "link.txt"],
        ["page.txt", "-o", "./in/../page.txt"],
        ["page.txt", "-o", "."],
        ["in", "-o", "in"],
        ["page.txt", "in/a.txt", "-o", "in/"],
        ["page.txt", "-o", "out.txt", "--edits", "page.txt"],
    ):
        done = page.try_("repair", *arguments)
        assert done.returncode == 4, arguments
        assert b"only copy" in done.stderr and b".txt" in done.stderr
    assert (page.folder / "page.txt").read_bytes() == NEWS
    assert (page.folder / "in" / "a.txt").read_bytes() == NEWS
    assert not (page.folder / "out.txt").exists()


def test_no_folder_is_made_that_was_not_named(page):
    (page.folder / "more.txt").write_bytes(NEWS)
    for arguments in (
        ["page.txt", "-o", "no/out.txt"],
        ["page.txt", "-o", "no/where/"],
        ["page.txt", "more.txt", "-o", "no/where"],
        ["page.txt", "--edits", "no/edits.jsonl"],
    ):
        done = page.try_("repair", *arguments)
        assert done.returncode == 3, arguments
        assert b"no" in done.stderr
    assert sorted(p.name for p in page.folder.iterdir()) == ["more.txt", "page.txt"]
    page("repair", "page.txt", "-o", "new/")
    assert (page.folder / "new" / "page.txt").read_bytes() == PRINTED


def test_a_damaged_file_of_a_folder_is_named_and_the_rest_goes_on(siku):
    (siku.folder / "in" / "deep").mkdir(parents=True)
    lines = b"".join(json_line(str(i * 7919)) for i in range(9000))
    (siku.folder / "in" / "a.jsonl.gz").write_bytes(gzip.compress(lines)[:9000])
    (siku.folder / "in" / "b.txt.gz").write_bytes(b"no gzip at all")
    (siku.folder / "in" / "deep" / "c.txt").write_bytes(NEWS)
    done = siku.try_("repair", "in", "-o", "out")
    assert done.returncode == 6
    assert b"a.jsonl.gz" in done.stderr and b"b.txt.gz" in done.stderr
    out = siku.folder / "out"
    assert [p for p in out.rglob("*") if p.is_file()] == [out / "deep" / "c.txt"]
    assert (out / "deep" / "c.txt").read_bytes() == PRINTED


def test_a_failure_leaves_the_old_file_alone(siku):
    (siku.folder / "in.jsonl.gz").write_bytes(
        gzip.compress(b"".join(json_line(str(i * 7919)) for i in range(9000)))[:9000]
    )
    (siku.folder / "out.jsonl").write_bytes(b"old")
    done = siku.try_("repair", "in.jsonl.gz", "-o", "out.jsonl")
    assert done.returncode == 6 and b"in.jsonl.gz" in done.stderr
    assert (siku.folder / "out.jsonl").read_bytes() == b"old"
    assert sorted(p.name for p in siku.folder.iterdir()) == ["in.jsonl.gz", "out.jsonl"]


def test_an_interrupted_repair_leaves_nothing(siku):
    process = subprocess.Popen(
        siku.command("repair", "--format", "jsonl", "-", "-o", "out.jsonl"),
        cwd=siku.folder,
        env=siku.environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdin.write(json_line(CLEAN) * 40_000)
    process.stdin.flush()
    while not list(siku.folder.iterdir()):
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()
    assert list(siku.folder.iterdir()) == []


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_in_the_midst_of_a_long_text_is_heeded_at_once(siku, threads):
    (siku.folder / "long.txt").write_bytes(NEWS * (40_000_000 // len(NEWS)))
    process = subprocess.Popen(
        siku.command("repair", "long.txt", "-o", "out.txt", "--threads", threads),
        cwd=siku.folder,
        env=siku.environment(),
        stderr=subprocess.PIPE,
    )
    while len(list(siku.folder.iterdir())) < 2:
        time.sleep(0.001)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()
    # The text takes over a minute.
    assert time.monotonic() - began < 5
    assert b"interrupted" in said
    assert [p.name for p in siku.folder.iterdir()] == ["long.txt"]


def test_a_full_disk_is_said(page):
    for arguments in (["page.txt"], ["page.txt", "-o", "/dev/full"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                page.command("repair", *arguments),
                cwd=page.folder,
                env=page.environment(),
                stdout=full,
                stderr=subprocess.PIPE,
            )
        assert done.returncode == 8, done.stderr.decode()
        assert b"the disk is full" in done.stderr


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


def test_a_terminal_gets_colours_unless_told_not_to(page):
    shown = on_terminal(page, "repair", "--explain", "page.txt")
    assert "\x1b[9;31m據(jù)\x1b[0m\x1b[32m据\x1b[0m" in shown
    shown = on_terminal(page, "repair", "--explain", "page.txt", NO_COLOR="1")
    assert "\x1b" not in shown and "{據(jù)→据|" in shown


def test_a_terminal_gets_a_last_line_with_counts(page):
    shown = on_terminal(page, "repair", "page.txt", "-o", "out.txt")
    assert "repairs (" in shown and "1 text changed of 1" in shown
    assert page.try_("repair", "page.txt", "-o", "out.txt").stderr == b""


def test_flags_of_a_plain_text_are_refused(page):
    done = page.try_("repair", "--flags", "page.txt")
    assert done.returncode == 2 and b"--flags is for JSON lines" in done.stderr
    assert page.try_("repair", "--flags", "--format", "jsonl", "page.txt").returncode == 0


def test_no_text_fits_into_nothing(page):
    done = page.try_("repair", "--max-record", "0", "page.txt")
    assert done.returncode == 2 and b"at least one byte" in done.stderr
