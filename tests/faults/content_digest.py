"""The content digest once more, from docs/format.md alone: pyarrow, hashlib and nothing of ours."""

import hashlib
import json
import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HIDDEN = ["_siku_source", "_siku_position", "_siku_child", "_siku_residue"]
FLOATS = {"float16": ("<e", 2), "float32": ("<f", 4), "float64": ("<d", 8)}
NANS = {2: 0x7E00, 4: 0x7FC00000, 8: 0x7FF8000000000000}


def sha256(data):
    return hashlib.sha256(data).digest()


def integer(width, value, signed=True):
    return value.to_bytes(width, "little", signed=signed)


def bytes_of(name, scalar):
    """The canonical bytes of a value that is not null; `name` is its type's."""
    if isinstance(name, str):
        if name == "bool":
            return integer(1, int(scalar.as_py()))
        if name in FLOATS:
            form, width = FLOATS[name]
            value = float(scalar.as_py())
            if value != value:
                return integer(width, NANS[width], signed=False)
            return struct.pack(form, 0.0 if value == 0 else value)
        if name in ("text", "json", "bytes"):
            data = scalar.as_buffer().to_pybytes()
            return integer(8, len(data)) + data
        if name == "date":
            return integer(4, scalar.value)
        signed = not name.startswith("u")
        return integer(int(name.lstrip("uint")) // 8, scalar.as_py(), signed)
    (kind, inner), *_ = [item for item in name.items() if item[0] != "zone"]
    if kind == "bytes":
        return scalar.as_py()
    if kind == "time":
        return integer(4 if inner == "ms" else 8, scalar.value)
    if kind in ("timestamp", "duration"):
        return integer(8, scalar.value)
    if kind == "decimal":
        precision, scale = inner
        unscaled = int(scalar.as_py().scaleb(scale, context=None))
        return integer(16 if precision <= 38 else 32, unscaled)
    if kind == "list":
        items = [value_of(inner, item) for item in scalar.values]
        return integer(8, len(items)) + b"".join(items)
    if kind == "map":
        entries = [
            b"\1" + value_of(inner[0], entry["key"]) + value_of(inner[1], entry["value"])
            for entry in scalar.values
        ]
        return integer(8, len(entries)) + b"".join(entries)
    assert kind == "struct", kind
    return b"".join(value_of(field["type"], scalar[field["name"]]) for field in inner)


def value_of(name, scalar):
    return b"\1" + bytes_of(name, scalar) if scalar.is_valid else b"\0"


def row_digests(table, schema):
    names = ["int32", "int64", "bytes", "bytes"] + [column["type"] for column in schema]
    assert table.column_names == HIDDEN + [column["name"] for column in schema]
    columns = [column.combine_chunks() for column in table.columns]
    for row in range(table.num_rows):
        values = (value_of(n, c[row]) for n, c in zip(names, columns, strict=True))
        yield sha256(b"".join(values))


def content_digest(rows, schema_json):
    """Of row digests in order; also peaks and tail."""
    leaves = [sha256(b"\0" + b"".join(rows[i : i + 256])) for i in range(0, len(rows) - 255, 256)]
    tail = rows[256 * len(leaves) :]
    peaks = []
    while leaves:
        height = 1 << (len(leaves).bit_length() - 1)
        tree, leaves = leaves[:height], leaves[height:]
        while len(tree) > 1:
            tree = [sha256(b"\1" + tree[i] + tree[i + 1]) for i in range(0, len(tree), 2)]
        peaks += tree
    head = b"siku.content.1\0" + integer(8, len(schema_json)) + schema_json
    whole = head + integer(8, len(rows)) + b"".join(peaks) + b"".join(tail)
    return sha256(whole).hex(), [p.hex() for p in peaks], [t.hex() for t in tail]


def canonical(value):
    """RFC 8785 as far as schemas go: no numbers but small integers, keys of ASCII."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


class Store:
    """Reads versions by commit records and manifests, without the index."""

    def __init__(self, path: Path):
        self.path = path
        self.versions = {}  # (dataset, ordinal): (content, manifest)
        for file in sorted((path / "commits").iterdir()):
            for version in json.loads(file.read_text())["versions"]:
                key = version["dataset"], version["ordinal"]
                self.versions[key] = version["content"], version["manifest"]

    def manifest(self, sha):
        data = (self.path / "manifests" / sha[:2] / f"{sha}.json").read_bytes()
        assert sha256(data).hex() == sha
        return json.loads(data)

    def chain(self, dataset, ordinal):
        """Manifests of a version, the one without a parent first."""
        manifest = self.manifest(self.versions[dataset, ordinal][1])
        if "parent" not in manifest:
            return [manifest]
        parent = max(
            o
            for (d, o), (content, _) in self.versions.items()
            if d == dataset and o < ordinal and content == manifest["parent"]
        )
        return [*self.chain(dataset, parent), manifest]

    def table(self, dataset, ordinal):
        tables = []
        for manifest in self.chain(dataset, ordinal):
            for segment in manifest["segments"]:
                for file in segment["files"]:
                    sha = file["sha256"]
                    path = self.path / "data" / sha[:2] / f"{sha}.parquet"
                    assert sha256(path.read_bytes()).hex() == sha
                    tables.append(pq.read_table(path))
        return pa.concat_tables(tables) if tables else None
