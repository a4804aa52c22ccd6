"""What the preview shows of the repairs of texts, and to whom."""

import json

import pytest

ROWS = [
    {"id": 0, "text": "交通局&nbsp;發布\u200b公告", "note": "甲\u200b乙"},
    {"id": 1, "text": "没有问题的一行", "note": "丙"},
    {"id": 2, "text": "联系 li@example.org&nbsp;或 wang@example.org，见&lt;附件&gt;", "note": "丁"},
    {"id": 3, "text": "&quot;引文&quot;😀&amp;其他", "note": "戊"},
]
RECIPE = """\
siku: 1
name: pages
inputs:
  rows: pages.jsonl
steps:
  clean: {use: refine.text.clean_residue, from: rows}
  notes: {use: refine.text.clean_residue, from: clean, with: {column: note}}
  hide: {use: refine.text.clean_email, from: notes}
  script: {use: refine.text.convert_script, from: hide}
outputs:
  pages: script
"""
REPAIRS = "/datasets/pages/versions/newest/repairs"


@pytest.fixture
def pages(server):
    with open(server.folder / "pages.jsonl", "w", encoding="utf-8") as file:
        for row in ROWS:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    (server.folder / "pages.yaml").write_text(RECIPE, "utf-8")
    made = server.command("run", "pages.yaml")
    assert made.returncode == 0, made.stderr
    server.lin = server.staff("lin", "publisher")
    server.lin.post("/datasets", {"name": "pages", "organisation": "jtj", "title": "网页"})
    server.lin.post("/datasets/pages/versions", {"source": "pages@1"})
    return server


def rows(client):
    page = client.get_json("/datasets/pages/versions/newest/rows")
    names = [column["name"] for column in page["columns"]]
    return [dict(zip(names, row, strict=True)) for row in page["rows"]]


def repairs(client, **parameters):
    """By (row, column)."""
    told = client.get_json(REPAIRS, **parameters)
    assert told["complete"]
    return {
        (row["row"], text["column"]): text["repairs"]
        for row in told["rows"]
        for text in row["texts"]
    }


def undone(text, given):
    for one in reversed(given):
        text = text[: one["begin"]] + one["before"] + text[one["end"] :]
    return text


def test_the_staff_goes_back_to_every_character_that_was_read(pages):
    told = repairs(pages.lin)
    for i, row in enumerate(rows(pages.lin)):
        for column in ("text", "note"):
            assert undone(row[column], told.get((i, column), [])) == ROWS[i][column]
    assert (1, "text") not in told
    steps = {rule["step"] for one in told[(0, "text")] for rule in one["rules"]}
    assert steps == {"clean", "script"}


def test_readers_see_repairs_and_not_what_was_taken_out(pages):
    anybody = pages.anybody()
    told = repairs(anybody)
    shown = rows(anybody)
    for i in (0, 1, 3):
        assert undone(shown[i]["text"], told.get((i, "text"), [])) == ROWS[i]["text"]
    text = pages.anybody().call("GET", REPAIRS).text
    assert "example.org" not in text and "@" not in text
    assert "example.org" in pages.lin.call("GET", REPAIRS).text
    assert any(one["before"] == "&lt;" for one in told[(2, "text")])


def test_repairs_of_single_rows_stand_at_their_places(pages):
    whole = repairs(pages.lin)
    for i in range(len(ROWS)):
        one = repairs(pages.lin, offset=i, limit=1)
        assert one == {place: given for place, given in whole.items() if place[0] == i}
    assert repairs(pages.lin, offset=4) == {}


def test_what_is_kept_back_shows_in_no_repair(pages):
    pages.lin.call("PUT", "/datasets/pages/withheld", json={"columns": ["note"]}).raise_for_status()
    assert {column for _, column in repairs(pages.anybody())} == {"text"}
    rule = {"who": "everybody", "rows": [{"field": "id", "op": "ne", "value": 0}]}
    pages.lin.call("PUT", "/datasets/pages/access", json={"rules": [rule]}).raise_for_status()
    refused = pages.anybody().call("GET", REPAIRS)
    assert refused.status_code == 403 and "公告" not in refused.text


def test_texts_that_a_step_masks_have_no_repairs_that_spell_them(server):
    recipe = RECIPE.replace("clean_email", "mask_identifiers").replace(
        "name: pages", "name: masked"
    )
    recipe = recipe.replace("  pages: script", "  masked: script")
    with open(server.folder / "pages.jsonl", "w", encoding="utf-8") as file:
        file.write(json.dumps({"id": 0, "text": "電話&nbsp;13800138000", "note": ""}) + "\n")
    (server.folder / "masked.yaml").write_text(recipe, "utf-8")
    assert server.command("key", "new", "owner.key").returncode == 0
    made = server.command("run", "masked.yaml", "--seal-key", "owner.key")
    assert made.returncode == 0, made.stderr
    lin = server.staff("lin", "publisher")
    lin.post("/datasets", {"name": "masked", "organisation": "jtj", "title": "遮盖"})
    lin.post("/datasets/masked/versions", {"source": "masked@1"})
    told = lin.get_json("/datasets/masked/versions/1/repairs")
    found = [one for row in told["rows"] for text in row["texts"] for one in text["repairs"]]
    assert [one["before"] for one in found] == ["電話"]


def test_a_version_that_no_run_made_has_none(pages):
    (pages.folder / "a.csv").write_text("名称,数量\n甲,1\n", "utf-8")
    made = pages.command("dataset", "import", "a.csv", "--dataset", "jtj/imported")
    assert made.returncode == 0, made.stderr
    told = pages.lin.get_json("/datasets/imported/versions/1/repairs")
    assert told == {"rows": [], "complete": True}
