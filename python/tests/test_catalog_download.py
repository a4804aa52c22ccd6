"""Downloads of ``siku.Catalog``: whole or not at all, over breaks, kills and changes."""

import fcntl
import os
import re
import signal
import subprocess
import sys

import pytest
import siku
from catalog_server import Program, make_rows
from relay import Relay

ROWS = make_rows(8000, seed=3)
NEWER = make_rows(8000, seed=4)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    program = Program(tmp_path_factory.mktemp("downloads"))
    program.make("big", ROWS)
    program.make("big", NEWER)
    return program


@pytest.fixture(scope="module")
def url(program):
    with program.serving() as url:
        yield url


@pytest.fixture(scope="module")
def staff(program, url):
    catalog = siku.Catalog(url, key=program.key(url, "read", "write"))
    catalog.create_organisation("jtj", "交通局")
    for name in ("big", "growing"):
        catalog.create(name, organisation="jtj", title="大")
        catalog.publish(name, "big@1")
    return catalog


@pytest.fixture(scope="module")
def whole(staff, tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "big.jsonl"
    assert staff.download("big", path, format="jsonl") == path.stat().st_size > 500_000
    return path.read_bytes()


def ranges(relay):
    """Where each GET begins."""
    gets = [one for one in relay.requests if one.startswith("GET")]
    assert all('\nIf-Range: "' in one for one in gets[1:])
    return [int((re.findall(r"\nRange: bytes=(\d+)-", one) or [0])[0]) for one in gets]


def test_three_formats(staff, tmp_path):
    assert staff.read("big").to_pylist() == ROWS
    staff.download("big", tmp_path / "big.csv", format="csv")
    assert (tmp_path / "big.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(siku.Invalid, match="xlsx"):
        staff.download("big", tmp_path / "big.xlsx", format="xlsx")
    assert os.listdir(tmp_path) == ["big.csv"]


def test_a_broken_connection_is_taken_up_where_it_broke(whole, url, tmp_path):
    path = tmp_path / "big.jsonl"
    with Relay(url, limit=200_000, cuts=3) as relay:
        size = siku.Catalog(relay.url).download("big", str(path), format="jsonl")
    begins = ranges(relay)
    assert len(begins) == 4 and begins == sorted(set(begins)) and begins[0] == 0
    assert size == len(whole) and path.read_bytes() == whole
    # Headers come besides; no byte of the file twice.
    assert relay.sent < len(whole) + 5 * 1000
    assert os.listdir(tmp_path) == ["big.jsonl"]


def test_a_table_is_read_over_breaks(staff, url):
    with Relay(url, limit=100_000, cuts=2) as relay:
        assert siku.Catalog(relay.url).read("big").to_pylist() == ROWS
    assert len(ranges(relay)) == 3


def test_a_killed_download_is_gone_on_with(whole, url, tmp_path):
    path = tmp_path / "big.jsonl"
    path.write_bytes(b"older")
    code = "import siku, sys; siku.Catalog(sys.argv[1]).download('big', sys.argv[2], 'jsonl')"
    with Relay(url, limit=300_000, hold=True) as relay:
        process = subprocess.Popen([sys.executable, "-c", code, relay.url, path])
        assert relay.held.wait(60)
        (part,) = (one for one in tmp_path.iterdir() if one != path)
        while part.stat().st_size < 200_000:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert path.read_bytes() == b"older"
        begun = part.stat().st_size
        relay.limit = 1 << 40
        siku.Catalog(relay.url).download("big", path, format="jsonl")
    assert ranges(relay) == [0, begun]
    assert path.read_bytes() == whole and os.listdir(tmp_path) == ["big.jsonl"]


def test_it_gives_up_in_words_and_goes_on_later(whole, url, tmp_path):
    path = tmp_path / "big.jsonl"
    with Relay(url, limit=200_000, on_cut=lambda: setattr(relay, "limit", 10)) as relay:
        catalog = siku.Catalog(relay.url)
        with pytest.raises(siku.Io) as raised:
            catalog.download("big", path, format="jsonl")
        assert raised.value.place == relay.url and not path.exists()
        (part,) = tmp_path.iterdir()
        begun = part.stat().st_size
        assert begun > 190_000
        with open(part, "ab") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(siku.Busy, match="another download"):
                catalog.download("big", path, format="jsonl")
        relay.limit = 1 << 40
        catalog.download("big", path, format="jsonl")
    assert set(ranges(relay)[1:]) == {begun}
    assert path.read_bytes() == whole and os.listdir(tmp_path) == ["big.jsonl"]


def test_beginnings_of_other_files_for_the_path_go(staff, tmp_path):
    gone = tmp_path / ".big.jsonl.0123.part"
    kept = [tmp_path / ".big.jsonl.4567.part", tmp_path / ".other.jsonl.0123.part"]
    for one in (gone, *kept):
        one.write_bytes(b"{")
    with open(kept[0], "ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        staff.download("big", tmp_path / "big.jsonl", format="jsonl")
    assert not gone.exists() and all(one.exists() for one in kept)


def test_a_version_that_is_published_meanwhile_comes_whole(staff, url, tmp_path):
    publish = lambda: staff.publish("growing", "big@2")  # noqa: E731
    with Relay(url, limit=200_000, cuts=1, on_cut=publish) as relay:
        siku.Catalog(relay.url).download("growing", tmp_path / "a.jsonl", format="jsonl")
    staff.download("growing", tmp_path / "b.jsonl", format="jsonl", version=2)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl", "b.jsonl"]


def test_a_path_that_cannot_be_written(staff, tmp_path):
    with pytest.raises(siku.NotFound):
        staff.download("big", tmp_path / "none" / "big.parquet")
    with pytest.raises(siku.Invalid):
        staff.download("big", tmp_path)
    assert os.listdir(tmp_path) == []
