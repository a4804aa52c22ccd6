"""The driver: phases in their order, the tasks of each handed to an engine."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, Protocol

from .. import _siku
from .._errors import Error, Interrupted, Invalid, Io
from .address import check_address
from .probe import Asked, Worker
from .task import Done, Job, Phase

# Seconds without a task that is done, before people are told.
_SILENCE = 60
# Characters of what an engine says; its traces are long.
_LONGEST = 500
#: Gets phase ("wait": no task was done for a minute), bytes_total, bytes_done, rows, tasks_total
#: and tasks_done.
Progress = Callable[[dict[str, Any]], object]


class Engine(Protocol):
    def each(self, job: Job, phase: Phase, tasks: list[int]) -> Iterator[Done | None]:
        """Do the tasks, in any order; give each that is done, and None where none was for a
        while."""
        ...

    def probe(self, asked: Asked) -> list[Worker]:
        """What every worker says of itself."""
        ...

    def settings(self) -> dict[str, str]:
        """Those that decide whether a run goes well, as the engine has them."""
        ...


def _ray(**options: Any) -> AbstractContextManager[Engine]:
    from .on_ray import connected

    return connected(**options)


def _spark(**options: Any) -> AbstractContextManager[Engine]:
    from .on_spark import connected

    return connected(**options)


#: By the name that people give.
ENGINES: dict[str, Callable[..., AbstractContextManager[Engine]]] = {"ray": _ray, "spark": _spark}


def _phase_name(phase: Phase) -> str:
    if phase.step:
        return "reduce"
    return "read" if phase.stage == 0 else "settle"


def check_engine(name: str) -> None:
    if name not in ENGINES:
        raise Invalid("there is no such engine", value=name, hint="it is ray or spark")


@contextmanager
def working(engine: str, *, address: str | None, threads: int, memory: int) -> Iterator[Engine]:
    """The engine's workers. What it raises itself is :class:`siku.Io`."""
    check_address(address)
    try:
        with ENGINES[engine](address=address, threads=threads, memory=memory) as workers:
            yield workers
    except Error:
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        raise Io(
            "the engine failed",
            value=f"{type(error).__name__}: {said[:_LONGEST]}",
            place=address or engine,
            hint="`siku cluster doctor` tells what the cluster lacks",
        ) from error


def drive(
    engine: str,
    job: Job,
    *,
    address: str | None = None,
    threads: int = 0,
    progress: Progress | None = None,
) -> str:
    """Do all tasks of a planned run that are not done yet; then ``resume`` adds up and commits.

    Gives the id of the run. ``address`` is that of a cluster (``--address`` of Ray, ``--master`` of
    Spark); None starts a local one with ``threads`` workers.
    """
    check_engine(engine)
    address = address or None
    tasks = _siku.open_tasks(job.open_store(), job.run, job.seal_key, job.memory, job.spill_limit)
    tasks.lock()
    job = replace(job, run=tasks.run)
    try:
        with working(engine, address=address, threads=threads, memory=job.memory) as workers:
            _phases(workers, job, tasks, progress)
    except Error as error:
        error.run = tasks.run
        tasks.ended(error.code)
        raise
    except KeyboardInterrupt:
        stopped = Interrupted("the run was asked to stop")
        stopped.run = tasks.run
        tasks.ended(stopped.code)
        raise stopped from None
    return tasks.run


class _Meter:
    """Adds up what tasks read, and tells people."""

    def __init__(self, input_bytes: int, progress: Progress | None) -> None:
        self._said = {"bytes_total": input_bytes, "bytes_done": 0, "rows": 0}
        self._progress = progress
        self._phase: dict[str, Any] = {}
        self._done = 0
        self._told = 0.0

    def begin(self, phase: Phase, tasks: int) -> None:
        self._phase = {"phase": _phase_name(phase), "tasks_total": tasks}
        self._done = 0
        self._tell()

    def add(self, done: Done) -> None:
        self._done += 1
        self._said["rows"] += done[1]
        self._said["bytes_done"] += done[2]
        self._tell()

    def wait(self) -> None:
        """Workers that are busy, or too small for the tasks, say nothing."""
        if time.monotonic() - self._told >= _SILENCE:
            self._tell(phase="wait")

    def _tell(self, **instead: str) -> None:
        self._told = time.monotonic()
        if self._progress is not None:
            self._progress({**self._phase, **self._said, "tasks_done": self._done, **instead})


def _phases(workers: Engine, job: Job, tasks: _siku.RunTasks, progress: Progress | None) -> None:
    meter = _Meter(tasks.input_bytes, progress)
    for stage, step, count in tasks.phases():
        phase = Phase(stage, step, count)
        left = tasks.left(stage, step)
        if not left:
            continue
        meter.begin(phase, len(left))
        for done in workers.each(job, phase, left):
            if done is None:
                meter.wait()
            else:
                meter.add(done)
