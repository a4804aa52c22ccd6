"""Every page, in both languages, light and dark, wide and narrow: readable by all, still, quick."""

import urllib.request
from urllib.parse import quote

import pytest

# Cumulative layout shift: 0.1 is "good" by Core Web Vitals; ours are a few thousandths.
MOST_SHIFT = 0.02
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  const add = (list) => list.getEntries().forEach((one) => (sum += one.value));
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 50);
})"""

FILTER = '{"field":"area","op":"eq","value":"南山区"}'
FILTERED = f"/datasets/bus-stops/rows?filter={quote(FILTER)}&sort=-code"
SQL = "SELECT area, count(*) AS stops, min(card) AS first\nFROM rows\nGROUP BY area\nORDER BY area"
PAGES = {
    "find": ("/", None),
    "search": ("/?q=公交&class=unconditional", None),
    "search-rows": ("/?q=会展中心公交站1&in=rows", None),
    "nothing-found": ("/?q=不存在的词", None),
    "dataset": ("/datasets/bus-stops", None),
    "dataset-refused": ("/datasets/dataset-02", None),
    "rows": ("/datasets/bus-stops/rows?offset=1000", None),
    "rows-filtered": (FILTERED, None),
    "rows-found": ("/datasets/bus-stops/rows?q=会展中心 9", None),
    "statistics": ("/datasets/bus-stops/statistics", None),
    "quality": ("/datasets/bus-stops/quality", None),
    "quality-rows": ("/datasets/bus-stops/quality?finding=elements/note", None),
    "sql": (f"/datasets/bus-stops/sql?sql={quote(SQL)}", None),
    "sql-refused": ("/datasets/bus-stops/sql?sql=SELECT%20phone%0AFROM%20rows", None),
    "versions": ("/datasets/bus-stops/versions", None),
    "differences": ("/datasets/dataset-01/versions?before=1&after=2", None),
    "lineage": ("/datasets/dataset-01/versions/2/lineage", None),
    "organisations": ("/organisations", None),
    "sign-in": ("/sign-in", None),
    "no-page": ("/nowhere", None),
    "publish": ("/publish", "li"),
    "upload": ("/upload", "li"),
    "edit": ("/datasets/dataset-03/edit", "li"),
    "access": ("/datasets/dataset-06/access", "li"),
    "versions-publisher": ("/datasets/bus-stops/versions", "li"),
    "run": ("/runs/last", "li"),
    "run-new": ("/runs/new?input=stops@1", "li"),
    "audit": ("/audit", "zhao"),
    "runs": ("/runs", "zhao"),
    "account": ("/account", "admin"),
    "settings": ("/settings", "admin"),
    "organisations-administrator": ("/organisations", "admin"),
}
PEOPLE = [None, "li", "zhao", "admin"]
SCREENS = [
    pytest.param("zh-CN", 1440, "light"),
    pytest.param("en-GB", 390, "dark"),
    pytest.param("en-GB", 1440, "dark", marks=pytest.mark.deep),
    pytest.param("zh-CN", 390, "light", marks=pytest.mark.deep),
]


def faults(window, lang, address):
    page = window.open(address)
    found = [str(one) for one in window.violations()]
    if page.evaluate("document.documentElement.lang")[:2] != lang:
        found.append("lang")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the window")
    if page.locator("h1").count() != 1:
        found.append("headings of first level: " + str(page.locator("h1").count()))
    if (shift := page.evaluate(SHIFT)) > MOST_SHIFT:
        found.append(f"moves by {shift}")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    if paint > 1000:
        found.append(f"first paint after {paint} ms")
    return found


@pytest.mark.parametrize("locale,width,scheme", SCREENS)
@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_is_fit_for_all(visit, person, locale, width, scheme):
    window = visit(locale=locale, width=width, height=844, color_scheme=scheme)
    if person:
        window.sign_in(person)
    pages = {name: one[0] for name, one in PAGES.items() if one[1] == person}
    found = {name: faults(window, locale[:2], address) for name, address in pages.items()}
    assert {name: what for name, what in found.items() if what} == {}


def test_windows_over_the_page_are_fit_too(visit):
    window = visit(width=390)
    window.sign_in("admin")
    page = window.open("/datasets/bus-stops/rows")
    page.locator("tbody th button").first.click()
    page.get_by_role("dialog").wait_for()
    assert window.violations() == []
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page = window.open("/datasets/bus-stops/versions")
    page.get_by_role("button", name="撤回第 1 版").click()
    page.get_by_role("dialog").wait_for()
    assert window.violations() == []


def test_the_language_is_the_browsers_until_chosen_and_then_kept(visit):
    window = visit(locale="en-GB")
    page = window.open("/datasets/bus-stops")
    assert page.get_by_role("link", name="Rows", exact=True).is_visible()
    page.get_by_role("button", name="中文").click()
    assert page.get_by_role("link", name="数据", exact=True).is_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.reload()
    assert page.get_by_role("link", name="版本", exact=True).is_visible()
    page = window.open("/datasets/none-of-that-name")
    assert page.get_by_role("alert").inner_text().strip() != ""
    assert any("\u4e00" <= one <= "\u9fff" for one in page.get_by_role("alert").inner_text())


def test_the_page_may_run_nothing_inline(site):
    with urllib.request.urlopen(site.url + "/datasets/x", timeout=30) as answer:
        policy, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "unsafe-inline" not in policy and "default-src" in policy
    assert "<style" not in page and "style=" not in page
