"""The page of a run: what it shows, in which shape, and that it keeps to itself."""

import json
import re

import pytest
from conftest import ROOT, data_of, violations

NASTY = "</script><script>window.owned=1</script>"
IMAGE = '<img src="x" onerror="window.owned=1">'
LINES = "\u2028\u2029\u202e"


def test_it_opens_with_the_real_counts(first_light, open_page):
    page = open_page(first_light.page, locale="en-GB")
    counts = first_light.summary["steps"][0]["counts"]
    figures = page.locator("#overview li").all_inner_texts()
    assert figures[0].startswith(f"{first_light.summary['read']['rows']}\nrows read")
    applied = sum(counts["edits"].values())
    assert figures[1].startswith(f"{applied:,}\nedits applied")
    assert figures[2].startswith(f"{sum(counts['proposed'].values()):,}\n")
    for rule, count in counts["edits"].items():
        row = page.locator("#kinds tr", has=page.get_by_role("button", name=rule, exact=True))
        assert f"{count:,}" in row.inner_text()


def test_it_is_one_file_with_a_policy_that_allows_nothing_else(first_light):
    html = first_light.page.read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy and "http" not in policy
    # The one address in it names what SVG is.
    assert set(
        re.findall(r"https?://[^\s\"'`)]*", html.split('id="data"')[1].split("</script>", 1)[1])
    ) == {"http://www.w3.org/2000/svg"}


def test_the_same_run_gives_the_same_bytes(first_light):
    before = first_light.page.read_bytes()
    first_light.report()
    assert first_light.page.read_bytes() == before


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing(first_light, open_page, language, theme, width):
    page = open_page(
        first_light.page,
        f"#lang={language}",
        width=width,
        color_scheme=theme,
        reduced_motion="reduce",
    )
    assert page.locator("html").get_attribute("lang").startswith(language)
    assert violations(page) == []
    page.keyboard.press("n")
    page.keyboard.press("a")
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    assert violations(page) == []
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert violations(page) == []


def test_it_is_no_wider_than_a_phone(first_light, open_page):
    page = open_page(first_light.page, width=390, height=844)
    for _ in range(3):
        page.keyboard.press("n")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_finger_reaches_every_place_and_decides(first_light, open_page):
    page = open_page(
        first_light.page, "#lang=en", width=390, height=844, has_touch=True, is_mobile=True
    )
    page.locator(".finding").first.tap()
    inspector = page.locator("#inspector")
    first = inspector.inner_text()
    inspector.get_by_role("button", name="Next place").tap()
    assert inspector.inner_text() != first
    inspector.locator(".reject").tap()
    decided = "PLACES.filter((one) => verdictOf(one) === 'reject').length"
    assert page.evaluate(decided) == 1
    inspector.get_by_role("button", name="Close").tap()
    assert not inspector.is_visible()
    assert page.locator("#bar").is_visible()


def test_language_and_theme_follow_the_browser_and_stay_in_the_address(first_light, open_page):
    page = open_page(first_light.page, locale="zh-CN", color_scheme="dark")
    assert page.title() == "first-light · 四库运行报告"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#language").click()
    page.locator("#theme").click()
    assert "lang=en" in page.url and "theme=light" in page.url
    page.reload()
    assert page.title() == "first-light · Siku report"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_the_keyboard_reaches_everything_and_focus_shows(first_light, open_page):
    page = open_page(first_light.page, "#lang=en", reduced_motion="reduce")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "pages"
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "confidence" in first or "flagged" in first
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == first
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('#inspector') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == first
    page.keyboard.press("]")
    assert "page=" in page.url and not page.url.endswith("page=1")
    page.keyboard.press("/")
    page.keyboard.type("jk?")
    assert page.locator("#search").input_value() == "jk?"


def test_an_edit_shows_rule_bytes_and_confidence(first_light, open_page):
    number, item = next(
        (number, item)
        for number, one in enumerate(data_of(first_light.page)["pages"], 1)
        for item in one["parts"][0]["items"]
        if item["kind"] == "edit" and item["before"].isprintable() and item["before"]
    )
    page = open_page(first_light.page, f"#lang=en&page={number}")
    page.locator(".finding.edit", has_text=item["before"]).first.hover()
    shown = page.locator("#inspector").inner_text()
    assert item["rule"] in shown
    assert item["before"].encode("utf-8")[:8].hex(" ") in shown
    assert item["before"][:4].encode("gbk").hex(" ") in shown
    assert f"{item['confidence'] / 1000:.3f}".removesuffix("0") in shown


def test_the_pieces_of_a_text_are_the_whole_of_it(first_light):
    whole = 0
    for one in data_of(first_light.page)["pages"]:
        part = one["parts"][0]
        if not one["source"].endswith(".txt") or any(isinstance(run, int) for run in part["text"]):
            continue
        before = "".join(
            run if isinstance(run, str) else (*run, part["items"][run[0]]["before"])[1]
            for run in part["text"]
        )
        source = next((first_light.folder / "first-light").rglob(one["source"]))
        assert before == source.read_text("utf-8")
        whole += 1
    assert whole > 3


def test_what_is_printed_has_no_controls(first_light, open_page):
    page = open_page(first_light.page)
    page.emulate_media(media="print")
    for hidden in ("#bar", ".switches", "nav", "#list"):
        assert not page.locator(hidden).is_visible()
    assert page.locator("#overview").is_visible()


def test_search_and_rules_narrow_the_list(first_light, open_page):
    page = open_page(first_light.page, "#lang=en")
    everything = page.locator("#list .entry").count()
    rule = page.locator(".filters .chip").first
    name = rule.evaluate("one => one.firstChild.data")
    rule.click()
    of_rule = {
        one["place"]
        for one in data_of(first_light.page)["pages"]
        if any(name in (item.get("rule"), item.get("flag")) for item in one["parts"][0]["items"])
    }
    assert set(page.locator("#list .name").all_inner_texts()) == of_rule
    page.locator(".filters .chip").first.click()
    page.locator("#search").fill("no such text anywhere")
    assert page.locator("#list .entry").count() == 0
    page.locator("#search").fill("")
    assert page.locator("#list .entry").count() == everything


RECIPE = """
name: nasty
input: {path: "*.jsonl", columns: {text: text}}
steps:
  - refine.text.collapse_space
  - refine.document.drop_duplicates
output: nasty
"""


def write_nasty(siku):
    texts = [
        f"一二三  四五{NASTY}  六",
        f"一二三  四五{NASTY}  六",
        f"图  片{IMAGE}   文",
        f"行  分{LINES}  隔",
    ]
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    (siku.folder / "n.jsonl").write_text(
        "\n".join([*lines, "not json " + NASTY + IMAGE]) + "\n", encoding="utf-8"
    )
    (siku.folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")


def test_text_is_never_markup(siku, open_page):
    write_nasty(siku)
    siku.run("recipe.yaml")
    path = siku.report()
    raw = path.read_bytes()
    assert NASTY.encode() not in raw and IMAGE.encode() not in raw
    assert "\u2028".encode() not in raw
    page = open_page(path, "#lang=en")
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    for _ in range(12):
        page.keyboard.press("j")
        page.keyboard.press("Enter")
    assert page.evaluate("window.owned") is None
    assert page.locator("img").count() == 0
    assert NASTY in page.locator("main").inner_text()
    assert "U+202E" in page.locator("main").inner_text() or "U+2028" in page.evaluate(
        "DATA.pages.map((p) => p.number).map((n) => {openPage(n);"
        " return document.getElementById('page').innerText}).join('')"
    )


def test_what_was_dropped_is_shown_with_its_reason(siku, open_page):
    write_nasty(siku)
    summary = siku.run("recipe.yaml")
    assert summary["steps"][1]["counts"]["merged"] == 1
    page = open_page(siku.report(), "#lang=en")
    dropped = page.locator("#dropped").inner_text()
    assert "duplicate" in dropped and "not_json" in dropped
    assert "The line is not JSON." in dropped
    page.locator("#dropped summary").nth(1).click()
    assert "merged into n.jsonl:0" in page.locator("#dropped").inner_text()


def write_many(siku, rows):
    with open(siku.folder / "m.jsonl", "w", encoding="utf-8") as out:
        for i in range(rows):
            text = f"第{i}行  的文字。" + "长" * (40_000 if i == 3 else 0) + "  末尾"
            out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    (siku.folder / "recipe.yaml").write_text(
        "name: many\ninput: {path: m.jsonl, columns: {text: text}}\n"
        "steps: [refine.text.collapse_space]\noutput: many\n",
        encoding="utf-8",
    )


def test_a_large_run_shows_part_and_says_so(siku, open_page):
    write_many(siku, 2000)
    siku.run("recipe.yaml")
    said = siku("report", "--html", "report.html", "--pages", 7)
    assert "7 of 2,000 changed or flagged texts" in said
    path = siku.folder / "report.html"
    assert path.stat().st_size < 400_000
    page = open_page(path, "#lang=en")
    assert "7 of 2,000" in page.locator("#pages").inner_text()
    assert page.locator("#list .entry").count() == 7
    path = siku.report("--pages", 500)
    page = open_page(path, "#lang=en")
    assert page.locator("#list .entry").count() == 100
    shown = page.evaluate("openPage(3), document.getElementById('page').innerText")
    assert re.search(r"118,\d{3} bytes without a finding are left out", shown)


def test_pages_that_wait_for_a_person_crowd_out_no_kind(siku):
    waiting = (ROOT / "examples/first-light/pages/marks.damaged.txt").read_text("utf-8")
    rare = ["中\u200b国的历史很长。", "我们去\x01学校上课。", "第一行。\r\n第二行。\n第三行。"]
    # Of long ones the end is not shown.
    rows = [waiting + str(i) for i in range(30)] + ["长" * 40_000 + one for one in rare] + rare
    with open(siku.folder / "k.jsonl", "w", encoding="utf-8") as out:
        out.writelines(json.dumps({"text": one}, ensure_ascii=False) + "\n" for one in rows)
    (siku.folder / "recipe.yaml").write_text(
        "name: kinds\ninput: {path: k.jsonl, columns: {text: text}}\n"
        "steps: [refine.text.repair]\noutput: kinds\n",
        encoding="utf-8",
    )
    counts = siku.run("recipe.yaml")["steps"][0]["counts"]
    pages = data_of(siku.report("--pages", 12))["pages"]
    items = [[item for part in page["parts"] for item in part["items"]] for page in pages]
    shown = {item["rule"] for page in items for item in page if item["kind"] == "edit"}
    assert {"remove_invisible", "remove_control", "unify_line_end"} <= set(counts["edits"]) == shown
    waits = [any(item["kind"] == "proposal" for item in page) for page in items]
    assert len(waits) == 12 and waits == sorted(waits, reverse=True) and sum(waits) > 3


def test_a_report_that_cannot_be_written_says_where(siku):
    write_many(siku, 3)
    siku.run("recipe.yaml")
    done = siku.try_("report", "--html", "no/such/folder/report.html")
    assert done.returncode != 0
    assert "no/such/folder/report.html" in done.stderr.decode()


@pytest.mark.parametrize("rows", [[], ["没有什么可改的。"]])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_run_that_found_nothing_says_so(siku, open_page, rows, width):
    lines = "".join(json.dumps({"text": row}) + "\n" for row in rows)
    (siku.folder / "n.jsonl").write_text(lines, encoding="utf-8")
    (siku.folder / "recipe.yaml").write_text(
        "name: none\ninput: {path: n.jsonl, columns: {text: text}}\n"
        "steps: [refine.text.collapse_space]\noutput: none\n",
        encoding="utf-8",
    )
    siku.run("recipe.yaml")
    page = open_page(siku.report(), "#lang=en", width=width)
    assert "Nothing was changed" in page.locator("#pages").inner_text()
    assert not page.locator("#bar").is_visible()
    for key in ("n", "j", "k", "]", "a", "z", "h", "/", "?", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def one_row(siku, text):
    (siku.folder / "m.jsonl").write_text(
        json.dumps({"text": text}, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (siku.folder / "recipe.yaml").write_text(
        "name: one\ninput: {path: m.jsonl, columns: {text: text}}\n"
        "steps: [refine.text.collapse_space]\noutput: one\n",
        encoding="utf-8",
    )
    siku.run("recipe.yaml")
    return siku.report()


def test_ten_thousand_edits_on_one_page_are_shown_in_part_and_said(siku, open_page):
    path = one_row(siku, "甲  乙，" * 10_000 + "丙")
    assert path.stat().st_size < 1_000_000
    page = open_page(path, "#lang=en", width=390, height=844)
    assert page.locator(".finding").count() == 2000
    assert "8,000 more not shown" in page.locator("#list").inner_text()
    assert "8,000 more findings lie behind" in page.locator("#page").inner_text()
    page.evaluate("act(PLACES.flatMap((one) => changesOf(one, 'reject')), [], 'x')")
    file = json.loads(page.evaluate("decisionFile()"))
    path = siku.folder / "d.json"
    path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    summary = siku.run("recipe.yaml", "--decisions", path)
    assert summary["decisions"]["applied"] == 2000
    assert sum(summary["steps"][0]["counts"]["edits"].values()) == 8000


def test_a_page_of_a_megabyte_is_shown_around_its_findings(siku, open_page):
    path = one_row(siku, "长" * 150_000 + "  " + "x" * 400_000 + "  " + "短" * 50_000)
    assert path.stat().st_size < 200_000
    page = open_page(path, "#lang=en", width=390)
    assert page.locator(".finding").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [1440, 390])
def test_long_lines_and_other_scripts_stay_in_their_place(siku, open_page, width):
    path = one_row(
        siku,
        "x" * 3000
        + "  مرحبا  بالعالم  𠮷𪚥  👨‍👩‍👧  e"
        + "\u0301" * 40
        + "  "
        + "|".join("列" * 300),
    )
    page = open_page(path, "#lang=en", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for _ in range(6):
        page.keyboard.press("j")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    # Each place is an island in text that runs the other way.
    assert (
        page.locator(".finding").first.evaluate("(one) => getComputedStyle(one).unicodeBidi")
        == "isolate"
    )


def test_a_decision_beside_characters_of_four_bytes_fits(siku, open_page):
    path = one_row(siku, "𠮷𪚥" * 20 + "  " + "😀" * 20)
    page = open_page(path, "#lang=en")
    page.keyboard.press("j")
    page.keyboard.press("r")
    text = page.evaluate("decisionFile()")
    (one,) = json.loads(text)["decisions"]
    assert one["left"] == "𠮷𪚥" * 4 and one["right"] == "😀" * 8
    (siku.folder / "d.json").write_text(text, encoding="utf-8")
    assert siku.run("recipe.yaml", "--decisions", "d.json")["decisions"]["applied"] == 1


def test_characters_that_cannot_be_seen_are_shown_by_number(siku, open_page):
    unseen = "\u200b\u2060\u061c\u180e\u3164\U000e0041\U000f0000\ue000"
    page = open_page(one_row(siku, f"甲{unseen}  乙"), "#lang=en")
    shown = page.locator("#page .text").inner_text()
    for one in unseen:
        assert f"U+{ord(one):04X}" in shown


def test_what_is_printed_is_dark_on_light(first_light, open_page):
    page = open_page(first_light.page, "#lang=en&theme=dark")
    page.keyboard.press("n")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert not page.locator("#many").is_visible()
    assert not page.locator(".search").is_visible()


def test_a_filter_that_leaves_nothing_says_so_and_can_be_taken_away(first_light, open_page):
    page = open_page(first_light.page, "#lang=en")
    page.locator(".chips .chip", has_text="decided").last.click()
    assert page.locator("#list .entry").count() == 0
    assert page.locator("#page .finding").count() == 0
    page.keyboard.press("j")
    page.keyboard.press("a")
    assert page.evaluate("decisions.size") == 0
    page.get_by_role("button", name="Show all pages").click()
    assert page.locator("#list .entry").count() > 3


def test_a_file_written_by_hand_may_leave_the_recipe_out(first_light, open_page):
    page = open_page(first_light.page, "#lang=en")
    page.keyboard.press("n")
    page.keyboard.press("r")
    file = json.loads(page.evaluate("decisionFile()"))
    page.keyboard.press("z")
    del file["recipe"]
    path = first_light.folder / "hand.json"
    for decisions, said in [(file["decisions"], "decisions read"), ([None], "no decision file")]:
        path.write_text(json.dumps(file | {"decisions": decisions}), encoding="utf-8")
        with page.expect_file_chooser() as chooser:
            page.locator("#import").click()
        chooser.value.set_files(path)
        page.locator("#bar-note", has_text=said).wait_for()
        assert page.evaluate("decisions.size") > 0
