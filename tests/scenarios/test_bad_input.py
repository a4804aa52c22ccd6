"""Bad input gets a clear error or a reject with the documented exit code, and loses nothing."""

import gzip
import hashlib
import json
import os
import subprocess

import pytest

RECIPE = "input: {path: in.jsonl}\nsteps: [refine.text.collapse_space]\noutput: out\n"


def recipe(siku, text=RECIPE):
    (siku.folder / "recipe.yaml").write_text(text)
    return "recipe.yaml"


def test_an_empty_file_gives_an_empty_dataset_and_says_so(siku):
    (siku.folder / "in.jsonl").write_bytes(b"")
    done = siku.try_(
        "run", recipe(siku, RECIPE.replace("in.jsonl", "in.jsonl, columns: {text: text}"))
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"0 rows" in done.stdout


def test_a_missing_file_is_named(siku):
    done = siku.try_("run", recipe(siku))
    assert done.returncode == 3
    assert b"in.jsonl" in done.stderr


def test_a_missing_column_lists_the_columns_there_are(siku):
    (siku.folder / "in.jsonl").write_text('{"body": "x", "id": 1}\n')
    done = siku.try_("run", recipe(siku))
    assert done.returncode == 3
    assert b"body" in done.stderr and b"recipe.yaml:2" in done.stderr


def test_a_column_that_is_not_text_is_named(siku):
    (siku.folder / "in.jsonl").write_text('{"text": 1}\n')
    done = siku.try_("run", recipe(siku))
    assert done.returncode == 2
    assert b"not text" in done.stderr


def test_a_truncated_gzip_file_is_an_error_with_its_name(siku):
    data = gzip.compress(b"".join(b'{"text": "%d"}\n' % (i * 7919) for i in range(5000)))
    (siku.folder / "in.jsonl.gz").write_bytes(data[: len(data) // 2])
    done = siku.try_("run", recipe(siku, RECIPE.replace("in.jsonl", "in.jsonl.gz")))
    assert done.returncode == 6, done.stderr.decode()
    assert b"in.jsonl.gz" in done.stderr
    assert siku("dataset", "ls").strip() == b""


def test_bad_lines_are_rejected_and_counted(siku):
    (siku.folder / "in.jsonl").write_bytes(
        b'{"text": "good"}\n{"text": \n\x00\x01\x02\n{"text": "nul \\u0000 inside"}\n'
    )
    result = siku.run(recipe(siku))
    assert result["read"]["rows"] == 2
    assert sum(result["read"]["rejected"].values()) == 2


def test_a_record_beyond_the_cap_is_rejected_by_reference(siku):
    long = b'{"text": "' + b"x" * (3 << 20) + b'"}\n'
    (siku.folder / "in.jsonl").write_bytes(b'{"text": "a"}\n' + long + b'{"text": "b"}\n')
    result = siku.run(recipe(siku), "--max-record", "1MiB")
    assert result["read"]["rows"] == 2
    rejects = [
        json.loads(line)
        for line in siku("rejects", result["run"], "--format", "jsonl").splitlines()
    ]
    assert len(rejects) == 1
    assert rejects[0]["position"] == 14
    assert rejects[0]["bytes"] == len(long)
    assert rejects[0]["sha256"] == hashlib.sha256(long).hexdigest()


# Root reads everything, unless it gives that up.
AS_OTHERS = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"]


def test_an_unreadable_file_is_named(siku):
    (siku.folder / "in.jsonl").write_text('{"text": "x"}\n')
    (siku.folder / "in.jsonl").chmod(0)
    done = subprocess.run(
        (AS_OTHERS if os.geteuid() == 0 else []) + siku.command("run", recipe(siku)),
        cwd=siku.folder,
        env=siku.environment(),
        capture_output=True,
    )
    assert done.returncode == 5, done.stderr.decode()
    assert b"in.jsonl" in done.stderr


def test_a_full_disk_is_said_and_nothing_is_visible(siku):
    (siku.folder / "in.jsonl").write_text(
        "".join(
            json.dumps({"text": hashlib.sha512(b"%d" % i).hexdigest() * 4}) + "\n"
            for i in range(20000)
        )
    )
    recipe(siku)
    small = siku.folder / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    try:
        done = siku.try_("run", "recipe.yaml", SIKU_STORE=str(small / "store"))
        assert done.returncode == 8, done.stderr.decode()
        assert b"Traceback" not in done.stderr
    finally:
        subprocess.run(["umount", small], check=True)
    assert siku.run("recipe.yaml")["read"]["rows"] == 20000


def test_binary_is_not_taken_for_text(siku):
    (siku.folder / "page.txt").write_bytes(bytes(range(256)) * 64)
    done = siku.try_("repair", "page.txt")
    assert done.returncode == 6, done.stderr.decode()


def test_wrong_arguments_exit_with_2(siku):
    for arguments in (["run"], ["frobnicate"], ["run", "x.yaml", "--threads", "many"]):
        assert siku.try_(*arguments).returncode == 2
