"""The rows of a Parquet file as Arrow streams, in the confined process of siku_worker.

Each message is a stream of its own, small enough for the program to take. What a footer says is
looked at before anything is read; what it lies about ends at the limits of the process.
"""

import os
import resource

import pyarrow
import pyarrow.ipc
import pyarrow.parquet

MOST_LEAVES = 10_000
MOST_GROUPS = 1_000_000
BATCH_BYTES = 8 << 20  # about; of what comes out of the file
MOST_BYTES = 48 << 20  # of a message
MOST_ROWS = 4096


class Refused(Exception):
    """kind, what"""


def stream(schema, batch):
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, schema) as writer:
        if batch is not None:
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def say(channel, batch, done):
    """In halves, where it is too large."""
    body = stream(batch.schema, batch)
    if len(body) <= MOST_BYTES:
        channel.say({"rows": batch.num_rows, "done": done}, body)
        return
    if batch.num_rows == 1:
        raise Refused("large", "")
    half = batch.num_rows // 2
    say(channel, batch.slice(0, half), done)
    say(channel, batch.slice(half), done)


def check(metadata):
    if metadata.num_columns > MOST_LEAVES:
        raise Refused("columns", str(metadata.num_columns))
    if not 0 <= metadata.num_row_groups <= MOST_GROUPS:
        raise Refused("groups", str(metadata.num_row_groups))
    rows = 0
    for group in range(metadata.num_row_groups):
        rows += metadata.row_group(group).num_rows
    # A footer that says otherwise than its parts is no Parquet writer's.
    if metadata.num_rows < 0 or rows != metadata.num_rows:
        raise Refused("damaged", "rows of the footer")


def batch_rows(metadata):
    """So many that a batch is of a usual size by what the footer says, within MOST_ROWS."""
    if metadata.num_rows == 0:
        return MOST_ROWS
    size = sum(
        max(metadata.row_group(group).total_byte_size, 0)
        for group in range(metadata.num_row_groups)
    )
    return max(1, min(MOST_ROWS, BATCH_BYTES * metadata.num_rows // max(size, 1)))


def read_rows(asked, channel):
    # The file is open, and nothing else can be opened from here on.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    source = os.fdopen(3, "rb")
    file = pyarrow.parquet.ParquetFile(
        pyarrow.PythonFile(source, mode="r"),
        memory_map=False,
        pre_buffer=False,
        thrift_string_size_limit=64 << 20,
        thrift_container_size_limit=4_000_000,
        page_checksum_verification=True,
    )
    metadata = file.metadata
    check(metadata)
    schema = file.schema_arrow.remove_metadata()
    channel.say({"total": metadata.num_rows, "writer": metadata.created_by}, stream(schema, None))
    limit = asked["limit"]
    if limit == 0:
        return channel.say({"end": True})
    size = os.fstat(3).st_size
    rows = 0
    for batch in file.iter_batches(batch_size=batch_rows(metadata), use_threads=False):
        batch = batch.replace_schema_metadata(None)
        if limit >= 0:
            batch = batch.slice(0, limit - rows)
        rows += batch.num_rows
        say(channel, batch, min(size, size * rows // max(metadata.num_rows, 1)))
        if rows == limit:
            break
    if limit < 0 and rows != metadata.num_rows:
        raise Refused("damaged", "rows of the footer")
    channel.say({"end": True})


def failure(error):
    if isinstance(error, Refused):
        return error.args[0], error.args[1], None
    if isinstance(error, (MemoryError, RecursionError, pyarrow.ArrowMemoryError)):
        return "memory", "", None
    text = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
    if "encrypt" in text.lower():
        return "encrypted", "", None
    return "damaged", text, None


ANSWERS = {"parquet": read_rows}
