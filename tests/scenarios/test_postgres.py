"""A store whose index is in PostgreSQL: the same versions, and what goes wrong."""

import os
import re
import signal
import subprocess
import time

import pytest
from conftest import BUILD, write_corpus
from postgres import postgres


@pytest.fixture(scope="module")
def database():
    with postgres() as url:
        yield url


def short(digests):
    return {name: digest[:16] for name, digest in digests.items()}


def known(siku, database):
    """Datasets with the beginning of their newest version's digest, as the index has them."""
    return dict(
        re.findall(
            r"^(\S+)@\d+ .*?\b([0-9a-f]{16})\b",
            siku("dataset", "ls", SIKU_INDEX=database).decode(),
            re.M,
        )
    )


def test_the_store_tests_pass_over_it(database):
    done = subprocess.run(
        [
            BUILD / "bin" / "store_test",
            "--gtest_filter=CommitTest*:Append*:DiffTest*:Runs*:Compact*:Gc*:Verify*:Read.*-Gc.TheLeaseOfAKilled*",
        ],
        env={**os.environ, "SIKU_TEST_INDEX": database},
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout.decode()[-3000:]
    assert b"[  PASSED  ] 0 tests" not in done.stdout


def test_a_run_gives_the_same_versions(corpus, database):
    expected = corpus.digests("recipe.yaml")
    corpus.store = corpus.folder / "shared"
    assert corpus.digests("recipe.yaml", "--index", database) == expected
    assert known(corpus, database) == short(expected)
    assert corpus("store", "verify", SIKU_INDEX=database)
    assert not (corpus.store / "index.sqlite").exists()
    assert b"secret" not in (corpus.store / "FORMAT").read_bytes()


def test_the_kind_of_index_is_told(corpus, database):
    corpus("run", "recipe.yaml")
    done = corpus.try_("dataset", "ls", "--index", database)
    assert done.returncode == 2 and b"SQLite" in done.stderr
    corpus.store = corpus.folder / "shared"
    corpus("run", "recipe.yaml", "--index", database)
    done = corpus.try_("dataset", "ls")
    assert done.returncode == 2 and b"PostgreSQL" in done.stderr and b"--index" in done.stderr


@pytest.mark.parametrize(
    "change, code, said",
    [
        (lambda url: url.replace("siku-secret", "wrong"), 5, b"refuses"),
        (lambda url: url.replace("/postgres", "/nowhere"), 3, b"nowhere"),
        (lambda url: "postgresql://siku:siku-secret@127.0.0.1:1/postgres", 9, b"cannot be reached"),
    ],
)
def test_errors_say_where_and_never_the_password(siku, database, change, code, said):
    (siku.folder / "text.txt").write_text("北京市\n")
    (siku.folder / "recipe.yaml").write_text("input: text.txt\nsteps: []\noutput: made\n")
    done = siku.try_("run", "recipe.yaml", "--index", change(database))
    assert done.returncode == code, done.stderr.decode()
    assert said in done.stderr
    assert b"siku-secret" not in done.stderr + done.stdout


def test_the_index_is_rebuilt(corpus, database):
    expected = corpus.digests("recipe.yaml", "--index", database)
    schema = (corpus.store / "FORMAT").read_text().split()[-1]
    drop = f'DROP SCHEMA "{schema}" CASCADE'
    subprocess.run(["psql", "-q", database, "-c", drop], check=True, capture_output=True)
    done = corpus.try_("dataset", "ls", "--index", database)
    assert done.returncode == 6 and b"rebuild" in done.stderr
    corpus("store", "rebuild", "--index", database)
    assert known(corpus, database) == short(expected)


def test_kill_and_resume(siku, database):
    write_corpus(siku.folder / "in", rows=3000)
    (siku.folder / "recipe.yaml").write_text(
        "input: {path: in/*.jsonl, columns: {text: text}}\n"
        "steps: [refine.text.repair: {}]\noutput: made\n"
    )
    run = subprocess.Popen(
        siku.command("run", "recipe.yaml", "--splits", 8, "--threads", 1),
        cwd=siku.folder,
        env=siku.environment(SIKU_INDEX=database),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and not list(siku.store.glob("runs/*/tasks/*.json")):
        if run.poll() is not None:
            break
    run.send_signal(signal.SIGKILL)
    run.wait()
    siku("run", "--resume", "last", SIKU_INDEX=database)
    resumed = known(siku, database)
    siku.store = siku.folder / "plain"
    assert resumed == short(siku.digests("recipe.yaml"))
