"""The ledger stays small, and its views say what happened where."""

import json
import random
import re

from conftest import SEED, document

# Simplified -> traditional with the reading a converter puts behind, for the words of `document`.
CONVERTED = {
    "数": "數(shù)", "据": "據(jù)", "场": "場(chǎng)", "开": "開(kāi)", "练": "練(liàn)",
    "训": "訓(xùn)", "发": "發(fā)", "创": "創(chuàng)", "应": "應(yīng)", "产": "產(chǎn)",
    "业": "業(yè)",
}  # fmt: skip
RECIPE = """
input: {path: in.jsonl, columns: {id: int, text: text}}
steps: [refine.text.repair]
output: out
"""


def converted(text):
    return "".join(CONVERTED.get(c, c) for c in text)


def printed(text):
    """As pages of such converters are: with commas, and with narrow marks that stay narrow."""
    words = re.sub("((?:[一-龥]{2}){5})(?=[一-龥])", r"\1,", text)
    return words.translate(str.maketrans("！？", "!?"))


def write_pages(siku, pages=300):
    rng = random.Random(SEED)
    originals = [printed(document(rng)) for _ in range(pages)]
    lines = [
        json.dumps({"id": i, "text": converted(text)}, ensure_ascii=False)
        for i, text in enumerate(originals)
    ]
    (siku.folder / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (siku.folder / "recipe.yaml").write_text(RECIPE)
    return originals


def test_the_ledger_is_under_half_the_input_when_every_text_was_converted(siku):
    originals = write_pages(siku)
    result = siku.run("recipe.yaml")
    texts = [json.loads(line)["text"] for line in siku("dataset", "export", "out").splitlines()]
    assert texts == originals
    assert result["steps"][0]["counts"]["edited_rows"] == len(originals)
    assert 2 * result["ledger_bytes"] < result["read"]["bytes"]


def test_every_edit_says_what_stood_where(siku):
    originals = write_pages(siku, pages=5)
    result = siku.run("recipe.yaml")
    rows = [json.loads(line) for line in (siku.folder / "in.jsonl").read_text().splitlines()]
    edits = [
        json.loads(line) for line in siku("edits", result["run"], "--format", "jsonl").splitlines()
    ]
    assert len(edits) == sum(result["steps"][0]["counts"]["edits"].values())
    positions = {}
    at = 0
    for row in (siku.folder / "in.jsonl").read_bytes().splitlines(keepends=True):
        positions[at] = len(positions)
        at += len(row)
    for edit in edits:
        number = positions[edit["position"]]
        before, after = rows[number]["text"].encode(), originals[number].encode()
        assert before[edit["begin"] : edit["end"]].decode() == edit["before"]
        assert after[edit["out_begin"] : edit["out_end"]].decode() == edit["after"]
