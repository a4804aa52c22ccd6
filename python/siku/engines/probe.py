"""What a worker says of itself to `siku cluster doctor`."""

import hashlib
import importlib.metadata
import os
import platform
import socket
from dataclasses import dataclass, field

from .. import _siku
from .._errors import Busy, Error
from .._repair import repair
from .task import endpoint, use_endpoint

# A few kinds of damage; what becomes of them is the same on every worker that is the same.
_TEXTS = ("政府令（zhèng fǔ lìng）", "ä¸\xadå\x9b½", "第一条&nbsp;本法", "锟斤拷")


#: Seconds that a worker may take to answer.
PROBING = 120


def silent(value: str) -> Busy:
    """The error that workers, ``value`` of them, did not answer in that time."""
    return Busy(
        "workers of the cluster did not answer in time",
        value=value,
        hint="they are busy with other work, or the cluster cannot start them",
    )


@dataclass(frozen=True)
class Asked:
    engine: str
    #: As workers should see it; empty: none.
    store: str
    memory: int
    index: str = field(default="", repr=False)
    s3_endpoint: str = field(default_factory=endpoint)


@dataclass(frozen=True)
class Worker:
    host: str
    python: str
    siku: str
    pyarrow: str
    engine: str
    machine: str
    cores: int
    #: Bytes of the machine or the container, whichever is less.
    memory: int
    #: Empty: it opens the store, or none was asked about.
    store_error: str
    #: SHA-256 of what the test batch became.
    batch: str


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def machine_memory() -> int:
    """Bytes of the machine or the container, whichever is less."""
    least = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path, encoding="ascii") as file:
                said = file.read().strip()
        except OSError:
            continue
        if said.isdigit():
            least = min(least, int(said))
    return least


def _store_error(asked: Asked) -> str:
    if not asked.store:
        return ""
    use_endpoint(asked.s3_endpoint)
    try:
        _siku.open_store(asked.store, False, asked.index)
    except Error as error:
        return str(error)
    return ""


def probe(asked: Asked) -> Worker:
    """On the worker."""
    repaired = "\n".join(repair(text).text for text in _TEXTS)
    return Worker(
        host=socket.gethostname(),
        python=platform.python_version(),
        siku=_siku.version(),
        pyarrow=_version("pyarrow"),
        engine=_version({"ray": "ray", "spark": "pyspark"}[asked.engine]),
        machine=platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory=machine_memory(),
        store_error=_store_error(asked),
        batch=hashlib.sha256(repaired.encode()).hexdigest(),
    )
