"""The same rows, order and bytes from an engine: cases of every operator, examples, 200 MB."""

import re
import subprocess
import sys

import pytest
from conftest import BUILD, HERE, ROOT

CORPUS = ROOT / "build/bench/refine-220.jsonl"
pytestmark = pytest.mark.deep


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_an_engine_and_threads_give_the_same(runs, engine):
    if not CORPUS.exists():
        make = ROOT / "bench/refine/web_text.py"
        subprocess.run([sys.executable, make, CORPUS, "220"], check=True)
    said = runs.python_file(
        HERE / "identity.py", "--engine", engine, "--program", BUILD / "bin/siku",
        "--corpus", CORPUS,
    )  # fmt: skip
    compared, differ = re.findall(rb"(\d+) compared, (\d+) differ", said)[0]
    assert int(compared) > 1500, said
    assert int(differ) == 0, said
