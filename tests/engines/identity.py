"""The same results from threads and an engine: of every operator's cases, examples, a large corpus.

usage: identity.py --engine ray|spark --program siku [--corpus FILE.jsonl] [--no-cases]

All runs on the engine use one cluster, which lives as long as this. Prints a line a dataset or step
that differs from the embedded engine with one thread (rows, order, bytes of text, counts, reasons),
then how many were compared. Call it where nothing but loopback is (conftest.py).
"""

import argparse
import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet
import siku

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "conformance"))
from python_cases import OWN, cases, table_of  # noqa: E402

#: Runs that mask, which need the owner's key.
CONCEALING = ("concealing-0", "policy-documents")
#: Cases of one recipe.
TOGETHER = 24
#: Rows of a split of the corpus are some thousands.
CORPUS = {
    "inputs": {"rows": {"path": "", "columns": {"id": "int", "text": "text"}}},
    "steps": {
        "repaired": {"use": "refine.text.repair", "from": "rows"},
        "exact": {"use": "refine.document.drop_duplicates", "from": "repaired"},
        "near": {"use": "refine.duplicates.minhash", "from": "exact"},
        "long": {"use": "refine.filter.text_length", "from": "near.rows", "with": {"min_len": 200}},
        "parts": {"use": "refine.document.split_paragraphs", "from": "long"},
        "once": {"use": "refine.document.drop_duplicates", "from": "parts.paragraphs"},
    },
    "outputs": {"texts": "once", "outlines": "parts.outline", "clusters": "near.clusters"},
}


def case_recipes(folder):
    """Recipes in which each case is an input, a step and its outputs; some cases each, for every
    split knows every step. Those that conceal are apart: they take no operator over all rows."""
    os.chdir(OWN)
    known = {one.name: one for one in [*siku.operators(), *siku.load_plugin(OWN / "ops.py")]}
    sealed = [one for one in cases() if known[one[0]].traits["conceals"]]
    others = [one for one in cases() if not known[one[0]].traits["conceals"]]
    for kind, some in (("concealing", sealed), ("cases", others)):
        for first in range(0, len(some), TOGETHER):
            place = folder / f"{kind}-{first}"
            place.mkdir(parents=True)
            yield place.name, recipe_of(some[first : first + TOGETHER], known, place)


def recipe_of(some, known, folder):
    inputs, steps, made = {}, {}, {}
    for number, (operator, case, parameters) in enumerate(some):
        name = f"c{number}-{operator.rpartition('.')[2].replace('_', '-')}"
        pyarrow.parquet.write_table(table_of(case), folder / f"{name}.parquet")
        inputs[f"i-{name}"] = {"path": str(folder / f"{name}.parquet")}
        steps[name] = {"use": operator, "from": f"i-{name}", "with": parameters}
        ports = known[operator].outputs
        for port in ports:
            made[f"{name}-{port}".replace("_", "-")] = f"{name}.{port}" if len(ports) > 1 else name
    recipe = {"inputs": inputs, "steps": steps, "outputs": made, "plugins": ["ops.py"]}
    return siku.Recipe.from_dict(recipe, base=OWN)


def examples(folder):
    """Copies of the examples: name, folder. One is no copy: its operators are known as they are."""
    yield OWN.name, OWN
    for place in sorted((ROOT / "examples").iterdir()):
        if place == OWN:
            continue
        copy = folder / place.name
        shutil.copytree(place, copy)
        if (copy / "narrow.c").exists():
            subprocess.run(
                ["cc", "-shared", "-fPIC", "-I", ROOT / "core/include", "-o", copy / "libnarrow.so",
                 copy / "narrow.c"],
                check=True,
            )  # fmt: skip
        yield place.name, copy


def fingerprint(summary):
    same = {f"dataset {name}": output.content for name, output in summary.outputs.items()}
    same |= {f"step {one['name']}": one["counts"] for one in summary.to_dict()["steps"]}
    return same | {"read": summary.to_dict()["read"]}


class Comparison:
    def __init__(self, engine, folder, key):
        self.engine, self.folder, self.key = engine, folder, key
        self.compared = self.wrong = 0

    def run(self, name, recipe, **options):
        store = self.folder / f"store-{name}"
        try:
            key = self.key if name in CONCEALING else None
            return fingerprint(siku.run(recipe, store=store, seal_key=key, **options))
        finally:
            shutil.rmtree(store, ignore_errors=True)

    def __call__(self, name, recipe, splits=0):
        expected = self.run(name, recipe, threads=1)
        for how in ({"threads": 2}, {"engine": self.engine, "splits": splits}):
            found = self.run(name, recipe, **how)
            for key in sorted(expected.keys() | found.keys()):
                self.compared += 1
                if expected.get(key) != found.get(key):
                    self.wrong += 1
                    print(name, how, key, "differs:", expected.get(key), found.get(key))
        print(f"{name}: {len(expected)} results", file=sys.stderr, flush=True)


@contextlib.contextmanager
def ray_session():
    os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(16)}
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    ray.init(
        address="local", num_cpus=2, _memory=5 << 30, object_store_memory=80 << 20,
        include_dashboard=False, log_to_driver=False,
    )  # fmt: skip
    yield
    ray.shutdown()


@contextlib.contextmanager
def spark_session():
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2,16]").config("spark.ui.enabled", "false")
    session = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    yield
    session.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["ray", "spark"], required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--no-cases", action="store_true", help="examples and corpus alone")
    given = parser.parse_args()
    session = {"ray": ray_session, "spark": spark_session}[given.engine]
    with tempfile.TemporaryDirectory(prefix="siku-identity-") as temporary, session():
        folder = Path(temporary)
        subprocess.run([given.program, "key", "new", folder / "owner.key"], check=True)
        compare = Comparison(given.engine, folder, folder / "owner.key")
        for name, recipe in () if given.no_cases else case_recipes(folder / "cases"):
            compare(name, recipe)
        for name, place in examples(folder / "examples"):
            os.chdir(place)
            compare(name, siku.Recipe.from_file(place / "recipe.yaml"), splits=5)
        if given.corpus is not None:
            CORPUS["inputs"]["rows"]["path"] = str(given.corpus.resolve())
            compare("corpus", siku.Recipe.from_dict(CORPUS), splits=64)
        print(f"{compare.compared} compared, {compare.wrong} differ")
    return 1 if compare.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
