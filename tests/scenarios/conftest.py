"""What every scenario needs: the program, a store of its own, and text that is made, not found."""

import gzip
import json
import os
import random
import subprocess
from pathlib import Path

import pytest

BUILD = Path(os.environ.get("SIKU_BUILD_DIR", "build/release"))
PROGRAM = BUILD / "bin" / "siku"
SEED = 20261124


class Siku:
    """Runs the program with a store and a working folder of the test's own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.store = folder / "store"

    def command(self, *arguments):
        return [str(PROGRAM.resolve()), *map(str, arguments)]

    def environment(self, **extra):
        return {**os.environ, "SIKU_STORE": str(self.store), "SIKU_LANG": "en", **extra}

    def try_(self, *arguments, stdin=None, **extra):
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**extra),
            input=stdin,
            capture_output=True,
            timeout=300,
        )

    def __call__(self, *arguments, stdin=None, **extra):
        done = self.try_(*arguments, stdin=stdin, **extra)
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stderr.decode()}"
        return done.stdout

    def run(self, *arguments):
        """Runs a recipe and gives what it said of itself."""
        return json.loads(self("run", *arguments, "--json"))

    def digests(self, *arguments):
        return {out["dataset"]: out["version"] for out in self.run(*arguments)["outputs"]}


@pytest.fixture
def siku(tmp_path):
    return Siku(tmp_path)


WORDS = (
    "数据 要素 市场 培育 政策 公共 开放 平台 算力 模型 "
    "训练 治理 北京 深圳 发展 创新 应用 产业 安全 流通"
).split()


def sentence(rng):
    return "".join(rng.choice(WORDS) for _ in range(rng.randint(4, 14))) + rng.choice("。！？")


def document(rng, paragraphs=6):
    return "\n".join(
        "".join(sentence(rng) for _ in range(rng.randint(1, 4))) for _ in range(paragraphs)
    )


def write_corpus(folder: Path, seed=SEED, rows=400):
    """Text files, JSONL plain and zipped, with exact and near duplicates among the paragraphs."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    shared = [document(rng, 1) for _ in range(20)]

    def text():
        lines = document(rng).split("\n") + rng.sample(shared, 2)
        rng.shuffle(lines)
        return "\n".join(lines)

    for i in range(12):
        (folder / f"page-{i:02}.txt").write_text(text(), encoding="utf-8")
    for name, opener in (("a.jsonl", open), ("b.jsonl.gz", gzip.open)):
        with opener(folder / name, "wt", encoding="utf-8") as out:
            for i in range(rows):
                row = {"path": f"{name}/{i}", "text": text()}
                out.write(json.dumps(row, ensure_ascii=rng.random() < 0.3) + "\n")
    return folder


EXPAND_AND_DEDUPLICATE = """
inputs:
  pages: {path: corpus/*.txt}
  lines: {path: "corpus/*.jsonl*", columns: {path: text, text: text}}
steps:
  parts: {use: refine.document.split_paragraphs, from: [pages, lines]}
  unique: {use: refine.document.drop_duplicates, from: parts.paragraphs, with: {keep: longest}}
outputs:
  paragraphs: unique
  outlines: parts.outline
"""


@pytest.fixture
def corpus(siku):
    write_corpus(siku.folder / "corpus")
    (siku.folder / "recipe.yaml").write_text(EXPAND_AND_DEDUPLICATE, encoding="utf-8")
    return siku
