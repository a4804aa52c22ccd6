"""Prints what ./check found: suites, seconds of each part against its budget, and the last line.

summary.py RESULTS BUILD: the folder with results.tsv and JUnit files, and the folder of the trees.
"""

import os
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path

BUILD_BUDGET, TEST_BUDGET = 120, 60  # seconds for one part of the project, on two cores
TREE = "release"


def part_of(output: str) -> str | None:
    """core/src/io/... -> core/io, modules/refine/... -> refine."""
    found = re.match(r"core/src/(\w+)/", output)
    if found:
        return f"core/{found[1]}"
    found = re.match(r"(?:modules|apps)/(\w+)/", output)
    return found[1] if found else None


def build_seconds(log: Path) -> dict[str, float]:
    """Seconds each part took when it was last built, were its steps alone on two cores."""
    steps: dict[str, tuple[float, str]] = {}
    for line in log.read_text(encoding="utf-8").splitlines()[1:] if log.exists() else []:
        start, end, _, output, _ = line.split("\t")
        steps[output] = ((int(end) - int(start)) / 1000, output)
    parts: dict[str, float] = defaultdict(float)
    for seconds, output in steps.values():
        part = part_of(output)
        if part:
            parts[part] += seconds / min(2, os.cpu_count() or 1)
    return parts


def test_seconds(results: Path, tree: Path) -> dict[str, float]:
    parts: dict[str, float] = defaultdict(float)
    folders = {}
    for path in tree.rglob("CTestTestfile.cmake"):
        folder = path.parent.relative_to(tree).as_posix() + "/"
        for name in re.findall(r'add_test\(\[?=*\[?"?([\w.-]+)', path.read_text(encoding="utf-8")):
            folders[name] = part_of(folder)
    report = results / f"{TREE}.xml"
    if report.exists():
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            part = folders.get(case.get("name"))
            if part:
                parts[part] += float(case.get("time", 0))
    return parts


def print_budgets(results: Path, build: Path) -> None:
    built = build_seconds(build / TREE / ".ninja_log")
    tested = test_seconds(results, build / TREE)
    print(f"{'part':<16}{'build s':>9}{'/' + str(BUILD_BUDGET):>6}{'test s':>9}/{TEST_BUDGET}")
    for part in sorted(built.keys() | tested.keys()):
        over = built[part] > BUILD_BUDGET or tested[part] > TEST_BUDGET
        mark = "  over budget" if over else ""
        print(f"{part:<16}{built[part]:>9.1f}{'':>6}{tested[part]:>9.1f}{mark}")


def main(results: Path, build: Path) -> int:
    passed = failed = 0
    print(f"\n{'suite':<24}{'passed':>8}{'failed':>8}{'seconds':>9}")
    for line in (results / "results.tsv").read_text(encoding="utf-8").splitlines():
        name, good, bad, seconds = line.split("\t")
        passed += int(good)
        failed += int(bad)
        print(f"{name:<24}{good:>8}{bad:>8}{seconds:>9}")
    print()
    print_budgets(results, build)
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
