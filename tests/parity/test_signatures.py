"""DataTrove's MinHash files, byte for byte: signatures, pairs, clusters, what to remove. Its words
of English have rules of their own, which are not followed; so the two Chinese sets."""

import hashlib
import json
from pathlib import Path

import golden_file
import pytest

SETS = {
    "xxhash64_zh": ([], []),
    "sha1_32_zh": (
        ["--ngrams", "3"],
        ["--buckets", "20", "--hashes-per-bucket", "5", "--hash", "sha1_32"],
    ),
}


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def halves(corpus, tmp_path_factory):
    """The corpus as two files: even rows are the first, odd rows the second."""
    folder = tmp_path_factory.mktemp("halves")
    rows = golden_file.corpus(corpus)
    for rank in range(2):
        lines = [json.dumps({"text": r["text"]}, ensure_ascii=False) for r in rows[rank::2]]
        (folder / f"{rank}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", SETS)
def test_every_file_of_every_stage_is_datatroves(siku, halves, name):
    words, shape = SETS[name]
    out = siku.folder / "out"
    signatures = str(out / "signatures")
    siku.program(
        "signatures", "write", halves, "--words", "jieba", "--to", signatures, *words, *shape
    )
    siku.program(
        "signatures", "cluster", signatures, "--pairs", out / "buckets", "--to", out / "clusters",
        *shape,
    )  # fmt: skip
    wanted = json.loads((golden_file.GOLDEN / "datatrove-files.json").read_text())[name]
    assert digests(out) == wanted
