"""docs/python.md: every example runs, and mypy finds nothing to say about types."""

import re
import subprocess
import sys

import pytest
from conftest import PAGE, ROOT


def examples(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)


MANUAL = (ROOT / "docs/python.md").read_text(encoding="utf-8")
SERVED = re.search(r"^## Catalogues$.*?(?=^## )", MANUAL, re.M | re.S)[0]
EXAMPLES = examples(MANUAL.replace(SERVED, ""))
#: They need a server: test_catalog.py runs them.
CATALOGUE = examples(SERVED)


@pytest.fixture
def folder(tmp_path):
    """Where the examples' files are, and all of them as programs."""
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "examples.py").write_text("\n\n".join(EXAMPLES), encoding="utf-8")
    (tmp_path / "catalogue.py").write_text("\n\n".join(CATALOGUE), encoding="utf-8")
    return tmp_path


def mypy(folder, *arguments) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
    )


def test_there_are_examples():
    assert len(EXAMPLES) >= 8 and CATALOGUE


def test_the_examples_run(folder):
    done = subprocess.run(
        [sys.executable, "examples.py"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "据中国经营报" in done.stdout


def test_the_examples_are_typed(folder):
    # pandas, duckdb and pyarrow bring no types of their own, or not all.
    (folder / "mypy.ini").write_text(
        "[mypy-pyarrow.*,pandas.*,duckdb.*]\nignore_missing_imports = true\n"
    )
    done = mypy(folder, "examples.py", "catalogue.py")
    assert done.returncode == 0, done.stdout


def test_wrong_types_are_found(tmp_path):
    (tmp_path / "wrong.py").write_text(
        "import siku\n"
        'a: int = siku.repair("x").text\n'
        'b: str = siku.repair(["x"]).texts\n'
        'c: int = siku.run("r.yaml").outputs["x"].content\n'
        'siku.repair("x", min_confidence="high")\n'
        "siku.open_dataset(3, 4)\n"
        'siku.Catalog("http://a").create("x", titel="y")\n'
    )
    said = mypy(tmp_path, "wrong.py").stdout
    assert set(re.findall(r"^wrong\.py:(\d+): error", said, re.M)) == set("234567"), said


def test_the_package_is_typed_throughout(tmp_path):
    (tmp_path / "mypy.ini").write_text(
        "[mypy-pyspark.*,ray.*]\nignore_missing_imports = true\nfollow_imports = skip\n"
    )
    done = mypy(tmp_path, "-p", "siku")
    assert done.returncode == 0, done.stdout
