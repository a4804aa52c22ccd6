"""Quality of a version: six dimensions, the score of its metadata, the rows behind findings."""

import datetime
import json
import random
from collections import Counter

import pyarrow
import pyarrow.parquet
import pytest
from server import running

RECIPE = """\
siku: 1
name: people
inputs: {rows: people.parquet}
steps: []
outputs: {people: rows}
"""
ADDRESS = "/datasets/people/versions/1/quality"
SECRET = "秘密-7731"
RULES = {
    "columns": {
        "性别": {"values": ["男", "女"]},
        "姓名": {"required": True},
        "证件": {"required": True},
        "备注": {"kind": "text"},
    },
    "keys": [["编号"], ["姓名", "证件"]],
    "equal": [["姓名", "户名"]],
    "ordered": [["开始", "结束"]],
    "determines": [["区划代码", "区名"]],
    "time": "开始",
}


def identity(chance):
    """By GB 11643, its check character from the sum of weights 2^i modulo 11."""
    body = f"4403{chance.randrange(1, 12):02d}{chance.randrange(1950, 2006)}"
    body += (
        f"{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}{chance.randrange(1000):03d}"
    )
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + str((12 - total % 11) % 11).replace("10", "X")


def credit(chance):
    """By GB 32100, its check character from the sum of weights 3^i modulo 31."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "91440300" + "".join(chance.choice(letters) for _ in range(9))
    total = sum(letters.index(one) * pow(3, place, 31) for place, one in enumerate(body))
    return body + letters[(31 - total) % 31]


def wrong(code):
    """With another last character."""
    return code[:-1] + ("1" if code[-1] != "1" else "2")


def people():
    chance = random.Random(36344)
    rows = []
    for i in range(400):
        region = f"4403{i % 5 + 3:02d}"
        day = datetime.date(2024, 1, 1) + datetime.timedelta(chance.randrange(300))
        name = f"张{i}"
        rows.append(
            {
                "编号": f"P{i:05d}",
                "姓名": name,
                "户名": name,
                "证件": identity(chance),
                "信用代码": credit(chance),
                "电话": f"13{chance.randrange(10**9):09d}",
                "区划代码": region,
                "区名": f"区{region}",
                "性别": chance.choice("男女"),
                "登记日": f"{day:%Y-%m-%d}",
                "开始": day,
                "结束": day + datetime.timedelta(chance.randrange(50)),
                "金额": chance.random(),
                "备注": "一切正常",
                "密": f"{SECRET}-{i}",
            }
        )
    for i, change in {
        3: {"证件": wrong(rows[3]["证件"])},
        7: {"证件": rows[7]["证件"][:17]},
        9: {"信用代码": wrong(rows[9]["信用代码"])},
        11: {"电话": "１３８００１３８０００"},
        13: {"电话": "12345678901"},
        17: {"姓名": None, "户名": "无"},
        19: {"姓名": "—"},
        23: {"户名": "李四"},
        29: {"区名": "别的区"},
        31: {"性别": "未知"},
        37: {"登记日": "2024/2/3"},
        41: {"登记日": "2024年2月3日"},
        43: {"登记日": "2024-02-30"},
        47: {"结束": datetime.date(2020, 1, 1)},
        53: {"金额": None},
        59: {"备注": "乱码\ufffd"},
        61: {"备注": " 空白"},
        67: {"编号": "P00001"},
        71: {"区划代码": "990000", "区名": "无"},
        73: {"开始": datetime.date(2023, 12, 31)},
    }.items():
        rows[i].update(change)
    rows[100] = dict(rows[99])
    rows[200] = dict(rows[99])
    return rows


@pytest.fixture(scope="module")
def site(folder_with_a_run, tmp_path_factory):
    rows = people()
    with running(folder_with_a_run, tmp_path_factory.mktemp("quality")) as server:
        pyarrow.parquet.write_table(
            pyarrow.Table.from_pylist(rows), server.folder / "people.parquet"
        )
        (server.folder / "people.yaml").write_text(RECIPE, "utf-8")
        made = server.command("run", "people.yaml", "--json")
        assert made.returncode == 0, made.stderr
        server.lin = server.staff("lin", "publisher")
        fields = {"organisation": "jtj", "update_cycle": "daily", "quality": RULES}
        period = {"temporal": {"start": "2024", "end": "2024-12-31"}}
        server.lin.post("/datasets", {"name": "people", "title": "人口", **fields, **period})
        server.lin.post("/datasets/people/versions", {"source": "people@1"})
        # Kept before the rule: what is there already must not be served either.
        assert (
            SECRET
            in server.anybody()
            .call("GET", ADDRESS + "/rows", params={"finding": "form/登记日"})
            .text
        )
        rule = {"columns": ["密"]}
        server.lin.call("PUT", "/datasets/people/withheld", json=rule).raise_for_status()
        server.rows = rows
        yield server


def metrics(told):
    return {one["id"]: one for part in told["dimensions"] for one in part["metrics"]}


def found(client, finding, **more):
    page = client.get_json(ADDRESS + "/rows", finding=finding, **more)
    assert len(page["rows"]) == len(page["numbers"])
    return page


def test_measures_are_what_python_counts(site):
    told = site.anybody().get_json(ADDRESS)
    of = metrics(told)
    count = len(site.rows)
    assert told["rows"] == count and told["standard"] == "GB/T 36344-2018"
    gone = {100, 200}  # the same as row 99
    different = count - len(gone)

    def is_(id, numerator, denominator, rows):
        one = of[id]
        assert (one["numerator"], one["denominator"]) == (numerator, denominator), id
        assert one["value"] == pytest.approx(numerator / denominator), id
        assert one["rows"] == bool(rows), id
        if rows:
            page = found(site.anybody(), id)
            assert (page["total"], page["numbers"]) == (len(rows), sorted(rows)), id

    is_("format/证件", count - 2, count, {3, 7})
    is_("format/信用代码", count - 1, count, {9})
    is_("format/电话", count - 2, count, {11, 13})
    is_("format/登记日", count - 1, count, {43})
    is_("format/区划代码", count - 1, count, {71})
    is_("form/登记日", count - 2, count, {37, 41})
    is_("characters/电话", count - 1, count, {11})
    is_("characters/备注", count - 2, count, {59, 61})
    is_("elements/姓名", count - 2, count, {17, 19})
    is_("elements/金额", count - 1, count, {53})
    is_("elements/编号", count, count, set())
    is_("records", count - 2, count, {17, 19})
    is_("values/性别", count - 1, count, {31})
    is_("rows_unique", different, count, gone)
    is_("keys_unique/0", different - 1, count, {67, *gone})
    is_("keys_unique/1", different - 2, count, {17, 19, *gone})
    is_("equal/0", count - 2, count, {19, 23})
    is_("determines/0", count - 2, count - 1, {29})
    is_("ordered/0", count - 1, count, {47})
    is_("period", count - 1, count, {73})
    assert of["format/证件"]["kind"] == "identity" and of["format/证件"]["inferred"]
    assert "format/备注" not in of and "format/姓名" not in of


def test_dimensions_are_no_means_and_accuracy_needs_a_reference(site):
    told = site.anybody().get_json(ADDRESS)
    names = [part["name"] for part in told["dimensions"]]
    assert names == [
        "standardness",
        "completeness",
        "accuracy",
        "consistency",
        "timeliness",
        "accessibility",
    ]
    for part in told["dimensions"]:
        values = [one["value"] for one in part["metrics"] if one["value"] is not None]
        assert part["value"] == (min(values) if values else None)
        assert all(one["title"]["zh"] and one["formula"]["en"] for one in part["metrics"])
    accuracy = told["dimensions"][2]
    assert accuracy["value"] is None
    assert [one["reason"] for one in accuracy["metrics"]] == ["no_reference"]
    of = metrics(told)
    # Published today, once a day.
    assert (of["currency"]["numerator"], of["currency"]["denominator"]) == (1, 1)
    assert (of["open_columns"]["numerator"], of["open_columns"]["denominator"]) == (14, 15)
    assert told["day"] == f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"


def test_findings_have_nothing_that_is_withheld(site):
    anybody = site.anybody()
    told = anybody.call("GET", ADDRESS)
    assert told.json()["hidden"] == ["密"]
    assert SECRET not in told.text and "elements/密" not in told.text
    assert (
        anybody.call("GET", ADDRESS + "/rows", params={"finding": "elements/密"}).status_code == 404
    )
    for finding in ("form/登记日", "rows_unique", "keys_unique/0", "records"):
        page = anybody.call("GET", ADDRESS + "/rows", params={"finding": finding})
        assert page.ok and SECRET not in page.text and page.json()["hidden"] == ["密"]
        assert "密" not in [one["name"] for one in page.json()["columns"]]
    # Rules that name it are not assessed; nothing tells whether its values differ.
    for rules in (
        {"keys": [["密"]]},
        {"equal": [["密", "姓名"]]},
        {"columns": {"密": {"values": [SECRET]}}},
    ):
        site.lin.call("PATCH", "/datasets/people", json={"quality": rules}).raise_for_status()
        of = metrics(anybody.get_json(ADDRESS))
        assert all(one["value"] is None for one in of.values() if "密" in one["columns"])
        assert metrics(site.lin.get_json(ADDRESS))["elements/密"]["value"] == 1
    site.lin.call("PATCH", "/datasets/people", json={"quality": RULES}).raise_for_status()


def test_rows_of_a_finding_come_in_pages_with_their_numbers(site):
    page = found(site.anybody(), "keys_unique/1", offset=1, limit=2)
    assert (page["total"], page["numbers"], page["offset"]) == (4, [19, 100], 1)
    names = [one["name"] for one in page["columns"]]
    shown = [dict(zip(names, row, strict=True)) for row in page["rows"]]
    for number, row in zip(page["numbers"], shown, strict=True):
        for column in ("编号", "姓名", "证件", "金额"):
            assert row[column] == site.rows[number][column]
    assert found(site.anybody(), "records", offset=99)["rows"] == []
    for finding in ("", "reference", "open_columns", "keys_unique/9", "elements/nope", "../x"):
        answer = site.anybody().call("GET", ADDRESS + "/rows", params={"finding": finding})
        assert answer.status_code == 404, finding


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ([], "quality"),
        ({"nope": 1}, "quality"),
        ({"keys": [[]]}, "quality.keys"),
        ({"equal": [["a"]]}, "quality.equal"),
        ({"columns": {"a": {"kind": "nope"}}}, "quality.columns.a.kind"),
        ({"columns": {"a": {"values": ["x"] * 1001}}}, "quality.columns.a.values"),
        ({"keys": [["a"]] * 5}, "quality.keys"),
    ],
)
def test_rules_that_are_none_are_refused(site, rules, place):
    answer = site.lin.call("PATCH", "/datasets/people", json={"quality": rules})
    assert answer.status_code in (400, 413, 422, 429) and answer.json()["error"]["place"] == place


def test_the_score_of_metadata_adds_up(site):
    score = site.anybody().get_json(ADDRESS)["metadata"]
    most = {part["name"]: part["most"] for part in score["dimensions"]}
    assert most == {
        "findability": 100,
        "accessibility": 100,
        "interoperability": 110,
        "reusability": 75,
        "contextuality": 20,
    }
    items = {one["name"]: one for part in score["dimensions"] for one in part["items"]}
    assert score["most"] == 405 and score["points"] == sum(one["points"] for one in items.values())
    assert Counter(one["state"] for one in items.values())["not_assessed"] == 1
    assert items["dcat"]["reason"] == "no_dcat" and score["reachable"] == 375
    # temporal; served in three formats; access rights, publisher; size, issued, modified.
    assert score["points"] == 20 + 100 + 80 + 25 + 15 and score["rating"] == "good"
    more = {"keywords": ["人口"], "themes": ["民政"], "spatial": "深圳", "licence": "CC-BY-4.0"}
    more |= {"contacts": [{"name": "科"}], "conditions": "署名"}
    site.lin.call("PATCH", "/datasets/people", json=more).raise_for_status()
    better = site.anybody().get_json(ADDRESS)["metadata"]
    assert (better["points"], better["rating"]) == (375, "excellent")


def test_accuracy_is_by_a_reference_that_the_asker_may_read(site):
    right = [dict(row) for row in site.rows if row["编号"] not in ("P00005", "P00001")]
    right[10]["金额"], right[20]["区名"] = 7.5, "真名"
    numbers = [right[i]["编号"] for i in (10, 20)]
    places = [[row["编号"] for row in site.rows].index(number) for number in numbers]
    table = pyarrow.Table.from_pylist(right).drop_columns(["信用代码"])
    pyarrow.parquet.write_table(table, site.folder / "people.parquet")
    assert site.command("run", "people.yaml", "--json").returncode == 0
    fields = {"organisation": "jtj", "title": "登记簿"}
    site.lin.post("/datasets", {"name": "register", **fields})
    site.lin.post("/datasets/register/versions", {"source": "people@2"})
    site.lin.post("/datasets", {"name": "closed-register", "class": "conditional", **fields})
    site.lin.post("/datasets/closed-register/versions", {"source": "people@2"})
    asked = {"reference": "register@1", "key": "编号"}
    of = metrics(site.anybody().get_json(ADDRESS, **asked))
    # P00001 is in the table twice and P00005 once; row 99 is there three times.
    compared = len(site.rows) - 3
    for column, place in {"金额": places[0], "区名": places[1]}.items():
        one = of[f"reference/{column}"]
        assert (one["numerator"], one["denominator"]) == (compared - 1, compared)
        page = found(site.anybody(), f"reference/{column}", **asked)
        assert (page["total"], page["numbers"]) == (1, [place])
    assert of["reference/姓名"]["value"] == 1 and "reference/信用代码" not in of
    assert not [id for id in of if id.startswith("reference") and "密" in id]
    # The publisher's own word for it; who may not read the reference learns nothing.
    named = {"dataset": "closed-register", "key": ["编号"]}
    rules = {**RULES, "reference": named}
    site.lin.call("PATCH", "/datasets/people", json={"quality": rules}).raise_for_status()
    accuracy = site.anybody().get_json(ADDRESS)["dimensions"][2]
    assert [one["reason"] for one in accuracy["metrics"]] == ["reference_unreadable"]
    assert metrics(site.lin.get_json(ADDRESS))["reference/金额"]["numerator"] == compared - 1
    site.lin.call("PATCH", "/datasets/people", json={"quality": RULES}).raise_for_status()
    for bad, status in (
        ({"reference": "register@1"}, 400),
        ({"reference": "nope", "key": "编号"}, 404),
        ({"reference": "closed-register", "key": "编号"}, 403),
    ):
        assert site.anybody().call("GET", ADDRESS, params=bad).status_code == status
    of = metrics(site.anybody().get_json(ADDRESS, reference="register", key="信用代码"))
    assert of["reference"]["reason"] == "no_column"


def test_who_may_not_read_rows_has_no_findings(site):
    fields = {"name": "hidden", "organisation": "jtj", "title": "不开放", "class": "conditional"}
    site.lin.post("/datasets", fields)
    site.lin.post("/datasets/hidden/versions", {"source": "people@1"})
    for address in ("/quality", "/quality/rows?finding=records"):
        answer = site.anybody().call("GET", "/datasets/hidden/versions/1" + address)
        assert answer.status_code == 403
    of = metrics(site.lin.get_json("/datasets/hidden/versions/1/quality"))
    assert (of["open_columns"]["numerator"], of["open_columns"]["denominator"]) == (0, 15)
    assert json.dumps(of)
