"""The pictures of docs/portal: SIKU_UPDATE_DOCS=1 makes them anew; they are not compared."""

import os

import pytest
from portal_site import ROOT
from test_pages import PAGES

FOLDER = ROOT / "docs/portal/pages"
SCREENS = {
    "zh-1440": {"locale": "zh-CN", "width": 1440, "height": 900, "color_scheme": "light"},
    "en-1440": {"locale": "en-GB", "width": 1440, "height": 900, "color_scheme": "dark"},
    "zh-390": {"locale": "zh-CN", "width": 390, "height": 844, "color_scheme": "dark"},
    "en-390": {"locale": "en-GB", "width": 390, "height": 844, "color_scheme": "light"},
}


@pytest.mark.skipif(not os.environ.get("SIKU_UPDATE_DOCS"), reason="only to make them anew")
@pytest.mark.parametrize("screen", SCREENS)
def test_pictures_of_every_page(visit, screen):
    for person in {one[1] for one in PAGES.values()}:
        window = visit(**SCREENS[screen])
        if person:
            window.sign_in(person)
        for name, (address, who) in PAGES.items():
            if who != person:
                continue
            page = window.open(address)
            page.screenshot(path=FOLDER / f"{name}-{screen}.jpg", type="jpeg", quality=72)
