"""What tests of engines need: the program, a Python with engines, a network of their own.

SIKU_ENGINES_PYTHON names a Python with siku, Ray and Spark (tools/check/engines.sh makes it).
"""

import json
import os
import random
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SIKU_BUILD_DIR", "build/release")).resolve()
PYTHON = os.environ.get("SIKU_ENGINES_PYTHON", str(ROOT / "build/python/venv-engines/bin/python"))
SEED = 20261124

# Nothing but loopback is there: Ray listens on every interface. And who is left dies with it.
ALONE = ["unshare", "-n", "-p", "-f", "--mount-proc", "--kill-child", "bash", "-c"]
LOOPBACK = 'ip link set lo up && exec "$@"'

RECIPE = """
inputs:
  lines: {path: "corpus/*.jsonl", columns: {id: int, text: text}}
steps:
  repaired: {use: refine.text.repair, from: lines}
  parts: {use: refine.document.split_paragraphs, from: repaired}
  exact: {use: refine.document.drop_duplicates, from: parts.paragraphs, with: {keep: longest}}
  near: {use: refine.duplicates.minhash, from: exact}
  long: {use: refine.filter.text_length, from: near, with: {min_len: 12}}
outputs:
  paragraphs: long
  outlines: parts.outline
"""

WORDS = (
    "数据 要素 市场 培育 政策 公共 开放 平台 算力 模型 "
    "训练 治理 北京 深圳 发展 创新 应用 产业 安全 流通"
).split()


def paragraph(rng):
    return "".join(rng.choice(WORDS) for _ in range(rng.randint(3, 60))) + "。"


def write_corpus(folder, files=5, rows=120):
    """Rows with exact copies and near ones, some of them in other files."""
    rng = random.Random(SEED)
    shared = [paragraph(rng) for _ in range(40)]
    folder.mkdir(parents=True)
    for file in range(files):
        with open(folder / f"{file}.jsonl", "w", encoding="utf-8") as out:
            for row in range(rows):
                parts = [paragraph(rng) for _ in range(4)] + rng.sample(shared, 2)
                near = rng.choice(shared)
                parts.append(near[: len(near) // 2] + "又" + near[len(near) // 2 :])
                rng.shuffle(parts)
                text = "\n".join(parts) + "&nbsp;"
                out.write(json.dumps({"id": row, "text": text}, ensure_ascii=False) + "\n")


class Runs:
    """A corpus and a recipe in a folder of their own; runs of it by the program."""

    def __init__(self, folder):
        self.folder = folder
        write_corpus(folder / "corpus")
        (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")

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

    def __call__(self, *words, **extra):
        process = self.start(*words, **extra)
        out, error = process.communicate(timeout=300)
        assert process.returncode == 0, f"{words}: {process.returncode}\n{error.decode()[-4000:]}"
        return out

    def digests(self, store, *options):
        said = self(
            BUILD / "bin/siku", "run", "recipe.yaml", "--json", "--memory", "512MiB",
            "--store", self.folder / store, *options,
        )  # fmt: skip
        return {one["dataset"]: one["version"] for one in json.loads(said)["outputs"]}

    def python(self, code, *words):
        return self(PYTHON, "-c", code, *words)


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    return Runs(tmp_path_factory.mktemp("engines"))


@pytest.fixture(scope="session")
def expected(runs):
    return runs.digests("expected", "--threads", 1)
