"""The wheel that `tools/wheel` makes needs nothing of a machine but the run time of C and C++."""

import importlib.metadata
import re
import subprocess
from pathlib import Path

import siku

PACKAGE = Path(siku.__file__).parent
#: What every Linux has that manylinux speaks of (PEP 600).
RUN_TIME = r"(linux-vdso|ld-linux-(x86-64|aarch64)|lib(c|m|dl|pthread|rt|stdc\+\+|gcc_s))\.so\.\d+"


def test_its_tag_is_for_many_machines() -> None:
    text = importlib.metadata.distribution("siku").read_text("WHEEL") or ""
    tags = re.findall(r"^Tag: (\S+)$", text, re.MULTILINE)
    assert tags and all(re.search(r"-manylinux_2_\d+_\w+$", tag) for tag in tags)


def test_what_its_libraries_need_is_in_it() -> None:
    """By the loader itself, libraries of libraries included."""
    libraries = [*PACKAGE.glob("*.so*"), *PACKAGE.parent.glob("siku.libs/*.so*")]
    assert any(path.name.startswith("_siku.") for path in libraries)
    for library in libraries:
        shown = subprocess.run(["ldd", library], check=True, capture_output=True, text=True).stdout
        for line in shown.splitlines():
            name, found = (line.split(" => ") + [line])[:2]
            if re.fullmatch(RUN_TIME, Path(name.split()[0]).name):
                continue
            assert Path(found.split()[0]).resolve().is_relative_to(PACKAGE.parent), line
