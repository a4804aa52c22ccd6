"""A publisher sees and sets who reads what; readers do not see that there is a page of it."""

import re

from playwright.sync_api import expect
from portal_site import AREAS, STOPS

HERE = "/api/v1/datasets/dataset-10"


def test_publisher_restricts_and_grants(visit, site):
    window = visit()
    window.sign_in("li")
    page = window.open("/datasets/dataset-10")
    page.get_by_role("link", name="访问", exact=True).click()
    rules = page.get_by_role("region", name="规则", exact=True)
    rules.get_by_label("phone").check()
    rules.get_by_label("信息项").select_option("area")
    rules.get_by_label("比较").select_option("等于")
    rules.get_by_label("值", exact=True).fill(AREAS[0])
    # A condition that is typed and not added is not lost in silence.
    rules.get_by_role("button", name="添加规则").click()
    expect(rules.get_by_role("alert")).to_contain_text("未添加")
    assert site.remembered("li")("GET", HERE + "/access")["rules"] == []
    rules.get_by_role("button", name="添加条件").click()
    rules.get_by_role("button", name="添加规则").click()
    expect(rules.get_by_role("listitem").first).to_contain_text("不含 phone")
    grants = page.get_by_role("region", name="授权", exact=True)
    grants.get_by_label("账户名").fill("nobody-here")
    grants.get_by_label("用途").fill("交通研究")
    grants.get_by_role("button", name="授权", exact=True).click()
    expect(grants.get_by_role("alert")).to_contain_text("account:nobody-here")
    grants.get_by_label("账户名").fill("wang")
    grants.get_by_role("button", name="授权", exact=True).click()
    expect(grants.get_by_role("row", name=re.compile("account:wang"))).to_contain_text("有效")
    assert window.violations() == []

    rows = site.remembered("wang")("GET", HERE + "/versions/1/rows")
    assert (rows["total"], rows["hidden"]) == (STOPS // len(AREAS), ["phone"])
    reader = visit()
    reader.sign_in("wang")
    seen = reader.open("/datasets/dataset-10")
    assert seen.get_by_role("link", name="访问", exact=True).count() == 0
    seen.get_by_role("link", name="版本", exact=True).click()
    expect(seen.get_by_text("–").first).to_be_visible()

    grants.get_by_role("button", name="撤销对 account:wang 的授权").click()
    expect(grants.get_by_role("row", name=re.compile("account:wang"))).to_contain_text("已结束")
    rules.get_by_role("button", name="删除对 everybody 的规则").click()
    expect(rules.get_by_text("没有规则")).to_be_visible()
    assert site.remembered("li")("GET", HERE + "/access")["rules"] == []
