"""Counts the tests of a suite: prints "passed failed".

count.py RESULTS.xml [FOLDER]: a JUnit file of ctest or pytest and, for ctest, the folder in which
each googletest program left its own JSON, so that each of its tests counts and not each program.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def count_program(report: Path) -> tuple[int, int]:
    tests = [
        test
        for group in json.loads(report.read_text(encoding="utf-8"))["testsuites"]
        for test in group["testsuite"]
        if test["status"] == "RUN" and test.get("result") != "SKIPPED"
    ]
    failed = sum(1 for test in tests if "failures" in test)
    return len(tests) - failed, failed


def count(results: Path, folder: Path | None) -> tuple[int, int]:
    if not results.exists():
        return 0, 1
    passed = failed = 0
    for case in ElementTree.parse(results).getroot().iter("testcase"):
        if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            continue
        ok = case.find("failure") is None and case.find("error") is None
        ok = ok and case.get("status") != "fail"
        report = folder / f"{case.get('name')}.json" if folder else None
        if report is not None and report.exists():
            inside = count_program(report)
            passed += inside[0]
            # A program whose tests all passed can still fail, as when a leak is found at its end.
            failed += inside[1] if ok or inside[1] else 1
        else:
            passed += ok
            failed += not ok
    return passed, failed


if __name__ == "__main__":
    print(*count(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
