"""The process that runs Python operators for the program `siku`, which starts it and feeds it.

It is handed `own`, the module of _own.py, and `channel`, the socket to the program. A message is
two sizes (8 bytes each, little-endian), a JSON object and a batch as an Arrow stream.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
import threading
import time
import traceback
import types
from typing import Any


def take_streams() -> None:
    """What the function reads or prints shall not meet the messages."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    # Ctrl-C is the program's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def leave_with(parent: int) -> None:
    """A program that was killed leaves nobody behind, even where a function never ends."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def offer_siku(own: Any) -> None:
    """`import siku` gives the whole package where it is installed, else the decorator alone."""
    try:
        import siku

        siku.operator = own.operator  # an older package may lack it
    except ImportError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "siku"]:
            del sys.modules[name]
        alone: Any = types.ModuleType("siku")
        alone.operator = own.operator
        sys.modules["siku"] = alone


def printable(text: str) -> str:
    """UTF-8, and no longer than people read."""
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= 8000 else text[:2000] + "\n…\n" + text[-6000:]


def place_of(error: BaseException, files: set[str]) -> str:
    """The innermost line of the plug-in's own files, else of any."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if os.path.realpath(frame.filename) in files:
            return f"{frame.filename}:{frame.lineno}"
    return ""


def told(error: BaseException, files: set[str]) -> dict[str, Any]:
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    frames = traceback.extract_tb(error.__traceback__)
    ours = sum(frame.filename.startswith("<siku") for frame in frames)
    if ours:
        kept = [frame for frame in frames if not frame.filename.startswith("<siku")]
        lines = traceback.format_list(kept) + traceback.format_exception_only(type(error), error)
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{error.filename}:{error.lineno}"
    else:
        place = place_of(error, files)
    return {
        "ok": False,
        "kind": type(error).__name__,
        "message": printable(str(error)),
        "place": printable(place),
        "traceback": printable("".join(lines)),
    }


class Worker:
    def __init__(self, own: Any, channel: Any, pyarrow: Any) -> None:
        self.own = own
        self.channel = channel
        self.pyarrow = pyarrow
        self.functions: dict[str, Any] = {}
        self.files: set[str] = set()

    def read(self, size: int) -> bytes:
        data: bytes = self.channel.read(size)
        if len(data) < size:
            os._exit(0)  # the program has ended
        return data

    def answer(self, head: dict[str, Any], body: Any = b"") -> None:
        text = json.dumps(head).encode()
        self.channel.write(struct.pack("<QQ", len(text), len(body)))
        self.channel.write(text)
        self.channel.write(body)
        self.channel.flush()

    def load(self, request: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        plugin, base = request["plugin"], request["base"]
        if plugin.endswith(".py"):
            self.files.add(os.path.realpath(os.path.join(base, plugin)))
        self.functions, digest = self.own.load(plugin, base)
        for function in self.functions.values():
            self.files.add(os.path.realpath(function.__code__.co_filename))
        operators = [getattr(function, self.own.MARK) for function in self.functions.values()]
        return {"ok": True, "operators": operators, "sha256": digest}, b""

    def apply(self, request: dict[str, Any], body: bytes) -> tuple[dict[str, Any], Any]:
        ipc = self.pyarrow.ipc
        with ipc.open_stream(body) as stream:
            batch = stream.read_next_batch()
        function = self.functions[request["operator"]]
        columns, rejects = self.own.call(function, batch, request["parameters"])
        if columns is None:
            return {"ok": True, "rejects": rejects}, b""
        sink = self.pyarrow.BufferOutputStream()
        with ipc.new_stream(sink, columns.schema) as stream:
            stream.write_batch(columns)
        return {"ok": True, "rejects": rejects}, sink.getvalue()

    def serve(self) -> None:
        while True:
            head, body = struct.unpack("<QQ", self.read(16))
            request = json.loads(self.read(head))
            data = self.read(body)
            try:
                if request["do"] == "load":
                    answer = self.load(request)
                else:
                    answer = self.apply(request, data)
            except (Exception, SystemExit) as error:
                answer = told(error, self.files), b""
            sys.stdout.flush()
            self.answer(*answer)


def work(own: Any, channel: Any) -> None:
    take_streams()
    threading.Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()
    sys.path[:] = [folder for folder in sys.path if folder]
    try:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.ipc  # type: ignore[import-untyped]
    except ImportError as error:
        Worker(own, channel, None).answer({**told(error, set()), "kind": "NoPyarrow"})
        return
    # The program counts a worker as one of its threads.
    pyarrow.set_cpu_count(1)
    offer_siku(own)
    worker = Worker(own, channel, pyarrow)
    worker.answer({"ok": True})
    worker.serve()
