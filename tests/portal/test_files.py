"""Files beside tables: attached by a publisher, listed, downloaded, taken out again."""

import re

from playwright.sync_api import expect

PDF = b"%PDF-1.7" + bytes(range(256)) * 50


def test_publisher_attaches_a_file_and_takes_it_out(site, visit, tmp_path):
    li = site.remembered("li")
    # Closed: what other tests count stays as it is.
    record = {"name": "annotated", "organisation": "jtj", "title": "扫描件", "class": "closed"}
    li("POST", "/api/v1/datasets", record)
    path = tmp_path / "数据 字典.pdf"
    path.write_bytes(PDF)
    window = visit(width=390)
    window.sign_in("li")
    page = window.open("/datasets/annotated/versions")
    page.get_by_label(re.compile("^文件")).set_input_files(path)
    page.get_by_label(re.compile("^给读者看的标题")).fill("字段说明")
    page.get_by_role("button", name="附加").click()
    link = page.get_by_role("link", name="字段说明")
    expect(link).to_be_visible()
    expect(page.get_by_role("heading", name="第 1 版")).to_be_visible()
    assert page.get_by_role("link", name="数据", exact=True).count() == 0
    page.get_by_role("link", name="概况", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="字段说明").click()
    assert download.value.suggested_filename == path.name
    assert download.value.path().read_bytes() == PDF
    assert window.violations() == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    li("POST", "/api/v1/datasets/annotated/versions", {"source": "stops@1"})
    page.reload()
    expect(page.get_by_role("link", name="数据", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="字段说明")).to_be_visible()
    page.get_by_role("link", name="版本", exact=True).click()
    expect(page.get_by_role("link", name="字段说明")).to_have_count(2)
    assert window.violations() == []
    page.get_by_role("button", name=f"移除 {path.name}").click()
    expect(page.get_by_role("heading", name="第 3 版")).to_be_visible()
    expect(page.get_by_role("link", name="字段说明")).to_have_count(2)
    page.screenshot(path=tmp_path / "versions.png", full_page=True)
    page.get_by_role("link", name="概况", exact=True).click()
    expect(page.get_by_role("link", name="字段说明")).to_have_count(0)
