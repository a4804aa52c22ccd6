"""What tests of engines need: the program, a Python with engines, a network of their own.

SIKU_ENGINES_PYTHON names a Python with siku, Ray and Spark (tools/check/engines.sh makes it).
"""

import json
import os
import subprocess
from pathlib import Path

import corpus
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = Path(os.environ.get("SIKU_BUILD_DIR", "build/release")).resolve()
PYTHON = os.environ.get("SIKU_ENGINES_PYTHON", str(ROOT / "build/python/venv-engines/bin/python"))
SEED = corpus.SEED

# Nothing but loopback is there: Ray listens on every interface. And who is left dies with it.
ROOTLESS = [] if os.geteuid() == 0 else ["-r"]
ALONE = ["unshare", *ROOTLESS, "-n", "-p", "-f", "--mount-proc", "--kill-child", "bash", "-c"]
LOOPBACK = 'ip link set lo up && exec "$@"'


class Runs:
    """A corpus and a recipe in a folder of their own; runs of it by the program."""

    def __init__(self, folder):
        self.folder = folder
        corpus.write(folder)

    def environment(self, **extra):
        return {
            **os.environ,
            "HOME": str(self.folder),
            "SIKU_LANG": "en",
            "SIKU_PYTHON": PYTHON,
            "PYSPARK_PYTHON": PYTHON,
            "RAY_worker_niceness": "0",
            **extra,
        }

    def command(self, *words):
        return [*ALONE, LOOPBACK, "_", *map(str, words)]

    def start(self, *words, **extra):
        return subprocess.Popen(
            self.command(*words),
            cwd=self.folder,
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *words, patience=600, **extra):
        process = self.start(*words, **extra)
        try:
            out, error = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.returncode == 0, f"{words}: {process.returncode}\n{error.decode()[-4000:]}"
        return out

    def digests(self, store, *options, recipe="recipe.yaml"):
        said = self(
            BUILD / "bin/siku", "run", recipe, "--json", "--memory", "512MiB",
            "--store", self.folder / store, *options,
        )  # fmt: skip
        return {one["dataset"]: one["version"] for one in json.loads(said)["outputs"]}

    def python(self, code, *words):
        return self(PYTHON, "-c", code, *words)

    def python_file(self, file, *words):
        return self(PYTHON, file, *words, patience=3600)


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    if subprocess.run([*ALONE, LOOPBACK, "_", "true"], capture_output=True).returncode:
        pytest.skip("no network of its own can be made here")
    return Runs(tmp_path_factory.mktemp("engines"))


@pytest.fixture(scope="session")
def expected(runs):
    return runs.digests("expected", "--threads", 1)
