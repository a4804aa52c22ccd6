"""What the parity tests need: the corpus, the goldens, and the program with a store of its own."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import corpus as corpus_maker
import golden_file
import pyarrow.parquet as pq
import pytest

BUILD = Path(os.environ.get("SIKU_BUILD_DIR", "build/release"))
PROGRAM = (BUILD / "bin" / "siku").resolve()
COLUMNS = {"id": "int", "lang": "text", "kind": "text", "suffix": "text", "score": "real"}


class Golden:
    """One golden file: columns as lists, and the parameters they were made with."""

    def __init__(self, name):
        table = pq.read_table(golden_file.GOLDEN / f"{name}.parquet")
        about = json.loads(table.schema.metadata[b"parity"])
        assert about["corpus"] == corpus_maker.HASH.read_text().strip()
        self.parameters = about["parameters"]
        self.names = table.column_names
        self.table = table

    def __getitem__(self, column):
        return self.table[column].to_pylist()


class Siku:
    """Runs steps side by side over the corpus and gives what became of its rows."""

    def __init__(self, folder, corpus):
        self.folder, self.corpus, self.runs = folder, corpus, 0

    def program(self, *arguments):
        environment = {**os.environ, "SIKU_STORE": str(self.folder / "store"), "SIKU_LANG": "en"}
        done = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def recipe(self, steps, outputs, discard=()):
        self.runs += 1
        rows = {"path": str(self.corpus), "columns": COLUMNS | {"text": "text"}}
        recipe = {"siku": 1, "inputs": {"rows": rows}, "steps": steps, "outputs": outputs}
        if discard:
            recipe["discard"] = list(discard)
        path = self.folder / f"recipe-{self.runs}.yaml"
        path = self.folder / f"recipe-{self.runs}.yaml"
        path.write_text(json.dumps(recipe, ensure_ascii=False), encoding="utf-8")
        return json.loads(self.program("run", path, "--json"))

    def apply(self, steps):
        """{step: its rows in the order of id}; `steps`: {name: (operator, parameters)}."""
        graph = {
            name: {"use": use, "from": "rows", "with": given}
            for name, (use, given) in steps.items()
        }
        self.recipe(graph, {name: name for name in steps})
        tables = {}
        for name in steps:
            path = self.folder / f"{name}.parquet"
            self.program("dataset", "export", name, "-o", path)
            tables[name] = pq.read_table(path).sort_by("id")
            path.unlink()
        return tables

    def reasons(self, steps):
        """{step: {id: why its row was rejected}}, out of the ledger: no row is written."""
        graph = {
            name: {"use": use, "from": "rows", "with": given}
            for name, (use, given) in steps.items()
        }
        nothing = {"use": "refine.filter.text_length", "from": "rows", "with": {"min_len": 1 << 40}}
        run = self.recipe(graph | {"nothing": nothing}, {"nothing": "nothing"}, list(steps))["run"]
        found = {name: {} for name in steps}
        for path in (self.folder / "store" / "runs" / run / "ledger").glob("*.rejects.*.parquet"):
            step = path.name.split(".rejects.")[1].removesuffix(".parquet")
            if step in found:
                table = pq.read_table(path, columns=["id", "reason"])
                ids = table["id"].to_pylist()
                found[step] |= dict(zip(ids, table["reason"].to_pylist(), strict=True))
        return found


def safe(name):
    """A golden column's name as a step's name."""
    return name.replace(":", "-")


@pytest.fixture(scope="session")
def corpus():
    """The path of the corpus, made where it is not there or not the pinned one."""
    wanted = corpus_maker.HASH.read_text().strip()
    out = corpus_maker.OUT
    if not out.exists() or hashlib.sha256(out.read_bytes()).hexdigest() != wanted:
        subprocess.run([sys.executable, corpus_maker.__file__], check=True)
    return corpus_maker.OUT


@pytest.fixture(scope="session")
def texts(corpus):
    return [row["text"] for row in golden_file.corpus(corpus)]


@pytest.fixture
def siku(tmp_path, corpus):
    return Siku(tmp_path, corpus)


@pytest.fixture(scope="session")
def golden():
    return Golden


@pytest.fixture(scope="session")
def lists():
    return golden_file.LISTS
