"""What every golden script shares: the corpus, the hashes, the Parquet files of results."""

import hashlib
import importlib.metadata
import json
import os
import platform
import struct
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS = ROOT / "build" / "parity" / "corpus.jsonl"
# Elsewhere where they are made to be compared with what is committed.
GOLDEN = Path(os.environ.get("SIKU_GOLDEN_DIR", HERE / "golden"))
LISTS = HERE / "lists"


def corpus(path=CORPUS):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def hash64(data):
    """The first eight bytes of SHA-256, little endian."""
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "little")


def hash_text(text):
    return hash64(text.encode("utf-8", "surrogatepass"))


def hash_words(words):
    """Hash of a list of strings: each as its UTF-8 length in four bytes, then its UTF-8."""
    state = hashlib.sha256()
    for word in words:
        data = word.encode("utf-8", "surrogatepass")
        state.update(struct.pack("<I", len(data)) + data)
    return int.from_bytes(state.digest()[:8], "little")


def hash_changed(before, after):
    """None where a text was left as it is: most are, and nothing then need be stored."""
    return None if before == after else hash_text(after)


def write(name, columns, peers, parameters):
    """Writes golden/NAME.parquet, a row for each document in the corpus's order."""
    arrays = {}
    for key, values in columns.items():
        if any(isinstance(v, str) for v in values):
            kind = pa.dictionary(pa.int16(), pa.string())
            arrays[key] = pa.array(values, pa.string()).cast(kind)
        elif any(isinstance(v, bool) for v in values):
            arrays[key] = pa.array(values, pa.bool_())
        elif any(isinstance(v, float) for v in values):
            arrays[key] = pa.array([None if v is None else float(v) for v in values], pa.float64())
        elif any(v is not None and v > 0xFFFFFFFF for v in values):
            arrays[key] = pa.array(values, pa.uint64())
        else:
            arrays[key] = pa.array(values, pa.int32())
    about = {
        "peers": {peer: importlib.metadata.version(peer) for peer in peers},
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
        "corpus": (HERE / "corpus.sha256").read_text().strip(),
        "parameters": parameters,
    }
    table = pa.table(arrays).replace_schema_metadata(
        {"parity": json.dumps(about, ensure_ascii=False)}
    )
    GOLDEN.mkdir(exist_ok=True)
    pq.write_table(table, GOLDEN / f"{name}.parquet", compression="zstd", compression_level=19)
    size = (GOLDEN / f"{name}.parquet").stat().st_size
    print(f"{name}: {len(arrays)} columns, {size} bytes", flush=True)
