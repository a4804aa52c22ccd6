"""Whether a cluster can run what the driver asks of it: `siku cluster doctor`."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .driver import ENGINES, check_engine
from .probe import Asked, Worker, probe


@dataclass(frozen=True)
class Finding:
    #: ok, warning or error
    level: str
    what: str
    #: What to do; empty: nothing.
    advice: str = ""


def _differing(driver: Worker, workers: list[Worker]) -> Iterator[Finding]:
    told = {
        "siku": "install the same siku on every node: `pip install siku==%s`",
        "pyarrow": "install the same pyarrow on every node: `pip install pyarrow==%s`",
        "engine": "install the same engine on every node: version %s",
        "python": "use one Python (major.minor) everywhere, here %s: tasks are pickled",
        "machine": "the results are the same by design, but not tested on such a mixture; here %s",
        "batch": "a worker makes something else of the same texts: reinstall siku there; here %s",
    }
    for name, advice in told.items():
        mine = getattr(driver, name)
        if name == "python":
            mine = mine.rpartition(".")[0]
        for worker in workers:
            its = getattr(worker, name)
            if not its.startswith(mine):
                level = "warning" if name == "machine" else "error"
                yield Finding(level, f"{worker.host}: {name} {its or 'absent'}", advice % mine)


def _memory(asked: Asked, workers: list[Worker]) -> Iterator[Finding]:
    for worker in workers:
        if worker.memory < asked.memory:
            yield Finding(
                "error",
                f"{worker.host}: {worker.memory} bytes of memory, a task may take {asked.memory}",
                "lower --memory, or use larger workers",
            )


def _stores(workers: list[Worker]) -> Iterator[Finding]:
    for worker in workers:
        if worker.store_error:
            yield Finding(
                "error",
                f"{worker.host}: {worker.store_error}",
                "put the store where every worker sees it by the same path, or on s3://",
            )


def examine(
    engine: str,
    *,
    address: str | None = None,
    store: str = "",
    index: str = "",
    memory: int = 1 << 30,
) -> dict[str, Any]:
    """``workers``, ``settings`` and ``findings``; every worker has worked on a test batch."""
    check_engine(engine)
    asked = Asked(engine, store, memory, index)
    driver = probe(asked)
    with ENGINES[engine](address=address, threads=0, memory=memory) as cluster:
        workers = cluster.probe(asked)
        settings = cluster.settings()
    findings = [
        *_differing(driver, workers),
        *_memory(asked, workers),
        *_stores(workers),
    ]
    if not workers:
        findings.append(Finding("error", "the cluster has no workers", "start some"))
    if not findings:
        findings.append(Finding("ok", "every worker is as the driver, and made the same batch"))
    return {
        "driver": asdict(driver),
        "workers": [asdict(worker) for worker in workers],
        "settings": settings,
        "findings": [asdict(finding) for finding in findings],
    }
