"""The driver: phases in their order, the tasks of each handed to an engine."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

from .. import _siku
from .._errors import Error, Interrupted, Invalid
from .probe import Asked, Worker
from .task import Job, Phase

#: Gets phase, bytes_total, bytes_done, rows, tasks_total and tasks_done.
Progress = Callable[[dict[str, Any]], object]


class Engine(Protocol):
    def each(self, job: Job, phase: Phase, tasks: list[int]) -> Iterator[tuple[int, int, int]]:
        """Do the tasks, in any order; give task, rows and bytes of each that is done."""
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
    tasks = _siku.open_tasks(job.open_store(), job.run, job.seal_key, job.memory, job.spill_limit)
    tasks.lock()
    job = replace(job, run=tasks.run)
    try:
        with ENGINES[engine](address=address, threads=threads, memory=job.memory) as workers:
            _phases(workers, job, tasks, progress)
    except Error as error:
        error.run = tasks.run
        raise
    except KeyboardInterrupt:
        stopped = Interrupted("the run was asked to stop")
        stopped.run = tasks.run
        raise stopped from None
    return tasks.run


def _phases(workers: Engine, job: Job, tasks: _siku.RunTasks, progress: Progress | None) -> None:
    rows = bytes_ = 0
    for stage, step, count in tasks.phases():
        phase = Phase(stage, step, count)
        left = tasks.left(stage, step)
        done = 0
        for _, more_rows, more_bytes in workers.each(job, phase, left) if left else ():
            done, rows, bytes_ = done + 1, rows + more_rows, bytes_ + more_bytes
            if progress is not None:
                progress(
                    {
                        "phase": _phase_name(phase),
                        "bytes_total": tasks.input_bytes,
                        "bytes_done": bytes_,
                        "rows": rows,
                        "tasks_total": len(left),
                        "tasks_done": done,
                    }
                )
