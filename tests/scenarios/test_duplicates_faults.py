"""Killed while sketching, resolving and applying, or out of room: a run of duplicates goes on and
ends with the same rows."""

import json
import signal
import subprocess
import time

import pytest
from test_duplicates import made

SPLITS = 12
RECIPE = """siku: 1
input: {path: in.jsonl, columns: {id: text, text: text}}
steps: {step: {use: refine.duplicates.%s, from: input, with: %s}}
outputs: {rows: step}
"""
OPERATORS = {
    "minhash": RECIPE % ("minhash", "{id: id}"),
    "substrings": RECIPE % ("substrings", "{length: 20}"),
}


@pytest.fixture(scope="module", params=OPERATORS)
def work(request, tmp_path_factory):
    """A folder with a recipe, some megabytes to go through it, and the version that comes out."""
    from conftest import Siku

    siku = Siku(tmp_path_factory.mktemp(request.param))
    with open(siku.folder / "in.jsonl", "w", encoding="utf-8") as out:
        for row in made(4000):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    (siku.folder / "recipe.yaml").write_text(OPERATORS[request.param])
    siku.expected = siku.digests("recipe.yaml", "--splits", SPLITS)
    return siku


def phase(run):
    """Which phase a run's folder is in: 0 sketching, 1 resolving, 2 applying, 3 over."""
    sketched = len(list(run.glob("tasks/0-*.json")))
    if sketched < SPLITS:
        return 0 if sketched else None
    if not list(run.glob("parts/*.verdicts")):
        return 1
    return 2 if len(list(run.glob("tasks/1-*.json"))) < SPLITS else 3


def folder_of(store):
    runs = store / "runs"
    return next(iter(sorted(runs.iterdir())), None) if runs.is_dir() else None


def killed_in(siku, wanted):
    """Starts a run and kills it in a phase; false where it was already beyond."""
    process = subprocess.Popen(
        siku.command("run", "recipe.yaml", "--splits", SPLITS, "--threads", 2),
        cwd=siku.folder,
        env=siku.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        run = folder_of(siku.store)
        now = None if run is None else phase(run)
        if now is not None and now >= wanted:
            break
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    killed = process.wait() == -signal.SIGKILL
    return killed and phase(folder_of(siku.store)) == wanted


@pytest.mark.parametrize("wanted", [0, 1, 2], ids=["sketching", "resolving", "applying"])
def test_a_run_killed_in_a_phase_ends_with_the_same_version(work, wanted):
    for attempt in range(8):
        work.store = work.folder / f"killed-{wanted}-{attempt}"
        if killed_in(work, wanted):
            break
    else:
        pytest.fail("no run could be killed in this phase")
    assert work.digests("--resume", "last") == work.expected


FULL = """
set -e
mount -t tmpfs -o size=3m tmpfs "$1"
set +e
"$2" run recipe.yaml --splits "$3" >/dev/null 2>said
echo $? >code
set -e
mount -o remount,size=1g "$1"
"$2" run --resume last --json
"""


def test_a_full_disk_is_said_and_loses_nothing(work):
    unshare = ["unshare", "-m"]
    if subprocess.run([*unshare, "true"], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    work.store = work.folder / "full"
    work.store.mkdir()
    done = subprocess.run(
        [*unshare, "bash", "-c", FULL, "_", work.store, work.command()[0], str(SPLITS)],
        cwd=work.folder,
        env=work.environment(),
        capture_output=True,
        timeout=300,
    )
    said = (work.folder / "said").read_text()
    assert (work.folder / "code").read_text() == "8\n", said
    assert "--resume" in said
    assert done.returncode == 0, done.stderr.decode()
    outputs = json.loads(done.stdout)["outputs"]
    assert {out["dataset"]: out["version"] for out in outputs} == work.expected


def test_a_limit_of_spill_is_said_and_loses_nothing(work):
    work.store = work.folder / "spill"
    done = work.try_("run", "recipe.yaml", "--splits", SPLITS, "--spill-limit", "64KiB")
    assert done.returncode == 7 and b"--spill-limit" in done.stderr, done.stderr.decode()
    assert work.digests("--resume", "last") == work.expected
