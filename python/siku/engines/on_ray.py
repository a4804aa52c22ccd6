"""Tasks on Ray."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .._errors import Error, Invalid, Unsupported
from .probe import PROBING, Asked, Worker, machine_memory, probe, silent
from .task import Done, Job, Phase, do_task

# A worker or node that dies; what an operator says is wrong is not tried again.
_RETRIES = 16
# To a head that takes connections but is none: each takes Ray 40 seconds, and it tries 20 times.
_CONNECTS = 2
# Between two looks at what is done, in seconds.
_PAUSE = 5
# Ray's smallest object store. No rows pass through it.
_OBJECT_STORE = 80 << 20


def _import(local: bool) -> Any:
    # Ray reads its environment when it is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", str(_CONNECTS))
    if local and "ray" not in sys.modules:
        # Ray's own is 15: on a machine that has other work, workers would hardly get a turn.
        os.environ.setdefault("RAY_worker_niceness", "0")
        # A token of its own: who finds the ports of a local cluster cannot use them.
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(16))
    try:
        import ray
    except ImportError as error:
        raise Unsupported(
            "Ray is not installed in this Python", value=str(error), hint="pip install ray"
        ) from None
    return ray


def _start(ray: Any, address: str | None, threads: int, memory: int) -> None:
    quiet = {"log_to_driver": False, "logging_level": "warning"}
    if address is not None:
        ray.init(address=address, ignore_reinit_error=True, **quiet)
        return
    workers = threads or max(1, min(os.cpu_count() or 1, machine_memory() // memory))
    if workers * memory > machine_memory():
        raise Invalid(
            "the machine has less memory than its workers may take",
            value=f"{workers} * {memory} > {machine_memory()}",
            hint="lower --memory, which is that of one task, or --threads",
        )
    ray.init(
        address="local",
        num_cpus=workers,
        _memory=workers * memory,
        object_store_memory=_OBJECT_STORE,
        include_dashboard=False,
        **quiet,
    )


def _mebibytes(size: float) -> str:
    return f"{size / (1 << 20):.0f} MiB"


class _Ray:
    def __init__(self, ray: Any, memory: int) -> None:
        self._ray = ray
        self._task = ray.remote(num_cpus=1, memory=memory, max_retries=_RETRIES)(do_task)

    def check(self, memory: int) -> None:
        most = max(
            (node["Resources"].get("memory", 0) for node in self._ray.nodes() if node["Alive"]),
            default=0,
        )
        if most < memory:
            raise Invalid(
                "no node of the cluster has the memory that a task is given",
                value=f"{memory} > {int(most)}",
                hint="lower --memory, or start nodes with more (`ray start --memory`)",
            )

    def each(self, job: Job, phase: Phase, tasks: list[int]) -> Iterator[Done | None]:
        waiting = [self._task.remote(job, phase, task) for task in tasks]
        try:
            while waiting:
                ready, waiting = self._ray.wait(waiting, timeout=_PAUSE)
                if not ready:
                    yield None
                for one in ready:
                    yield self._result(one)
        finally:
            for one in waiting:
                self._ray.cancel(one, force=True)

    def probe(self, asked: Asked) -> list[Worker]:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        waiting = [
            self._ray.remote(num_cpus=1)(probe)
            .options(scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False))
            .remote(asked)
            for node in self._ray.nodes()
            if node["Alive"] and node["Resources"].get("CPU")
        ]
        if not waiting:
            return []
        _, late = self._ray.wait(waiting, num_returns=len(waiting), timeout=PROBING)
        if late:
            raise silent(f"{len(late)} / {len(waiting)}")
        return [self._result(one) for one in waiting]

    def settings(self) -> dict[str, str]:
        resources = self._ray.cluster_resources()
        return {
            "CPU": f"{resources.get('CPU', 0):g}",
            "memory": _mebibytes(resources.get("memory", 0)),
            "object_store_memory": _mebibytes(resources.get("object_store_memory", 0)),
        }

    def _result(self, done: Any) -> Any:
        try:
            return self._ray.get(done)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, Error):
                raise error.cause from None
            raise


@contextmanager
def connected(*, address: str | None, threads: int, memory: int) -> Iterator[_Ray]:
    """A cluster at ``address``, or a local one for the while. One that is connected is used."""
    ray = _import(local=address is None)
    ours = not ray.is_initialized()
    if ours:
        _start(ray, address, threads, memory)
    try:
        engine = _Ray(ray, memory)
        engine.check(memory)
        yield engine
    finally:
        if ours:
            ray.shutdown()
