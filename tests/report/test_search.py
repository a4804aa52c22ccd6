"""Search finds what is seen, what stood there before and what is proposed, hit by hit."""

import json

import pytest
from conftest import data_of

RECIPE = """
name: spaces
input: {path: pages.jsonl, columns: {text: text}}
steps: [refine.text.collapse_space]
output: spaces
"""


@pytest.fixture
def spaces(siku, open_page):
    def open_(rows, **options):
        lines = "".join(json.dumps({"text": row}, ensure_ascii=False) + "\n" for row in rows)
        (siku.folder / "pages.jsonl").write_text(lines, encoding="utf-8")
        (siku.folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
        siku.run("recipe.yaml")
        return open_page(siku.report(), "#lang=en", reduced_motion="reduce", **options)

    return open_


def said(page):
    return page.locator("#hits").inner_text()


def marked(page, name="found"):
    """The texts that are marked, one by one."""
    return page.evaluate("(name) => [...(CSS.highlights.get(name) || [])].map(String)", name)


def test_a_hit_may_reach_over_edits_and_is_found_as_before_and_as_now(spaces):
    page = spaces(["甲乙  丙  丁戊。"])
    page.locator("#search").fill("乙 丙 丁")
    assert said(page) == "1 hit"
    assert "".join(marked(page)) == "乙␣丙␣丁"
    page.locator("#search").fill("乙  丙  丁")
    assert said(page) == "1 hit"
    assert "".join(marked(page)) == "乙␣␣丙␣␣丁"
    # Neither of both.
    page.locator("#search").fill("乙 丙  丁")
    assert said(page) == "no hit in the texts of this file"
    assert page.get_by_role("button", name="Show all pages").is_visible()
    page.get_by_role("button", name="Show all pages").click()
    assert page.locator("#list .entry").count() == 1


def test_text_without_an_edit_in_it_counts_once(spaces):
    page = spaces(["同样 同样  同样"])
    page.locator("#search").fill("同样")
    assert said(page) == "3 hits"


def test_enter_goes_from_hit_to_hit_over_all_pages_and_around(spaces):
    long = "\n".join(["行"] * 150)
    page = spaces(
        [f"找  它{long}\n找 它{long}\n末  尾", "没有的  页", f"{long}又找  它"], height=600
    )
    page.keyboard.press("/")
    page.keyboard.type("找 它")
    assert said(page) == "3 hits"
    assert page.locator("#list .entry").count() == 2
    order = []
    for number in (1, 2, 3, 1):
        page.keyboard.press("Enter")
        assert said(page) == f"{number} of 3"
        assert page.evaluate("document.activeElement.id") == "search"
        assert "".join(marked(page, "here")) in ("找␣它", "找 它")
        in_view = page.evaluate(
            """() => {
              const box = [...CSS.highlights.get("here")][0].getBoundingClientRect();
              const { above, below } = covers();
              return box.top >= above && box.bottom <= innerHeight - below;
            }"""
        )
        assert in_view
        order.append((page.evaluate("view.page"), page.evaluate("window.scrollY") > 0))
    assert order[0] == order[3] and order[2][0] != order[0][0]
    page.keyboard.press("Shift+Enter")
    assert said(page) == "3 of 3"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "search"
    page.keyboard.press("h")
    assert said(page) == "1 of 3"
    page.keyboard.press("H")
    assert said(page) == "3 of 3"
    page.locator("#next-hit").click()
    assert said(page) == "1 of 3"


def test_a_hit_that_the_chosen_view_hides_is_shown(spaces):
    page = spaces(["甲  乙"])
    page.locator("#page input[value=after]").check()
    page.locator("#search").fill("甲  乙")
    page.locator("#search").press("Enter")
    assert page.locator("#page").get_attribute("data-mode") == "changes"
    assert page.locator("#page input[value=changes]").is_checked()


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("İstanbul  ISTANBUL", "istanbul", ["ISTANBUL"]),
        ("𠮷野  家😀尾", "家😀尾", ["家😀尾"]),
        ("a\u200bb  c", "a\u200bb c", ["a", "U+200B", "b", "␣", "c"]),
        ("مرحبا  بالعالم", "مرحبا بالعالم", ["مرحبا", "␣", "بالعالم"]),
        ("<b>粗</b>  x", "</b> x", ["</b>", "␣", "x"]),
        ("a.*  (b", ".* (", [".*", "␣", "("]),
    ],
)
def test_any_text_is_found_at_its_place(spaces, text, wanted, found):
    page = spaces([text])
    page.locator("#search").fill(wanted)
    assert said(page) == "1 hit"
    assert "".join(marked(page)) == "".join(found)


def test_names_of_pages_are_found_too(first_light, open_page):
    page = open_page(first_light.page, "#lang=en")
    one = data_of(first_light.page)["pages"][2]["place"]
    page.locator("#search").fill(one)
    assert page.locator("#list .name").all_inner_texts() == [one]


@pytest.mark.parametrize("kind", ["edit", "proposal"])
def test_what_stood_there_and_what_is_put_there_is_found(first_light, open_page, kind):
    page = open_page(first_light.page, "#lang=en")
    place = page.evaluate(
        "(kind) => { const one = PLACES.find((one) => one.kind === kind && one.after.length > 1);"
        " return one && [one.page.number, one.before, one.after]; }",
        kind,
    )
    number, before, after = place
    for wanted in (before, after):
        page.locator("#search").fill(wanted)
        assert number in page.evaluate("listed.map((one) => one.number)")
