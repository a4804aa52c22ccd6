"""Installs the peers that Siku is compared with, each in an environment of its own, all pinned.

usage: peers.py [NAME ...]      (data-juicer datatrove jieba opencc rensa; all without a name)
They go to build/peers/NAME. Data-Juicer is installed without what it declares: the list beside this
script has what its text operators import.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTS = Path(__file__).with_name("peers")
FOLDER = ROOT / "build" / "peers"
PYTHON = "python3.11"  # its unicodedata is 14.0: the goldens were made with it


def names():
    return sorted(path.stem for path in LISTS.glob("*.txt"))


def python(name):
    return FOLDER / name / "bin" / "python"


def install(name):
    """Makes the environment if its list is not the one that was installed."""
    wanted = (LISTS / f"{name}.txt").read_text()
    stamp = FOLDER / name / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    interpreter = shutil.which(PYTHON)
    if not interpreter:
        sys.exit(f"the peers need {PYTHON}: its Unicode tables are the ones they ran on")
    subprocess.run([interpreter, "-m", "venv", FOLDER / name], check=True)
    command = [python(name), "-m", "pip", "install", "-q", "--no-deps", "-r", LISTS / f"{name}.txt"]
    subprocess.run(command, check=True)
    stamp.write_text(wanted)


def main():
    for name in sys.argv[1:] or names():
        install(name)


if __name__ == "__main__":
    main()
