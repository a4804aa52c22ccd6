"""Duplicates: the same rows are kept whatever the order of files, the threads and the memory."""

import json
import random

import pytest
from conftest import SEED

LETTERS = [chr(0x4E00 + i) for i in range(2000)]
MINHASH = """siku: 1
input: {path: pages, columns: {id: text, text: text, score: int}}
steps:
  unique: {use: refine.duplicates.minhash, from: input, with: %s}
outputs: {kept: unique, clusters: unique.clusters}
"""


def made(count=60):
    """Texts with copies that drift apart, and texts too short to shingle."""
    choose = random.Random(SEED)
    rows = []
    for _ in range(count):
        text = [choose.choice(LETTERS) for _ in range(200)]
        for _ in range(choose.randrange(1, 5)):
            rows.append({"text": "".join(text), "score": choose.randrange(10)})
            for _ in range(3):
                text[choose.randrange(200)] = choose.choice(LETTERS)
    rows += [{"text": "短", "score": 0}, {"text": "", "score": 0}]
    for number, row in enumerate(rows):
        row["id"] = f"{number:04d}"
    return rows


def write(siku, rows, files):
    folder = siku.folder / "pages"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for i in range(files):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows[i::files]]
        (folder / f"{i}.jsonl").write_text("".join(lines), encoding="utf-8")


def rows_of(siku, dataset):
    out = siku.folder / f"{dataset}.out.jsonl"
    out.unlink(missing_ok=True)
    siku("dataset", "export", dataset, "-o", out)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def kept(siku, options, *flags):
    (siku.folder / "recipe.yaml").write_text(MINHASH % options)
    said = siku.run("recipe.yaml", *flags)
    return {row["id"] for row in rows_of(siku, "kept")}, said


@pytest.mark.parametrize(
    "options", ["{id: id}", "{id: id, direct: true}", "{id: id, keep: highest, by: score}"]
)
def test_the_kept_set_is_the_same_for_any_file_order_and_threads(siku, options):
    rows = made()
    write(siku, rows, 1)
    expected, _ = kept(siku, options, "--threads", "1")
    assert len(expected) < len(rows) - 40
    choose = random.Random(SEED)
    for files, threads in ((3, 2), (5, 4)):
        choose.shuffle(rows)
        write(siku, rows, files)
        assert kept(siku, options, "--threads", threads)[0] == expected


def test_clusters_say_who_went_where_and_what_was_too_short(siku):
    rows = made()
    write(siku, rows, 2)
    ids, _ = kept(siku, "{id: id}")
    clusters = rows_of(siku, "clusters")
    gone = {row["id"] for row in clusters if not row["survivor"]}
    assert gone == {row["id"] for row in rows} - ids
    assert {
        row["text"] for row in rows if row["id"] in {c["id"] for c in clusters if c["too_short"]}
    } == {"短", ""}
    by_cluster = {}
    for row in clusters:
        if not row["too_short"]:
            by_cluster.setdefault(row["cluster"], []).append(row)
    for cluster, members in by_cluster.items():
        assert [m["id"] for m in members if m["survivor"]] == [cluster]
        assert all(m["size"] == len(members) for m in members)
        names = {m["id"] for m in members}
        for member in members:
            if not member["survivor"]:
                assert member["partner"] in names
                assert 0.8 <= member["similarity"] <= 1


@pytest.mark.parametrize("operator", ["substrings", "lines"])
def test_what_is_taken_out_comes_back(siku, operator):
    choose = random.Random(SEED)
    lines = ["".join(choose.choice(LETTERS) for _ in range(30)) for _ in range(40)]
    text = "".join(
        json.dumps({"text": "\n".join(choose.sample(lines, 5))}, ensure_ascii=False) + "\n"
        for _ in range(50)
    )
    (siku.folder / "in.jsonl").write_text(text, encoding="utf-8")
    (siku.folder / "recipe.yaml").write_text(
        "siku: 1\ninput: {path: in.jsonl, columns: {text: text}}\n"
        f"steps: {{fresh: {{use: refine.duplicates.{operator}, from: input, "
        f"with: {{{'length: 25' if operator == 'substrings' else 'unit: line'}}}}}}}\n"
        "output: fresh\n"
    )
    result = siku.run("recipe.yaml", "--threads", "1")
    again = siku.run("recipe.yaml", "--threads", "3")
    assert again["outputs"][0]["version"] == result["outputs"][0]["version"]
    left = [line for row in rows_of(siku, "fresh") for line in row["text"].split("\n") if line]
    assert len(left) == len(set(left)) <= 40
    siku("undo", result["run"], "--to", "back")
    assert (siku.folder / "back" / "in.jsonl").read_text(encoding="utf-8") == text


def test_texts_too_short_for_words_are_told_with_advice(siku):
    rows = [{"text": "没有空格的中文就是一个词" + "数据" * n} for n in range(8)]
    rows += [{"text": "one two three four five six seven"}]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (siku.folder / "in.jsonl").write_text(lines, encoding="utf-8")
    (siku.folder / "r.yaml").write_text(
        "input: {path: in.jsonl, columns: {text: text}}\n"
        "steps: {near: {use: refine.duplicates.minhash, from: input, with: {shingle: word}}}\n"
        "output: out\n",
        encoding="utf-8",
    )
    said = siku("run", "r.yaml").decode()
    assert "near: 8 of 9 texts are too short to shingle" in said
    assert "shingle: character" in said
    assert "太短" in siku("run", "r.yaml", SIKU_LANG="zh").decode()
    done = siku.try_("run", "r.yaml", "--json")
    assert json.loads(done.stdout)["steps"][0]["counts"]["reported"]["too_short"] == 8
    assert b"8 of 9 texts are too short" in done.stderr
    assert b"too short" not in siku("run", "r.yaml", "--set", "near.shingle=character")
