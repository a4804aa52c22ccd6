"""The disk of the store is full, or may only be read: errors in words, nothing half done."""

import base64
import json
import os
import resource
import subprocess
from pathlib import Path

import pytest
from server import Server, running
from test_import import Sender

pytestmark = pytest.mark.skipif(
    "SIKU_TEST_POSTGRES" in os.environ, reason="its catalogue is on another disk"
)

LARGE = 2 << 30  # bytes: the server keeps 1 GiB free when it begins an upload
TABLE = b"".join(b"%07d,%d\n" % (i, i * 7) for i in range(60_000))


class Disk:
    """A file system of memory; what is on it takes room, what could be does not."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.options = [f"size={LARGE}"]

    def mount(self, *options):
        line = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", self.folder]
        done = subprocess.run(line, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip("mounting a small file system needs root: " + done.stderr.strip())

    def leave(self, free):
        """Room for so many bytes beside what is there."""
        used = os.statvfs(self.folder)
        size = (used.f_blocks - used.f_bfree) * used.f_frsize + free
        self.mount("remount", f"size={size}")

    def grow(self):
        self.mount("remount", "rw", f"size={LARGE}")

    def unmount(self):
        subprocess.run(["umount", "-l", self.folder], check=True)


@pytest.fixture
def disk(tmp_path):
    made = Disk(tmp_path / "disk")
    made.folder.mkdir()
    made.mount(f"size={LARGE}")
    yield made
    made.unmount()


@pytest.fixture
def small(folder_with_a_run, disk):
    with running(folder_with_a_run, disk.folder) as server:
        server.lin = server.staff("lin", "publisher")
        yield server


def no_space(answer):
    assert answer.status_code == 507, (answer.status_code, answer.text)
    assert answer.json()["error"]["code"] == "no_space"
    assert answer.json()["error"]["message"] == "the disk is full"


def create(client, name):
    body = {
        "name": name,
        "organisation": "jtj",
        "title": f"公交站点 {name}",
        "summary": "站" * 2000,
    }
    return client.call("POST", "/datasets", json=body)


def check_all_is_well(server):
    for what in ("audit", "store"):
        done = server.command(what, "verify")
        assert done.returncode == 0, done.stderr


def test_what_does_not_fit_was_not_made_and_fits_later(small, disk):
    lin = small.lin
    disk.leave(200_000)
    made, refused = [], []
    for i in range(200):
        answer = create(lin, f"d{i}")
        if answer.status_code == 201:
            made.append(f"d{i}")
        else:
            no_space(answer)
            refused.append(f"d{i}")
        if len(refused) == 5:
            break
    assert made and refused
    # Who only reads does not notice.
    everybody = lin.get_json("/datasets", q="公交", limit=1000)
    assert {one["name"] for one in everybody["datasets"]} == set(made)
    assert small.anybody().call("GET", small.url + "/healthz").ok
    # Nor does signing in half succeed.
    answer = small.anybody().call(
        "POST", "/session", json={"name": "lin", "password": "lin correct horse"}
    )
    assert answer.ok or answer.status_code == 507, answer.text
    disk.grow()
    assert create(lin, refused[0]).status_code == 201
    log = small.administrator().get_json("/audit", limit=1000)
    created = [one["object"] for one in log["entries"] if one["action"] == "dataset.create"]
    assert log["verified"] and created == [*made, refused[0]]
    small.kill()
    small.start()
    assert {
        d["name"] for d in small.administrator().get_json("/datasets", limit=1000)["datasets"]
    } == {*made, refused[0]}
    check_all_is_well(small)


def test_publishing_and_downloads_wait_for_room(small, disk):
    lin = small.lin
    lin.publish()
    create(lin, "second")
    disk.leave(0)
    no_space(lin.call("POST", "/datasets/second/versions", json={"source": "stops@1"}))
    no_space(lin.call("POST", "/datasets/stops/withdrawal", json={"reason": "错误"}))
    for form in ("csv", "jsonl", "parquet"):
        address = f"/datasets/stops/versions/1/download?format={form}"
        no_space(small.anybody().call("GET", address))
    page = small.anybody().get_json("/datasets/stops/versions/1/rows", limit=5)
    assert len(page["rows"]) == 5
    disk.grow()
    assert list((small.store / "exports").iterdir()) == []
    for form in ("csv", "jsonl", "parquet"):
        address = f"/datasets/stops/versions/1/download?format={form}"
        assert small.anybody().call("GET", address).ok
    lin.post("/datasets/second/versions", {"source": "stops@1"})
    lin.post("/datasets/stops/withdrawal", {"reason": "错误"})
    check_all_is_well(small)


def test_an_upload_and_its_import_wait_for_room(small, disk):
    lin = small.lin
    lin.post("/datasets", {"name": "sites", "organisation": "jtj", "title": "站点"})
    sender = Sender(lin, TABLE)
    assert sender.piece(0, 100_000).status_code == 204
    disk.leave(65_536)
    no_space(sender.piece(100_000, 400_000))
    assert sender.offset() == 100_000
    name = "filename " + base64.b64encode(b"b.csv").decode()
    begun = lin.call("POST", "/uploads", headers={"Upload-Length": "5", "Upload-Metadata": name})
    assert begun.status_code == 507, begun.text
    disk.grow()
    sender.send()
    guess = sender.job("guess", {})["guess"]
    disk.leave(16_384)
    state = sender.job("import", {"dataset": "sites", "plan": guess})
    assert (state["state"], state["error"]["code"]) == ("uploaded", "no_space"), state
    assert lin.get_json("/datasets/sites")["versions"] == []
    disk.grow()
    result = sender.job("import", {"dataset": "sites", "plan": guess})["result"]
    assert result["version"] == "sites@1"
    assert lin.get_json("/datasets/sites")["versions"][0]["rows"] == result["rows"]
    check_all_is_well(small)


def test_a_file_larger_than_the_process_may_write_does_not_end_it(folder_with_a_run, tmp_path):
    with running(folder_with_a_run, tmp_path) as server:
        lin = server.staff("lin", "publisher")
        sender = Sender(lin, TABLE)
        assert sender.piece(0, 100_000).status_code == 204
        limits = (300_000, resource.RLIM_INFINITY)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
        answer = sender.piece(100_000, 400_000)
        assert answer.status_code == 413 and answer.json()["error"]["code"] == "limit"
        assert sender.offset() == 100_000
        for i in range(100):
            answer = create(lin, f"d{i}")
            if answer.status_code != 201:
                break
        assert answer.status_code == 500 and answer.json()["error"]["code"] == "io"
        limits = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
        assert create(lin, f"d{i}").status_code == 201
        sender.send()
        assert server.command("audit", "verify").returncode == 0


def test_a_store_that_may_only_be_read_says_so_at_once(small, disk):
    small.lin.publish()
    small.stop()
    disk.mount("remount", "ro")
    try:
        for _ in range(2):
            begun = small.command("serve", "--port", "0")
            assert begun.returncode == 5, begun.stderr
            assert "cannot be written" in begun.stderr and "copy the store" in begun.stderr
    finally:
        disk.grow()
    small.start()
    assert small.anybody().get_json("/datasets", q="公交")["total"] == 1
    assert create(small.administrator(), "more").status_code == 201
    check_all_is_well(small)


class BrokenDiskServer(Server):
    """As if the kernel had made the store's disk read-only, while `broken` is there."""

    def environment(self):
        return {
            **super().environment(),
            "LD_PRELOAD": str(self.folder / "read_only.so"),
            "READ_ONLY": str(self.store),
            "READ_ONLY_FLAG": str(self.folder / "broken"),
        }


@pytest.fixture
def breakable(folder_with_a_run, tmp_path):
    source = Path(__file__).with_name("read_only.c")
    line = ["cc", "-shared", "-fPIC", "-O1", "-o", tmp_path / "read_only.so", source, "-ldl"]
    subprocess.run(line, check=True)
    with running(folder_with_a_run, tmp_path, BrokenDiskServer) as server:
        yield server


def test_a_disk_that_becomes_read_only_is_read_and_said(breakable):
    lin = breakable.staff("lin", "publisher")
    lin.publish()
    sender = Sender(lin, TABLE)
    anybody = breakable.anybody()
    download = "/datasets/stops/versions/1/download?format="
    assert anybody.call("GET", download + "csv").ok
    (breakable.folder / "broken").touch()
    try:
        assert anybody.get_json("/datasets", q="公交")["total"] == 1
        assert len(anybody.get_json("/datasets/stops/versions/1/rows", limit=5)["rows"]) == 5
        assert anybody.call("GET", download + "csv").ok
        for answer in (
            create(lin, "more"),
            lin.call("POST", "/datasets/stops/withdrawal", json={"reason": "错误"}),
            sender.piece(0, 1000),
            anybody.call("GET", download + "parquet"),
        ):
            told = answer.json()["error"]
            assert (answer.status_code, told["code"]) == (403, "denied"), told
            said = json.dumps(told)
            assert "cannot be written" in said or "Read-only file system" in said, told
        assert anybody.get_json("/datasets", q="公交")["total"] == 1
    finally:
        (breakable.folder / "broken").unlink()
    assert create(lin, "more").status_code == 201
    assert sender.offset() == 0
    sender.send()
    assert anybody.call("GET", download + "parquet").ok
    check_all_is_well(breakable)
