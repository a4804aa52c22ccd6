"""Decisions made in the page change the next run, exactly as decided and nowhere else."""

import hashlib
import json
import shutil

import pytest
from conftest import ROOT, data_of

RECIPE = """
name: spaces
inputs:
  input: {path: pages.jsonl, columns: {text: text}}
steps:
  tidy: {use: refine.text.collapse_space, from: input}
output: spaces
"""
ROWS = ["甲  乙，丙  丁。", "没有改动。", "戊  己  庚"]


@pytest.fixture
def spaces(siku):
    write(siku, ROWS)
    (siku.folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    siku.run("recipe.yaml")
    return siku


def write(siku, rows):
    lines = "".join(json.dumps({"text": row}, ensure_ascii=False) + "\n" for row in rows)
    (siku.folder / "pages.jsonl").write_text(lines, encoding="utf-8")


def texts(siku, dataset="spaces"):
    lines = siku("dataset", "export", dataset, "--format", "jsonl").splitlines()
    return [json.loads(line)["text"] for line in lines]


def edits(siku, *rules):
    """Decisions on applied edits of the newest report, as the page would write them."""
    found = []
    for page in data_of(siku.report())["pages"]:
        for part in page["parts"]:
            for item in part["items"]:
                found.append(
                    {
                        "step": part["step"],
                        "input": page["input"],
                        "source": page["source"],
                        "position": page["position"],
                        "begin": item["begin"],
                        "end": item["end"],
                        "rule": item["rule"],
                        "before": item["before"],
                        "after": item["after"],
                        "verdict": "reject",
                    }
                )
    return sorted(found, key=lambda one: (one["position"], one["begin"]))


def decide(siku, decisions, **more):
    path = siku.folder / "decisions.json"
    file = {"siku_decisions": 1, "recipe": "spaces", "run": "x", "decisions": decisions, **more}
    path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_rejected_edit_is_left_as_it_was(spaces):
    first = edits(spaces)[0]
    summary = spaces.run("recipe.yaml", "--decisions", decide(spaces, [first]))
    assert summary["decisions"] | {"sha256": ""} == {
        "sha256": "",
        "total": 1,
        "applied": 1,
        "idle": 0,
        "unfit": [],
    }
    assert texts(spaces) == ["甲  乙，丙 丁。", "没有改动。", "戊 己 庚"]


def test_another_reading_is_applied_by_a_person_and_can_be_undone(spaces):
    one = edits(spaces)[1] | {"verdict": "alternative", "after": "□"}
    spaces.run("recipe.yaml", "--decisions", decide(spaces, [one]))
    assert texts(spaces)[0] == "甲 乙，丙□丁。"
    ledger = [
        json.loads(line) for line in spaces("edits", "last", "--format", "jsonl").splitlines()
    ]
    decided = [edit for edit in ledger if edit["rule"].endswith(":decided")]
    assert [edit["rule"] for edit in decided] == [one["rule"] + ":decided"]
    spaces("undo", "last", "--to", "undone")
    assert (spaces.folder / "undone/pages.jsonl").read_bytes() == (
        spaces.folder / "pages.jsonl"
    ).read_bytes()


def test_a_decision_that_no_longer_fits_is_reported_and_applied_nowhere(spaces):
    all_ = edits(spaces)
    gone = all_[0] | {"position": 7}
    step = all_[0] | {"step": "other"}
    file = all_[0] | {"source": "other.jsonl"}
    rule = all_[0] | {"rule": "other"}
    changed = all_[1] | {"before": "   "}
    beside = all_[2] | {"left": "丁"}
    path = decide(spaces, [gone, step, file, rule, changed, beside, all_[3]])
    summary = spaces.run("recipe.yaml", "--decisions", path)
    reasons = [(one["number"], one["reason"]) for one in summary["decisions"]["unfit"]]
    assert reasons == [
        (0, "row_absent"),
        (1, "no_step"),
        (2, "no_source"),
        (3, "no_rule"),
        (4, "text_changed"),
        (5, "text_changed"),
    ]
    assert texts(spaces) == ["甲 乙，丙 丁。", "没有改动。", "戊 己  庚"]
    said = spaces("run", "recipe.yaml", "--decisions", path)
    assert "decisions: 1 applied, 6 no longer fit" in said
    assert "tidy pages.jsonl:0" in said


def test_text_that_moved_is_not_touched(spaces):
    decisions = edits(spaces)
    write(spaces, ["子" + ROWS[0], ROWS[1], ROWS[2]])
    summary = spaces.run("recipe.yaml", "--decisions", decide(spaces, decisions))
    assert summary["decisions"]["applied"] == 0
    assert len(summary["decisions"]["unfit"]) == len(decisions)
    assert texts(spaces)[0] == "子甲 乙，丙 丁。"


def test_a_decision_that_overlaps_another_edit_is_not_applied(spaces):
    one = edits(spaces)[0]
    wide = one | {"begin": one["begin"] - 3, "before": "甲  ", "after": "乾", "verdict": "accept"}
    wide["end"] = one["end"]
    summary = spaces.run("recipe.yaml", "--decisions", decide(spaces, [wide]))
    assert [one["reason"] for one in summary["decisions"]["unfit"]] == ["overlaps"]
    assert texts(spaces)[0] == "甲 乙，丙 丁。"


def test_an_insertion_never_splits_a_character(spaces):
    one = edits(spaces)[0] | {"before": "", "after": "x", "verdict": "accept"}
    places = [0, 1, 2, 3]
    path = decide(spaces, [one | {"begin": at, "end": at} for at in places])
    summary = spaces.run("recipe.yaml", "--decisions", path)
    reasons = [(one["number"], one["reason"]) for one in summary["decisions"]["unfit"]]
    assert reasons == [(1, "text_changed"), (2, "text_changed")]
    assert texts(spaces)[0] == "x甲x 乙，丙 丁。"


def test_decisions_are_part_of_what_a_version_is_made_from(spaces):
    plain = spaces("dataset", "show", "spaces")
    spaces.run("recipe.yaml", "--decisions", decide(spaces, edits(spaces)[:1]))
    hashed = hashlib.sha256((spaces.folder / "decisions.json").read_bytes()).hexdigest()
    assert "decisions" not in plain
    assert f"decisions: sha256 {hashed[:16]}" in spaces("dataset", "show", "spaces")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "nonsense",
        '{"siku_decisions": 2, "decisions": []}',
        '{"siku_decisions": 1, "decisions": [{"step": 1}]}',
        '{"siku_decisions": 1, "decisions": [7]}',
    ],
)
def test_a_file_of_something_else_is_refused(spaces, text):
    (spaces.folder / "d.json").write_text(text, encoding="utf-8")
    done = spaces.try_("run", "recipe.yaml", "--decisions", "d.json")
    assert done.returncode != 0
    assert "decision" in done.stderr.decode()


def without(one, member):
    return {name: value for name, value in one.items() if name != member}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: without(one, "step"), "a decision lacks a member: step"),
        (lambda one: without(one, "source"), "a decision lacks a member: source"),
        (lambda one: one | {"end": "3"}, "a member of a decision is of another type: end"),
        (lambda one: one | {"begin": 9, "end": 3}, "a decision ends before it begins: 9 > 3"),
        (lambda one: one | {"verdict": "maybe"}, "a decision has an unknown verdict: maybe"),
        (lambda one: 7, "a decision is no object: number"),
    ],
)
def test_a_wrong_decision_is_said_with_its_place(spaces, change, said):
    one = edits(spaces)[0]
    done = spaces.try_("run", "recipe.yaml", "--decisions", decide(spaces, [change(one)]))
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "decisions[0]" in done.stderr.decode()
    assert "json.exception" not in done.stderr.decode()


def test_decisions_of_another_recipe_are_refused(spaces):
    path = decide(spaces, edits(spaces)[:1], recipe="other")
    done = spaces.try_("run", "recipe.yaml", "--decisions", path)
    assert done.returncode == 2
    assert "the decisions are of another recipe: other" in done.stderr.decode()


def test_a_page_that_cannot_be_written_is_named_as_given(spaces):
    done = spaces.try_("report", "--html", "/nonexist/x.html")
    assert done.returncode != 0
    assert "/nonexist/x.html:" in done.stderr.decode()


def test_a_place_decided_twice_is_refused(spaces):
    one = edits(spaces)[0]
    done = spaces.try_("run", "recipe.yaml", "--decisions", decide(spaces, [one, one]))
    assert done.returncode != 0
    assert "decided twice" in done.stderr.decode()


def test_threads_and_splits_change_nothing(siku):
    for i in range(9):
        (siku.folder / f"p{i}.jsonl").write_text(
            "".join(json.dumps({"text": f"{i}  {j}  终"}) + "\n" for j in range(50)), "utf-8"
        )
    (siku.folder / "recipe.yaml").write_text(
        RECIPE.replace("pages.jsonl", '"p*.jsonl"'), encoding="utf-8"
    )
    siku.run("recipe.yaml", "--threads", 1)
    decisions = [one for i, one in enumerate(edits(siku)) if i % 3 == 0]
    path = decide(siku, decisions)
    seen = []
    for options in (["--threads", 1, "--splits", 1], ["--threads", 2, "--splits", 7]):
        summary = siku.run("recipe.yaml", "--decisions", path, *options)
        seen.append((summary["outputs"][0]["version"], summary["decisions"]))
    assert seen[0] == seen[1]
    assert seen[0][1]["applied"] == len(decisions)


# What is not quite certain is proposed.
CAUTIOUS = ("first-light/recipe.yaml", "--set", "repaired.min_confidence=1.0")


@pytest.fixture
def cautious(siku):
    shutil.copytree(ROOT / "examples/first-light", siku.folder / "first-light")
    siku.summary = siku.run(*CAUTIOUS)
    return siku


def findings(siku, kind):
    """Proposals or flags of the newest report with their pages."""
    return [
        (page, item)
        for page in data_of(siku.report())["pages"]
        for item in page["parts"][0]["items"]
        if item["kind"] == kind
    ]


def entry(page, item, verdict, **more):
    one = {name: page[name] for name in ("input", "source", "position")}
    one |= {name: item[name] for name in ("begin", "end", "before")}
    return one | {"step": "repaired", "verdict": verdict} | more


def count(summary, what):
    return sum(summary["steps"][0]["counts"][what].values())


def test_a_flag_marked_as_seen_is_not_raised_again(cautious):
    page, item = findings(cautious, "flag")[0]
    one = entry(page, item, "reject", flag=item["flag"])
    summary = cautious.run(*CAUTIOUS, "--decisions", decide(cautious, [one], recipe="first-light"))
    assert summary["decisions"]["applied"] == 1
    assert count(summary, "flags") == count(cautious.summary, "flags") - 1
    assert summary["outputs"][0]["version"] == cautious.summary["outputs"][0]["version"]


def test_proposals_are_applied_or_not_raised_again(cautious):
    found = findings(cautious, "proposal")
    assert len(found) > 100
    decisions = [
        entry(page, item, ("accept", "reject")[i % 2], rule=item["rule"], after=item["after"])
        for i, (page, item) in enumerate(found)
    ]
    path = decide(cautious, decisions, recipe="first-light")
    summary = cautious.run(*CAUTIOUS, "--decisions", path)
    unfit = summary["decisions"]["unfit"]
    assert {one["reason"] for one in unfit} <= {"overlaps"}
    assert summary["decisions"]["applied"] == len(decisions) - len(unfit)
    accepted = sum(i % 2 == 0 for i in range(len(found))) - len(unfit)
    assert count(summary, "edits") == count(cautious.summary, "edits") + accepted
    # Nothing that was decided is open.
    still = {(p["source"], p["position"], i["begin"]) for p, i in findings(cautious, "proposal")}
    numbers = {one["number"] for one in unfit}
    for number, (page, item) in enumerate(found):
        if number not in numbers:
            assert (page["source"], page["position"], item["begin"]) not in still
    # The ledger still leads back to every byte.
    cautious("undo", "last", "--to", "undone")
    for page in (cautious.folder / "first-light/pages").iterdir():
        undone = next((cautious.folder / "undone").rglob(page.name))
        assert undone.read_bytes() == page.read_bytes()


def test_another_reading_is_chosen_by_its_number(cautious, open_page):
    pages = data_of(cautious.report())["pages"]
    number, item = next(
        (number, item)
        for number, page in enumerate(pages, 1)
        for item in page["parts"][0]["items"]
        if item.get("alternatives")
    )
    page = open_page(cautious.folder / "report.html", f"#lang=en&page={number}")
    page.evaluate(f"focusItem(DATA.pages[{number - 1}].items.find((one) => one.alternatives))")
    page.keyboard.press("1")
    (one,) = json.loads(page.evaluate("decisionFile()"))["decisions"]
    assert (one["verdict"], one["after"]) == ("alternative", item["alternatives"][0])
    path = decide(cautious, [one], recipe="first-light")
    summary = cautious.run(*CAUTIOUS, "--decisions", path)
    assert summary["decisions"]["applied"] == 1
    ledger = cautious("edits", "last", "--format", "jsonl").splitlines()
    (edit,) = [edit for edit in map(json.loads, ledger) if edit["rule"].endswith(":decided")]
    assert (edit["before"], edit["after"]) == (item["before"], one["after"])
    assert edit["confidence"] == 1.0


def test_other_engines_and_resumed_runs_take_them_too(spaces):
    path = decide(spaces, edits(spaces)[:1])
    planned = json.loads(spaces("run", "recipe.yaml", "--decisions", path, "--plan"))
    path.unlink()
    spaces("task", planned["run"], 0, 0)
    summary = json.loads(spaces("run", "--resume", planned["run"], "--json"))
    assert summary["decisions"]["applied"] == 1
    assert texts(spaces)[0] == "甲  乙，丙 丁。"


def test_from_the_keyboard_to_the_next_run(cautious, open_page):
    """Search, accept, reject, export; the run is as decided; the page takes the file back."""
    siku = cautious
    before = texts(siku, "first-light")
    page = open_page(siku.report(), "#lang=en", accept_downloads=True, reduced_motion="reduce")
    page.keyboard.press("n")
    page.keyboard.press("a")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name.endswith("accepted")
    accepted = page.evaluate(
        "({page: chosen.page.source, before: chosen.before, after: chosen.after})"
    )
    assert accepted["before"] in page.evaluate("chosen.elements[0].textContent")
    page.keyboard.press("/")
    page.keyboard.type(accepted["page"].split("/")[-1])
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("r")
    assert page.evaluate("PLACES.filter((one) => verdictOf(one) !== undefined).length") == 2
    page.locator("#export").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    # What to do with it is said at once.
    said = page.locator("#exported").inner_text()
    assert f"siku run RECIPE.yaml --decisions {download.value.suggested_filename}" in said
    assert "1 accepted" in said and "1 rejected or seen" in said
    page.keyboard.press("Escape")
    path = siku.folder / "decisions.json"
    download.value.save_as(path)
    file = json.loads(path.read_text("utf-8"))
    assert [one["verdict"] for one in file["decisions"]].count("accept") == 1
    assert file["siku_decisions"] == 1 and file["recipe"] == "first-light"

    page.reload()
    assert page.evaluate("decisions.size") == len(file["decisions"]), "the browser keeps them"

    summary = siku.run(*CAUTIOUS, "--decisions", path)
    assert (
        summary["decisions"]["applied"] == len(file["decisions"])
        and summary["decisions"]["unfit"] == []
    )
    after = texts(siku, "first-light")
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) == 1
    old, new = changed[0]
    assert new.count(accepted["after"]) == old.count(accepted["after"]) + 1
    proposed = [sum(one["counts"]["proposed"].values()) for one in summary["steps"]]
    assert sum(proposed) == page.evaluate("total('proposed')") - len(file["decisions"]) + sum(
        "flag" in one for one in file["decisions"]
    )

    again = open_page(siku.report(), "#lang=en")
    assert again.locator("#overview").is_visible()
    assert "decided by a person" in again.locator("#kinds").inner_text()
    with again.expect_file_chooser() as chooser:
        again.locator("#import").click()
    chooser.value.set_files(path)
    again.locator("#bar-note", has_text=f"{len(file['decisions'])} decisions read").wait_for()
