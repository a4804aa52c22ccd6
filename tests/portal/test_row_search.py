"""Rows inside datasets, found from the first page and on a dataset's own."""

import re

from playwright.sync_api import expect


def test_reader_finds_a_row_of_some_dataset(visit):
    window = visit()
    page = window.open("/?q=大梅沙公交站1147")
    expect(page.get_by_text("没有找到").or_(page.get_by_text("没有")).first).to_be_visible()
    page.get_by_role("link", name="数据行", exact=True).click()
    hits = page.get_by_role("region", name="数据行")
    first = hits.get_by_role("listitem").first
    expect(first.get_by_role("mark").or_(first.locator("mark")).first).to_have_text(
        "大梅沙公交站1147"
    )
    window.settle()
    assert window.violations() == []
    first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/rows\\?q="))
    expect(page.get_by_role("status").first).to_have_text("第 1–1 行，共 1 行")
    expect(page.locator("td mark")).to_have_text("大梅沙公交站1147")
    page.get_by_role("button", name="第 1,148 行").click()
    expect(page.get_by_role("dialog")).to_contain_text("大梅沙公交站1147")
    page.keyboard.press("Escape")
    page.get_by_label("行内检索").fill("会展中心")
    page.get_by_label("行内检索").press("Enter")
    expect(page.get_by_role("status").first).to_have_text("第 1–50 行，共 300 行")
    window.settle()
    assert window.violations() == []
    page.get_by_role("button", name="全部行").click()
    expect(page.get_by_role("status").first).to_have_text(re.compile("第 1–50 行，共 1,20"))


def test_what_is_withheld_is_found_by_nobody(visit):
    page = visit(locale="en-GB", width=390).open("/datasets/bus-stops/rows?q=13800130011")
    expect(page.get_by_text("No row has “13800130011”")).to_be_visible()
