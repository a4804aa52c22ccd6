"""The program, and a real Chromium that opens the pages it writes."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from chromium import AXE, chromium

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
PROGRAM = Path(os.environ.get("SIKU_BUILD_DIR", ROOT / "build/release")) / "bin/siku"


class Siku:
    """Runs the program with a store and a working folder of the test's own."""

    def __init__(self, folder: Path):
        self.folder = folder

    def try_(self, *arguments):
        return subprocess.run(
            [str(PROGRAM.resolve()), *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "SIKU_STORE": str(self.folder / "store"), "SIKU_LANG": "en"},
            capture_output=True,
            timeout=300,
        )

    def __call__(self, *arguments):
        done = self.try_(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stderr.decode()}"
        return done.stdout.decode()

    def run(self, *arguments):
        return json.loads(self("run", *arguments, "--json"))

    def report(self, *arguments):
        path = self.folder / "report.html"
        self("report", "--html", path, *arguments)
        return path


def data_of(path):
    """What the page's script is given."""
    html = Path(path).read_text("utf-8")
    begin = html.index('<script type="application/json" id="data">') + len(
        '<script type="application/json" id="data">'
    )
    return json.loads(html[begin : html.index("</script>", begin)])


@pytest.fixture
def siku(tmp_path):
    return Siku(tmp_path)


@pytest.fixture(scope="session")
def first_light(tmp_path_factory):
    """The main job: the pages of examples/first-light, and their report."""
    siku = Siku(tmp_path_factory.mktemp("first-light"))
    shutil.copytree(ROOT / "examples/first-light", siku.folder / "first-light")
    siku.summary = siku.run("first-light/recipe.yaml")
    siku.page = siku.report()
    return siku


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(browser):
    """Opens a file; whatever it complains of or asks for from outside fails the test."""
    contexts, bad = [], []

    def open_(path, address="", width=1440, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: bad.append(str(error)))
        page.on("console", lambda said: bad.append(said.text) if said.type == "error" else None)
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("file:", "data:", "blob:"))
                else bad.append(request.url)
            ),
        )
        page.goto(Path(path).as_uri() + address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert bad == []


def violations(page):
    """What axe finds, in short."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        (
            one["id"],
            [node["html"][:160] + " " + node["failureSummary"][:200] for node in one["nodes"][:3]],
        )
        for one in found
    ]
