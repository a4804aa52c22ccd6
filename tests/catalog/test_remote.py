"""`siku dataset …` against a server: the same commands as against a store."""

import contextlib
import http.server
import json
import os
import signal
import subprocess
import threading

import pytest
from relay import Relay
from server import PROGRAM, SECRET, running

TABLE = "id,name,district\n1,南山站,南山区\n2,福田站,福田区\n3,大鹏站,大鹏新区\n"
NEWER = "id,name,district\n1,南山站,南山区\n2,福田东站,福田区\n4,盐田站,盐田区\n"


class Remote:
    """The program of somebody who has no store, but a server's address and perhaps a key."""

    def __init__(self, folder, url, key=""):
        self.folder, self.url, self.key = folder, url, key

    def environment(self, **more):
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, "SIKU_LANG": "en", "SIKU_SERVER": self.url, "SIKU_KEY": self.key, **more}

    def start(self, *arguments, **environment):
        return subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments, **environment):
        process = self.start("dataset", *arguments, **environment)
        out, errors = process.communicate(timeout=120)
        assert not self.key or self.key not in out + errors
        return process.returncode, out, errors

    def told(self, *arguments, **environment):
        status, out, errors = self(*arguments, **environment)
        assert status == 0, errors
        return out


@pytest.fixture(scope="module")
def served(folder_with_a_run, tmp_path_factory):
    with running(folder_with_a_run, tmp_path_factory.mktemp("remote")) as server:
        yield server


@pytest.fixture(scope="module")
def staff(served, tmp_path_factory):
    """A publisher, who is also an administrator."""
    folder = tmp_path_factory.mktemp("staff")
    key = served.administrator().key("read", "write")
    remote = Remote(folder, served.url, key)
    (folder / "t.csv").write_text(TABLE, "utf-8")
    remote.told("import", "t.csv", "--dataset", "jtj/towns", "--title", "城区")
    (folder / "t.csv").write_text(NEWER, "utf-8")
    remote.told("import", "t.csv", "--dataset", "jtj/towns")
    return remote


@pytest.fixture
def anybody(served, staff, tmp_path):
    return Remote(tmp_path, served.url)


def test_what_a_server_has(anybody):
    listed = anybody.told("ls")
    assert "towns@2" in listed and "城区" in listed and "jtj" in listed
    shown = anybody.told("show", "towns@1")
    assert "交通局, unconditional, published" in shown and "district  text" in shown
    content = shown.split("content")[1].split()[0]
    assert anybody.told("show", f"towns@{content[:12]}") == shown
    printed = anybody.told("head", "towns", "--format", "jsonl")
    rows = [json.loads(row) for row in printed.splitlines()]
    assert rows == [
        {"id": 1, "name": "南山站", "district": "南山区"},
        {"id": 2, "name": "福田东站", "district": "福田区"},
        {"id": 4, "name": "盐田站", "district": "盐田区"},
    ]
    assert len(anybody.told("head", "towns", "-n", "2").splitlines()) == 3
    assert anybody.told("head", "towns", "-n", "0", "--format", "jsonl") == ""
    assert "towns@1 → towns@2: 1 added, 1 removed, 1 changed, 1 the same" in anybody.told(
        "diff", "towns"
    )
    measures = json.loads(anybody.told("quality", "towns", "--json"))
    assert measures["rows"] == 3 and len(measures["dimensions"]) == 6


def test_pages_of_rows_go_on(served, staff, tmp_path):
    many = "n\n" + "".join(f"{n}\n" for n in range(2_345))
    (staff.folder / "many.csv").write_text(many)
    staff.told("import", "many.csv", "--dataset", "jtj/many")
    rows = staff.told("head", "many", "-n", "2100", "--format", "jsonl").splitlines()
    assert [json.loads(row)["n"] for row in rows] == list(range(2_100))
    assert len(staff.told("head", "many", "-n", "9999", "--format", "jsonl").splitlines()) == 2_345


def test_a_version_of_the_servers_store_is_published(served, staff):
    out = staff.told(
        "publish", "stops", "--as", "bus-stops", "--organisation", "gaj", "--title", "站"
    )
    assert "stops@1: published as bus-stops" in out
    assert "published already" in staff.told("publish", "stops@1", "--as", "bus-stops")
    assert "公安" not in out and "bus-stops@1" in staff.told("ls")
    status, _, errors = staff("publish", "nosuch", "--as", "bus-stops")
    assert status == 3 and "nosuch" in errors


def test_what_is_kept_back_stays_so(served, staff, anybody):
    staff.told("publish", "stops", "--as", "kept", "--title", "站")
    restrict = ("access", "restrict", "kept", "--who", "everybody", "--column", "phone")
    assert "everybody" in staff.told(*restrict, "--where", "n lt 5")
    for arguments in (("head", "kept"), ("export", "kept"), ("show", "kept"), ("quality", "kept")):
        assert SECRET not in anybody.told(*arguments)
    assert len(anybody.told("export", "kept").splitlines()) == 5
    assert SECRET in staff.told("export", "kept")
    status, _, errors = anybody("access", "show", "kept")
    assert status == 5 and "only publishers" in errors
    assert "a rule" in staff(*restrict)[2]
    assert "no rules" in staff.told("access", "restrict", "kept", "--who", "everybody", "--lift")
    some = ("access", "restrict", "kept", "--who", "everybody", "--where", "n in 3,5,8")
    assert "n in 3 5 8;" in staff.told(*some)
    assert len(anybody.told("export", "kept").splitlines()) == 3


def test_grants(served, staff, anybody):
    staff.told("publish", "stops", "--as", "granted", "--title", "站", "--class", "conditional")
    assert anybody("head", "granted")[0] in (3, 5)
    served.staff("yu", "reader")
    grant = ("access", "grant", "granted", "--who", "account:yu", "--purpose", "科研")
    shown = staff.told(*grant, "--days", "30")
    assert "account:yu" in shown and "科研" in shown
    identity = shown.splitlines()[-1].split()[0]
    assert "ended" in staff.told("access", "revoke", "granted", "--id", identity)


def test_formats(anybody, tmp_path):
    anybody.told("export", "towns", "-o", "towns.csv")
    assert (tmp_path / "towns.csv").read_text("utf-8-sig").splitlines() == NEWER.splitlines()
    anybody.told("export", "towns@1", "-o", "towns.parquet")
    assert (tmp_path / "towns.parquet").read_bytes()[:4] == b"PAR1"
    for name in ("towns.arrow", "towns.csv.gz", "towns"):
        status, _, errors = anybody("export", "towns", "-o", name)
        assert status == 11 and "jsonl, csv or parquet" in errors
    assert sorted(os.listdir(tmp_path)) == ["towns.csv", "towns.parquet"]


@pytest.fixture(scope="module")
def large(staff):
    rows = "".join(f"{n},{'公共数据' * 8}{n * 7919 % 10_007}\n" for n in range(20_000))
    (staff.folder / "large.csv").write_text("n,text\n" + rows, "utf-8")
    with Relay(staff.url, limit=500_000, cuts=2, method="PATCH") as relay:
        remote = Remote(staff.folder, relay.url, staff.key)
        told = json.loads(remote.told("import", "large.csv", "--dataset", "jtj/large", "--json"))
    assert told["rows"] == 20_000 and relay.cuts == 0
    return staff.told("export", "large").encode()


def test_a_broken_download_goes_on(large, anybody, tmp_path):
    assert len(large) > 1_500_000
    with Relay(anybody.url, limit=400_000, cuts=3) as relay:
        remote = Remote(tmp_path, relay.url)
        remote.told("export", "large", "-o", "large.jsonl")
        gets = [one for one in relay.requests if one.startswith("GET") and "download" in one]
    assert (tmp_path / "large.jsonl").read_bytes() == large
    assert len(gets) == 4 and sum("If-Range" in one for one in gets) == 3
    assert relay.sent < len(large) + 20_000
    assert os.listdir(tmp_path) == ["large.jsonl"]
    with Relay(anybody.url, limit=400_000, cuts=3) as relay:
        assert Remote(tmp_path, relay.url).told("export", "large").encode() == large


def test_a_killed_download_goes_on(large, anybody, tmp_path):
    with Relay(anybody.url, limit=700_000, hold=True) as relay:
        process = Remote(tmp_path, relay.url).start("dataset", "export", "large", "-o", "l.jsonl")
        assert relay.held.wait(timeout=60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (part,) = os.listdir(tmp_path)
        begun = (tmp_path / part).stat().st_size
        assert part.endswith(".part") and begun > 300_000
        relay.cuts = 0
        sent = relay.sent
        Remote(tmp_path, relay.url).told("export", "large", "-o", "l.jsonl")
        assert relay.sent - sent < len(large) - begun + 20_000
    assert (tmp_path / "l.jsonl").read_bytes() == large
    assert os.listdir(tmp_path) == ["l.jsonl"]


def test_ctrl_c_ends_a_download(large, anybody, tmp_path):
    with Relay(anybody.url, limit=300_000, hold=True) as relay:
        process = Remote(tmp_path, relay.url).start("dataset", "export", "large", "-o", "l.jsonl")
        assert relay.held.wait(timeout=60)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and "interrupted" in errors


def test_an_upload_of_another_file_of_the_same_name_and_length(served, staff):
    path = staff.folder / "twin.csv"
    path.write_text("a,b\n" + "1,2\n" * 50, "utf-8")
    guess = json.loads(staff.told("import", "twin.csv", "--guess"))
    assert [column["name"] for column in guess["columns"]] == ["a", "b"]
    path.write_text("a,b\n" + "3,4\n" * 50, "utf-8")
    told = staff.told("import", "twin.csv", "--dataset", "jtj/twin")
    assert "50 rows" in told
    assert json.loads(staff.told("head", "twin", "-n", "1", "--format", "jsonl")) == {
        "a": 3,
        "b": 4,
    }
    assert "jtj" in staff.told("ls")
    status, _, errors = staff("import", "twin.csv", "--dataset", "wjw/twin")
    assert status == 4 and "another organisation's" in errors


def test_what_cannot_be_imported_makes_no_dataset(staff):
    (staff.folder / "empty.csv").write_text("")
    assert staff("import", "empty.csv", "--dataset", "jtj/empty")[0] == 7
    (staff.folder / "bad.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    assert staff("import", "bad.xlsx", "--dataset", "jtj/bad")[0] != 0
    assert staff("import", "none.csv", "--dataset", "jtj/none")[0] == 3
    listed = staff.told("ls")
    assert not any(name in listed for name in ("empty", "bad", "none"))
    status, _, errors = staff("head", "towns@")
    assert status == 3 and "towns@" in errors
    status, _, errors = staff("export", "towns", "-o", "nowhere/towns.csv")
    assert status == 3 and errors.startswith("nowhere/towns.csv: cannot write")


def test_a_guess_is_corrected(staff):
    (staff.folder / "code.csv").write_text("code\n001\n002\n", "utf-8")
    guess = json.loads(staff.told("import", "code.csv", "--guess"))
    guess["columns"][0] |= {"name": "number", "type": "integer"}
    (staff.folder / "guess.json").write_text(json.dumps(guess))
    staff.told("import", "code.csv", "--dataset", "jtj/code", "--as", "guess.json")
    assert json.loads(staff.told("head", "code", "-n", "1", "--format", "jsonl")) == {"number": 1}


def test_who_may_not_is_told_so(anybody, served, tmp_path):
    (tmp_path / "t.csv").write_text(TABLE, "utf-8")
    assert anybody("import", "t.csv", "--dataset", "jtj/mine")[0] == 5
    assert anybody("publish", "stops", "--as", "mine", "--title", "x")[0] == 5
    wrong = Remote(tmp_path, served.url, "siku_wrong_key_0123456789")
    status, _, errors = wrong("ls")
    assert status == 5 and "key" in errors


def test_keys_are_kept(staff, tmp_path):
    key = tmp_path / "key"
    key.write_text(staff.key + "\n")
    key.chmod(0o644)
    remote = Remote(tmp_path, staff.url)
    status, _, errors = remote("access", "show", "towns", "--key-file", key)
    assert status == 5 and "others can read" in errors and staff.key not in errors
    key.chmod(0o600)
    assert "no rules" in remote.told("access", "show", "towns", "--key-file", key)
    away = Remote(tmp_path, "http://data.example.org", staff.key)
    status, _, errors = away("ls")
    assert status == 5 and "https" in errors


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1",
        "127.0.0.1:1/?q",
        "http://me:secret@127.0.0.1",
        "http://127.0.0.1/#x",
        "http://",
    ],
)
def test_no_address_of_a_server(url, tmp_path):
    status, _, errors = Remote(tmp_path, url)("ls")
    assert status == 2 and "address" in errors and "secret" not in errors


def test_a_store_or_a_server(anybody, served, tmp_path):
    store = ("--store", served.store)
    assert "title" not in anybody.told("ls", *store)  # a given store goes before SIKU_SERVER
    status, _, errors = anybody("ls", *store, "--server", anybody.url)
    assert status == 2 and "not both" in errors
    assert "towns" in anybody.told("ls", "--server", anybody.url, SIKU_SERVER="")
    status, _, errors = Remote(tmp_path, "http://127.0.0.1:9")("ls")
    assert status == 9 and "siku serve" in errors


@contextlib.contextmanager
def saying(status, body, **headers):
    """A server of another kind."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


HOSTILE = [
    (200, b"<html>", {}, 6, "not a catalogue's"),
    (200, b"[" * 100_000, {}, 6, "not a catalogue's"),
    (200, b'{"datasets": [{"name": 7}]}', {}, 6, "not a catalogue's"),
    (302, b"", {"Location": "http://127.0.0.2/steal"}, 5, "redirects"),
    (502, b"Bad Gateway", {}, 9, "HTTP 502"),
    (429, b"", {}, 10, "HTTP 429"),
    (
        400,
        b'{"error": {"code": "what", "message": "new words", "value": "v"}}',
        {},
        1,
        "new words: v",
    ),
    (404, b'{"error": {"code": "not_found", "message": 5}}', {}, 3, "refuses"),
]


@pytest.mark.parametrize("status, body, headers, code, words", HOSTILE)
def test_servers_of_another_kind(status, body, headers, code, words, tmp_path):
    with saying(status, body, **headers) as url:
        got, out, errors = Remote(tmp_path, url, "siku_key_of_mine_0123456789")("ls")
    assert (got, out) == (code, "") and words in errors


def test_a_servers_words_do_not_steer_the_terminal(tmp_path):
    evil = "\x1b]0;owned\x07\x1b[2J"
    dataset = {
        "name": "x",
        "version": 0,
        "rows": None,
        "bytes": None,
        "modified": evil,
        "organisation": {"name": evil, "title": evil},
        "title": evil,
    }
    body = json.dumps({"datasets": [dataset]}).encode()
    with saying(200, body) as url:
        out = Remote(tmp_path, url).told("ls")
    assert "\x1b" not in out and "owned" in out
    body = json.dumps({"error": {"code": "invalid", "message": evil, "value": evil}}).encode()
    with saying(400, body) as url:
        _, _, errors = Remote(tmp_path, url)("ls")
    assert "\x1b" not in errors
