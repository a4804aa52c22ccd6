"""The program on a terminal of the test's own."""

import os
import pty
import subprocess


def on_terminal(siku, *arguments, columns=100, rc=0, **extra):
    """What the program says when its streams are a terminal."""
    master, slave = pty.openpty()
    subprocess.run(["stty", "cols", str(columns)], stdin=slave, check=True)
    process = subprocess.Popen(
        siku.command(*arguments),
        cwd=siku.folder,
        env={**siku.environment(), "TERM": "xterm", **extra},
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    said = b""
    try:
        while part := os.read(master, 65536):
            said += part
    except OSError:
        pass
    os.close(master)
    assert process.wait(timeout=60) == rc
    return said.decode()
