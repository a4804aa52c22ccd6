"""The recipes of the documentation are right, and its mistakes are those that it says."""

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
PAGE = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
MISTAKES = re.findall(
    r"^```yaml mistakes\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
)


def check(siku, recipe, *arguments, **extra):
    (siku.folder / "recipe.yaml").write_text(recipe, encoding="utf-8")
    return siku.try_("recipe", "check", "recipe.yaml", *arguments, **extra)


def test_the_page_has_recipes_and_mistakes():
    assert len(RECIPES) >= 6
    assert len(MISTAKES) == PAGE.count("```yaml mistakes")


@pytest.mark.parametrize("number", range(len(RECIPES)))
def test_a_recipe_of_the_page_has_no_mistake(siku, number):
    done = check(siku, RECIPES[number])
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_a_mistake_of_the_page_is_said_as_the_page_has_it(siku, number):
    recipe, said = MISTAKES[number]
    done = check(siku, recipe)
    assert done.returncode == 2
    lines = done.stderr.decode().splitlines()
    assert [line for line in said.splitlines() if line not in lines] == []


def test_an_override_is_checked_as_well(siku):
    done = check(siku, RECIPES[0], "--set", "repair.min_confidence=2")
    assert done.returncode == 2
    assert b"--set repair.min_confidence: " in done.stderr
    done = check(siku, RECIPES[0], "--set", "repair.min_confidence=0.5")
    assert done.returncode == 0, done.stderr.decode()


def test_mistakes_are_said_in_chinese(siku):
    done = check(siku, MISTAKES[0][0], SIKU_LANG="zh")
    assert done.returncode == 2
    assert "没有参数 'min_confidnce'；是否想写 'min_confidence'？" in done.stderr.decode()
    assert "did you mean" not in done.stderr.decode()


# JSON is YAML, so that one recipe can be shown to both.
SOUND = [
    {"input": "a", "output": "o"},
    {
        "siku": 1,
        "inputs": {
            "pages": {"path": ["a", "b"], "encoding": "big5", "compression": "gzip"},
            "old": {"dataset": "news@3"},
        },
        "steps": {
            "parts": {"use": "refine.document.split_paragraphs", "from": "pages"},
            "tidy": {
                "use": "refine.text.collapse_space",
                "from": ["old", "parts"],
                "with": {"column": 7},
            },
        },
        "outputs": {"a.b": "tidy"},
        "discard": ["parts.outline"],
    },
    {
        "input": "a",
        "steps": [
            "refine.text.collapse_space",
            {"refine.text.repair": {"min_confidence": 1}},
            {"refine.document.drop_duplicates": {"keep": "last", "ignore_case": True}},
        ],
        "output": "o",
    },
]
WRONG = [
    {"input": "a"},
    {"input": "a", "output": "O"},
    {"input": "a", "inputs": {"b": "b"}, "output": "o"},
    {"input": {"path": "a", "dataset": "b"}, "output": "o"},
    {"input": {"path": "a", "format": "word"}, "output": "o"},
    {"input": "a", "output": "o", "colour": 1},
    {"input": "a", "steps": ["refine.text.nothing"], "output": "o"},
    {"input": "a", "steps": [{"refine.text.repair": {"min_confidence": 2}}], "output": "o"},
    {"input": "a", "steps": [{"refine.text.repair": {"min_confidence": "1"}}], "output": "o"},
    {"input": "a", "steps": [{"refine.text.repair": {"colour": 1}}], "output": "o"},
    {"input": "a", "steps": {"s": {"use": "refine.text.repair"}}, "output": "o"},
]


@pytest.fixture
def schema(siku):
    found = json.loads(siku("recipe", "schema"))
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


@pytest.mark.parametrize("recipe", SOUND + WRONG)
def test_the_schema_and_the_reader_agree(siku, schema, recipe):
    done = check(siku, json.dumps(recipe))
    assert done.returncode == (0 if recipe in SOUND else 2), done.stderr.decode()
    assert schema.is_valid(recipe) == (recipe in SOUND)
