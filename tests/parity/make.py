"""Makes the parity corpus and every golden file: installs the peers where they are not there.

usage: make.py [NAME ...]     names of golden scripts without golden_: datajuicer, datatrove, ...
"""

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


def main():
    chosen = sys.argv[1:] or SCRIPTS
    if not corpus.OUT.exists():
        subprocess.run([sys.executable, HERE / "corpus.py"], check=True)
    for name in chosen:
        peers.install(SCRIPTS[name])
        script = HERE / f"golden_{name}.py"
        subprocess.run([peers.python(SCRIPTS[name]), script], check=True)


if __name__ == "__main__":
    main()
