"""Tasks on Spark."""

import os
import re
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .._errors import Error, Unsupported
from .probe import PROBING, Asked, Worker, probe, silent
from .task import Done, Job, Phase, do_task

# Lost executors; Spark tries a task again wherever it failed.
_FAILURES = 16
# What Spark adds to an executor's memory for the JVM itself, in MiB, where nothing else is said.
_JVM_OVERHEAD = 384
# Between two looks at what is done, in seconds.
_PAUSE = 0.1


def _session_class() -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Unsupported(
            "Spark is not installed in this Python", value=str(error), hint="pip install pyspark"
        ) from None
    return SparkSession


def _session(address: str | None, threads: int, memory: int) -> Any:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    master = address or f"local[{threads or '*'},{_FAILURES}]"
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = _session_class().builder.master(master).appName("siku")
    for name, value in _settings(master, memory).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _settings(master: str, memory: int) -> dict[str, str]:
    """Those that a run needs, but for what people have set in ``spark-defaults.conf``."""
    from pyspark import SparkConf, SparkContext

    SparkContext._ensure_initialized()  # the JVM reads the file
    theirs = SparkConf()
    local = re.fullmatch(r"local-cluster\[\d+,(\d+),\d+\]", master.replace(" ", ""))
    cores = int(local[1] if local else theirs.get("spark.executor.cores", "1"))
    wanted = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.task.maxFailures": str(_FAILURES),
        # For the Python worker of each core. spark.executor.pyspark.memory would limit its address
        # space, of which Siku maps more than it uses.
        "spark.executor.memoryOverhead": f"{cores * (memory >> 20) + _JVM_OVERHEAD}m",
    }
    return {name: value for name, value in wanted.items() if not theirs.contains(name)}


class _Spark:
    def __init__(self, context: Any) -> None:
        self._context = context

    def each(self, job: Job, phase: Phase, tasks: list[int]) -> Iterator[Done | None]:
        """One job, a partition each task. Their results come by an accumulator, as they are done;
        those of ``collect`` would come when all are."""
        results = self._context.accumulator([], _Lists())
        partitions = self._context.parallelize(tasks, len(tasks))
        given = 0
        ended = False
        with _Action(
            self._context,
            lambda: partitions.foreach(lambda task: results.add([_attempt(job, phase, task)])),
        ) as action:
            while not ended:
                # What came before the end is looked at once more behind it.
                ended = action.wait(_PAUSE)
                if not ended and given == len(results.value):
                    yield None
                for result in results.value[given:]:
                    given += 1
                    if isinstance(result, Error):
                        raise result
                    yield result

    def probe(self, asked: Asked) -> list[Worker]:
        """Spark places tasks as it likes: enough of them that each executor gets some."""
        count = 4 * max(2, self._context.defaultParallelism)
        probes = self._context.parallelize(range(count), count).map(lambda _: probe(asked))
        said: list[Worker] = []
        with _Action(self._context, lambda: said.extend(probes.collect())) as action:
            if not action.wait(PROBING):
                raise silent(str(count))
        return sorted(set(said), key=lambda worker: worker.host)

    def settings(self) -> dict[str, str]:
        names = (
            "spark.master",
            "spark.executor.memory",
            "spark.executor.memoryOverhead",
            "spark.task.maxFailures",
        )
        configuration = self._context.getConf()
        said = {name: configuration.get(name, "") for name in names}
        return {name: value for name, value in said.items() if value}


class _Action:
    """An action of Spark in a thread, so that it can be given up. Its end raises what it did."""

    def __init__(self, context: Any, action: Callable[[], object]) -> None:
        self._context = context
        self._action = action
        # The session may have jobs of others.
        self._group = f"siku-{secrets.token_hex(8)}"
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        try:
            self._context.setJobGroup(self._group, "siku")
            self._action()
        except BaseException as error:
            self._failure = error

    def wait(self, seconds: float) -> bool:
        """Whether it has ended by then."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def __enter__(self) -> "_Action":
        self._thread.start()
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        if self._thread.is_alive():
            self._context.cancelJobGroup(self._group)
            self._thread.join()
        if kind is None and self._failure is not None:
            raise self._failure


class _Lists:
    """What Spark calls an AccumulatorParam."""

    def zero(self, value: list[Any]) -> list[Any]:
        return []

    def addInPlace(self, value1: list[Any], value2: list[Any]) -> list[Any]:
        return value1 + value2


def _attempt(job: Job, phase: Phase, task: int) -> Any:
    """An error of ours is a result: it would fail again, and Spark would keep its text alone."""
    try:
        return do_task(job, phase, task)
    except Error as error:
        return error


@contextmanager
def connected(*, address: str | None, threads: int, memory: int) -> Iterator[_Spark]:
    """A cluster at ``address``, or this process's own. A session that is active is used."""
    active = _session_class().getActiveSession()
    session = active or _session(address, threads, memory)
    try:
        yield _Spark(session.sparkContext)
    finally:
        if active is None:
            session.stop()
