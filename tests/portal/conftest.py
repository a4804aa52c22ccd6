"""A real server with datasets in it, and a real Chromium that opens the portal."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from portal_site import Site

sys.path.append(str(Path(__file__).parents[1] / "report"))
from chromium import AXE, chromium  # noqa: E402

# A loaded machine is slow, not wrong.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    site.start()
    try:
        site.fill()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


class Visit:
    """One person's browser window; notes what it complains of or asks for from elsewhere."""

    def __init__(self, context, site):
        self.site, self.page, self.bad = site, context.new_page(), []
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.bad.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._answered)
        self.page.on("requestfailed", self._answered)
        self.open_requests = 0

    def _said(self, message):
        # The browser says of itself that an answer was no 200; the page shows why.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.bad.append(message.text)

    def _asked(self, request):
        self.open_requests += 1
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.bad.append(request.url)

    def _answered(self, _):
        self.open_requests -= 1

    def settle(self):
        """Waits until nothing is being asked for, and what came is drawn."""
        quiet = 0
        while quiet < 3:
            self.page.wait_for_timeout(20)
            quiet = quiet + 1 if self.open_requests == 0 else 0

    def open(self, address="/"):
        self.page.goto(self.site.url + address)
        self.settle()
        return self.page

    def sign_in(self, name):
        """As one who has signed in before, whom the browser remembers."""
        cookie, _, value = self.site.remembered(name).cookie.partition("=")
        cookies = [{"name": cookie, "value": value, "url": self.site.url}]
        self.page.context.add_cookies(cookies)

    def fill_in(self, name):
        """The form of the page of its own."""
        self.page.locator("input[autocomplete=username]").fill(name)
        self.page.locator("input[type=password]").fill(self.site.passwords[name])
        self.page.locator("main form button").click()
        self.page.get_by_role("link", name=name, exact=True).wait_for()
        self.settle()

    def violations(self):
        """What axe finds, in short."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            (one["id"], [node["html"][:160] + " " + node["failureSummary"][:200]])
            for one in found
            for node in one["nodes"][:3]
        ]


@pytest.fixture
def visit(browser, site):
    """visit(**options of the browser's context): a window; in Chinese unless said otherwise."""
    contexts, visits = [], []

    def visit_(locale="zh-CN", width=1440, height=900, **options):
        viewport = {"width": width, "height": height}
        context = browser.new_context(locale=locale, viewport=viewport, **options)
        contexts.append(context)
        visits.append(Visit(context, site))
        return visits[-1]

    yield visit_
    for context in contexts:
        context.close()
    assert [one.bad for one in visits if one.bad] == []
