"""A record that was altered behind the server's back is said to be."""

import sqlite3

import pytest
from playwright.sync_api import expect
from portal_site import Site


@pytest.fixture
def altered(tmp_path):
    site = Site(tmp_path)
    site.start()
    try:
        admin = site.client("admin")
        for name in ("a1", "a2", "a3"):
            admin("POST", "/api/v1/organisations", {"name": name, "title": name})
        with sqlite3.connect(tmp_path / "store/catalogue.db") as database:
            changed = database.execute("UPDATE audit SET account = 'nobody' WHERE object = 'a2'")
            assert changed.rowcount == 1
        yield site
    finally:
        site.stop()


def test_an_altered_entry_is_named(altered, browser):
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(altered.url + "/sign-in?next=/audit")
    page.locator("input[autocomplete=username]").fill("admin")
    page.locator("input[type=password]").fill(altered.passwords["admin"])
    page.locator("main form button").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("散列链不完整")
    row = page.get_by_role("row").filter(has_text="nobody")
    number = row.get_by_role("cell").first.inner_text()
    expect(alert).to_contain_text(f"第 {number} 条")
    page.context.close()
