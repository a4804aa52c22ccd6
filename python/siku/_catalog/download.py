"""Files of a catalogue server, whole or not at all; what came before a break is not asked again."""

import errno
import fcntl
import glob
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO

from .._errors import Busy, Conflict, Data, Error, Invalid, Io, error_of
from .http import Answer, Parameters, Server

_CHUNK = 1 << 20
#: Breaks in a row without a byte between them; the waits before them are 0.2 s, 0.4 s, …
_MOST_BREAKS = 4
_MOST_CHANGES = 5
_DISK_CODES = {
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "denied",
    errno.ENOENT: "not_found",
    errno.ENOTDIR: "not_found",
}


class _Changed(Exception):
    """The file is another one than that which the beginning is of."""


def fetch(server: Server, path: str, parameters: Parameters, target: str) -> int:
    """Writes the file at ``path`` of the API to ``target``; gives its bytes.

    It grows in a hidden file beside ``target`` whose name tells the file's ETag, which another
    call goes on with, and is renamed when it is whole and on the disk.
    """
    if os.path.isdir(target):
        raise Invalid("the path is a folder", value=target, place="path")
    for _ in range(_MOST_CHANGES):
        tag, size = _head(server, path, parameters)
        if size is None:
            raise Data("the server does not say how long the file is", place=server.url)
        part = _Part(server, path, parameters, target, tag, size)
        try:
            part.fetch()
            return size
        except _Changed:
            continue
    raise Conflict("the file changes while it is downloaded", value=path, place=server.url)


def _head(server: Server, path: str, parameters: Parameters) -> tuple[str, int | None]:
    """ETag and bytes of the file."""
    try:
        with server.open("HEAD", path, parameters) as head:
            return head.header("ETag"), head.length
    except Io:
        raise
    except Error as error:
        refused = error
    # An answer to HEAD has no words; that to GET says what is wrong.
    with server.open("GET", path, parameters):
        raise refused


@contextmanager
def _disk(path: str) -> Iterator[None]:
    try:
        yield
        return
    except Error:
        raise
    except OSError as error:
        code = _DISK_CODES.get(error.errno or 0, "io")
        value = f"{path}: {error.strerror or error}"
    raise error_of(code, "cannot write", value, "", "", f"cannot write: {value}")


class _Part:
    """What there is of a file so far."""

    def __init__(
        self, server: Server, path: str, parameters: Parameters, target: str, tag: str, size: int
    ) -> None:
        self._server = server
        self._path = path
        self._parameters = parameters
        self._target = target
        self._size = size
        # Only a strong tag says that bytes are the same (RFC 9110, 8.8.1).
        self._tag = tag if tag.startswith('"') else ""
        name = hashlib.sha256(f"{server.url}\n{path}\n{self._tag}".encode()).hexdigest()[:16]
        folder, base = os.path.split(os.path.abspath(target))
        self._begin = os.path.join(folder, f".{base}.")
        self._file_path = f"{self._begin}{name}.part"

    def fetch(self) -> None:
        with _disk(self._target), _locked(self._file_path) as file:
            if not self._tag or _length(file) > self._size:
                file.truncate(0)
            self._fill(file)
            os.fsync(file.fileno())
            os.replace(self._file_path, self._target)
            _sync_folder(os.path.dirname(self._begin))
        self._sweep()

    def _fill(self, file: FileIO) -> None:
        breaks = 0
        while (begun := _length(file)) < self._size:
            failure = self._append(file, begun)
            if _length(file) > begun:
                breaks = 0
            if failure is None:
                continue
            breaks += 1
            if breaks > _MOST_BREAKS:
                raise failure
            time.sleep(0.1 * 2**breaks)

    def _append(self, file: FileIO, begun: int) -> Error | None:
        """As much as comes; the failure that ended it."""
        headers = {"Range": f"bytes={begun}-", "If-Range": self._tag} if begun > 0 else {}
        try:
            answer = self._server.open("GET", self._path, self._parameters, headers=headers)
        except (Busy, Io) as error:
            return error
        with answer:
            self._check(answer, file, begun)
            while (left := self._size - _length(file)) > 0:
                try:
                    chunk = answer.read(min(left, _CHUNK))
                except Io as error:
                    return error
                if not chunk:
                    return Io("the file is shorter than was said", place=self._server.url)
                _write(file, chunk)
        return None

    def _check(self, answer: Answer, file: FileIO, begun: int) -> None:
        """That what comes is the rest; a file that comes whole is begun again."""
        if self._tag and answer.header("ETag") != self._tag:
            os.unlink(self._file_path)
            raise _Changed
        if answer.status == 200:
            file.truncate(0)
        elif not answer.header("Content-Range").startswith(f"bytes {begun}-"):
            raise Data("the server sends another part than was asked for", place=self._server.url)

    def _sweep(self) -> None:
        """Removes beginnings of other files for the same path, but none that somebody fills."""
        for path in glob.glob(f"{glob.escape(self._begin)}*.part"):
            try:
                with _locked(path):
                    os.unlink(path)
            except OSError:
                continue


@contextmanager
def _locked(path: str) -> Iterator[FileIO]:
    """The file, opened to append, as long as no other process has it so."""
    while True:
        with open(path, "ab", buffering=0) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("another download writes this file", value=path) from None
            # It may have been renamed between the two calls: then it is somebody's result.
            if os.path.exists(path) and os.path.samestat(os.stat(path), os.fstat(file.fileno())):
                yield file
                return


def _length(file: FileIO) -> int:
    return os.fstat(file.fileno()).st_size


def _write(file: FileIO, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[file.write(view) or 0 :]


def _sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
