"""A process that answers one question over the rows of one version, with DuckDB, and ends.

The program carries these files and starts a process for each question (process.cc). Standard input
is a socket: a message asks, and has the descriptor of the only file that may be read; messages
answer. A message is the sizes of its head (JSON) and its body (an Arrow stream), eight bytes
little-endian each, then both.
"""

import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import struct

ADDRESS_SPACE = 3 << 30  # DuckDB reserves more than it uses


def confine(seconds):
    """Ends with the server; no network, no privileges, no files, no more than these."""
    libc = ctypes.CDLL(None)
    libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    # CLONE_NEWUSER and CLONE_NEWNET. Where the kernel refuses, DuckDB still has no network.
    libc.unshare(0x10000000 | 0x40000000)
    for what, most in (
        (resource.RLIMIT_CPU, seconds + 5),
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


class Channel:
    def __init__(self):
        self.socket = socket.socket(fileno=fcntl.fcntl(0, fcntl.F_DUPFD, 10))

    def asked(self):
        """The question; its file becomes descriptor 3."""
        data, files, _, _ = socket.recv_fds(self.socket, 16, 1)
        if not data:
            os._exit(0)  # not needed after all
        os.dup2(files[0], 3)
        sizes = data + self._read(16 - len(data))
        return json.loads(self._read(struct.unpack("<QQ", sizes)[0]))

    def say(self, head, body=b""):
        text = json.dumps(head, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        self.socket.sendall(struct.pack("<QQ", len(text), len(body)) + text)
        self.socket.sendall(body)

    def _read(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                os._exit(0)
            data += part
        return data


def answer(answers, failure):
    """Answers what is asked, by its kind, or says what went wrong."""
    channel = Channel()
    asked = channel.asked()
    try:
        answers[asked["kind"]](asked, channel)
    except Exception as error:
        kind, what, at = failure(error)
        channel.say({"failed": kind, "what": what, "at": at})
    # Without the tidying of interpreters: nothing is to be saved.
    os._exit(0)


def lacks(module):
    """Says that this Python has no DuckDB."""
    channel = Channel()
    channel.asked()
    channel.say({"failed": "missing", "what": str(module), "at": None})
    os._exit(0)
