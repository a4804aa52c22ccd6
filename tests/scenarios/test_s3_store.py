"""Stores in S3 with the index in PostgreSQL: the same versions, from any machine, after any end."""

import json
import re
import shutil
import signal
import subprocess
import time

import pytest
from conftest import EXPAND_AND_DEDUPLICATE, write_corpus
from postgres import postgres
from s3 import SECRET, s3

LINES = """
input: {path: in/a.jsonl, columns: {path: text, text: text}}
steps: [refine.text.repair: {}]
output: made
"""
CHANGING = """
inputs: {pages: {path: in/a.jsonl, columns: {path: text, text: text}}}
steps:
  repaired: {use: refine.text.repair, from: pages}
  once: {use: refine.document.drop_duplicates, from: repaired}
  long: {use: refine.filter.text_length, from: once, with: {min_len: %d}}
outputs: {made: long}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with s3(tmp_path_factory.mktemp("s3")) as one:
        yield one


@pytest.fixture(scope="module")
def database():
    with postgres() as url:
        yield url


@pytest.fixture
def shared(siku, server, database, request):
    """The program with a store in a bucket of the test's own, and with folders as machines have."""
    bucket = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:40].strip("-")
    siku.bucket = server.bucket(bucket)
    siku.store = f"s3://{bucket}/deep/store"
    siku.machine = "one"
    plain = siku.environment

    def environment(**extra):
        own = {"SIKU_INDEX": database, "SIKU_CACHE": str(siku.folder / siku.machine)}
        return plain(**{**server.environment, **own, **extra})

    siku.environment = environment
    return siku


def plain_digests(siku, *options):
    """What the same recipe gives in a folder."""
    made = siku.folder / "plain"
    said = siku("run", "recipe.yaml", "--json", "--store", made, *options, SIKU_INDEX="")
    return {one["dataset"]: one["version"] for one in json.loads(said)["outputs"]}


def test_a_run_gives_the_same_versions_on_every_machine(shared):
    write_corpus(shared.folder / "corpus", rows=100)
    (shared.folder / "recipe.yaml").write_text(EXPAND_AND_DEDUPLICATE, encoding="utf-8")
    assert shared.digests("recipe.yaml", "--splits", 3) == plain_digests(shared)
    listed, rows = shared("dataset", "ls"), shared("dataset", "export", "paragraphs")
    rejects = shared("rejects", "last")
    shared.machine = "two"
    assert shared("dataset", "ls") == listed
    assert shared("dataset", "export", "paragraphs") == rows
    assert shared("rejects", "last") == rejects
    assert shared("store", "verify")
    shared("undo", "last", "--to", "back")
    for path in (shared.folder / "corpus").glob("*.txt"):
        assert (shared.folder / "back/pages" / path.name).read_bytes() == path.read_bytes()


def test_kill_and_resume_on_another_machine(shared):
    write_corpus(shared.folder / "in", rows=2000)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    run = subprocess.Popen(
        shared.command("run", "recipe.yaml", "--splits", 8, "--threads", 1),
        cwd=shared.folder,
        env=shared.environment(),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and not list(shared.bucket.glob("**/tasks/*.json")):
        if run.poll() is not None:
            break
    run.send_signal(signal.SIGKILL)
    run.wait()
    done = {path: path.stat().st_mtime_ns for path in shared.bucket.glob("**/tasks/*.json")}
    assert done and shared("dataset", "ls") == b"", "half of a run is visible"
    shared.machine = "two"
    said = json.loads(shared("run", "--resume", "last", "--json"))
    assert {one["dataset"]: one["version"] for one in said["outputs"]} == plain_digests(shared)
    for path, written in done.items():
        assert path.stat().st_mtime_ns == written, "what was done was done again"
    assert shared("store", "verify")


def test_the_first_stop_ends_a_run_whose_store_hangs(shared, server):
    write_corpus(shared.folder / "in", rows=2000)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    run = subprocess.Popen(
        shared.command("run", "recipe.yaml", "--splits", 20, "--threads", 1),
        cwd=shared.folder,
        env=shared.environment(),
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and not list(shared.bucket.glob("**/tasks/*.json")):
        assert run.poll() is None
    server.stop()
    try:
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        begun = time.monotonic()
        said = run.communicate(timeout=60)[1].decode()
        assert time.monotonic() - begun < 3, said
    finally:
        server.go_on()
    assert run.returncode == 130 and "siku run --resume" in said, said
    shared.machine = "two"
    resumed = json.loads(shared("run", "--resume", "last", "--json"))
    assert {one["dataset"]: one["version"] for one in resumed["outputs"]} == plain_digests(shared)


def test_what_was_done_is_taken_over_on_another_machine(shared):
    write_corpus(shared.folder / "in", rows=200)
    (shared.folder / "recipe.yaml").write_text(CHANGING % 5, encoding="utf-8")
    plan = json.loads(shared("run", "recipe.yaml", "--plan", "--splits", 3))
    done = 0
    for phase in plan["phases"][:-1]:
        step = ("--step", phase["step"]) if phase["step"] else ()
        for task in range(phase["tasks"]):
            shared("task", plan["run"], phase["stage"], task, *step)
            done += 1
    shared.machine = "two"
    (shared.folder / "recipe.yaml").write_text(CHANGING % 30, encoding="utf-8")
    said = shared.try_("run", "recipe.yaml", "--resume", plan["run"], "--json", "--splits", 3)
    assert said.stderr.decode().startswith(f"{done} "), said.stderr.decode()
    made = {one["dataset"]: one["version"] for one in json.loads(said.stdout)["outputs"]}
    assert made == plain_digests(shared)
    shared.machine = "three"
    assert shared("store", "verify")


@pytest.mark.parametrize("name", ["rows.parquet", "rows.jsonl", "rows.jsonl.gz"])
def test_exports_are_objects(shared, name):
    write_corpus(shared.folder / "in", rows=60)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    shared.digests("recipe.yaml")
    shared("dataset", "export", "made", "-o", name)
    url = f"s3://{shared.bucket.name}/out/{name}"
    shared("dataset", "export", "made", "-o", url)
    assert (shared.bucket / "out" / name).read_bytes() == (shared.folder / name).read_bytes()


def test_gc_and_rebuild(shared, database):
    write_corpus(shared.folder / "in", rows=60)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    made = shared.digests("recipe.yaml")
    stray = shared.bucket / "deep/store/data/ab" / f"ab{62 * '0'}.parquet"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left by nobody")
    shared("store", "gc", "--grace", "0s")
    assert not stray.exists()
    schema = (shared.bucket / "deep/store/FORMAT").read_text().split()[-1]
    drop = f'DROP SCHEMA "{schema}" CASCADE'
    subprocess.run(["psql", "-q", database, "-c", drop], check=True, capture_output=True)
    shared.machine = "two"
    shared("store", "rebuild")
    assert made and shared("store", "verify")


def test_what_a_damaged_object_gives_is_not_kept(shared):
    write_corpus(shared.folder / "in", rows=60)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    shared.digests("recipe.yaml")
    rows = shared("dataset", "export", "made")
    (stored,) = shared.bucket.glob("deep/store/data/*/*.parquet")
    sound = stored.read_bytes()
    middle = len(sound) // 2
    stored.write_bytes(sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :])
    shared.machine = "two"
    done = shared.try_("dataset", "export", "made")
    assert done.returncode == 6 and b"s3://" in done.stderr, done.stderr.decode()
    stored.write_bytes(sound)
    assert shared("dataset", "export", "made") == rows


def damage(path, how):
    """A copy of a file as a full disk, a torn write or a bad sector leaves it."""
    sound = path.read_bytes()
    middle = len(sound) // 2
    flipped = sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :]
    path.write_bytes(sound[:middle] if how == "truncated" else flipped)


@pytest.mark.parametrize("how", ["truncated", "flipped"])
def test_a_damaged_copy_in_the_cache_is_fetched_again(shared, how):
    write_corpus(shared.folder / "in", rows=60)
    (shared.folder / "recipe.yaml").write_text(CHANGING % 400, encoding="utf-8")
    shared.digests("recipe.yaml")
    rows, rejects = shared("dataset", "export", "made"), shared("rejects", "last")
    assert rows and rejects
    cache = shared.folder / "one"
    for pattern in ("data/*/*.parquet", "ledger/*.parquet", "manifests/*/*.json"):
        copies = list(cache.glob(f"**/{pattern}"))
        assert copies, pattern
        for copy in copies:
            damage(copy, how)
    assert shared("dataset", "export", "made") == rows
    assert shared("rejects", "last") == rejects


def test_a_damaged_copy_of_what_is_gone_is_told(shared):
    write_corpus(shared.folder / "in", rows=60)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    shared.digests("recipe.yaml")
    (copy,) = (shared.folder / "one").glob("**/data/*/*.parquet")
    damage(copy, "truncated")
    (stored,) = shared.bucket.glob("deep/store/data/*/*.parquet")
    stored.unlink()
    done = shared.try_("dataset", "export", "made")
    said = done.stderr.decode()
    assert done.returncode == 6 and f"s3://{shared.bucket.name}/deep/store/data/" in said, said


def test_a_damaged_ledger_object_is_told(shared):
    write_corpus(shared.folder / "in", rows=60)
    (shared.folder / "recipe.yaml").write_text(CHANGING % 400, encoding="utf-8")
    shared.digests("recipe.yaml")
    for stored in shared.bucket.glob("**/ledger/*.parquet"):
        damage(stored, "flipped")
    shared.machine = "two"
    done = shared.try_("rejects", "last")
    said = done.stderr.decode()
    assert done.returncode == 6 and f"s3://{shared.bucket.name}/deep/store/runs/" in said, said
    assert not list((shared.folder / "two").glob("**/ledger/*")), "what is damaged is kept"
    shared.machine = "one"
    assert shared("rejects", "last"), "the sound copy"
    verified = shared.try_("store", "verify")
    assert verified.returncode == 12, verified.stderr.decode()
    assert b"deep/store/runs/" in verified.stdout + verified.stderr
    assert shared("rejects", "last"), "verify put the damaged object over the sound copy"


def test_a_damaged_manifest_is_told_by_its_object(shared):
    write_corpus(shared.folder / "in", rows=60)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    shared.digests("recipe.yaml")
    for folder in (shared.bucket, shared.folder / "one"):
        (manifest,) = folder.glob("**/manifests/*/*.json")
        damage(manifest, "flipped")
    done = shared.try_("dataset", "export", "made")
    said = done.stderr.decode()
    assert done.returncode == 6, said
    assert f"s3://{shared.bucket.name}/deep/store/manifests/" in said, said
    assert str(shared.folder) not in said, said


def test_free_bytes_are_said_to_be_the_caches(shared):
    write_corpus(shared.folder / "in", rows=5)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    shared.digests("recipe.yaml")
    said = {line[:12].strip(): line[12:] for line in shared("store", "info").decode().splitlines()}
    assert "free" not in said and said["path"] == shared.store, said
    assert said["cache"].startswith(str(shared.folder / "one")) and said["cache free"], said
    assert "in its cache" in shared("doctor").decode()


@pytest.mark.parametrize("code", [2, 5])
def test_a_cache_that_cannot_be_one_is_named(shared, code):
    write_corpus(shared.folder / "in", rows=5)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    cache = shared.folder / "cache"
    if code == 2:
        cache.write_text("no folder", encoding="utf-8")
    else:
        # Nobody can write here, root included.
        cache.symlink_to("/sys/kernel")
    done = shared.try_("run", "recipe.yaml", SIKU_CACHE=str(cache))
    said = done.stderr.decode()
    assert done.returncode == code and f"{cache}: " in said and "SIKU_CACHE" in said, said
    chinese = shared.try_("run", "recipe.yaml", SIKU_CACHE=str(cache), SIKU_LANG="zh")
    assert "从 S3 读来" in chinese.stderr.decode()


@pytest.mark.parametrize("url", ["postgresql://u:siku-secret@[bad/x", "mysql://u:siku-secret@h/x"])
def test_a_database_url_that_cannot_be_read_is_not_shown(siku, url):
    (siku.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    write_corpus(siku.folder / "in", rows=5)
    done = siku.try_("run", "recipe.yaml", "--store", "store", "--index", url)
    assert done.returncode == 2, done.stderr.decode()
    assert b"siku-secret" not in done.stderr


@pytest.mark.parametrize("store", ["gs://a/b", "S3://a/b", "s3:a/b", "file:///tmp/x"])
def test_a_store_elsewhere_is_refused(siku, store):
    (siku.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    write_corpus(siku.folder / "in", rows=5)
    done = siku.try_("run", "recipe.yaml", "--store", store)
    assert done.returncode != 0 and b"in a folder or in S3" in done.stderr, done.stderr.decode()


def schemas(database):
    ask = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'siku%' ORDER BY 1"
    done = subprocess.run(["psql", "-qAt", database, "-c", ask], check=True, capture_output=True)
    return done.stdout.decode().split()


def test_a_store_that_cannot_be_written_leaves_nothing_behind(siku, database, tmp_path):
    write_corpus(siku.folder / "in", rows=5)
    (siku.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    before = schemas(database)
    with s3(tmp_path / "served", "--read-only") as server:
        server.bucket("sealed")
        own = {**server.environment, "SIKU_INDEX": database, "SIKU_CACHE": str(tmp_path / "cache")}
        done = siku.try_("run", "recipe.yaml", "--store", "s3://sealed/store", **own)
    assert done.returncode in (5, 9) and b"s3://sealed/store" in done.stderr, done.stderr.decode()
    assert schemas(database) == before


def test_no_secret_is_kept_and_the_cache_may_go(shared):
    write_corpus(shared.folder / "in", rows=60)
    (shared.folder / "recipe.yaml").write_text(LINES, encoding="utf-8")
    made = shared.digests("recipe.yaml")
    for folder in (shared.folder, shared.bucket):
        for path in folder.rglob("*"):
            if path.is_file():
                assert SECRET.encode() not in path.read_bytes(), path
                assert b"siku-secret" not in path.read_bytes(), path
    shutil.rmtree(shared.folder / "one")
    assert shared.digests("recipe.yaml") == made
