"""A damaged page as the preview shows it: what stood there, and what was put in its place."""

from playwright.sync_api import expect
from portal_site import ROOT


def publish_the_page(site):
    site.siku("run", str(ROOT / "examples/first-light/recipe.yaml"))
    li = site.remembered("li")
    record = {
        "name": "first-light",
        "organisation": "jtj",
        "title": "修复的网页",
        "class": "closed",
    }
    li("POST", "/api/v1/datasets", record)
    li("POST", "/api/v1/datasets/first-light/versions", {"source": "first-light@1"})
    rows = li("GET", "/api/v1/datasets/first-light/versions/1/rows?limit=1000")
    column = [one["name"] for one in rows["columns"]].index("path")
    return [row[column] for row in rows["rows"]].index("policy-news.damaged.txt")


def test_publisher_sees_what_was_repaired_in_a_page(site, visit):
    place = publish_the_page(site)
    window = visit()
    window.sign_in("li")
    page = window.open(f"/datasets/first-light/rows?offset={place}")
    page.get_by_role("button", name=f"第 {place + 1} 行").click()
    row = page.get_by_role("dialog")
    expect(row.locator("del", has_text="侗本┦屑涌旖ㄔO").first).to_be_visible()
    expect(row.locator("ins", has_text="《北京市").first).to_be_visible()
    row.get_by_text("处修复").click()
    listed = row.get_by_role("listitem").filter(has_text="侗本┦屑涌旖ㄔO").first
    expect(listed).to_contain_text("repaired: ")
    assert window.violations() == []
    row.get_by_label("显示修复").uncheck()
    expect(row.locator("del")).to_have_count(0)
    expect(row).to_contain_text("。《北京市")
