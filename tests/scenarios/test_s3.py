"""Inputs in S3: the same versions as from files, and what goes wrong."""

import json
import os
import shutil
import signal
import subprocess
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import EXPAND_AND_DEDUPLICATE, write_corpus
from s3 import KEY, SECRET, s3

LINES = """
input: {path: %s, columns: {path: text, text: text}}
steps: [refine.text.repair: {}]
output: made
"""
NO_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
ANY = "input: {path: %s}\nsteps: []\noutput: made\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with s3(tmp_path_factory.mktemp("s3")) as one:
        write_corpus(one.bucket("texts") / "corpus", rows=200)
        write_tables(one.bucket("texts") / "corpus")
        yield one


def write_tables(folder):
    with open(folder / "a.jsonl", encoding="utf-8") as lines:
        table = pa.Table.from_pylist([json.loads(line) for line in lines])
    pq.write_table(table, folder / "a.parquet", row_group_size=30)
    with pa.ipc.new_file(folder / "a.arrow", table.schema) as out:
        out.write_table(table, max_chunksize=30)
    with open(folder / "a.jsonl", "rb") as plain, open(folder / "a.lines.zst", "wb") as out:
        with pa.CompressedOutputStream(out, "zstd") as packed:
            packed.write(plain.read())


@pytest.fixture
def remote(siku, server):
    """The program, with the server in its environment."""
    (siku.folder / "corpus").symlink_to(server.folder / "texts" / "corpus")
    plain = siku.environment
    siku.environment = lambda **extra: plain(**{**server.environment, **extra})
    return siku


def digests(siku, recipe, store, *options):
    (siku.folder / "recipe.yaml").write_text(recipe, encoding="utf-8")
    siku.store = siku.folder / store
    return siku.digests("recipe.yaml", *options)


@pytest.mark.parametrize(
    "recipe, path",
    [
        (ANY, "corpus/a.parquet"),
        (ANY, "corpus/a.arrow"),
        (ANY, "corpus/*.txt"),
        (LINES, "corpus/a.jsonl"),
        (LINES, "corpus/*.jsonl*"),
        ("input: {path: %s, format: lines}\nsteps: []\noutput: made\n", "corpus/a.lines.zst"),
    ],
)
def test_objects_give_the_versions_that_files_give(remote, recipe, path):
    expected = digests(remote, recipe % path, "files")
    made = digests(remote, recipe % f"s3://texts/{path}", "objects", "--splits", 5)
    assert made == expected


def told_hidden(siku, path):
    (siku.folder / "recipe.yaml").write_text(ANY % path, encoding="utf-8")
    return siku.try_("run", "recipe.yaml", "--dry-run").stderr.decode().strip()


def test_a_folder_of_objects_is_read_whole(remote, server):
    bucket = server.bucket("folder") / "deep" / "er"
    shutil.copytree(server.folder / "texts/corpus", bucket, ignore=lambda _, names: {
        name for name in names if not name.endswith(".txt")
    })  # fmt: skip
    (bucket / ".hidden.txt").write_text("不读\n", encoding="utf-8")
    (remote.folder / "plain").symlink_to(server.folder / "folder" / "deep")
    expected = digests(remote, ANY % "plain", "files")
    assert digests(remote, ANY % "s3://folder/deep", "objects") == expected
    said = [told_hidden(remote, path) for path in ("plain", "s3://folder/deep")]
    assert (
        said
        == ["note: names that begin with a point are not read: 1 file or folder, as er/.hidden.txt"]
        * 2
    )
    assert told_hidden(remote, "s3://folder/**/*.txt") == ""
    assert digests(remote, ANY % "s3://folder/**/*.txt", "glob").keys() == expected.keys()


def test_a_whole_recipe_reads_objects(remote):
    expected = digests(remote, EXPAND_AND_DEDUPLICATE, "files")
    recipe = EXPAND_AND_DEDUPLICATE.replace("corpus/", "s3://texts/corpus/")
    assert digests(remote, recipe, "objects", "--splits", 4) == expected


def test_the_endpoint_is_an_option(siku, server):
    credentials = {
        name: value for name, value in server.environment.items() if name != "AWS_ENDPOINT_URL"
    }
    (siku.folder / "recipe.yaml").write_text(ANY % "s3://texts/corpus/*.txt", encoding="utf-8")
    siku("run", "recipe.yaml", "--s3-endpoint", server.endpoint, **credentials)


@pytest.mark.parametrize(
    "variable, option, blamed",
    [
        ("", "127.0.0.1:9", "--s3-endpoint"),
        ("http://127.0.0.1:1", "http://", "--s3-endpoint"),
        ("127.0.0.1:9", "", "SIKU_S3_ENDPOINT"),
    ],
)
def test_an_endpoint_of_a_wrong_form_is_told_where_it_was_said(siku, variable, option, blamed):
    (siku.folder / "recipe.yaml").write_text(ANY % "s3://texts/*.txt", encoding="utf-8")
    given = ("--s3-endpoint", option) if option else ()
    done = siku.try_("run", "recipe.yaml", *given, SIKU_S3_ENDPOINT=variable)
    said = done.stderr.decode()
    assert done.returncode == 2 and blamed in said, said
    assert option == "" or "SIKU_S3_ENDPOINT" not in said


@pytest.mark.parametrize(
    "path, change, code, said",
    [
        ("s3://nowhere/a.jsonl", {}, 3, "no such bucket"),
        ("s3://texts/nothing.jsonl", {}, 3, "no such file"),
        ("s3://texts/corpus/*.csv", {}, 3, "no file matches"),
        ("s3://", {}, 2, "names a bucket"),
        ("s3://texts/corpus//", {}, 2, "no empty part"),
        ("s3://texts/../corpus", {}, 2, "no empty part"),
        ("s3://texts/corpus/a.jsonl", {"AWS_SECRET_ACCESS_KEY": "wrongsecret"}, 5, "refuses"),
        ("s3://texts/corpus/*.jsonl", {"AWS_ACCESS_KEY_ID": "wrongkey"}, 5, "refuses"),
        ("s3://texts/corpus/a.jsonl", NO_CREDENTIALS, 5, "no credentials"),
        ("s3://texts/corpus/*.jsonl", NO_CREDENTIALS, 5, "are set\n  AWS_ACCESS"),
        ("s3://texts/a.jsonl", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, 9, "cannot be reached"),
        ("s3://texts/a.jsonl", {"AWS_ENDPOINT_URL": "127.0.0.1:9"}, 2, "no URL"),
        ("s3://texts/a.jsonl", {"AWS_ENDPOINT_URL": "http://u:sikutestsecret@h"}, 2, "no URL"),
    ],
)
def test_what_goes_wrong_is_told(remote, path, change, code, said):
    (remote.folder / "recipe.yaml").write_text(LINES % path, encoding="utf-8")
    begun = time.monotonic()
    done = remote.try_("run", "recipe.yaml", **change)
    assert (done.returncode, said in done.stderr.decode()) == (code, True), done.stderr.decode()
    assert path.encode() in done.stderr or code == 2
    assert time.monotonic() - begun < 40
    assert SECRET.encode() not in done.stderr and KEY.encode() not in done.stderr
    chinese = remote.try_("run", "recipe.yaml", SIKU_LANG="zh", **change).stderr.decode()
    assert said not in chinese and any("一" <= c <= "鿿" for c in chinese)


def test_an_object_that_changed_is_an_error(remote, server):
    bucket = server.bucket("changing")
    one = bucket / "a.jsonl"
    one.write_text("".join(json.dumps({"text": f"第{i}行。"}) + "\n" for i in range(500)))
    (remote.folder / "recipe.yaml").write_text(LINES % "s3://changing/a.jsonl", encoding="utf-8")
    plan = json.loads(remote("run", "recipe.yaml", "--plan", "--splits", 3))
    remote("task", plan["run"], 0, 0)
    times = one.stat()
    # The same size at the same time: only its ETag tells.
    one.write_text(one.read_text().replace("9", "8"))
    os.utime(one, ns=(times.st_atime_ns, times.st_mtime_ns))
    done = remote.try_("run", "--resume", plan["run"])
    assert done.returncode == 4 and b"s3://changing/a.jsonl" in done.stderr, done.stderr.decode()


def test_a_server_with_a_certificate_is_believed_when_its_issuer_is(siku, tmp_path):
    made = [str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=s3", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
         "-keyout", made[0], "-out", made[1]],
        check=True,
        capture_output=True,
    )  # fmt: skip
    options = ("--key", made[0], "--cert", made[1])
    (siku.folder / "recipe.yaml").write_text(ANY % "s3://texts/*.txt", encoding="utf-8")
    with s3(tmp_path / "served", *options, scheme="https") as server:
        (server.bucket("texts") / "a.txt").write_text("一行\n", encoding="utf-8")
        done = siku.try_("run", "recipe.yaml", **server.environment)
        assert done.returncode == 9, done.stderr.decode()
        assert "certificate" in done.stderr.decode()
        siku("run", "recipe.yaml", **server.environment, AWS_CA_BUNDLE=made[1])


def catches_stops(process):
    """Whether the program has come to where the first Ctrl-C only asks."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1 == 1


def wait_for(what, process):
    until = time.monotonic() + 60
    while not what():
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("where", ["at the start", "in the middle"])
def test_the_first_stop_ends_a_run_whose_server_hangs(siku, tmp_path, where):
    with s3(tmp_path / "served") as server:
        write_corpus(server.bucket("large"), rows=3000)
        (siku.folder / "recipe.yaml").write_text(LINES % "s3://large/a.jsonl", encoding="utf-8")
        if where == "at the start":
            server.stop()
        run = subprocess.Popen(
            siku.command("run", "recipe.yaml", "--splits", 40, "--threads", 1),
            cwd=siku.folder,
            env=siku.environment(**server.environment),
            stderr=subprocess.PIPE,
        )
        if where == "at the start":
            wait_for(lambda: catches_stops(run), run)
        else:
            wait_for(lambda: any(siku.store.glob("runs/*/tasks/*.json")), run)
            server.stop()
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        begun = time.monotonic()
        said = run.communicate(timeout=60)[1].decode()
        took = time.monotonic() - begun
        assert run.returncode == 130 and "the S3 server does not answer" in said, said
        assert took < 3, took
        server.go_on()
        if where == "in the middle":
            assert "siku run --resume" in said, said
            resumed = json.loads(siku("run", "--resume", "last", "--json", **server.environment))
            (siku.folder / "plain").symlink_to(server.folder / "large")
            expected = digests(siku, LINES % "plain/a.jsonl", "files")
            assert {one["dataset"]: one["version"] for one in resumed["outputs"]} == expected


def secrets_below(folder):
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and SECRET.encode() in path.read_bytes():
            yield path


def test_a_killed_run_goes_on_and_no_secret_is_kept(remote, server):
    write_corpus(server.bucket("large"), rows=3000)
    (remote.folder / "recipe.yaml").write_text(LINES % "s3://large/a.jsonl", encoding="utf-8")
    run = subprocess.Popen(
        remote.command("run", "recipe.yaml", "--splits", 8, "--threads", 1),
        cwd=remote.folder,
        env=remote.environment(),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and not list(remote.store.glob("runs/*/tasks/*.json")):
        if run.poll() is not None:
            break
    run.send_signal(signal.SIGKILL)
    run.wait()
    resumed = json.loads(remote("run", "--resume", "last", "--json"))
    made = {one["dataset"]: one["version"] for one in resumed["outputs"]}
    assert list(secrets_below(remote.folder)) == []
    (remote.folder / "plain").symlink_to(server.folder / "large")
    assert digests(remote, LINES % "plain/a.jsonl", "files") == made
