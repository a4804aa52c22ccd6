"""Makes the parity corpus and every golden file: installs the peers where they are not there.

usage: make.py [NAME ...]     names of golden scripts without golden_: datajuicer, datatrove, ...
"""

import os
import subprocess
import sys
from pathlib import Path

import corpus
import peers

HERE = Path(__file__).resolve().parent
SCRIPTS = {
    "jieba": "jieba",
    "opencc": "opencc",
    "datajuicer": "data-juicer",
    "datatrove": "datatrove",
}


def make(name, folder=None):
    """Runs a peer over the corpus; `folder` takes the place of golden/."""
    peers.install(SCRIPTS[name])
    elsewhere = {} if folder is None else {"SIKU_GOLDEN_DIR": str(folder)}
    command = [peers.python(SCRIPTS[name]), HERE / f"golden_{name}.py"]
    subprocess.run(command, check=True, env={**os.environ, **elsewhere})


def main():
    chosen = sys.argv[1:] or SCRIPTS
    if not corpus.OUT.exists():
        subprocess.run([sys.executable, HERE / "corpus.py"], check=True)
    for name in chosen:
        make(name)


if __name__ == "__main__":
    main()
