"""OpenCC: every text converted by one configuration.

usage: opencc_convert.py CORPUS.jsonl OUT.jsonl t2s      (build/peers/opencc/bin/python)
"""

import json
import sys

import opencc


def main():
    convert = opencc.OpenCC(sys.argv[3]).convert
    with (
        open(sys.argv[1], encoding="utf-8") as rows,
        open(sys.argv[2], "w", encoding="utf-8") as out,
    ):
        for line in rows:
            row = json.loads(line)
            row["text"] = convert(row["text"])
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
