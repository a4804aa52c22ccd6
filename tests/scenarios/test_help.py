"""What the program says of itself: help, wrong arguments, its version, its operators."""

import json
import os
import re
from pathlib import Path

import pytest
from terminal import on_terminal
from test_commands_page import COMMANDS

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_explains_itself(siku, command, language):
    told = siku(*command.split(), "--help", SIKU_LANG=language).decode()
    assert f"siku {command}" in told
    assert {"en": "Usage", "zh": "用法"}[language] in told
    if command not in ("version",):
        assert {"en": "Examples", "zh": "示例"}[language] in told
    assert siku("help", *command.split(), SIKU_LANG=language).decode() == told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_help_lists_every_command(siku, language):
    told = siku("--help", SIKU_LANG=language).decode()
    alone = siku.try_(SIKU_LANG=language)
    assert (alone.returncode, alone.stdout.decode(), alone.stderr) == (2, told, b"")
    for command in COMMANDS:
        first = command.split()[0]
        assert re.search(rf"^  {first} ", told, re.MULTILINE)
        if " " in command:
            group = siku(first, "--help", SIKU_LANG=language).decode()
            assert re.search(rf"^  {command.split()[1]} ", group, re.MULTILINE)


def test_the_language_follows_the_locale(siku):
    environment = {"SIKU_LANG": "", "LC_ALL": "zh_CN.UTF-8"}
    assert "命令" in siku("--help", **environment).decode()
    done = siku.try_("dataset", "show", **environment)
    assert "缺少参数" in done.stderr.decode()


def test_help_stays_within_a_narrow_terminal(siku):
    said = on_terminal(siku, "repair", "--help", columns=80)
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "'run'"),
        (["datasets"], "'dataset'"),
        (["dataset", "sho"], "'show'"),
        (["run", "x.yaml", "--thread", "2"], "'--threads'"),
        (["run", "x.yaml", "--spil-limit=1GiB"], "'--spill-limit'"),
        (["run"], "RECIPE"),
        (["run", "x.yaml", "y.yaml"], "y.yaml"),
        (["run", "x.yaml", "--memory", "lots"], "2GiB"),
        (["run", "x.yaml", "--memory", "-1"], "2GiB"),
        (["run", "x.yaml", "--memory"], "--memory"),
        (["run", "x.yaml", "--threads", "0"], "0"),
        (["run", "x.yaml", "--threads", "2.5"], "2.5"),
        (["run", "x.yaml", "--set", "nonsense"], "nonsense"),
        (["run", "--resume", "last", "--limit", "3"], "--resume"),
        (["store", "gc", "--grace", "soon"], "24h"),
        (["repair", "--format", "html"], "text|jsonl"),
        (["repair", "--min-confidence", "x"], "x"),
        (["completion", "tcsh"], "bash|zsh|fish"),
        (["undo"], "RUN"),
    ],
)
def test_wrong_arguments_are_named_with_what_was_meant(siku, arguments, said):
    done = siku.try_(*arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert done.stdout == b""


def test_a_group_alone_shows_its_commands(siku):
    done = siku.try_("store")
    assert done.returncode == 2 and b"rebuild" in done.stdout


def test_a_name_that_is_too_long_is_told_its_bound(siku):
    (siku.folder / "in.txt").write_text("一行\n")
    for length, code in ((128, 0), (129, 2)):
        recipe = f"input: in.txt\nsteps: [refine.text.collapse_space]\noutput: {'a' * length}\n"
        (siku.folder / "recipe.yaml").write_text(recipe)
        done = siku.try_("recipe", "check", "recipe.yaml")
        assert done.returncode == code
        assert (b"at most 128 characters" in done.stderr + done.stdout) == (code == 2)


@pytest.mark.parametrize("group", ["recipe", "dataset", "store"])
def test_a_wrong_word_behind_a_group_points_to_its_help(siku, group):
    done = siku.try_(group, "frobnicate")
    assert done.returncode == 2 and f"`siku {group} --help`".encode() in done.stderr
    done = siku.try_(group, "frobnicate", SIKU_LANG="zh")
    assert f"`siku {group} --help` 列出所有命令" in done.stderr.decode()


def test_the_version_is_that_of_the_source(siku):
    version = (ROOT / "VERSION").read_text().strip()
    assert siku("version").decode() == siku("--version").decode() == f"siku {version}\n"


def test_operators_are_listed_and_shown(siku):
    listed = siku("ops").decode()
    records = json.loads(siku("ops", "--json"))
    assert [r["name"] for r in records] == sorted(r["name"] for r in records)
    for record in records:
        assert record["name"] in listed
        assert json.loads(siku("ops", record["name"], "--json")) == record
    assert "min_confidence" in siku("ops", "refine.text.repair").decode()
    assert "修复受损的中文文本" in siku("ops", SIKU_LANG="zh").decode()
    done = siku.try_("ops", "repair_txt")
    assert done.returncode == 3


def test_the_manual_in_the_repository_is_this_programs(siku):
    manual = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    said = siku("ops", "--markdown").decode()
    assert said == manual, "run: siku ops --markdown > docs/operators.md"
