"""Runs: a recipe over files, stored datasets or frames, into versions of a store."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import _siku
from ._errors import Invalid
from ._recipe import Recipe, as_recipe
from ._server import using_server
from ._siku import Dataset, Store
from ._types import ArrowArray, ArrowStream
from .engines import Job, check_engine, drive, endpoint

Place = str | os.PathLike[str]
Input = Place | ArrowStream | ArrowArray
#: Gets phase, bytes_total, bytes_done, rows, tasks_total and tasks_done, about ten times a second.
Progress = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class StepCounts:
    """Where the rows of a step went: rows_in = kept + rejected + merged + expanded."""

    name: str
    operator: str
    version: int
    rows_in: int
    kept: int
    rejected: int
    merged: int
    expanded: int
    rows_out: tuple[int, ...]
    reasons: dict[str, int]
    edits: dict[str, int]
    proposed: dict[str, int]
    flags: dict[str, int]
    edited_rows: int
    #: Of rows about rows (clusters of duplicates): how many have each truth column true.
    reported: dict[str, int]


@dataclass(frozen=True)
class RunOutput:
    dataset: str
    #: Number of the version.
    version: int
    #: Digest of its content.
    content: str
    rows: int
    bytes: int
    #: The newest version had this content already.
    unchanged: bool


@dataclass(frozen=True)
class Decisions:
    """What became of the decisions that the run was given (docs/format.md)."""

    total: int
    applied: int
    #: The text is as decided without them.
    idle: int
    #: Those that no longer fit, each with its ``number`` in the file, place and ``reason``.
    unfit: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class RunSummary:
    """What a run did. ``to_dict()`` is its ``summary.json``."""

    run: str
    recipe: str
    #: Rows read.
    rows: int
    #: Records that are no rows, by reason.
    rejected: dict[str, int]
    steps: dict[str, StepCounts]
    outputs: dict[str, RunOutput]
    decisions: Decisions
    seconds: float
    _json: str

    def to_dict(self) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self._json)
        return result


def _summary(text: str) -> RunSummary:
    item = json.loads(text)
    steps = {}
    for step in item["steps"]:
        counts = step["counts"]
        steps[step["name"]] = StepCounts(
            name=step["name"],
            operator=step["operator"],
            version=step["version"],
            rows_in=counts["in"],
            kept=counts["kept"],
            rejected=counts["rejected"],
            merged=counts["merged"],
            expanded=counts["expanded"],
            rows_out=tuple(counts["out"]),
            reasons=counts["reasons"],
            edits=counts["edits"],
            proposed=counts["proposed"],
            flags=counts["flags"],
            edited_rows=counts["edited_rows"],
            reported=counts["reported"],
        )
    outputs = {
        out["dataset"]: RunOutput(
            dataset=out["dataset"],
            version=out["ordinal"],
            content=out["version"],
            rows=out["rows"],
            bytes=out["bytes"],
            unchanged=out["unchanged"],
        )
        for out in item["outputs"]
    }
    decided = item.get("decisions", {})
    return RunSummary(
        run=item["run"],
        recipe=item["recipe"],
        rows=item["read"]["rows"],
        rejected=item["read"]["rejected"],
        steps=steps,
        outputs=outputs,
        decisions=Decisions(
            total=decided.get("total", 0),
            applied=decided.get("applied", 0),
            idle=decided.get("idle", 0),
            unfit=tuple(decided.get("unfit", ())),
        ),
        seconds=item["seconds"],
        _json=text,
    )


def _absolute(path: Place) -> str:
    return os.fspath(path) if str(path).startswith("s3://") else os.path.abspath(path)


def open_store(
    path: Place = ".siku",
    *,
    create: bool = False,
    index: str | None = None,
    s3_endpoint: str | None = None,
) -> Store:
    """The store in a folder; ``create``: make one where there is none.

    ``index`` is the URL of a PostgreSQL database (``postgresql://…``) that has the store's index,
    else ``SIKU_INDEX`` of the environment, else SQLite in the store. ``s3_endpoint`` is the URL of
    the server of this store in S3, else ``SIKU_S3_ENDPOINT`` or ``AWS_ENDPOINT_URL``.
    """
    if index is None:
        index = os.environ.get("SIKU_INDEX", "")
    with using_server(s3_endpoint):
        return _siku.open_store(os.fspath(path), create, index, endpoint())


def _store(store: Store | Place, create: bool = False) -> Store:
    return store if isinstance(store, Store) else open_store(store, create=create)


def open_dataset(store: Store | Place, name: str) -> Dataset:
    """A version: ``name`` (newest), ``name@3``, or ``name@`` and the beginning of its digest."""
    return _store(store).dataset(name)


def _check_engine(engine: str | None, address: str | None) -> None:
    if engine is not None:
        check_engine(engine)
    elif address:
        raise Invalid(
            "an address is a cluster's: it needs an engine",
            value=address,
            place="address",
            hint="the engine is ray or spark",
        )


def run(
    recipe: Recipe | Place | Mapping[str, Any],
    *,
    store: Store | Place = ".siku",
    inputs: Mapping[str, Input] | None = None,
    decisions: Place | None = None,
    seal_key: Place | None = None,
    threads: int = 0,
    memory: int = _siku.DEFAULT_MEMORY,
    spill_limit: int = -1,
    max_record: int = _siku.DEFAULT_MAX_RECORD,
    limit: int = -1,
    splits: int = 0,
    take_over: str = "",
    engine: str | None = None,
    address: str | None = None,
    s3_endpoint: str | None = None,
    progress: Progress | None = None,
) -> RunSummary:
    """Run a recipe to the end. The GIL is free while it works.

    ``inputs`` replaces inputs of the recipe by name: with a file, folder or glob (relative to the
    working folder, or ``s3://bucket/key``), or with a frame. ``decisions`` is the file that people
    made in a report; ``seal_key`` that of the owner's key, where a step conceals.
    ``threads`` 0 is one a core; ``memory``, ``spill_limit`` and ``max_record`` are bytes.
    ``take_over`` is an unfinished run of another form of the recipe: what it did before the first
    stage that differs is not done again. ``engine`` "ray" or "spark" has the tasks done there, by
    a cluster at ``address`` or a local one; all workers see the store and the inputs by the same
    paths (docs/scale.md). ``s3_endpoint`` is the URL of the server of ``s3://`` paths, for this
    run and its workers; else the store's. Ctrl-C ends it cleanly: :class:`siku.Interrupted` holds
    the ``run`` that :func:`siku.resume` continues.
    """
    _check_engine(engine, address)
    recipe = as_recipe(recipe)
    frames: list[tuple[str, object]] = []
    for name, given in (inputs or {}).items():
        if isinstance(given, str | os.PathLike):
            recipe = recipe.set(f"inputs.{name}.path", _absolute(given))
        else:
            frames.append((name, given))
    with using_server(s3_endpoint):
        opened = _store(store, create=True)
    with using_server(s3_endpoint), using_server(opened.s3_endpoint):
        text = _siku.run(
            opened,
            recipe.text,
            recipe.file,
            recipe.base,
            recipe.overrides,
            frames,
            os.fspath(decisions) if decisions is not None else "",
            os.fspath(seal_key) if seal_key is not None else "",
            threads,
            memory,
            spill_limit,
            max_record,
            limit,
            splits,
            engine is not None,
            take_over,
            progress,
        )
        if engine is None:
            return _summary(text)
        return resume(
            text,
            store=opened,
            seal_key=seal_key,
            threads=threads,
            memory=memory,
            spill_limit=spill_limit,
            engine=engine,
            address=address,
            progress=progress,
        )


def resume(
    run: str = "last",
    *,
    store: Store | Place = ".siku",
    seal_key: Place | None = None,
    threads: int = 0,
    memory: int = _siku.DEFAULT_MEMORY,
    spill_limit: int = -1,
    engine: str | None = None,
    address: str | None = None,
    s3_endpoint: str | None = None,
    progress: Progress | None = None,
) -> RunSummary:
    """Continue a run that was interrupted, killed or failed; what is finished is not done again.

    It may go on with another ``engine`` than it began with.
    """
    _check_engine(engine, address)
    key = os.fspath(seal_key) if seal_key is not None else ""
    with using_server(s3_endpoint):
        opened = _store(store)
    with using_server(s3_endpoint), using_server(opened.s3_endpoint):
        begun = time.monotonic()
        if engine is not None:
            job = Job(
                store=_absolute(opened.path),
                index=opened.index,
                run=run,
                memory=memory,
                spill_limit=spill_limit,
                seal_key=key and os.path.abspath(key),
            )
            run = drive(engine, job, address=address, threads=threads, progress=progress)
        elsewhere = time.monotonic() - begun
        return _summary(
            _siku.resume(
                opened,
                run,
                key,
                threads,
                memory,
                spill_limit,
                elsewhere,
                progress if engine is None else None,  # all that it counts is done
            )
        )


def read_summary(run: str = "last", *, store: Store | Place = ".siku") -> RunSummary:
    """What a finished run did."""
    return _summary(_siku.read_summary(_store(store), run))


def undo(
    run: str,
    folder: Place,
    *,
    store: Store | Place = ".siku",
    seal_key: Place | None = None,
) -> int:
    """Write the inputs of a finished run again, from the store alone; gives the number of files.

    ``seal_key`` is the file of the owner's key, for a run that concealed texts.
    """
    key = os.fspath(seal_key) if seal_key is not None else ""
    return _siku.undo(_store(store), run, os.fspath(folder), key)[0]
