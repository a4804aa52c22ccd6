"""Facts about the installed package: `pip install .`, then `pytest python/tests`."""

from pathlib import Path

import pytest
import siku

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "examples/first-light/pages/policy-news.damaged.txt").read_text(encoding="utf-8")
#: Enough of the page to be known for damaged.
DAMAGED = PAGE[:600]
REPAIRED = siku.repair(DAMAGED).text


@pytest.fixture(scope="session")
def page() -> str:
    """The damaged news page of the example."""
    return PAGE


@pytest.fixture
def store(tmp_path: Path) -> str:
    return str(tmp_path / "store")


@pytest.fixture
def recipe() -> dict[str, object]:
    """One repair over an input named pages."""
    return {
        "inputs": {"pages": "nowhere"},
        "steps": {"repaired": {"use": "refine.text.repair", "from": "pages"}},
        "outputs": {"clean": "repaired"},
    }
