"""Requests to a catalogue server: failures become Siku's errors, and the key is in none of them."""

import ipaddress
import json
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import Any
from urllib.error import URLError
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from .. import _siku
from .._errors import Data, Denied, Error, Invalid, Io, Limit, error_of

#: Bytes of a JSON answer.
MOST_JSON = 256 << 20
_CHUNK = 1 << 20
_MOST_WORDS = 2000
_MOST_REDIRECTS = 5

Parameters = Mapping[str, str | int | Sequence[str]]

#: For answers without words of ours: by a proxy, or by the server before it looks at a request.
_CODES = {
    400: "invalid",
    401: "denied",
    403: "denied",
    404: "not_found",
    405: "invalid",
    409: "conflict",
    413: "limit",
    429: "busy",
    431: "limit",
    501: "unsupported",
    503: "busy",
    504: "busy",
    507: "no_space",
}


class _Key:
    """What must not be shown by repr, nor by a traceback with locals."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "<key>"

    def add_to(self, request: urllib.request.Request) -> None:
        request.add_unredirected_header("Authorization", self._text)

    def taken_out_of(self, text: str) -> str:
        return text.replace(self._text, "<key>")


def _parse(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        host = b""
    if host and parts.username is None and parts.password is None:
        whole = parts.scheme in ("http", "https") and not parts.query and not parts.fragment
        if whole and all("!" <= one <= "~" for one in parts.path):
            return parts
    # A part before @ is a secret that must not be shown.
    shown = url if "@" not in url else ""
    raise Invalid(
        "not the address of a server", value=shown, place="url", hint="as http://127.0.0.1:8600"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _opener(host: str) -> urllib.request.OpenerDirector:
    """Follows no redirects and has no other schemes than two."""
    opener = urllib.request.OpenerDirector()
    # None: the environment's.
    proxies: dict[str, str] | None = {} if _is_loopback(host) else None
    opener.add_handler(urllib.request.ProxyHandler(proxies))
    opener.add_handler(urllib.request.HTTPHandler())
    opener.add_handler(urllib.request.HTTPSHandler())
    opener.addheaders = [("User-Agent", f"siku/{_siku.version()}")]
    return opener


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    usual = 443 if parts.scheme == "https" else 80
    return (parts.scheme, (parts.hostname or "").lower(), parts.port or usual)


class Answer:
    """A response whose header has come; its body is read by and by."""

    def __init__(self, server: "Server", response: HTTPResponse) -> None:
        self._server = server
        self._response = response
        self._read = 0
        said = response.headers.get("Content-Length", "")
        #: Bytes of the body; None where the server does not say.
        self.length = int(said) if said.isascii() and said.isdigit() else None
        self.status = response.status
        self.reason = response.reason

    def __enter__(self) -> "Answer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._response.close()

    def header(self, name: str) -> str:
        return str(self._response.headers.get(name, ""))

    def read(self, most: int) -> bytes:
        """What has come, at most so many bytes; none at the end. Io where it breaks before that."""
        if self.length is not None:
            most = min(most, self.length - self._read)
        try:
            chunk = self._response.read1(most) if most > 0 else b""
            failure = None
        except (OSError, HTTPException) as error:
            chunk, failure = b"", error
        self._read += len(chunk)
        if failure is None and not chunk and most > 0 and self.length is not None:
            failure = ConnectionError("the answer ends too early")
        if failure is not None:
            raise self._server.broken(failure)
        return chunk

    def body(self) -> bytes:
        chunks: list[bytes] = []
        while self._read <= MOST_JSON and (self.length or 0) <= MOST_JSON:
            chunks.append(self.read(_CHUNK))
            if not chunks[-1]:
                return b"".join(chunks)
        raise Limit("the answer is larger than 256 MiB", place=self._server.url)


class Server:
    def __init__(self, url: str, key: str | None, language: str | None, timeout: float) -> None:
        if not 0 < timeout < 1e9:
            raise Invalid("not a time in seconds", value=str(timeout), place="timeout")
        if language not in (None, "en", "zh"):
            raise Invalid("no language", value=str(language), place="language", hint="en or zh")
        if key is not None and not (key and all("!" <= one <= "~" for one in key)):
            raise Invalid("not an API key", place="key")
        parts = _parse(url)
        if key is not None and parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            raise Denied(
                "others on the network would read the key",
                place=url,
                hint="give the server's https address",
            )
        self.url = url.rstrip("/")
        self._origin = _origin(parts)
        self._key = None if key is None else _Key(key)
        self._headers = {"Accept-Language": "zh-CN" if language == "zh" else "en"}
        self._timeout = timeout
        self._opener = _opener(parts.hostname or "")

    def ask(
        self, method: str, path: str, parameters: Parameters | None = None, body: Any = None
    ) -> Any:
        """The JSON that is answered. ``path`` is behind ``/api/v1``."""
        with self.open(method, path, parameters, body=body) as answer:
            text = answer.body()
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
        raise Data(
            "the answer is not a catalogue's",
            place=self.url,
            hint="is the address that of `siku serve`?",
        )

    def open(
        self,
        method: str,
        path: str,
        parameters: Parameters | None = None,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """An answer of success; an error in words raises the class of its code."""
        address = f"{self.url}/api/v1{path}"
        if parameters:
            address += "?" + urlencode(parameters, doseq=True, errors="replace")
        data = None if body is None else _encoded(body)
        for _ in range(_MOST_REDIRECTS):
            answer = self._send(method, address, data, headers or {})
            if answer.status < 300:
                return answer
            with answer:
                if answer.status >= 400:
                    raise self._refused(answer)
                address = self._redirected(method, address, answer)
        raise Io("the server redirects in a circle", place=self.url)

    def _send(
        self, method: str, address: str, data: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        request = urllib.request.Request(address, data, {**self._headers, **headers}, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if self._key is not None:
            self._key.add_to(request)
        # Raised outside of `except`: the frames of http.client hold the key.
        try:
            return Answer(self, self._opener.open(request, timeout=self._timeout))
        except (OSError, HTTPException) as error:
            failure = error
        raise self.broken(failure)

    def broken(self, failure: Exception) -> Io:
        reason = failure.reason if isinstance(failure, URLError) else failure
        if isinstance(reason, TimeoutError):
            return Io(
                "the server did not answer in time",
                value=f"{self._timeout:g} s",
                place=self.url,
                hint="a file is made when it is first asked for: give a longer timeout",
            )
        words = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return Io(
            "the connection to the server failed",
            value=self._words(words),
            place=self.url,
            hint="is `siku serve` running there?",
        )

    def _redirected(self, method: str, address: str, answer: Answer) -> str:
        to = urljoin(address, answer.header("Location"))
        try:
            same = _origin(urlsplit(to)) == self._origin
        except ValueError:
            same = False
        if not same or method not in ("GET", "HEAD"):
            raise Denied(
                "the server redirects, and the key does not go there",
                value=self._words(to),
                place=self.url,
                hint="give siku.Catalog that address if it is the server's",
            )
        return to

    def _refused(self, answer: Answer) -> Error:
        try:
            told = json.loads(answer.body())["error"]
            code, message = str(told["code"]), self._words(told["message"])
            value, place, hint = (self._words(told[key]) for key in ("value", "place", "hint"))
        except (Io, Limit, KeyError, TypeError, ValueError, RecursionError):
            code = _CODES.get(answer.status, "io" if answer.status >= 500 else "invalid")
            message, place, hint = "the server refuses the request", self.url, ""
            value = self._words(f"HTTP {answer.status} {answer.reason}")
        # A server that is ended is not a user's Ctrl-C.
        code = "busy" if code == "interrupted" else code
        text = _siku.describe(message, value, place, hint)
        return error_of(code, message, value, place, hint, text)

    def _words(self, given: object) -> str:
        text = str(given)[:_MOST_WORDS].encode("utf-8", "replace").decode("utf-8")
        return text if self._key is None else self._key.taken_out_of(text)


def _encoded(body: Any) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError) as error:
        words = str(error)
    raise Invalid("not a value of JSON", value=words)
