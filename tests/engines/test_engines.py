"""The same rows, order and bytes, whoever does the tasks."""

import json
import random

import pytest
from conftest import BUILD, SEED

pytestmark = pytest.mark.deep
LOCAL = ["--threads", 2, "--splits", 9]


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_an_engine_gives_the_same_versions(runs, expected, engine):
    assert runs.digests(engine, "--engine", engine, *LOCAL) == expected


@pytest.mark.parametrize("splits", [64, 65])
def test_any_number_of_partitions_and_order_of_arrival(runs, expected, tmp_path, splits):
    names = sorted(file.name for file in (runs.folder / "corpus").iterdir())
    (tmp_path / "corpus").mkdir()
    for name in random.Random(SEED).sample(names, len(names)):
        (tmp_path / "corpus" / name).write_bytes((runs.folder / "corpus" / name).read_bytes())
    (tmp_path / "recipe.yaml").write_bytes((runs.folder / "recipe.yaml").read_bytes())
    options = ["--engine", "spark", "--threads", 2, "--splits", splits]
    assert runs.digests(f"shuffled-{splits}", *options, recipe=tmp_path / "recipe.yaml") == expected


def test_a_cluster_of_several_executors(runs, expected):
    options = ["--engine", "spark", "--address", "local-cluster[2,1,1024]", "--splits", 9]
    assert runs.digests("cluster", *options) == expected


def test_python_runs_it_too(runs, expected):
    code = (
        "import siku, sys, time\n"
        "seen, begun = [], time.monotonic()\n"
        "made = siku.run('recipe.yaml', store='python', engine=sys.argv[1], splits=9, threads=2,\n"
        "                memory=512 << 20, progress=seen.append)\n"
        "assert any(one['tasks_done'] == one['tasks_total'] > 0 for one in seen), seen\n"
        "assert max(one['bytes_done'] for one in seen) > 0\n"
        "assert made.to_dict()['seconds'] > (time.monotonic() - begun) / 2\n"
        "import json; print(json.dumps({k: o.content for k, o in made.outputs.items()}))\n"
    )
    assert json.loads(runs.python(code, "spark")) == expected


def test_an_engine_goes_on_with_what_another_began(runs, expected):
    store = runs.folder / "mixed"
    plan = json.loads(
        runs(BUILD / "bin/siku", "run", "recipe.yaml", "--splits", 9, "--plan", "--store", store)
    )
    run, phase = plan["run"], plan["phases"][0]
    for task in range(phase["tasks"] - 2):
        runs(BUILD / "bin/siku", "task", run, phase["stage"], task, "--store", store)
    before = {f.name: f.stat().st_mtime_ns for f in store.glob("runs/*/tasks/*.json")}
    said = runs(
        BUILD / "bin/siku", "run", "--resume", run, "--engine", "spark", "--threads", 2,
        "--store", store, "--json",
    )  # fmt: skip
    assert {one["dataset"]: one["version"] for one in json.loads(said)["outputs"]} == expected
    after = {f.name: f.stat().st_mtime_ns for f in store.glob("runs/*/tasks/*.json")}
    assert before.items() <= after.items(), "what was done was done again"


def test_spark_is_told_what_a_task_may_take(runs):
    code = (
        "from siku.engines.on_spark import connected\n"
        "with connected(address=None, threads=1, memory=512 << 20) as engine:\n"
        "    print(engine.settings()['spark.executor.memoryOverhead'])\n"
    )
    # The Python worker's, and what Spark gives a small JVM beside its heap.
    assert runs.python(code).split()[-1] == b"896m"


def test_a_wrong_engine_is_told(runs):
    process = runs.start(
        BUILD / "bin/siku", "run", "recipe.yaml", "--engine", "ray", "--store", "none",
        SIKU_PYTHON="/usr/bin/python3",
    )  # fmt: skip
    _, error = process.communicate(timeout=60)
    assert process.returncode == 11
    assert b"SIKU_PYTHON" in error and b"engine.log" in error


def runs_of(runs, store):
    said = runs(BUILD / "bin/siku", "runs", "--store", store).decode()
    return [line.split()[1] for line in said.splitlines()[1:]]


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_a_wrong_address_is_told_at_once(runs, engine):
    store = f"nowhere-{engine}"
    address = {"ray": "127.0.0.1:1", "spark": "spark://127.0.0.1:1"}[engine]
    for command in (["run", "recipe.yaml"], ["run", "--resume", "last"], ["cluster", "doctor"]):
        process = runs.start(
            BUILD / "bin/siku", *command, "--engine", engine, "--address", address,
            "--store", store,
        )  # fmt: skip
        _, error = process.communicate(timeout=30)
        assert process.returncode == 9 and b"127.0.0.1:1: " in error, error
        assert (b"--resume" in error) == ("run" in command), error
        assert runs_of(runs, store) == ["failed"]


def test_the_doctor_looks_at_the_store_it_is_given(runs):
    process = runs.start(
        BUILD / "bin/siku", "cluster", "doctor", "--engine", "spark", "--store", "absent"
    )
    _, error = process.communicate(timeout=30)
    assert process.returncode == 3 and b"there is no store here" in error, error


def test_an_engine_that_dies_is_told_and_leaves_a_run_to_resume(runs, expected):
    store = runs.folder / "dies"
    # A sitecustomize of its own: the driver of the engine ends as if it were killed.
    folder = runs.folder / "dying"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import sys\n"
        "if '-m' in sys.orig_argv and 'siku.engines' in sys.orig_argv:\n"
        "    import os, signal, threading\n"
        "    threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGKILL)).start()\n"
    )
    process = runs.start(
        BUILD / "bin/siku", "run", "recipe.yaml", "--engine", "spark", "--splits", 9,
        "--store", store, PYTHONPATH=folder,
    )  # fmt: skip
    _, error = process.communicate(timeout=60)
    assert process.returncode == 9 and b"before the run did" in error, error
    assert b"--resume" in error and b"SIKU_PYTHON" not in error, error
    said = runs(BUILD / "bin/siku", "run", "--resume", "last", "--json", "--store", store)
    assert {one["dataset"]: one["version"] for one in json.loads(said)["outputs"]} == expected


PIPELINE = """
import pyarrow as pa, siku, sys
texts = ["政府令（zhèng fǔ lìng）", "第一条&nbsp;本法", "短", None] * 50
table = pa.table({"id": range(len(texts)), "text": texts})
expected = pa.table(siku.apply("refine.text.repair", table).frame).column("text").to_pylist()
if sys.argv[1] == "ray":
    import os, ray
    os.environ.update(RAY_AUTH_MODE="disabled")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=80 << 20)
    rows = ray.data.from_arrow(table).repartition(3)
    for how in ({}, {"batch_format": "pyarrow"}, {"batch_format": "pandas"}):
        made = rows.map_batches(siku.ray("refine.text.repair"), **how).sort("id")
        got = [row["text"] for row in made.take_all()]
        assert got == expected, (how, got[:4], expected[:4])
else:
    from pyspark.sql import SparkSession
    local = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = local.getOrCreate()
    frame = spark.createDataFrame(table).selectExpr(
        "*", "timestamp'2026-11-30 12:00:00' as at", "timestamp_ntz'2026-11-30 12:00:00' as then"
    )
    repair = siku.spark("refine.text.repair")
    made = frame.repartition(3).mapInArrow(repair, repair.schema(frame)).sort("id")
    assert made.schema["at"] == frame.schema["at"] and made.schema["then"] == frame.schema["then"]
    assert {row.at for row in made.collect()} == {row.at for row in frame.collect()}
    got = [row.text for row in made.collect()]
assert got == expected, (got[:4], expected[:4])
"""


@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_operators_in_peoples_own_pipelines(runs, engine):
    runs.python(PIPELINE, engine)


FAILING = """
import pyarrow as pa, siku, threading
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[3]").config("spark.ui.enabled", "false").getOrCreate()
theirs = []
def work():
    slow = spark.sparkContext.parallelize(range(2), 2)
    theirs.append(slow.map(lambda one: __import__("time").sleep(12) or one).collect())
other = threading.Thread(target=work)
other.start()
open("fails.py", "w").write('''
import siku
@siku.operator(name="my.text.fail_always", summary="Fails.", writes={"$column": "text"},
               rules={"no": "No."})
def fail(batch, column):
    raise RuntimeError("no such luck")
''')
recipe = {
    "plugins": ["fails.py"], "input": {"path": "few.jsonl"}, "output": "never",
    "steps": ["my.text.fail_always", "refine.document.drop_duplicates"],
}
open("few.jsonl", "w").write('{"text": "a"}\\n')
recipe = siku.Recipe.from_dict(recipe, base=".")
for _ in range(3):
    try:
        siku.run(recipe, store="fails", engine="spark", splits=1)
    except siku.Error as error:
        assert "every row" in error.message, error
    else:
        raise SystemExit("nothing failed")
other.join()
assert theirs == [[0, 1]], "a job of theirs was cancelled"
"""


def test_a_failure_is_told_and_leaves_other_jobs_of_the_session_alone(runs):
    runs.python(FAILING)


def test_what_people_set_for_spark_is_theirs(runs):
    (runs.folder / "conf").mkdir()
    (runs.folder / "conf/spark-defaults.conf").write_text("spark.task.maxFailures 3\n")
    said = runs(
        BUILD / "bin/siku", "cluster", "doctor", "--engine", "spark", "--memory", "512MiB",
        "--address", "local-cluster[1,2,1024]", "--json", SPARK_CONF_DIR=runs.folder / "conf",
    )  # fmt: skip
    settings = json.loads(said)["settings"]
    assert settings["spark.task.maxFailures"] == "3"
    assert settings["spark.executor.memoryOverhead"] == "1408m"  # of two cores, and the JVM's


def test_operators_over_all_rows_are_no_function_of_batches(runs):
    code = (
        "import siku\n"
        "try: siku.spark('refine.duplicates.minhash')\n"
        "except siku.Unsupported as error: print(error)\n"
    )
    assert b"over all rows" in runs.python(code)
