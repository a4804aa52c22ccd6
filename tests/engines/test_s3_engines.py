"""Workers that share nothing but a bucket and a database."""

import json
import sys

import pytest
from conftest import BUILD, PYTHON, ROOT

# Inside the network namespace of the run: server and database are seen by it alone.
SCRIPT = """
import os, subprocess, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from postgres import postgres
from s3 import s3

folder, command = Path(sys.argv[2]), sys.argv[3:]
with postgres() as url, s3(folder / "bucket-server") as server:
    server.bucket("shared")
    environment = {**os.environ, **server.environment, "SIKU_INDEX": url}
    subprocess.run(command, check=True, env={**environment, "SIKU_CACHE": str(folder / "driver")})
    # A machine that has nothing of it looks at all of it.
    store = command[command.index("--store") + 1]
    subprocess.run(
        [command[0], "store", "verify", "--store", store],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**environment, "SIKU_CACHE": str(folder / "other")},
    )
"""


@pytest.mark.deep
@pytest.mark.parametrize(
    "engine", [["ray", "--threads", 2], ["spark", "--address", "local-cluster[2,1,1024]"]]
)
def test_workers_share_a_bucket_and_a_database_alone(runs, expected, engine, tmp_path):
    # Every process that starts Python for workers has a cache of its own.
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexport SIKU_CACHE={tmp_path}/worker-$$\nexec {PYTHON} "$@"\n')
    python.chmod(0o755)
    said = runs(
        sys.executable, "-c", SCRIPT, ROOT / "tests/scenarios", tmp_path,
        BUILD / "bin/siku", "run", "recipe.yaml", "--json", "--memory", "512MiB",
        "--splits", 9, "--store", "s3://shared/deep/store", "--engine", *engine,
        PYSPARK_PYTHON=str(python),
    )  # fmt: skip
    made = {one["dataset"]: one["version"] for one in json.loads(said)["outputs"]}
    assert made == expected
    if engine[0] == "spark":
        assert len(list(tmp_path.glob("worker-*/*/FORMAT"))) >= 2
