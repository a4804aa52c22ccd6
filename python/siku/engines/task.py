"""What a worker does: one task of a run, through the store that it shares with the driver."""

import os
import socket
from dataclasses import dataclass, field

from .. import _siku
from .._errors import Conflict, Denied, Io, NotFound

#: Names the server of ``s3://`` paths; the core reads it.
ENDPOINT = "SIKU_S3_ENDPOINT"


def endpoint() -> str:
    """What the driver has, for its workers."""
    return os.environ.get(ENDPOINT, "")


def use_endpoint(url: str) -> None:
    """On the worker: the driver's server. Credentials are the machine's own."""
    if url:
        os.environ[ENDPOINT] = url


@dataclass(frozen=True)
class Job:
    """What all tasks of a run need. Paths are as workers see them."""

    store: str
    run: str
    #: Bytes a task may take.
    memory: int
    spill_limit: int = -1
    #: File of the owner's key, where a step conceals.
    seal_key: str = ""
    #: Of PostgreSQL; it may hold a password.
    index: str = field(default="", repr=False)
    s3_endpoint: str = field(default_factory=endpoint)

    def open_store(self) -> _siku.Store:
        use_endpoint(self.s3_endpoint)
        return _siku.open_store(self.store, False, self.index)


#: Task, rows and bytes read.
Done = tuple[int, int, int]


@dataclass(frozen=True)
class Phase:
    stage: int
    #: Empty: splits are read or settled.
    step: str
    tasks: int


# The run this process worked on last: binding its steps takes longer than a small task.
_open: tuple[Job, _siku.RunTasks] | None = None


def do_task(job: Job, phase: Phase, task: int) -> Done:
    """Doing it again, or twice at once, is harmless. Errors that may be those of one machine alone,
    such as a folder that it does not see, name it."""
    try:
        return _do_task(job, phase, task)
    except (NotFound, Denied, Io, Conflict) as error:
        host = socket.gethostname()
        raise type(error)(
            error.message,
            value=error.value,
            place=f"{host}: {error.place}" if error.place else host,
            hint="does this machine see store, inputs, key and plug-ins as the others do?",
        ) from None


def _do_task(job: Job, phase: Phase, task: int) -> Done:
    global _open
    if _open is None or _open[0] != job:
        _open = None
        tasks = _siku.open_tasks(
            job.open_store(), job.run, job.seal_key, job.memory, job.spill_limit
        )
        _open = (job, tasks)
    try:
        rows, bytes_ = _open[1].do(phase.stage, phase.step, task)
    except BaseException:
        _open = None
        raise
    return task, rows, bytes_
