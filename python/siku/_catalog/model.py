"""What a catalogue server answers, as objects. Fields that a newer server adds are passed over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, TypedDict, TypeVar

from .._errors import Data

Json = Mapping[str, Any]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Organisation:
    name: str
    title: str
    summary: str
    #: How many datasets it has that everybody finds.
    datasets: int


@dataclass(frozen=True)
class Named:
    name: str
    title: str


@dataclass(frozen=True)
class Contact:
    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Link:
    """A file elsewhere."""

    id: str
    title: str
    url: str
    format: str
    summary: str


@dataclass(frozen=True)
class Temporal:
    """Dates as the publisher wrote them; empty: open."""

    start: str
    end: str


@dataclass(frozen=True)
class Column:
    name: str
    type: str


@dataclass(frozen=True)
class FacetValue:
    value: str
    title: str
    count: int


@dataclass(frozen=True)
class Suggestion:
    text: str
    #: "title" or "keyword".
    kind: str


@dataclass(frozen=True)
class CatalogFile:
    """A file of a version, beside its table."""

    name: str
    title: str
    #: By its name: "PDF"; may be empty.
    format: str
    #: This and the next are None where anything is kept from who asks, who gets no file either.
    bytes: int | None
    sha256: str | None


@dataclass(frozen=True)
class CatalogVersion:
    """A published version: nothing in it changes, but it may be withdrawn."""

    ordinal: int
    #: Digest of the rows; this and the next two are None where rows are kept from who asks.
    content: str | None
    rows: int | None
    bytes: int | None
    created: datetime
    #: "published" or "withdrawn", then with the ``reason``.
    state: str
    reason: str
    #: The store's version that its table is: ``name@3``; empty where it has files alone.
    source: str
    schema: tuple[Column, ...]
    files: tuple[CatalogFile, ...] = ()


@dataclass(frozen=True)
class CatalogDataset:
    """A dataset of a catalogue: elements of 资源目录, and the newest version's sizes."""

    name: str
    title: str
    summary: str
    code: str
    organisation: Named
    #: "unconditional", "conditional" or "closed" (docs/catalogue.md).
    open_class: str
    conditions: str
    themes: tuple[str, ...]
    keywords: tuple[str, ...]
    update_cycle: str
    licence: str
    spatial: str
    temporal: Temporal
    contacts: tuple[Contact, ...]
    links: tuple[Link, ...]
    #: "draft", "published" or "withdrawn".
    state: str
    created: datetime
    modified: datetime
    formats: tuple[str, ...]
    #: None where rows are kept from who asks.
    rows: int | None
    bytes: int | None
    #: The newest that is not withdrawn; 0: none.
    version: int
    #: Of a search's hit: where ``title`` and ``summary`` have the terms, in code points.
    highlights: dict[str, tuple[tuple[int, int], ...]]
    #: The oldest first; empty in a search's hit.
    versions: tuple[CatalogVersion, ...]


@dataclass(frozen=True)
class CatalogRows:
    """A page of rows; iterable as they are in ``rows``: a value by column's name."""

    #: Rows of the version.
    total: int
    #: Rows before these.
    offset: int
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    #: Columns that are withheld from who asks.
    hidden: tuple[str, ...]
    #: Whether rows are kept from who asks; ``total`` does not count them.
    partial: bool = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class CatalogSearch:
    """Hits of a search. ``datasets`` is the page asked for; iteration goes on to the last hit.

    Each next page is asked for when it is needed. A dataset comes once, even if the catalogue
    changes meanwhile; what such a change moves to an earlier page is not seen.
    """

    #: All hits.
    total: int
    datasets: tuple[CatalogDataset, ...]
    #: By field, how many of all hits have each value, the most frequent first.
    facets: dict[str, tuple[FacetValue, ...]]
    _next: Callable[[int], "CatalogSearch"] = field(repr=False, compare=False)
    _offset: int = field(repr=False, compare=False)

    def __iter__(self) -> Iterator[CatalogDataset]:
        page, seen = self, set[str]()
        while page.datasets:
            for one in page.datasets:
                if one.name not in seen:
                    seen.add(one.name)
                    yield one
            after = page._offset + len(page.datasets)
            if after >= page.total:
                return
            page = self._next(after)


class RowCondition(TypedDict, total=False):
    """``op`` is one of docs/catalogue.md; ``value`` a list with "in", and none with "null"."""

    field: str
    op: str
    value: Any


class AccessRule(TypedDict, total=False):
    """Takes columns and rows away from ``who``: "everybody", "role:…", "account:…" or "key:…"."""

    who: str
    columns: Sequence[str]
    #: A row that is read fits all of these.
    rows: Sequence[RowCondition]
    #: No row is read.
    nothing: bool


@dataclass(frozen=True)
class Grant:
    """Lets one account or key read a dataset that is open under conditions."""

    id: str
    who: str
    purpose: str
    columns: tuple[str, ...]
    rows: tuple[RowCondition, ...]
    granted_by: str
    created: datetime
    expires: datetime
    #: "living", "expired" or "ended".
    state: str


@dataclass(frozen=True)
class CatalogAccess:
    """Who reads what of a dataset (docs/catalogue.md)."""

    rules: tuple[AccessRule, ...]
    #: When the rules were set, and by whom; None, "": never.
    since: datetime | None
    by: str
    #: The newest first, those that have ended, too.
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class AuditEntry:
    ordinal: int
    time: datetime
    account: str
    action: str
    object: str
    detail: Any
    hash: str


@dataclass(frozen=True)
class CatalogAudit:
    """Entries of the audit log, at most 1,000: more are behind the last one's ``ordinal``."""

    entries: tuple[AuditEntry, ...]
    #: Whether the whole chain of hashes holds.
    verified: bool
    #: The first entry that does not follow from the one before; None where the chain holds.
    broken: int | None


class DatasetFields(TypedDict, total=False):
    """What a publisher sets of a dataset, as :class:`CatalogDataset` has it."""

    title: str
    organisation: str
    summary: str
    code: str
    open_class: str
    conditions: str
    themes: Sequence[str]
    keywords: Sequence[str]
    update_cycle: str
    licence: str
    spatial: str
    temporal: Temporal | Mapping[str, str]
    contacts: Sequence[Contact | Mapping[str, str]]
    links: Sequence[Link | Mapping[str, str]]


def fields_json(given: DatasetFields) -> dict[str, Any]:
    """The fields by the API's names."""
    return {"class" if key == "open_class" else key: _plain(one) for key, one in given.items()}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def made(make: Callable[[Any], Made], answer: Any) -> Made:
    """``make(answer)``; Data where the answer is not of the form that the API gives."""
    try:
        return make(answer)
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise Data("the answer is not a catalogue's", hint="is the address that of `siku serve`?")


def organisation(item: Json) -> Organisation:
    return Organisation(item["name"], item["title"], item["summary"], item["datasets"])


def column(item: Json) -> Column:
    return Column(item["name"], item["type"])


def suggestion(item: Json) -> Suggestion:
    return Suggestion(item["text"], item["kind"])


def file(item: Json) -> CatalogFile:
    return CatalogFile(item["name"], item["title"], item["format"], item["bytes"], item["sha256"])


def version(item: Json) -> CatalogVersion:
    return CatalogVersion(
        ordinal=item["ordinal"],
        content=item["content"],
        rows=item["rows"],
        bytes=item["bytes"],
        created=datetime.fromisoformat(item["created"]),
        state=item["state"],
        reason=item["reason"],
        source=item["source"],
        schema=tuple(map(column, item["schema"])),
        files=tuple(map(file, item.get("files", ()))),
    )


def _texts(item: Json, *names: str) -> tuple[str, ...]:
    return tuple(str(item.get(name, "")) for name in names)


def dataset(item: Json) -> CatalogDataset:
    return CatalogDataset(
        name=item["name"],
        title=item["title"],
        summary=item["summary"],
        code=item["code"],
        organisation=Named(*_texts(item["organisation"], "name", "title")),
        open_class=item["class"],
        conditions=item["conditions"],
        themes=tuple(item["themes"]),
        keywords=tuple(item["keywords"]),
        update_cycle=item["update_cycle"],
        licence=item["licence"],
        spatial=item["spatial"],
        temporal=Temporal(*_texts(item["temporal"], "start", "end")),
        contacts=tuple(Contact(*_texts(one, "name", "email", "phone")) for one in item["contacts"]),
        links=tuple(
            Link(*_texts(one, "id", "title", "url", "format", "summary")) for one in item["links"]
        ),
        state=item["state"],
        created=datetime.fromisoformat(item["created"]),
        modified=datetime.fromisoformat(item["modified"]),
        formats=tuple(item["formats"]),
        rows=item["rows"],
        bytes=item["bytes"],
        version=item["version"],
        highlights={
            name: tuple((begin, end) for begin, end in spans)
            for name, spans in item.get("highlights", {}).items()
        },
        versions=tuple(map(version, item.get("versions", ()))),
    )


def search(item: Json, offset: int, more: Callable[[int], CatalogSearch]) -> CatalogSearch:
    return CatalogSearch(
        total=item["total"],
        datasets=tuple(map(dataset, item["datasets"])),
        facets={
            name: tuple(FacetValue(one["value"], one["title"], one["count"]) for one in values)
            for name, values in item["facets"].items()
        },
        _next=more,
        _offset=offset,
    )


def rows(item: Json) -> CatalogRows:
    columns = tuple(map(column, item["columns"]))
    names = [one.name for one in columns]
    return CatalogRows(
        total=item["total"],
        offset=item["offset"],
        columns=columns,
        rows=tuple(dict(zip(names, row, strict=True)) for row in item["rows"]),
        hidden=tuple(item["hidden"]),
        partial=item.get("partial", False),
    )


def grant(item: Json) -> Grant:
    return Grant(
        id=item["id"],
        who=item["who"],
        purpose=item["purpose"],
        columns=tuple(item["columns"]),
        rows=tuple(item["rows"]),
        granted_by=item["granted_by"],
        created=datetime.fromisoformat(item["created"]),
        expires=datetime.fromisoformat(item["expires"]),
        state=item["state"],
    )


def access(item: Json) -> CatalogAccess:
    since = item["since"]
    return CatalogAccess(
        rules=tuple(item["rules"]),
        since=None if since is None else datetime.fromisoformat(since),
        by=item["by"],
        grants=tuple(map(grant, item["grants"])),
    )


def audit(item: Json) -> CatalogAudit:
    entries = (
        AuditEntry(
            ordinal=one["ordinal"],
            time=datetime.fromisoformat(one["time"]),
            account=one["account"],
            action=one["action"],
            object=one["object"],
            detail=one["detail"],
            hash=one["hash"],
        )
        for one in item["entries"]
    )
    return CatalogAudit(tuple(entries), item["verified"], item.get("broken"))
