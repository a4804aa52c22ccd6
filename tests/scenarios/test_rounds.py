"""Near duplicates by tasks on parts, as engines do them: the same as in one, whatever is there."""

import json
import random

import pytest

RECIPE = """
siku: 1
inputs: {pages: {path: in.jsonl, columns: {id: int, text: text}}}
steps:
  near: {use: refine.duplicates.minhash, from: pages, with: {id: id%s}}
outputs: {kept: near, clusters: near.clusters}
"""
ROUNDS = ["near.groups", "near.similarities"]
#: Ways in which who is compared, or who survives, differs.
WAYS = {
    "first": "",
    "longest": ", keep: longest",
    "direct": ", direct: true",
    "unverified": ", verify: false",
}


def corpus(folder):
    """Copies, drifting chains, and a form whose rows share keys and do not resemble each other."""
    rng = random.Random(20261130)
    words = ["".join(rng.choices("abcdefghij", k=6)) for _ in range(3000)]
    texts = []
    for _ in range(150):
        text = rng.choices(words, k=rng.randint(30, 60))
        for _ in range(rng.randint(1, 6)):
            texts.append(" ".join(text))
            if rng.random() < 0.7:
                text = [*text]
                text[rng.randrange(len(text))] = rng.choice(words)
    form = rng.choices(words, k=40)
    texts += [" ".join(form + rng.choices(words, k=8)) for _ in range(120)]
    texts += ["short", ""] * 3
    rng.shuffle(texts)
    with open(folder / "in.jsonl", "w", encoding="utf-8") as out:
        for i, text in enumerate(texts):
            out.write(json.dumps({"id": i * 7919 % 100_003, "text": text}) + "\n")


def versions(siku, *arguments):
    said = json.loads(siku("run", *arguments, "--json"))
    assert said["steps"][0]["counts"]["reasons"]["near_duplicate"] > 100
    return {out["dataset"]: out["version"] for out in said["outputs"]}


def do(siku, run, phase, tasks):
    step = ("--step", phase["step"]) if phase["step"] else ()
    for task in tasks:
        siku("task", run, str(phase["stage"]), str(task), *step)


@pytest.mark.parametrize("way", WAYS)
def test_parts_give_what_one_task_gives(siku, way):
    corpus(siku.folder)
    (siku.folder / "recipe.yaml").write_text(RECIPE % WAYS[way], encoding="utf-8")
    expected = versions(siku, "recipe.yaml", "--splits", "5", "--store", "one")
    plan = json.loads(siku("run", "recipe.yaml", "--plan", "--splits", "5"))
    names = [phase["step"] for phase in plan["phases"]]
    assert names == ["", *ROUNDS[: 1 if way == "unverified" else 2], "near", ""]
    for phase in plan["phases"]:
        do(siku, plan["run"], phase, reversed(range(phase["tasks"])))
    found = list(siku.folder.glob("**/parts/near.*.part"))
    assert len(found) == 5 * (len(names) - 3)
    assert versions(siku, "--resume", plan["run"]) == expected


def test_parts_that_are_missing_are_not_needed(siku):
    corpus(siku.folder)
    (siku.folder / "recipe.yaml").write_text(RECIPE % "", encoding="utf-8")
    expected = versions(siku, "recipe.yaml", "--splits", "3", "--store", "one")
    plan = json.loads(siku("run", "recipe.yaml", "--plan", "--splits", "3"))
    read, groups, similarities, *_ = plan["phases"]
    do(siku, plan["run"], read, range(3))
    refused = siku.try_("task", plan["run"], "1", "0", "--step", similarities["step"])
    assert refused.returncode != 0
    assert b"not done" in refused.stderr
    do(siku, plan["run"], groups, range(3))
    do(siku, plan["run"], similarities, [1])
    # The embedded engine goes on from here by itself.
    assert versions(siku, "--resume", plan["run"]) == expected
