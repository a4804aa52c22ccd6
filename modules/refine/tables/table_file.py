"""The file that tables lie in: named sections, memory-mapped by the program."""

import hashlib
import struct
import sys
from pathlib import Path

HEADER = struct.Struct("<8sII32s16x")  # magic, format, sections, SHA-256 of what follows
SECTION = struct.Struct("<16sQQ")  # name, offset, bytes


def assembled(magic, version, found):
    """`found`: name -> bytes or an array of numpy."""
    offset = HEADER.size + SECTION.size * len(found)
    index, body = b"", bytearray()
    for name in sorted(found):
        value = found[name]
        data = (
            value
            if isinstance(value, bytes)
            else value.astype(value.dtype.newbyteorder("<")).tobytes()
        )
        body += b"\0" * (-(offset + len(body)) % 8)
        index += SECTION.pack(name.encode(), offset + len(body), len(data))
        body += data
    rest = index + bytes(body)
    return HEADER.pack(magic, version, len(found), hashlib.sha256(rest).digest()) + rest


def build(magic, version, sections):
    """The program of a script that is called with the file to make and the record of its SHA-256.

    Stops unless the SHA-256 is the one on record; `--record` puts it there instead.
    """
    out, record = Path(sys.argv[1]), Path(sys.argv[2])
    keep = "--record" in sys.argv
    expected = record.read_text().split()[0]
    data = None if keep else made_already(out, expected)
    if data is None:
        data = assembled(magic, version, sections())
    digest = hashlib.sha256(data).hexdigest()
    if keep:
        record.write_text(f"{digest}  {out.name}\n")
    elif digest != expected:
        sys.exit(
            f"{out.name}: SHA-256 is {digest}, on record is {expected}: install exactly "
            "what modules/refine/tables/requirements.txt pins"
        )
    # In one step: programs that run may have the old file mapped.
    part = out.with_suffix(".part")
    part.write_bytes(data)
    part.replace(out)


def made_already(out, expected):
    """What another tree of the checkout made, for the first build of a tree; or None."""
    if out.exists():
        return None
    for other in sorted(Path(__file__).parents[3].glob(f"build/**/share/siku/{out.name}")):
        data = other.read_bytes()
        if hashlib.sha256(data).hexdigest() == expected:
            return data
    return None
