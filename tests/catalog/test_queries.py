"""Rows filtered and sorted, SQL, statistics: right, and no more than who asks may read."""

import json
import statistics
import time
from itertools import pairwise

import pytest
from queries import OPEN, STOPS, rows, sql, table
from server import ROWS, SECRET


@pytest.fixture
def server(queried):
    return queried


def test_sql_answers_what_python_does(server):
    answer = sql(
        server.anybody(),
        "SELECT district AS 区, count(*) AS c, sum(n) AS s, avg(n) AS a FROM rows GROUP BY ALL",
    )
    numbers = [row["n"] for row in ROWS]
    expected = {"区": "南山区", "c": 250, "s": sum(numbers), "a": statistics.mean(numbers)}
    assert table(answer) == [expected]
    types = [column["type"] for column in answer.json()["columns"]]
    assert types == ["text", "integer", "number", "number"]
    assert answer.json()["truncated"] is False and answer.json()["hidden"] == ["phone"]
    read = server.anybody().get_json(STOPS + "/sql", sql="SELECT name FROM rows LIMIT 2")
    assert read["rows"] == [["站点0"], ["站点1"]]


def test_sql_says_where_it_stopped(server):
    answer = sql(server.anybody(), "SELECT n FROM rows ORDER BY n DESC", limit=3)
    assert table(answer) == [{"n": 249}, {"n": 248}, {"n": 247}]
    assert answer.json()["truncated"] is True
    assert sql(server.anybody(), "SELECT 1", limit=10_001).status_code == 400
    empty = sql(server.anybody(), "SELECT n FROM rows WHERE n < 0")
    assert empty.json()["columns"] == [{"name": "n", "type": "integer"}]
    assert empty.json()["rows"] == []


def test_a_key_that_may_only_read_may_ask(server):
    client = server.anybody()
    client.headers["Authorization"] = server.key
    assert table(sql(client, "SELECT count(*) AS c FROM rows")) == [{"c": 250}]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("SELECT 站,\n  nope FROM rows", "1:8", "站"),
        ("SELECT id,\n  nope FROM rows", "2:3", "nope"),
        ("SELEC 1", "1:1", "syntax error"),
        ("SELECT sum(id) FROM rows", "1:8", "sum"),
        ("SELECT name::INTEGER FROM rows", "", "Could not convert"),
        ("SELECT phone FROM rows", "1:8", "phone"),
    ],
)
def test_what_is_wrong_with_sql_is_said_with_its_place(server, text, place, says):
    answer = sql(server.anybody(), text)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "invalid")
    assert says in error["value"] and (error["place"] == place or not place)


def test_filters_and_sorting_give_what_python_gives(server):
    anybody = server.anybody()
    total, page = rows(anybody, [("n", "ge", 100), ("n", "lt", "103")], sort="-n")
    assert (total, page) == (3, [OPEN[102], OPEN[101], OPEN[100]])
    total, page = rows(anybody, [("name", "contains", "点24")], limit=2, offset=1)
    assert (total, page) == (11, [OPEN[240], OPEN[241]])
    assert rows(anybody, [("name", "in", ["站点3", "站点5"])])[1] == [OPEN[3], OPEN[5]]
    assert rows(anybody, [("id", "null", None)]) == (0, [])
    assert rows(anybody, [("name", "starts", "站点9"), ("id", "ne", "001")]) == (0, [])
    # Rows that are equal stay in their order; places are those in the version.
    page = anybody.get_json(STOPS + "/rows", sort=["district", "-n"], limit=2, offset=1)
    assert page["numbers"] == [248, 247] and page["offset"] == 1
    assert anybody.get_json(STOPS + "/rows", sort="district", limit=2)["numbers"] == [0, 1]
    # Text that would be SQL is text.
    assert rows(anybody, [("name", "eq", "' OR 1=1 --")]) == (0, [])


@pytest.mark.parametrize(
    ("filters", "sort", "place"),
    [
        ([("phone", "eq", SECRET)], [], "filter"),
        ([('n" OR 1=1 --', "eq", 1)], [], "filter"),
        ([("n", "like", 1)], [], "filter"),
        ([("n", "ge", "many")], [], "filter"),
        ([("n", "eq", None)], [], "filter"),
        ([("n", "in", [1] * 101)], [], "filter"),
        ([], ["phone"], "sort"),
        ([], ["_siku_source"], "sort"),
        ([], ["n; DROP VIEW rows"], "sort"),
    ],
)
def test_filters_that_make_no_sense_are_refused(server, filters, sort, place):
    given = [json.dumps({"field": f, "op": op, "value": v}) for f, op, v in filters]
    answer = server.anybody().call("GET", STOPS + "/rows", params={"filter": given, "sort": sort})
    assert (answer.status_code, answer.json()["error"]["place"]) == (400, place), answer.text


def test_values_are_the_same_whichever_way_they_are_read(server):
    anybody, address = server.anybody(), "/datasets/kinds/versions/1"
    plain = anybody.get_json(address + "/rows")
    sorted_ = anybody.get_json(address + "/rows", sort="row")
    assert sorted_["columns"] == plain["columns"] and plain["total"] == 4
    assert sorted_["rows"] == plain["rows"]
    one = json.dumps({"field": 'odd "name"', "op": "eq", "value": "'; DROP VIEW rows --"})
    assert anybody.get_json(address + "/rows", filter=one)["rows"] == plain["rows"][:1]
    asked = sql(anybody, 'SELECT "row", large, unsigned, text, "list", flag FROM rows', address)
    names = [column["name"] for column in plain["columns"]]
    for column in asked.json()["columns"]:
        place, at = names.index(column["name"]), asked.json()["columns"].index(column)
        assert [row[at] for row in asked.json()["rows"]] == [row[place] for row in plain["rows"]]
    # Columns can be filtered and sorted by, whatever their types.
    all_of = [(name, "not_null", None) for name in names]
    assert rows(anybody, all_of, address, sort=names)[0] == 3
    twins = anybody.get_json(address + "/rows", sort="TWIN", limit=1)
    assert twins["numbers"] == [3] and twins["rows"] == plain["rows"][3:]
    assert rows(anybody, [("TWIN", "eq", 4)], address)[1][0]["row"] == 0
    told = anybody.get_json(address + "/statistics")
    assert [column["name"] for column in told["columns"]] == names and told["complete"]
    of = {column["name"]: column["statistics"] for column in told["columns"]}
    assert (of["large"]["min"], of["large"]["max"]) == (-(2**63), 2**63 - 1)
    assert (of["day"]["min"], of["day"]["max"]) == ("0001-01-01", "9999-12-31")
    assert of["real"]["max"] == 1e300 and of["price"]["min"] == -12.34
    assert of["list"]["nulls"] == 1 and of["list"]["distinct"] is None


def test_statistics_are_what_python_counts(server):
    told = server.anybody().get_json(STOPS + "/statistics")
    of = {column["name"]: column["statistics"] for column in told["columns"]}
    assert "phone" not in of and told["hidden"] == ["phone"] and told["rows"] == 250
    numbers = [row["n"] for row in ROWS]
    n = of["n"]
    assert (n["rows"], n["nulls"], n["distinct"], n["min"], n["max"]) == (250, 0, 250, 0, 249)
    assert n["mean"] == pytest.approx(statistics.mean(numbers))
    assert n["deviation"] == pytest.approx(statistics.pstdev(numbers))
    assert n["quantiles"] == statistics.quantiles(numbers, method="inclusive")
    bars = n["histogram"]
    inner = [sum(a <= x < b for x in numbers) for a, b in pairwise(bars["edges"])]
    assert sum(bars["counts"]) == 250 and bars["counts"][:-1] == inner[:-1]
    assert of["district"]["top"] == [{"value": "南山区", "count": 250}]
    lengths = [len(row["name"]) for row in ROWS]
    assert of["name"]["lengths"]["mean"] == pytest.approx(statistics.mean(lengths))
    assert of["name"]["histogram"] == {"edges": [3, 4, 5, 6], "counts": [10, 90, 150]}
    assert of["name"]["min"] == min(row["name"] for row in ROWS)


def test_statistics_are_kept_by_version_and_by_what_may_be_read(server):
    for client, there in ((server.lin, True), (server.anybody(), False)):
        answer = client.call("GET", STOPS + "/statistics")
        assert answer.ok and (SECRET in answer.text) is there
        took = []
        for _ in range(5):
            began = time.monotonic()
            assert client.call("GET", STOPS + "/statistics").text == answer.text
            took.append(time.monotonic() - began)
        assert min(took) < 0.2  # no process answers that soon
    kept = [path.read_text("utf-8") for path in server.store.glob("exports/*.statistics.json")]
    assert {SECRET in text for text in kept} == {True, False}


ROUTES = [
    "/sql?sql=SELECT * FROM rows",
    "/rows?sort=n&limit=1000",
    '/rows?limit=1000&filter={"field":"n","op":"ge","value":0}',
    "/statistics",
]


@pytest.mark.parametrize("route", ROUTES)
def test_policy_is_that_of_plain_rows(server, route):
    anybody, key = server.anybody(), server.key
    for client, headers in ((anybody, {}), (anybody, {"Authorization": key})):
        for version in ("stops/versions/newest", "stops/versions/1", "twice/versions/1"):
            address = f"/datasets/{version}{route}"
            answer = client.call("GET", address, headers=headers)
            assert answer.ok and SECRET not in answer.text, answer.text
        for name, status in (("conditional", 403), ("closed", 404), ("none", 404)):
            for path in (route, "/rows"):
                address = f"/datasets/{name}/versions/newest{path}"
                assert client.call("GET", address, headers=headers).status_code == status
    assert SECRET in server.lin.call("GET", f"/datasets/closed/versions/1{route}").text


def test_what_is_asked_in_sql_is_on_record(server):
    text = "SELECT count(*) FROM rows WHERE name = '记录'"
    assert sql(server.lin, text).ok and sql(server.anybody(), text).ok
    entries = server.staff("he", "auditor").get_json("/audit", after=0, limit=1000)["entries"]
    asked = [one for one in entries if one["action"] == "rows.query"]
    mine = [one for one in asked if one["detail"]["sql"] == text]
    told = [(one["account"], one["object"], one["detail"]["ordinal"]) for one in mine]
    assert told == [("lin", "stops", 1), ("", "stops", 1)]
    assert server.command("audit", "verify").returncode == 0
