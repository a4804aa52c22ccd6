"""A PostgreSQL of a test's own: on loopback, stopped by the process id that pg_ctl keeps."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager


def _program(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    return found[-1] if found else shutil.which(name)


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _ordinary_user():
    """PostgreSQL refuses to run as root; its package makes a user for it."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def postgres():
    """Gives the URL of an empty database, with a password."""
    user = _ordinary_user()
    with tempfile.TemporaryDirectory(prefix="siku-pg-") as folder:
        if user:
            os.chown(folder, user["user"], user["group"])
        data, port = f"{folder}/data", _free_port()
        with open(f"{folder}/password", "w", encoding="ascii") as file:
            file.write("siku-secret\n")
        os.chmod(f"{folder}/password", 0o644)

        def call(program, *arguments):
            subprocess.run(
                [_program(program), *arguments],
                check=True,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                timeout=120,
                **user,
            )

        call(
            "initdb", "-D", data, "-U", "siku", "-A", "scram-sha-256", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", f"--pwfile={folder}/password",
        )  # fmt: skip
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        call("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql://siku:siku-secret@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
