"""A hostile user: what rules keep back is in no answer, by whatever route he asks."""

import io

import pyarrow.parquet
import pytest
import requests
from access import (
    API,
    HIDDEN,
    NEXT,
    OF_ONE,
    OPEN,
    PAGES,
    PLACES,
    ROUTES,
    RULE,
    SECRET,
    ask,
    by_key,
    change,
    grant,
    restrict,
    rows_of,
    shown,
)
from queries import sql


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_rows_that_a_rule_keeps_back_are_in_no_answer(site, lin, route):
    # Asked before the rule: what was made then is not served afterwards.
    assert ask(site.anybody(), route).status_code in (200, 403)
    restrict(site, {**RULE, "columns": ["phone"]})
    for client in (site.anybody(), site.yu, by_key(site, site.yu)[0]):
        answer = ask(client, route)
        assert answer.status_code in (200, 403), answer.text
        assert SECRET.encode() not in shown(answer)
        assert HIDDEN.encode() not in shown(answer)
        assert b"139-" not in shown(answer)
    assert SECRET in lin.call("GET", PAGES + "/rows", params={"limit": 1000}).text


def test_the_other_rows_are_all_there_in_their_order_at_any_offset(site, lin):
    restrict(site, RULE)
    page, rows = rows_of(site.anybody(), limit=1000)
    assert rows == OPEN and page["total"] == len(OPEN) and page["partial"]
    for offset in (0, 1, 299, 319, 320, 5000):
        assert rows_of(site.anybody(), offset=offset, limit=7)[1] == OPEN[offset : offset + 7]
    filtered = site.anybody().get_json(
        PAGES + "/rows", filter='{"field": "district", "op": "eq", "value": "南山区"}', limit=3
    )
    assert filtered["total"] == sum(row["district"] == "南山区" for row in PLACES)
    # Places among the rows that are read: others would tell how many lie between.
    assert filtered["numbers"] == [0, 1, 2]
    counted = sql(site.anybody(), "SELECT count(*) FROM rows", PAGES).json()
    assert counted["rows"] == [[len(OPEN)]] and counted["partial"]
    assert site.anybody().get_json(PAGES + "/statistics")["rows"] == len(OPEN)
    assert not rows_of(lin, limit=1)[0]["partial"]


def test_downloads_have_the_other_rows_alone_and_footers_tell_of_no_other(site, lin):
    restrict(site, {**RULE, "columns": ["district"]})
    address = f"{site.url}{API}/versions/1/download"
    whole = requests.get(address, params={"format": "parquet"}, timeout=60)
    table = pyarrow.parquet.read_table(io.BytesIO(whole.content))
    expected = [{k: v for k, v in row.items() if k != "district"} for row in OPEN]
    assert table.to_pylist() == expected
    part = requests.get(
        address,
        params={"format": "parquet"},
        headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]},
        timeout=60,
    )
    assert part.status_code == 206 and part.content == whole.content[100:]
    staff = lin.call("GET", address, params={"format": "parquet"})
    assert staff.headers["ETag"] != whole.headers["ETag"]
    assert staff.headers["Cache-Control"] == "private"  # a proxy gives it to nobody else
    # Somebody else's ETag gives no range of somebody else's bytes.
    other = requests.get(
        address,
        params={"format": "parquet"},
        headers={"Range": "bytes=0-99", "If-Range": staff.headers["ETag"]},
        timeout=60,
    )
    assert other.status_code == 200 and other.content == whole.content
    # The digest of all rows would prove a guess of those that are kept back.
    content = lin.get_json("/datasets/places")["versions"][0]["content"]
    assert content[:32] not in whole.headers["ETag"]


def test_counts_and_digests_of_all_rows_are_not_told(site, lin):
    restrict(site, RULE)
    anybody = site.anybody()
    told = anybody.get_json("/datasets/places")
    assert (told["rows"], told["bytes"]) == (None, None)
    for version in told["versions"]:
        assert (version["rows"], version["bytes"], version["content"]) == (None, None, None)
    hit = anybody.get_json("/datasets", q="点位")["datasets"][0]
    assert (hit["rows"], hit["bytes"]) == (None, None)
    lineage = anybody.get_json(PAGES + "/lineage")
    assert (lineage["content"], lineage["files"], lineage["lineage"]) == (None, 0, {})
    assert lin.get_json("/datasets/places")["rows"] == len(NEXT)
    restrict(site)
    assert anybody.get_json("/datasets/places")["rows"] == len(NEXT)


def test_differences_count_what_may_be_read(site, lin):
    def told(client):
        rows = client.get_json("/datasets/places/differences", before=1, after=2)["rows"]
        return [rows[kind] for kind in ("added", "removed", "changed", "same")], rows["samples"]

    everything = told(lin)
    restrict(site, RULE)
    counts, samples = told(site.anybody())
    assert told(lin) == everything and sum(everything[0]) > sum(counts)
    # Rows are matched by their place in the file, so those behind the one that went are others.
    kept = {"before": [], "after": []}
    for sample in samples:
        for side, rows in kept.items():
            rows.append((sample[side] or {}).get("district"))
    assert HIDDEN not in kept["before"] + kept["after"]
    same = site.anybody().get_json("/datasets/places/differences", before=1, after=1)["rows"]
    assert (same["same"], same["samples"]) == (len(OPEN), [])


def test_rules_are_for_whom_they_name_and_the_strictest_holds(site, lin):
    key, key_id = by_key(site, site.yu)
    restrict(
        site,
        {"who": "role:reader", "rows": [{"field": "id", "op": "ge", "value": 100}]},
        {"who": "account:yu", "columns": ["phone"]},
        {"who": f"key:{key_id}", "rows": [{"field": "id", "op": "lt", "value": "110"}]},
    )
    # Who is not signed in reads no more than a reader.
    assert rows_of(site.anybody(), limit=1)[0]["total"] == 300
    assert rows_of(site.wu, limit=1)[0]["total"] == 300
    page = rows_of(site.yu, limit=1)[0]
    assert (page["total"], page["hidden"]) == (300, ["phone"])
    page, rows = rows_of(key, limit=1000)
    assert [row["id"] for row in rows] == list(range(100, 110)) and page["hidden"] == ["phone"]
    # Another key of the same account has not its rule, but the account's.
    assert rows_of(by_key(site, site.yu)[0], limit=1)[0]["total"] == 300
    restrict(site, {"who": "role:reader", "nothing": True})
    for route in ROUTES[:15]:
        answer = ask(site.yu, route)
        assert answer.status_code in (200, 403) and SECRET.encode() not in shown(answer)
    assert rows_of(lin, limit=1)[0]["total"] == 400


def test_a_value_is_read_as_the_column_and_nulls_fit_little(site, lin):
    def ids(*rows):
        restrict(
            site,
            {
                "who": "everybody",
                "rows": [dict(zip(("field", "op", "value"), row, strict=False)) for row in rows],
            },
        )
        return [row["id"] for row in rows_of(site.anybody(), limit=1000)[1]]

    assert ids(("id", "in", [3, "20", 9])) == [3, 9, 20]
    assert ids(("id", "gt", 7), ("id", "le", 9)) == [8, 9]
    assert ids(("note", "contains", "开-12"), ("note", "starts", "公")) == [
        row["id"] for row in OPEN if "开-12" in row["note"]
    ]
    assert ids(("phone", "null")) == [] and len(ids(("phone", "not_null"))) == 400


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"who": "everybody", "columns": ["phone", "none"]}, "rules[0].columns[1]"),
        ({"who": "everybody", "rows": [{"field": "none", "op": "null"}]}, "rules[0].rows[0].field"),
        (
            {"who": "everybody", "rows": [{"field": "id", "op": "eq", "value": "1 OR 1"}]},
            "rules[0].rows[0].value",
        ),
        (
            {"who": "everybody", "rows": [{"field": "id", "op": "contains", "value": "1"}]},
            "rules[0].rows[0].op",
        ),
        (
            {"who": "everybody", "rows": [{"field": "id", "op": "sql", "value": "1"}]},
            "rules[0].rows[0]",
        ),
        ({"who": "everybody", "rows": [{"field": "id", "op": "eq"}]}, "rules[0].rows[0]"),
        ({"who": "everybody"}, "rules[0]"),
        ({"who": "everybody", "sql": "1"}, "rules[0]"),
        ({"who": "account:nobody-of-this-name", "nothing": True}, "rules[0].who"),
        ({"who": "role:king", "nothing": True}, "rules[0].who"),
        ({"who": "key:0123456789abcdef", "nothing": True}, "rules[0].who"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(site, lin, rule, place):
    refused = lin.call("PUT", "/datasets/places/access", json={"rules": [rule]})
    assert refused.status_code == 400, refused.text
    assert refused.json()["error"]["place"] == place, refused.text
    assert lin.get_json("/datasets/places/access")["rules"] == []


def test_readers_neither_see_nor_set_rules_and_grants(site, lin):
    restrict(site, RULE)
    for client in (site.anybody(), site.yu, by_key(site, site.lin)[0]):
        staff = client not in (site.yu,) and "Authorization" in client.headers
        assert client.call("GET", "/datasets/places/access").status_code == (200 if staff else 403)
        for method, path, body in (
            ("PUT", "/datasets/places/access", {"rules": []}),
            ("POST", "/datasets/places/grants", {"who": "account:yu", "purpose": "x", "days": 1}),
            ("DELETE", "/datasets/places/grants/x", None),
        ):
            assert client.call(method, path, json=body).status_code == 403, path
    assert lin.get_json("/datasets/places/access")["rules"] == [{**RULE, "nothing": False}]


def test_old_versions_without_the_column_and_withdrawn_ones_stay_shut(site, lin):
    # The rows of `stops` have no `note`: the rule cannot be judged there.
    lin.post("/datasets", {"name": "mixed", "organisation": "jtj", "title": "混合"})
    lin.post("/datasets/mixed/versions", {"source": "stops@1"})
    lin.post("/datasets/mixed/versions", {"source": "places@1"})
    rule = {"who": "everybody", "rows": [{"field": "note", "op": "starts", "value": "公开"}]}
    lin.call("PUT", "/datasets/mixed/access", json={"rules": [rule]}).raise_for_status()
    assert rows_of(site.anybody(), "/datasets/mixed/versions/2")[0]["total"] == len(OPEN)
    old = site.anybody().call("GET", "/datasets/mixed/versions/1/rows")
    assert old.status_code == 403
    lin.post("/datasets/mixed/withdrawal", {"ordinal": 2, "reason": "试"})
    assert site.yu.call("GET", "/datasets/mixed/versions/2/rows").status_code == 404


DERIVED = """\
siku: 1
name: {name}
inputs: {{rows: {{dataset: places}}}}
steps: {{{name}: {{use: {use}, from: rows, with: {{{parameters}}}}}}}
outputs: {{{name}: {name}}}
"""


def test_what_is_made_of_rows_that_are_kept_back_is_kept_back(site, lin):
    restrict(site, RULE, {"who": "role:operator", "columns": ["phone", "note"]})
    text = DERIVED.format(name="tidy", use="refine.text.collapse_space", parameters="column: note")
    (site.folder / "tidy.yaml").write_text(text, "utf-8")
    done = site.command("run", "tidy.yaml")
    assert done.returncode == 0, done.stderr
    lin.post("/datasets", {"name": "tidy", "organisation": "jtj", "title": "整理"})
    lin.post("/datasets/tidy/versions", {"source": "tidy@1"})
    inherited = lin.get_json("/datasets/tidy/access")["rules"]
    assert {**RULE, "nothing": False} in inherited
    assert ["phone", "note"] in [rule["columns"] for rule in inherited]
    page, rows = rows_of(site.anybody(), "/datasets/tidy/versions/1", limit=1000)
    assert page["partial"] and SECRET not in str(rows) and HIDDEN not in str(rows)
    assert page["total"] == sum(row["district"] != HIDDEN for row in NEXT)


def test_rules_and_grants_are_in_the_audit_log(site, lin):
    change(site, "conditional")
    made = grant(site, "account:yu", **OF_ONE)
    restrict(site, RULE)
    lin.call("DELETE", f"/datasets/places/grants/{made['id']}").raise_for_status()
    auditor = site.administrator()
    entries, after = [], 0
    while page := auditor.get_json("/audit", after=after, limit=1000)["entries"]:
        entries, after = entries + page, page[-1]["ordinal"]
    done = {entry["action"]: entry for entry in entries if entry["action"].startswith("access.")}
    assert done["access.grant"]["account"] == "gao"
    assert done["access.grant"]["detail"]["purpose"] == "交通研究"
    assert done["access.rules"]["detail"]["rules"][0]["rows"] == RULE["rows"]
    assert done["access.revoke"]["detail"]["who"] == "account:yu"
    assert site.command("audit", "verify").returncode == 0


def test_the_command_line_sets_what_the_server_obeys(site, lin):
    def access(*arguments):
        return site.command("dataset", "access", *arguments)

    done = access(
        "restrict",
        "places",
        "--who",
        "everybody",
        "--column",
        "phone",
        "--where",
        f"district ne {HIDDEN}",
    )
    assert done.returncode == 0 and f"district ne {HIDDEN}" in done.stdout, done.stderr
    page, rows = rows_of(site.anybody(), limit=1000)
    assert page["hidden"] == ["phone"] and len(rows) == len(OPEN)
    assert (
        access(
            "restrict", "places", "--who", "everybody", "--where", "none eq 1", "--replace"
        ).returncode
        == 2
    )
    assert access("restrict", "places", "--who", "everybody", "--lift").returncode == 0
    assert rows_of(site.anybody(), limit=1)[0]["total"] == 400
    change(site, "conditional")
    assert access("grant", "places", "--who", "account:yu", "--purpose", "研究").returncode == 0
    assert rows_of(site.yu, limit=1)[0]["total"] == 400
    made = lin.get_json("/datasets/places/access")["grants"][0]
    assert made["id"] in access("show", "places").stdout
    assert access("revoke", "places", "--id", made["id"]).returncode == 0
    assert ask(site.yu, ROUTES[1]).status_code == 403
