"""docs/commands.md has every command, and what it shows they really say."""

import os
import re
import subprocess
from pathlib import Path

from conftest import PROGRAM

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
PAGE = ROOT / "docs" / "commands.md"

COMMANDS = [
    *"run repair task undo runs report edits rejects flags stats".split(),
    *"ops doctor version completion".split(),
    *(f"recipe {name}" for name in ("check", "schema")),
    *(f"dataset {name}" for name in ("ls", "show", "head", "diff", "export", "verify")),
    *(f"store {name}" for name in ("info", "gc", "verify", "rebuild", "compact")),
]

MARKS = [
    (r"\d{8}-\d{6}-[0-9a-f]{4}", "RUN"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
    (r"done in .*", "done in TIME"),
    (r"siku \d+\.\d+\.\d+", "siku VERSION"),
    (r"\d[\d.]* [KMGT]iB free|free +\d[\d.]* .iB", "FREE"),
    (r"path +/.*", "PATH"),
    (r"run files +\d+ files", "run files FILES"),
    (r"\d[\d.]* (bytes|[KMG]iB)", "SIZE"),
]


def without_chance(text):
    for pattern, name in MARKS:
        text = re.sub(pattern, name, text)
    return re.sub(r" {2,}", "  ", text)


def test_the_page_of_commands_shows_what_they_really_say(siku):
    """SIKU_UPDATE_DOCS=1 writes what they say now into the page."""
    page = PAGE.read_text(encoding="utf-8")
    for name, text in re.findall(r"^```text (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        (siku.folder / name).write_text(text, encoding="utf-8")
    environment = siku.environment(
        SIKU_STORE="", PATH=f"{PROGRAM.resolve().parent}:{os.environ['PATH']}"
    )

    def say(block):
        said = ""
        for line in re.findall(r"^\$ (.*)\n", block, re.MULTILINE):
            done = subprocess.run(
                ["bash", "-c", line],
                cwd=siku.folder,
                env=environment,
                capture_output=True,
            )
            # What two streams say at once comes in any order.
            said += f"$ {line}\n{done.stdout.decode()}{done.stderr.decode()}"
        said = said.replace(str(siku.folder), "/home/you")
        return said if said.endswith("\n") else said + "\n"

    def again(match):
        said = say(match[1])
        if without_chance(said) == without_chance(match[1]):
            return match[0]
        changed.append(said)
        return f"```console\n{said}```"

    changed = []
    now = re.sub(r"^```console\n(.*?)^```$", again, page, flags=re.MULTILINE | re.DOTALL)
    if changed and os.environ.get("SIKU_UPDATE_DOCS"):
        PAGE.write_text(now, encoding="utf-8")
    assert not changed, "SIKU_UPDATE_DOCS=1 writes the page again:\n" + "\n".join(changed)


def test_the_page_has_every_command(siku):
    page = PAGE.read_text(encoding="utf-8")
    for command in COMMANDS:
        assert re.search(rf"^\$ (.*\| )?siku {command}\b", page, re.MULTILINE) or (
            command == "task" and "### siku task" in page
        ), command
