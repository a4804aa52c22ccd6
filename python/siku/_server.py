"""The server of ``s3://`` paths, for as long as a call lasts."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from . import _siku
from ._errors import Invalid
from .engines import ENDPOINT

_lock = threading.Lock()
_calls = 0
_before: str | None = None


@contextmanager
def using_server(url: str | None) -> Iterator[None]:
    """Has all that is begun meanwhile, in any thread, use it; None or empty: the environment's.

    The environment is the process's: calls at the same time that name different servers are an
    error.
    """
    if not url:
        yield
        return
    _siku.check_endpoint(url)
    _enter(url)
    try:
        yield
    finally:
        _leave()


def _enter(url: str) -> None:
    global _calls, _before
    with _lock:
        if _calls > 0 and os.environ.get(ENDPOINT) != url:
            raise Invalid(
                "another call uses another S3 server at this time",
                value=os.environ.get(ENDPOINT, ""),
                hint="let it end first, or use another process",
            )
        if _calls == 0:
            _before = os.environ.get(ENDPOINT)
            os.environ[ENDPOINT] = url
        _calls += 1


def _leave() -> None:
    global _calls
    with _lock:
        _calls -= 1
        if _calls > 0:
            return
        if _before is None:
            os.environ.pop(ENDPOINT, None)
        else:
            os.environ[ENDPOINT] = _before
