"""Places: seen when told of, what one decision takes, and what is decided at once."""

import json
import shutil

import pytest
from conftest import ROOT, Siku, data_of, violations

CAUTIOUS = ("first-light/recipe.yaml", "--set", "repaired.min_confidence=1.0")
VERDICTS = "PLACES.filter((one) => verdictOf(one) !== undefined).length"


@pytest.fixture(scope="session")
def proposed(tmp_path_factory):
    """The pages of examples/first-light where nothing is certain enough to be applied."""
    siku = Siku(tmp_path_factory.mktemp("proposed"))
    shutil.copytree(ROOT / "examples/first-light", siku.folder / "first-light")
    siku.summary = siku.run(*CAUTIOUS)
    siku.page = siku.report()
    return siku


def free(page):
    """Whether the place that the panel speaks of is in view, under nothing; else what is."""
    return page.evaluate(
        """() => {
          const place = current();
          if (place === null) return "no place";
          for (const box of place.elements[0].getClientRects()) {
            const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            if (seen === null) return "out of view";
            if (seen.closest(".finding") !== place.elements[0]) return seen.outerHTML.slice(0, 99);
          }
          return true;
        }"""
    )


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 560), (844, 390), (1440, 900)])
@pytest.mark.parametrize("start", ["top", "end"])
def test_a_place_is_in_view_whenever_the_panel_speaks_of_it(
    proposed, open_page, width, height, start
):
    page = open_page(proposed.page, "#lang=en", width=width, height=height, reduced_motion="reduce")
    if start == "end":
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    page.locator("#next-open").click()
    assert free(page) is True
    for key in ["n"] * 6 + ["j"] * 12 + ["k"] * 3:
        page.keyboard.press(key)
        assert free(page) is True, key
    # The last one of a page, at its end.
    page.evaluate("focusItem(placed().at(-1))")
    assert free(page) is True
    # By a finger, at the edge of what the panel will cover.
    page.keyboard.press("Escape")
    page.evaluate(
        "window.scrollTo(0, placed()[5].elements[0].getBoundingClientRect().top"
        " + window.scrollY - document.documentElement.clientHeight + 90)"
    )
    page.evaluate("focusItem(placed()[5])")
    assert free(page) is True


def test_tabbing_into_the_text_shows_the_place(proposed, open_page):
    page = open_page(proposed.page, "#lang=en", width=390, height=844, reduced_motion="reduce")
    page.locator("#page input:checked").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('finding')")
    assert free(page) is True


def test_a_pointer_that_rests_does_not_choose_what_scrolls_under_it(proposed, open_page):
    page = open_page(proposed.page, "#lang=en", reduced_motion="reduce")
    page.locator("#page .text").scroll_into_view_if_needed()
    page.locator("#page .finding").nth(4).hover()
    for _ in range(25):
        page.keyboard.press("j")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => done()))")
        assert page.evaluate("current() === chosen")
    page.keyboard.press("a")
    assert page.evaluate("verdictOf(chosen)") == "accept"
    assert page.evaluate(VERDICTS) == 1


def test_a_character_and_its_reading_are_one_place(proposed, open_page):
    page = open_page(proposed.page, "#lang=en", reduced_motion="reduce")
    pairs = page.evaluate("PLACES.filter((one) => one.members.length > 1).length")
    assert pairs > 100
    page.evaluate("focusItem(PLACES.find((one) => one.members.length > 1))")
    before, after = page.evaluate("[chosen.whole.before, chosen.whole.after]")
    assert before.startswith(page.evaluate("chosen.before")) and before.endswith(")")
    assert after == page.evaluate("chosen.after") and len(after) == 1
    panel = page.locator("#inspector").inner_text()
    assert before in panel and "simplify" in panel and "strip_annotation" in panel
    open_ = page.evaluate("PLACES.filter(isOpen).length")
    page.keyboard.press("a")
    assert page.evaluate("PLACES.filter(isOpen).length") == open_ - 1
    # The file holds both, side by side.
    one, two = json.loads(page.evaluate("decisionFile()"))["decisions"]
    assert (one["rule"], two["rule"]) == ("simplify", "strip_annotation")
    assert one["end"] == two["begin"] and two["after"] == ""
    assert one["before"] + two["before"] == before
    assert one["verdict"] == two["verdict"] == "accept"
    path = proposed.folder / "pair.json"
    path.write_text(page.evaluate("decisionFile()"), encoding="utf-8")
    summary = proposed.run(*CAUTIOUS, "--decisions", path)
    assert summary["decisions"]["applied"] == 2
    # As the next report shows it: one place again, decided by a person.
    decided = proposed.folder / "decided.html"
    proposed("report", "--html", decided)
    (names,) = open_page(decided, "#lang=en").evaluate(
        "PLACES.map((one) => one.members.map((item) => item.name))"
        ".filter(([name]) => name.endsWith(':decided'))"
    )
    assert names == ["simplify:decided", "strip_annotation:decided"]
    proposed.run(*CAUTIOUS)
    page.keyboard.press("u")
    assert page.evaluate("decisions.size") == 0


def test_a_file_that_decides_half_of_a_place_leaves_it_open(proposed, open_page):
    page = open_page(proposed.page, "#lang=en", reduced_motion="reduce")
    page.evaluate("focusItem(PLACES.find((one) => one.members.length > 1))")
    page.keyboard.press("r")
    file = json.loads(page.evaluate("decisionFile()"))
    page.keyboard.press("u")
    file["decisions"] = file["decisions"][1:]
    path = proposed.folder / "half.json"
    path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.locator("#import").click()
    chooser.value.set_files(path)
    page.locator("#bar-note", has_text="1 decisions read").wait_for()
    assert page.evaluate("[verdictOf(chosen), isOpen(chosen)]") == ["mixed", True]
    assert "decided in part" in page.locator("#inspector").inner_text()
    page.evaluate("focusItem(chosen)")
    page.keyboard.press("a")
    assert page.evaluate("[verdictOf(chosen), isOpen(chosen)]") == ["accept", False]


def test_all_of_a_kind_from_a_confidence_are_decided_at_once_and_undone_at_once(
    proposed, open_page
):
    page = open_page(proposed.page, "#lang=en", reduced_motion="reduce")
    page.locator("#many summary").click()
    page.locator("#many-kind").select_option("simplify")
    page.locator("#many-confidence").fill("0.97")
    page.locator("#many-confidence").press("Tab")
    expected = page.evaluate(
        "PLACES.filter((one) => one.name === 'simplify' && one.whole.confidence >= 970).length"
    )
    below = page.evaluate(
        "PLACES.filter((one) => one.name === 'simplify' && one.whole.confidence < 970).length"
    )
    assert expected > 0 and below > 0
    assert violations(page) == []
    page.get_by_role("button", name=f"Accept {expected}", exact=True).click()
    assert page.evaluate("PLACES.filter((one) => verdictOf(one) === 'accept').length") == expected
    assert page.evaluate(
        "PLACES.every((one) => verdictOf(one) === undefined"
        " || (one.name === 'simplify' && one.whole.confidence >= 970))"
    )
    assert f"{expected} accepted" in page.locator("#bar-note").inner_text()
    page.locator("#many-side").select_option("below")
    page.get_by_role("button", name=f"Reject {below}", exact=True).click()
    assert page.evaluate("PLACES.filter((one) => verdictOf(one) === 'reject').length") == below
    page.locator("#undo-last").click()
    assert page.evaluate(VERDICTS) == expected
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    assert page.evaluate(VERDICTS) == 0
    assert page.locator("#undo-last").is_disabled()
    # Only on the pages that are listed.
    page.locator("#search").fill("marks.damaged")
    page.locator("#many-kind").select_option("simplify")
    page.locator("#many-side").select_option("from")
    page.locator("#many-listed").check()
    page.locator("#many-accept").click()
    pages = page.evaluate(
        "[...new Set(PLACES.filter((one) => verdictOf(one)).map((one) => one.page.place))]"
    )
    assert len(pages) == 1 and "marks.damaged" in pages[0]


def test_the_buttons_follow_the_confidence_while_it_is_typed(proposed, open_page):
    page = open_page(proposed.page, "#lang=en")
    page.locator("#many summary").click()
    page.locator("#many-kind").select_option("simplify")
    field = page.locator("#many-confidence")
    field.fill("1")
    assert page.locator("#many-accept").is_disabled()
    field.press("ControlOrMeta+a")
    field.press_sequentially("0.97")
    expected = page.evaluate(
        "PLACES.filter((one) => one.name === 'simplify' && one.whole.confidence >= 970).length"
    )
    assert page.evaluate("document.activeElement.id") == "many-confidence"
    assert field.input_value() == "0.97"
    accept = page.get_by_role("button", name=f"Accept {expected}", exact=True)
    assert expected > 0 and accept.is_enabled()
    field.fill("")
    assert page.locator("#many-accept").is_disabled(), "no number chooses nothing"
    field.fill("0.97")
    accept.click()
    assert page.evaluate(VERDICTS) == expected


def test_flags_of_a_kind_are_marked_as_seen_at_once(proposed, open_page):
    page = open_page(proposed.page, "#lang=en")
    page.locator("#many summary").click()
    page.locator("#many-kind").select_option("destroyed")
    assert page.locator("#many-accept").count() == 0
    page.locator("#many-reject").click()
    file = json.loads(page.evaluate("decisionFile()"))["decisions"]
    flags = [one for one in file if one.get("flag") == "destroyed"]
    counts = proposed.summary["steps"][0]["counts"]["flags"]
    assert len(flags) == len(file) == counts["destroyed"]
    assert {one["verdict"] for one in flags} == {"reject"}


def test_every_action_can_be_undone_one_by_one(proposed, open_page):
    page = open_page(proposed.page, "#lang=en", reduced_motion="reduce")
    seen = [page.evaluate("decisionFile()")]
    page.on("dialog", lambda dialog: dialog.accept())
    for key in ("a", "r", "u", "a"):
        page.keyboard.press("n" if page.evaluate("chosen === null") else "Shift")
        page.keyboard.press(key)
        seen.append(page.evaluate("decisionFile()"))
    page.locator("#clear").click()
    assert page.evaluate("decisions.size") == 0
    for expected in reversed(seen):
        page.locator("h1").click()
        page.keyboard.press("z")
        assert page.evaluate("decisionFile()") == expected
        if expected == seen[1]:
            break
    assert page.evaluate("decisions.size") > 0


def test_counts_of_places_and_entries_agree_with_the_run(proposed):
    items = [
        item
        for page in data_of(proposed.page)["pages"]
        for part in page["parts"]
        for item in part["items"]
    ]
    counts = proposed.summary["steps"][0]["counts"]
    assert sum(one["kind"] == "proposal" for one in items) == sum(counts["proposed"].values())


def test_what_became_of_decisions_is_told_as_in_the_summary(proposed, open_page):
    page = open_page(proposed.page, "#lang=en")
    page.keyboard.press("n")
    page.keyboard.press("a")
    file = json.loads(page.evaluate("decisionFile()"))
    file["decisions"] = [one | {"before": "另"} for one in file["decisions"]]
    path = proposed.folder / "unfit.json"
    path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    summary = proposed.run(*CAUTIOUS, "--decisions", path)
    told = proposed.folder / "told.html"
    proposed("report", "--html", told)
    assert data_of(told)["decisions"] == summary["decisions"]
    page = open_page(told, "#lang=en")
    page.locator("#overview summary").click()
    row = page.locator("#overview td").all_inner_texts()
    one = summary["decisions"]["unfit"][0]
    assert row[2].startswith(f"{one['source']}:{one['position']}, bytes {one['begin']}–")
    assert row[3] == "the text there is another now"
    proposed.run(*CAUTIOUS)
