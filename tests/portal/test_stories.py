"""The five stories of docs/portal/stories.md, as people go them: clicks are counted."""

import csv
import io
import json
import re

import pytest
import xlsxwriter
from playwright.sync_api import expect
from portal_site import FIRST_CARD, HOSTILE, STOPS, stop


class Clicks:
    """Clicks on links and tabs; what is typed and the click that sends a form are not counted."""

    def __init__(self, page, most=3):
        self.page, self.most, self.count = page, most, 0

    def __call__(self, role, name, within=None):
        (within or self.page).get_by_role(role, name=name).first.click()
        self.count += 1
        assert self.count <= self.most, f"{self.count} clicks"


def status(page):
    return page.get_by_role("status").first


def test_reader_finds_looks_and_takes_home(visit):
    page = visit().open()
    click = Clicks(page)
    # Traditional characters find what is written in simplified ones.
    page.get_by_role("searchbox").fill("公交站點")
    page.locator("mark", has_text="公交站点").first.wait_for()
    assert "公交站點" in status(page).inner_text()
    click("link", "公交站点信息（全市）", page.get_by_role("article"))
    page.get_by_role("heading", name="公交站点信息（全市）").wait_for()

    click("link", re.compile("^数据$"))
    page.get_by_role("region").get_by_text(stop(0)["name"], exact=True).wait_for()
    assert status(page).inner_text() == f"第 1–50 行，共 {STOPS:,} 行"
    assert page.get_by_text("按规则不显示的列：phone").is_visible()

    with page.expect_download() as download:
        click("link", "CSV")
    text = download.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == STOPS
    assert [one["code"] for one in rows] == [stop(i)["code"] for i in range(STOPS)]
    assert "phone" not in rows[0] and "1380013" not in text


def test_words_are_marked_by_characters_and_texts_stay_texts(visit):
    page = visit().open("/?q=公交站点第48期")
    article = page.get_by_role("article").filter(has_text="𠮷祥路")
    expect(article.get_by_role("heading")).to_have_text(f"𠮷祥路{HOSTILE}公交站点第48期")
    assert article.locator("h2 mark").all_inner_texts() == ["公交站点第48期"]


def test_reader_never_gets_what_is_withheld(visit, site):
    page = visit().open("/datasets/bus-stops/rows?limit=1000")
    assert page.get_by_role("columnheader", name="code").is_visible()
    assert "1380013" not in page.content()
    rows = site.client()("GET", "/api/v1/datasets/bus-stops/versions/1/rows?limit=1000")
    assert rows["hidden"] == ["phone"]
    assert "1380013" not in str(rows)


def test_reader_narrows_by_facets_and_the_address_holds_it(visit):
    window = visit()
    page = window.open()
    before = status(page).inner_text()
    page.get_by_role("group", name="主题").get_by_text("卫生").click()
    expect(status(page)).not_to_have_text(before)
    for facts in page.locator("article .facts").all_inner_texts():
        assert "卫生" in facts
    narrowed, address = status(page).inner_text(), page.url
    # Another value of the same facet can still be chosen.
    page.get_by_role("group", name="主题").get_by_text("交通").click()
    expect(status(page)).to_have_text(before)
    page.go_back()
    expect(status(page)).to_have_text(narrowed)
    page.go_back()
    expect(status(page)).to_have_text(before)
    page.goto(address)
    expect(status(page)).to_have_text(narrowed)
    expect(
        page.get_by_role("group", name="主题").get_by_role("checkbox", name="卫生")
    ).to_be_checked()


def test_reader_sees_on_what_conditions_data_is_open(visit):
    page = visit().open("/datasets/dataset-02")
    aside = page.get_by_role("complementary", name="下载")
    expect(aside.get_by_role("alert")).to_be_visible()
    expect(aside.get_by_text("有条件开放", exact=True)).to_be_visible()
    expect(aside.get_by_text("须说明用途。")).to_be_visible()
    assert page.locator("a[download]").count() == 0
    assert "公交站0" not in page.content()


def test_reader_is_not_told_of_what_is_not_open(visit):
    window = visit()
    page = window.open("/datasets/dataset-03")
    expect(page.get_by_role("alert")).to_be_visible()
    assert "传染病" not in page.content()
    page = window.open("/?q=传染病周报")
    expect(status(page)).to_have_text("“传染病周报”：共 0 个数据集")
    window.sign_in("li")
    page = window.open("/?q=传染病周报")
    expect(page.get_by_role("article").first.get_by_text("不予开放")).to_be_visible()


def test_publisher_uploads_a_table_over_a_break(visit, site):
    window = visit()
    window.sign_in("li")
    page = window.open()
    click = Clicks(page)
    click("link", "上传")
    rows = "".join(
        f"{n:05d},科技园第{n}站，公共数据,2024年1月{n % 28 + 1}日\n" for n in range(120_000)
    )
    table = ("某市站点表,,\n代码,站点,开通日期\n" + rows).encode("gb18030")
    broken = []

    def fail_twice(route):
        if route.request.method == "PATCH" and len(broken) < 2:
            broken.append(route.request.headers["upload-offset"])
            return route.abort()
        return route.continue_()

    page.route("**/api/v1/uploads/*", fail_twice)
    file = {"name": "站点.csv", "mimeType": "text/csv", "buffer": table}
    page.locator("input[type=file]").set_input_files(files=[file])
    expect(page.get_by_label("开通日期 的类型")).to_have_value("date")
    assert len(broken) == 2 and len(table) > 4 << 20
    expect(page.get_by_label("代码 的类型")).to_have_value("text")
    page.get_by_label("第 1 列的名称").fill("站点代码")
    assert window.violations() == []
    into = page.get_by_role("region", name="导入到")
    into.get_by_label("名称").fill("uploaded-stops")
    into.get_by_label("标题").fill("上传的站点")
    into.get_by_label("机构").select_option("jtj")
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_text("已导入 120,000 行")).to_be_visible()
    click("link", "uploaded-stops")
    page.get_by_role("heading", name="上传的站点").wait_for()
    told = site.client()("GET", "/api/v1/datasets/uploaded-stops/versions/1/rows?limit=1")
    assert told["columns"][0] == {"name": "站点代码", "type": "text"}
    assert told["rows"] == [["00000", "科技园第0站，公共数据", "2024-01-01"]]


def test_publisher_chooses_a_sheet_of_a_workbook(visit, site):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        workbook.add_worksheet("说明").write("A1", "见下一张")
        sheet = workbook.add_worksheet("站点")
        sheet.merge_range("A1:B1", "站点", None)
        for row, values in enumerate([["代码", "名称"], ["007", "甲"], ["008", "乙"]], 1):
            sheet.write_row(row, 0, values)
    window = visit()
    window.sign_in("li")
    page = window.open("/upload")
    file = {"name": "站点.xlsx", "mimeType": "application/zip", "buffer": book.getvalue()}
    page.locator("input[type=file]").set_input_files(files=[file])
    chosen = page.get_by_label("工作表")
    expect(chosen).to_have_value("说明")
    chosen.select_option("站点")
    expect(page.get_by_label("第 1 列的名称")).to_have_value("代码")
    expect(page.get_by_label("代码 的类型")).to_have_value("text")
    expect(page.get_by_text("有以 0 开头的编码")).to_be_visible()
    assert window.violations() == []
    into = page.get_by_role("region", name="导入到")
    into.get_by_label("名称").fill("workbook-stops")
    into.get_by_label("标题").fill("工作簿的站点")
    into.get_by_label("机构").select_option("jtj")
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_text("已导入 2 行")).to_be_visible()
    told = site.client()("GET", "/api/v1/datasets/workbook-stops/versions/1/rows?limit=1")
    assert told["rows"] == [["007", "甲"]]


def test_publisher_puts_a_version_before_the_public(visit, site):
    window = visit()
    page = window.open()
    click = Clicks(page)
    click("link", "登录")
    window.fill_in("li")
    click("link", "发布")
    page.get_by_label("名称").fill("Not a name")
    page.get_by_label("提供机构").select_option("市交通运输局")
    page.get_by_label("标题").fill("共享单车停放点")
    page.get_by_label("关键词").fill("单车，停放点、公共数据")
    page.get_by_label("开放类别").select_option("无条件开放")
    page.get_by_label("更新周期").select_option("每周")
    page.get_by_label("要发布的仓库版本").fill("stops@1")
    page.get_by_role("button", name="发布").click()
    # What the server refuses is said beside its field.
    page.locator("[aria-invalid=true]").wait_for()
    assert page.get_by_label("名称").get_attribute("aria-invalid") == "true"

    page.get_by_label("名称").fill("shared-bikes")
    page.get_by_role("button", name="发布").click()
    page.get_by_role("heading", name="共享单车停放点").wait_for()
    assert page.url.endswith("/datasets/shared-bikes")
    found = site.client()("GET", "/api/v1/datasets/shared-bikes")
    assert found["keywords"] == ["单车", "停放点", "公共数据"]
    assert (found["update_cycle"], found["version"], found["rows"]) == ("weekly", 1, STOPS)


def test_publisher_mends_elements_without_losing_others(visit, site):
    window = visit()
    window.sign_in("li")
    before = site.remembered("li")("GET", "/api/v1/datasets/dataset-04")
    page = window.open("/datasets/dataset-04")
    page.get_by_role("link", name="修改").click()
    page.get_by_label("摘要").fill("改写过的摘要")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("改写过的摘要").wait_for()
    after = site.remembered("li")("GET", "/api/v1/datasets/dataset-04")
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"summary", "modified"}


def test_engineer_knows_what_the_rows_are(visit, site):
    page = visit().open("/?q=公交站点信息")
    click = Clicks(page)
    click("link", "公交站点信息（全市）", page.get_by_role("article"))
    click("link", "版本")
    # A column is withheld: the digest of all of them is for the staff.
    assert site.client()("GET", "/api/v1/datasets/bus-stops")["versions"][0]["content"] is None
    card = page.get_by_role("listitem").filter(has_text="第 1 版")
    assert "stops@1" in card.inner_text()
    click("link", "数据", card)
    page.get_by_label("转到行").fill("1,001")
    page.get_by_role("button", name="转到").click()
    row = page.get_by_role("row").filter(has_text="001000")
    row.wait_for()
    # Not rounded, leading zeros there, text as it is.
    assert str(FIRST_CARD + 1000) in row.inner_text()
    address = page.url
    assert "version=1" in address and "offset=1000" in address
    page.get_by_role("button", name="第 1,003 行全文").click()
    assert "<img src=x onerror=alert(1002)>" in page.get_by_role("dialog").inner_text()


def test_engineer_sees_what_changed_since_last_month(visit):
    page = visit().open("/?q=南山区地铁车站第1期")
    click = Clicks(page)
    click("link", "南山区地铁车站第1期", page.get_by_role("article"))
    click("link", "版本")
    assert page.get_by_label("比较版本").input_value() == "1"
    assert page.get_by_label("与版本").input_value() == "2"
    click("button", "比较")
    page.get_by_role("heading", name="从第 1 版到第 2 版").wait_for()
    assert page.url.endswith("/datasets/dataset-01/versions?before=1&after=2")
    counts = page.get_by_role("main").locator("section dl").first.inner_text().split()
    assert counts == ["新增", "1", "删除", "0", "更改", "1", "相同", f"{STOPS - 1:,}"]
    assert page.get_by_text("没有新增、删除或改变类型的信息项").is_visible()
    changed = page.get_by_role("listitem").filter(has_text="更改")
    assert changed.locator("del").all_inner_texts() == [str(STOPS - 1), "东"]
    assert changed.locator("ins").all_inner_texts() == ["海滨", "西"]
    assert str(FIRST_CARD + STOPS - 1) in changed.inner_text()
    added = page.get_by_role("listitem").filter(has_text=stop(STOPS)["name"])
    assert "新增" in added.inner_text()
    page.get_by_label("与版本").select_option("1")
    page.get_by_role("button", name="比较").click()
    page.get_by_text("没有不同的行").wait_for()


def test_engineer_sees_what_a_version_was_made_of(visit, site):
    page = visit().open("/datasets/dataset-01/versions")
    card = page.get_by_role("listitem").filter(has_text="第 2 版")
    card.get_by_role("link", name="来源").click()
    page.get_by_role("heading", name="第 2 版由何而来").wait_for()
    told = site.client()("GET", "/api/v1/datasets/dataset-01/versions/2/lineage")
    nodes = page.get_by_role("main").locator("ol > li")
    names = ["输入 stops", "输入 new", "步骤 tidy", "步骤 unique", "输出 stops@2"]
    assert nodes.locator("h3").all_inner_texts() == names
    assert told["lineage"]["inputs"]["new"]["sha256"] in nodes.nth(1).inner_text()
    assert "refine.text.collapse_space" in nodes.nth(2).inner_text()
    assert nodes.nth(2).get_by_role("link").all_inner_texts() == ["stops", "new"]
    assert told["content"] in nodes.nth(4).inner_text()
    # A line for each pair, and the way back along it by keys.
    assert [node.locator("path").count() for node in nodes.all()] == [0, 0, 2, 1, 1]
    nodes.nth(3).get_by_role("link", name="tidy").press("Enter")
    page.wait_for_url("**#node-tidy")
    parameters = told["lineage"]["recipe"]["steps"]["unique"]["parameters"]
    nodes.nth(3).get_by_text(f"{len(parameters)} 个参数").click()
    assert all(name in nodes.nth(3).inner_text() for name in parameters)
    page.get_by_text("原始记录").click()
    assert json.loads(page.locator("pre").inner_text()) == told["lineage"]


def test_engineer_runs_a_recipe_and_reads_its_report(visit, site):
    window = visit()
    window.sign_in("li")
    page = window.open()
    click = Clicks(page)
    click("link", "运行")
    click("link", "运行配方")
    recipe = page.get_by_label("配方（YAML）")
    assert "refine.text.repair" in recipe.input_value()
    recipe.fill("input: /etc/passwd\nsteps: []\noutput: stolen\n")
    page.get_by_role("button", name="检查").click()
    page.get_by_text(re.compile("^第 1 行第")).wait_for()
    expect(recipe).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="开始运行").click()
    expect(page.get_by_text("服务器上的配方只能读取数据集")).to_be_visible()
    recipe.fill(
        "name: 南山站点\ninputs:\n  rows: {dataset: stops@1}\nsteps:\n"
        "  tidy: {use: refine.text.collapse_space, from: rows, with: {column: note}}\n"
        "output: tidy-stops\n"
    )
    page.get_by_role("button", name="开始运行").click()
    page.get_by_role("heading", name="南山站点").wait_for()
    page.get_by_text("tidy-stops@1").wait_for()
    assert window.violations() == []
    with page.context.expect_page() as opened:
        click("link", "报告")
    report = opened.value
    report.get_by_role("heading").first.wait_for()
    # Of no origin: its scripts run, and reach neither cookie nor server.
    assert report.evaluate("window.origin") == "null"
    assert (
        report.evaluate("fetch('/api/v1/me').then(() => 'reached', () => 'refused')") == "refused"
    )
    report.close()
    page.get_by_role("link", name="发布", exact=True).last.click()
    expect(page.get_by_label("要发布的仓库版本")).to_have_value("tidy-stops@1")


def test_administrator_says_what_runs_may_take(visit, site):
    window = visit()
    window.sign_in("admin")
    page = window.open()
    Clicks(page)("link", "设置")
    page.get_by_label("refine.text.repair", exact=True).uncheck()
    page.get_by_label("同时运行数").fill("1")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存").wait_for()
    admin = site.remembered("admin")
    settings = admin("GET", "/api/v1/settings/runs")
    assert settings["at_once"] == 1 and "refine.text.repair" not in settings["operators"]
    back = {"at_once": 2, "operators": settings["all_operators"]}
    admin("PUT", "/api/v1/settings/runs", back)


def test_auditor_sees_who_did_what_and_that_it_holds(visit):
    window = visit()
    page = window.open()
    click = Clicks(page)
    click("link", "登录")
    window.fill_in("zhao")
    click("link", "审计")
    page.get_by_text("散列链完整").wait_for()
    assert page.locator("tbody tr").count() == 100
    click("link", "下一页")
    page.locator("tbody tr").first.get_by_text("101", exact=True).wait_for()


def test_administrator_gives_an_organisation_a_place(visit, site):
    window = visit()
    page = window.open()
    click = Clicks(page)
    click("link", "登录")
    window.fill_in("admin")
    click("link", "机构")
    page.get_by_label("名称").fill("wgl")
    page.get_by_label("标题").fill("市文化广电旅游体育局")
    page.get_by_role("button", name="新增").click()
    page.get_by_role("link", name="市文化广电旅游体育局").wait_for()
    names = [one["name"] for one in site.client()("GET", "/api/v1/organisations")["organisations"]]
    assert "wgl" in names


def test_administrator_withdraws_and_readers_see_why(visit, site):
    window = visit()
    window.sign_in("admin")
    page = window.open("/?q=地铁车站第5期")
    click = Clicks(page)
    click("link", "地铁车站第5期", page.get_by_role("article"))
    click("link", "版本")
    page.get_by_role("button", name="撤回第 1 版").click()
    page.get_by_label("原因").fill("含有未脱敏的电话")
    page.get_by_role("dialog").get_by_role("button", name="撤回", exact=True).click()
    page.get_by_text("含有未脱敏的电话").wait_for()
    code, answer = site.client().try_("GET", "/api/v1/datasets/dataset-05/versions/1/rows")
    assert code >= 400 and b"rows" not in answer
    reader = visit().open("/datasets/dataset-05/versions")
    assert reader.get_by_text("含有未脱敏的电话").is_visible()


@pytest.mark.parametrize("address", ["/publish", "/audit?after=100"])
def test_pages_that_need_an_account_lead_to_it_and_back(visit, address):
    window = visit()
    page = window.open(address)
    page.get_by_role("main").get_by_role("link", name="登录").click()
    window.fill_in("admin")
    page.wait_for_url(window.site.url + address)


def test_signing_out_takes_the_buttons_away(visit):
    window = visit()
    window.open("/sign-in?next=/datasets/bus-stops/versions")
    window.fill_in("admin")
    page = window.page
    page.get_by_role("button", name="退出").click()
    page.get_by_role("link", name="登录").wait_for()
    page.go_back()
    page.get_by_text("第 1 版").first.wait_for()
    assert page.get_by_role("button", name="撤回").count() == 0


def test_what_cannot_be_reached_is_said_and_tried_again(visit):
    window = visit()
    page = window.open()
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill("公交")
    expect(page.get_by_role("alert")).to_contain_text("无法连接服务器")
    page.context.set_offline(False)
    page.get_by_role("button", name="重试").click()
    page.locator("mark").first.wait_for()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_session_that_has_ended_is_said_and_offers_to_sign_in(visit):
    window = visit()
    window.sign_in("li")
    page = window.open("/datasets/dataset-08/versions")
    page.get_by_label("要发布的仓库版本").fill("stops@1")
    page.context.clear_cookies()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    expect(page.get_by_role("button", name="发布", exact=True)).to_have_count(0)
