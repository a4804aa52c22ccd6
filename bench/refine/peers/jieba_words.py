"""jieba: the words of every text, joined by blanks.

usage: jieba_words.py CORPUS.jsonl OUT.jsonl      (build/peers/jieba/bin/python)
"""

import json
import logging
import sys

import jieba


def main():
    jieba.setLogLevel(logging.ERROR)
    with (
        open(sys.argv[1], encoding="utf-8") as rows,
        open(sys.argv[2], "w", encoding="utf-8") as out,
    ):
        for line in rows:
            row = json.loads(line)
            row["words"] = " ".join(jieba.cut(row["text"]))
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
