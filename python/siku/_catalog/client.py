"""``siku.Catalog``: find, read, download and publish datasets of a catalogue server."""

import os
import tempfile
from collections.abc import Sequence
from typing import Any, Unpack
from urllib.parse import quote

from .._errors import NotFound, Unsupported
from . import model
from .download import fetch
from .http import Parameters, Server
from .model import (
    AccessRule,
    CatalogAccess,
    CatalogAudit,
    CatalogDataset,
    CatalogRows,
    CatalogSearch,
    CatalogVersion,
    DatasetFields,
    Grant,
    Organisation,
    RowCondition,
    Suggestion,
    made,
)

#: One value, or several of which any will do.
Filter = str | Sequence[str]


class Catalog:
    """The catalogue that ``siku serve`` has at ``url``: ``siku.Catalog("http://127.0.0.1:8600")``.

    ``key`` is an API key, which goes over https and to loopback alone (Denied); without one only
    what is open to everybody is seen. ``language`` "en" or
    "zh" has the server say errors so; without one ``message`` is English and ``str(error)`` the
    user's language. ``timeout`` is how long a server may be silent, in seconds.

    Every method raises the class of docs/errors.md by the server's code, and :class:`siku.Io`
    where there is no connection. One object may serve many threads. Proxies of the environment
    (``https_proxy``, ``no_proxy``) are used, but never for loopback; a redirect to another server
    is refused, so that the key goes to this one alone.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        language: str | None = None,
        timeout: float = 60,
    ) -> None:
        self._server = Server(url, key, language, timeout)

    def __repr__(self) -> str:
        return f"siku.Catalog({self.url!r})"

    @property
    def url(self) -> str:
        return self._server.url

    def search(
        self,
        q: str = "",
        *,
        organisation: Filter = (),
        theme: Filter = (),
        keyword: Filter = (),
        open_class: Filter = (),
        format: Filter = (),
        licence: Filter = (),
        update_cycle: Filter = (),
        sort: str = "relevance",
        limit: int = 20,
        offset: int = 0,
    ) -> CatalogSearch:
        """Datasets that have every term of ``q`` (docs/catalogue.md) and pass every filter.

        Filters take values that ``facets`` have, and pass with any of those given.
        ``sort`` is "relevance" or "modified" (the newest first). ``limit`` is hits a page, at most
        1,000; ``offset`` hits to skip. Iterating over the result goes through all pages.
        """
        filters = {
            "organisation": organisation,
            "theme": theme,
            "keyword": keyword,
            "class": open_class,
            "format": format,
            "licence": licence,
            "update_cycle": update_cycle,
        }
        parameters: Parameters = {"q": q, **filters, "sort": sort, "limit": limit}

        def page(at: int) -> CatalogSearch:
            answer = self._server.ask("GET", "/datasets", {**parameters, "offset": at})
            return made(lambda item: model.search(item, at, page), answer)

        return page(offset)

    def suggest(self, q: str) -> tuple[Suggestion, ...]:
        """Keywords and titles with this text in them, at most 8."""
        answer = self._server.ask("GET", "/suggest", {"q": q})
        return made(lambda item: tuple(map(model.suggestion, item["suggestions"])), answer)

    def organisations(self) -> tuple[Organisation, ...]:
        answer = self._server.ask("GET", "/organisations")
        return made(lambda item: tuple(map(model.organisation, item["organisations"])), answer)

    def dataset(self, name: str) -> CatalogDataset:
        """A dataset with its ``versions``. Raises NotFound also where it may not be seen."""
        return made(model.dataset, self._server.ask("GET", _path(name)))

    def rows(
        self, name: str, version: int | None = None, offset: int = 0, limit: int = 50
    ) -> CatalogRows:
        """A page of rows as JSON has them: at most 1,000, after ``offset`` of them.

        ``version`` is an ordinal; None: the newest.
        """
        path = f"{_version_path(name, version)}/rows"
        return made(model.rows, self._server.ask("GET", path, {"offset": offset, "limit": limit}))

    def read(
        self, name: str, version: int | None = None, columns: Sequence[str] | None = None
    ) -> Any:
        """All rows as a pyarrow.Table, by way of a Parquet file in the folder for temporary files.

        ``columns``: these only, in this order. Raises NotFound for one that is not there, or is
        withheld from who asks; Unsupported without pyarrow.
        """
        parquet = _parquet()
        with tempfile.TemporaryDirectory(prefix="siku-") as folder:
            path = os.path.join(folder, "rows.parquet")
            self.download(name, path, version=version)
            known = parquet.read_schema(path).names
            for column in columns or ():
                if column not in known:
                    raise NotFound("no such column", value=column, place=name)
            chosen = None if columns is None else list(columns)
            return parquet.read_table(path, columns=chosen, memory_map=False)

    def download(
        self,
        name: str,
        path: str | os.PathLike[str],
        format: str = "parquet",
        version: int | None = None,
    ) -> int:
        """Writes the version to a file: "parquet", "csv" (for Excel, with BOM) or "jsonl".

        Gives its bytes. The file is there whole or not at all. A broken connection is taken up
        where it broke, some times; after that, or after a kill, the next call with the same path
        goes on with what there is beside it, hidden. Raises Busy where another process does this,
        NoSpace where the disk is full.
        """
        address = f"{_version_path(name, version)}/download"
        return fetch(self._server, address, {"format": format}, os.fspath(path))

    def download_file(
        self,
        name: str,
        file: str,
        path: str | os.PathLike[str],
        version: int | None = None,
    ) -> int:
        """Writes a file of the version, one of its ``files``, to ``path``; as :meth:`download`.

        Raises NotFound for one that is not there, Denied where anything of the dataset is kept
        from who asks.
        """
        if file in ("", ".", "..") or "/" in file:
            raise NotFound("the version has no such file", value=file)
        address = f"{_version_path(name, version)}/files/{quote(file, safe='', errors='replace')}"
        return fetch(self._server, address, {}, os.fspath(path))

    def create_organisation(self, name: str, title: str, summary: str = "") -> Organisation:
        body = {"name": name, "title": title, "summary": summary}
        return made(model.organisation, self._server.ask("POST", "/organisations", body=body))

    def create(self, name: str, /, **fields: Unpack[DatasetFields]) -> CatalogDataset:
        """Makes a dataset; it is a draft until a version is published.

        At least ``title`` and ``organisation`` are needed. Raises Conflict where there is one of
        this name, Invalid with the field as ``place``.
        """
        body = {"name": name, **model.fields_json(fields)}
        return made(model.dataset, self._server.ask("POST", "/datasets", body=body))

    def change(self, name: str, /, **fields: Unpack[DatasetFields]) -> CatalogDataset:
        """Sets the fields that are given; the others stay."""
        body = model.fields_json(fields)
        return made(model.dataset, self._server.ask("PATCH", _path(name), body=body))

    def publish(self, name: str, source: str) -> CatalogVersion:
        """Publishes ``source``, a version of the server's store (``clean-pages@3``)."""
        path = f"{_path(name)}/versions"
        return made(model.version, self._server.ask("POST", path, body={"source": source}))

    def withdraw(self, name: str, reason: str, ordinal: int | None = None) -> None:
        """Withdraws a version, or (None) the whole dataset; the record of it stays."""
        body = {"reason": reason, "ordinal": ordinal}
        self._server.ask("POST", f"{_path(name)}/withdrawal", body=body)

    def withhold(self, name: str, columns: Sequence[str]) -> None:
        """Has these columns, in all versions, read by the staff alone; an empty list ends that."""
        self._server.ask("PUT", f"{_path(name)}/withheld", body={"columns": list(columns)})

    def access(self, name: str) -> CatalogAccess:
        """Rules and grants of a dataset; for publishers, reviewers and administrators."""
        return made(model.access, self._server.ask("GET", f"{_path(name)}/access"))

    def restrict(self, name: str, rules: Sequence[AccessRule]) -> CatalogAccess:
        """Has these rules hold from now on, in all versions; an empty list ends those there are.

        Raises Invalid with the place of a column, value or account that is none.
        """
        body = {"rules": [dict(rule) for rule in rules]}
        return made(model.access, self._server.ask("PUT", f"{_path(name)}/access", body=body))

    def grant(
        self,
        name: str,
        who: str,
        purpose: str,
        *,
        days: int = 365,
        columns: Sequence[str] = (),
        rows: Sequence[RowCondition] = (),
    ) -> Grant:
        """Lets ``who`` ("account:NAME" or "key:ID") read what is open under conditions.

        ``columns`` are withheld from it, and a row that it reads fits all of ``rows``. Raises
        Conflict where the dataset is of another class.
        """
        body = {
            "who": who,
            "purpose": purpose,
            "days": days,
            "columns": list(columns),
            "rows": [dict(one) for one in rows],
        }
        return made(model.grant, self._server.ask("POST", f"{_path(name)}/grants", body=body))

    def revoke(self, name: str, grant: str) -> None:
        """Ends a grant by its id."""
        self._server.ask("DELETE", f"{_path(name)}/grants/{quote(grant, safe='')}")

    def audit(self, after: int = 0) -> CatalogAudit:
        """Entries of the audit log behind number ``after``, and whether its chain holds."""
        return made(model.audit, self._server.ask("GET", "/audit", {"after": after, "limit": 1000}))


def _path(name: str) -> str:
    # A proxy would take these for other addresses.
    if name in ("", ".", "..") or "/" in name:
        raise NotFound("dataset not found", value=name)
    return f"/datasets/{quote(name, safe='', errors='replace')}"


def _version_path(name: str, version: int | None) -> str:
    return f"{_path(name)}/versions/{'newest' if version is None else version}"


def _parquet() -> Any:
    try:
        import pyarrow.parquet as parquet  # type: ignore[import-untyped]
    except ImportError:
        pass
    else:
        return parquet
    raise Unsupported("pyarrow is not installed in this Python", hint="install pyarrow 14 or newer")
