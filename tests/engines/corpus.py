"""The recipe that engines are tested with, and its files: every kind of phase, and rows in all."""

import json
import random

SEED = 20261124

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


def write_lines(folder, files=5, rows=120):
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


def write(folder):
    write_lines(folder / "corpus")
    (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
