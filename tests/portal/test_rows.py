"""Rows filtered and sorted, statistics and SQL, as a reader works with them."""

from playwright.sync_api import expect
from portal_site import AREAS, FIRST_CARD, STOPS, stop


def status(page):
    return page.get_by_role("status").first


def test_reader_filters_and_sorts_and_the_address_holds_it(visit):
    page = visit().open("/datasets/bus-stops/rows")
    form = page.get_by_role("form", name="筛选数据行")
    form.get_by_label("信息项", exact=True).select_option("area")
    form.get_by_label("值").fill(AREAS[0])
    form.get_by_role("button", name="添加条件").click()
    expect(status(page)).to_have_text("第 1–50 行，共 300 行")
    head = page.get_by_role("columnheader", name="code")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    first = page.locator("tbody tr").first
    last = STOPS - len(AREAS)
    expect(first.get_by_role("cell").first).to_have_text(stop(last)["code"])
    # The number is the row's own, in the version.
    expect(first.get_by_role("rowheader")).to_have_text(f"{last + 1:,}")
    page.reload()
    expect(first.get_by_role("cell").first).to_have_text(stop(last)["code"])
    page.get_by_role("button", name="去掉条件").click()
    expect(status(page)).to_have_text(f"第 1–50 行，共 {STOPS:,} 行")
    page.go_back()
    expect(status(page)).to_have_text("第 1–50 行，共 300 行")
    form.get_by_label("值").fill("没有这个区")
    form.get_by_role("button", name="添加条件").click()
    expect(page.get_by_text("没有符合条件的行")).to_be_visible()


def test_reader_sees_what_is_in_the_columns(visit):
    page = visit(locale="en-GB").open("/datasets/bus-stops/statistics")
    area = page.get_by_role("region", name="area text")
    expect(area.get_by_text("Distinct values").locator("..")).to_contain_text(str(len(AREAS)))
    for name in AREAS:
        expect(area.get_by_role("listitem").filter(has_text=name)).to_contain_text("300 (25 %)")
    card = page.get_by_role("region", name="card integer")
    expect(card.get_by_text(str(FIRST_CARD), exact=True)).to_be_visible()  # a double rounds it
    expect(card.get_by_role("img")).to_have_count(1)
    assert page.get_by_text("Withheld by policy: phone").is_visible()
    assert "1380013" not in page.content()


def test_reader_asks_in_sql_and_is_told_where_it_is_wrong(visit):
    window = visit()
    page = window.open("/datasets/bus-stops/sql")
    box = page.get_by_label("对表 rows 的一条 SELECT")
    box.fill("SELECT area, count(*) AS c\nFROM rows GROUP BY area ORDER BY area")
    box.press("Control+Enter")
    table = page.get_by_role("region", name="查询结果")
    expect(table.get_by_role("row")).to_have_count(len(AREAS) + 1)
    expect(table.get_by_role("row", name="盐田区")).to_contain_text("300")
    page.reload()
    expect(table.get_by_role("row")).to_have_count(len(AREAS) + 1)
    for text, place in {
        "SELECT code,\n phone FROM rows": "2:2",
        "SELECT * FROM read_csv('/etc/passwd')": "1:15",
    }.items():
        box.fill(text)
        page.get_by_role("button", name="运行").click()
        expect(page.get_by_text(f"位置（行:列）：{place}")).to_be_visible()
        expect(page.get_by_role("alert")).to_be_visible()
    assert "1380013" not in page.content() and "root:" not in page.content()
