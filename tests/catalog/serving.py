"""`siku serve` as its user starts it; for tests that have nothing but the standard library, too."""

import subprocess


def start_server(program, folder, environment, *arguments):
    """The process on a free port, and its URL; its log goes to ``server.log`` in the folder."""
    path = folder / "server.log"
    with open(path, "ab") as log:
        process = subprocess.Popen(
            [program, "serve", "--port", "0", *map(str, arguments)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    url = process.stdout.readline().strip()
    assert url, path.read_text("utf-8")[-2000:]
    return process, url
