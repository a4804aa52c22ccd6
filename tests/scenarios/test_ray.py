"""The same recipe as Ray tasks over split descriptors gives the same versions."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROGRAM, SEED

pytestmark = pytest.mark.deep

# A network of its own with nothing but loopback: Ray listens on all interfaces there are.
ALONE = 'ip link set lo up && exec "$@"'


def test_ray_gives_the_same_versions(corpus):
    expected = corpus.digests("recipe.yaml", "--threads", 1)
    driver = Path(__file__).with_name("ray_driver.py")
    done = subprocess.run(
        ["unshare", "-n", "-p", "-f", "--mount-proc", "--kill-child", "bash", "-c", ALONE, "_"]
        + [sys.executable, driver, PROGRAM.resolve(), corpus.folder / "ray-store", "recipe.yaml"]
        + [str(SEED)],
        cwd=corpus.folder,
        env=corpus.environment(HOME=str(corpus.folder)),
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    summary = json.loads(done.stdout)
    assert {out["dataset"]: out["version"] for out in summary["outputs"]} == expected
