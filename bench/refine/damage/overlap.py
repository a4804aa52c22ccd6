"""Numbers of the news pages that share fourteen Chinese characters in a row with a measured text.

usage: overlap.py > modules/refine/tables/inews_left_out.txt
Run with .venv/bin/python from the root, after corpora.py has made build/corpora/clean.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "modules" / "refine" / "tables"))

import running_text  # noqa: E402

LENGTH = 14
WIDTH = 98  # of a line


def windows(text):
    han = "".join(running_text.HAN.findall(text))
    return (han[i : i + LENGTH] for i in range(len(han) - LENGTH + 1))


def main():
    measured = set()
    for path in sorted((ROOT / "build" / "corpora" / "clean").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            measured.update(windows(json.loads(line)["text"]))
    row = ""
    for number, page in enumerate(running_text.news_pages()):
        if measured.isdisjoint(windows(page)):
            continue
        if len(row) + len(str(number)) + 1 > WIDTH:
            print(row)
            row = ""
        row = f"{row} {number}".strip()
    print(row)


main()
