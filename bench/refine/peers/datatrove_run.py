"""DataTrove, one task in this process: FineWeb-2's Chinese filters, or MinHash signatures.

usage: datatrove_run.py CORPUS.jsonl OUT filters|signatures      (build/peers/datatrove/bin/python)
"""

import json
import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.pipeline.filters import (
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

ROOT = Path(__file__).resolve().parents[3]
NUMBERS = ROOT / "tests" / "parity" / "lists" / "fineweb2_zh.json"


def steps(kind, out):
    language = "cmn_Hani"
    if kind == "signatures":
        return [MinhashDedupSignature(f"{out}/signatures", MinhashConfig(), language)]
    numbers = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return [
        GopherRepetitionFilter(language=language, **numbers["repetition"]),
        FineWebQualityFilter(language=language, **numbers["fineweb"]),
        GopherQualityFilter(language=language, **numbers["quality"]),
        JsonlWriter(f"{out}/kept", compression=None),
    ]


def main():
    corpus, out, kind = sys.argv[1:]
    reader = JsonlReader(str(Path(corpus).parent), glob_pattern=Path(corpus).name)
    LocalPipelineExecutor([reader, *steps(kind, out)], tasks=1, logging_dir=f"{out}/log").run()


if __name__ == "__main__":
    main()
