"""Checks that every static message and hint has a Chinese translation, and no two.

messages.py ROOT: reads the calls of Fail( in core, modules, apps and python, what python raises,
and the tables in core/src/base/messages.
"""

import ast
import re
import sys
from pathlib import Path

STRING = r'"((?:[^"\\]|\\.)*)"'
STRINGS = re.compile(rf"\s*((?:{STRING}\s*)+)")
PYTHON_ERRORS = {
    "Busy",
    "Conflict",
    "Data",
    "Denied",
    "Invalid",
    "Io",
    "Limit",
    "NotFound",
    "Unsupported",
}
ENTRY = re.compile(rf"^\{{({STRING}),\s*({STRING})\}},$")


def joined(literals: str) -> str:
    return "".join(re.findall(STRING, literals))


def arguments(source: str, at: int) -> list[str]:
    """The top-level arguments of the call whose bracket opens just before `at`."""
    found, depth, begin = [], 0, at
    while at < len(source):
        character = source[at]
        if character == '"':
            at += len(re.compile(STRING).match(source, at).group()) - 1
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            if depth == 0:
                return [*found, source[begin:at]]
            depth -= 1
        elif character == "," and depth == 0:
            found.append(source[begin:at])
            begin = at + 1
        at += 1
    return found


def messages_of(path: Path):
    source = path.read_text(encoding="utf-8")
    source = re.sub(rf"({STRING})|//[^\n]*", lambda found: found[1] or "", source)
    for call in re.finditer(r"\b(?:Fail|Error|Raise)[({]{1,2}(?=\s*(?:Code::|CodeOf))", source):
        given = arguments(source, call.end())
        for part in (given[1:2] + given[4:5]) if len(given) > 1 else []:
            # A choice between two texts gives both.
            for literals in re.findall(rf"(?:^|[?:])\s*((?:{STRING}\s*)+)(?=$|:)", part.strip()):
                text = joined(literals[0])
                if text:
                    yield text


def messages_of_python(path: Path):
    """Of `raise NAME("message", hint="hint")`, NAME being one of siku's errors."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        call = node.exc if isinstance(node, ast.Raise) else None
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in PYTHON_ERRORS:
            continue
        for part in [*call.args[:1], *(one.value for one in call.keywords if one.arg == "hint")]:
            if isinstance(part, ast.Constant):
                yield part.value
            else:
                yield ast.unparse(part)  # has no translation, and is told of so


def read_table(folder: Path, problems: list[str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for path in sorted(folder.glob("*.inc")):
        own = []
        # A long entry may stand on several lines.
        text = re.sub(r'\n\s+(?=")', " ", path.read_text(encoding="utf-8"))
        text = re.sub(r'"\s+"', "", text)
        for line in filter(None, map(str.strip, text.splitlines())):
            if line.startswith("//"):
                continue
            entry = ENTRY.match(line)
            if entry is None:
                problems.append(f"{path.name}: not an entry: {line}")
                continue
            english, chinese = joined(entry[1]), joined(entry[3])
            if table.get(english, chinese) != chinese:
                problems.append(f"{path.name}: translated twice, differently: {english}")
            table[english] = chinese
            own.append(english)
        if own != sorted(own):
            problems.append(f"{path.name}: not sorted")
    return table


READERS = {".h": messages_of, ".cc": messages_of, ".py": messages_of_python}


def main(root: Path) -> int:
    problems: list[str] = []
    table = read_table(root / "core/src/base/messages", problems)
    for folder in ("core", "modules", "apps", "python"):
        for path in sorted((root / folder).rglob("*")):
            # A test may make up errors of its own.
            if path.suffix not in READERS or path.stem.endswith(("_test", "_fuzz", "_bench")):
                continue
            if path.suffix == ".py" and "siku" not in path.relative_to(root).parts:
                continue
            for text in dict.fromkeys(READERS[path.suffix](path)):
                if text not in table:
                    problems.append(f"{path.relative_to(root)}: no Chinese for: {text}")
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
