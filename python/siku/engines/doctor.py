"""Whether a cluster can run what the driver asks of it: `siku cluster doctor` puts it in words."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .driver import check_engine, working
from .probe import Asked, Worker, probe


@dataclass(frozen=True)
class Finding:
    #: no_workers, store, memory, or the field of Worker that is not the driver's
    kind: str
    host: str = ""
    has: str = ""
    wanted: str = ""


def _differing(driver: Worker, workers: list[Worker]) -> Iterator[Finding]:
    for name in ("siku", "pyarrow", "engine", "python", "machine", "batch"):
        wanted = getattr(driver, name)
        if name == "python":
            wanted = wanted.rpartition(".")[0] + "."
        for worker in workers:
            has = getattr(worker, name)
            if not has.startswith(wanted):
                yield Finding(name, worker.host, has, wanted)


def _too_small(asked: Asked, workers: list[Worker]) -> Iterator[Finding]:
    for worker in workers:
        if worker.memory < asked.memory:
            yield Finding("memory", worker.host, str(worker.memory), str(asked.memory))
        if worker.store_error:
            yield Finding("store", worker.host, worker.store_error)


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
    with working(engine, address=address, threads=0, memory=memory) as cluster:
        workers = cluster.probe(asked)
        settings = cluster.settings()
    findings = [*_differing(driver, workers), *_too_small(asked, workers)]
    if not workers:
        findings.append(Finding("no_workers"))
    return {
        "driver": asdict(driver),
        "workers": [asdict(worker) for worker in workers],
        "settings": settings,
        "findings": [asdict(finding) for finding in findings],
    }
