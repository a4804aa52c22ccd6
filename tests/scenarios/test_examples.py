"""The recipes that people start from give what their pages say."""

import json
import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))


@pytest.fixture
def example(siku):
    def run(name):
        shutil.copytree(ROOT / "examples" / name, siku.folder, dirs_exist_ok=True)
        summary = siku.run("recipe.yaml")
        rows = siku("dataset", "export", summary["outputs"][0]["dataset"]).decode().splitlines()
        return summary, [json.loads(row) for row in rows]

    return run


def removed(summary):
    steps = {step["name"]: step["counts"] for step in summary["steps"]}
    return {name: one["rejected"] + one["merged"] for name, one in steps.items()}


def test_instruction_data(example, siku):
    summary, rows = example("instruction-data")
    assert removed(summary) == {
        "document_deduplicator": 3,
        "alphanumeric_filter": 1,
        "character_repetition_filter": 1,
        "flagged_words_filter": 1,
        "text_length_filter": 1,
    }
    clean = (siku.folder / "outputs/clean.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in clean] == rows


def test_chinese_web(example):
    summary, rows = example("chinese-web")
    assert [Path(row["path"]).stem for row in rows] == ["history", "science", "travel"]
    assert not any("http" in row["text"] or "@" in row["text"] for row in rows)
    gone = removed(summary)
    steps = ("unique", "long_lines", "few_signs", "few_repeats")
    assert [gone[step] for step in steps] == [1, 1, 1, 1]


def test_policy_documents(example):
    _, rows = example("policy-documents")
    texts = [row["text"] for row in rows]
    assert len(texts) == len(set(texts)) > 5
    assert any("数据要素市场化配置改革" in text for text in texts)
    assert not any("关闭窗口" in text and len(text) < 15 for text in texts)


def test_deduplication(example):
    summary, rows = example("deduplication")
    assert removed(summary) == {"unique": 9}
    assert [row["id"] for row in rows if row["quality"] == 3] == ["c0", "c1", "c2"]
    assert [row["id"] for row in rows if row["text"] == ""] == ["d0", "d1"]
