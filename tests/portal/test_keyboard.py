"""Without a mouse."""


def focused(page):
    return page.evaluate("document.activeElement.innerText || document.activeElement.id")


def test_search_and_hits_by_keys_alone(visit):
    page = visit().open("/organisations")
    page.keyboard.press("Tab")
    assert focused(page) == "跳到正文"
    window = visit()
    page = window.open("/")
    page.keyboard.press("/")
    assert focused(page) == "search"
    page.keyboard.type("公交站点", delay=20)
    page.locator("mark").first.wait_for()
    window.settle()
    titles = page.locator("article h2 a").all_inner_texts()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focused(page) == titles[1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "search"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=titles[0]).wait_for()
    # A new page is read from its top.
    assert focused(page).startswith(page.get_by_role("main").inner_text()[:5])


def test_going_back_brings_the_search_back(visit):
    page = visit().open("/?q=公交站点")
    page.locator("article h2 a").first.click()
    page.get_by_role("link", name="概况").wait_for()
    page.go_back()
    page.locator("mark").first.wait_for()
    assert page.get_by_role("searchbox").input_value() == "公交站点"


def test_a_window_gives_the_focus_back(visit):
    page = visit().open("/datasets/bus-stops/rows")
    button = page.get_by_role("button", name="第 3 行全文")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="第 3 行").wait_for()
    page.get_by_role("button", name="下一行").click()
    page.get_by_role("dialog", name="第 4 行").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "第 3 行全文"


def test_letters_of_an_input_method_are_not_searched(visit):
    window = visit()
    page = window.open("/")
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/datasets?" in one.url else None)
    page.get_by_role("searchbox").focus()
    keys = page.context.new_cdp_session(page)
    for letters in ("g", "go", "gong"):
        keys.send(
            "Input.imeSetComposition", {"text": letters, "selectionStart": 4, "selectionEnd": 4}
        )
        page.wait_for_timeout(200)
    assert asked == []
    keys.send("Input.insertText", {"text": "公交"})
    page.locator("mark").first.wait_for()
    assert len(asked) == 1
