"""Grants of what is open under conditions: to whom, until when, and to nobody else."""

import sqlite3
import time

import pytest
from access import OF_ONE, ROUTES, SECRET, ask, by_key, change, grant, restrict, rows_of, shown


def test_a_grant_opens_to_one_what_is_open_under_conditions(site, lin):
    change(site, "conditional")
    key, key_id = by_key(site, site.yu)
    assert ask(site.yu, ROUTES[1]).status_code == 403
    made = grant(site, "account:yu")
    assert rows_of(site.yu, limit=1)[0]["total"] == 400
    assert rows_of(key, limit=1)[0]["total"] == 400  # a key is its account's
    for client in (site.anybody(), site.wu, by_key(site, site.wu)[0]):
        for route in ROUTES:
            answer = ask(client, route)
            assert SECRET.encode() not in shown(answer)
            if "/versions/" in route[0] or "datastore" in route[0]:
                assert answer.status_code == 403, route
    lin.call("DELETE", f"/datasets/places/grants/{made['id']}").raise_for_status()
    for client in (site.yu, key):
        assert all(SECRET.encode() not in shown(ask(client, route)) for route in ROUTES)
        assert ask(client, ROUTES[1]).status_code == 403
    grant(site, f"key:{key_id}")
    assert rows_of(key, limit=1)[0]["total"] == 400
    assert ask(site.yu, ROUTES[1]).status_code == 403  # the key alone
    assert ask(by_key(site, site.yu)[0], ROUTES[1]).status_code == 403
    states = [one["state"] for one in lin.get_json("/datasets/places/access")["grants"]]
    assert states[:2] == ["living", "ended"]


@pytest.mark.parametrize("route", ROUTES[:15], ids=lambda route: f"{route[0]} {route[1]}")
def test_a_grant_may_carry_its_own_rule(site, lin, route):
    change(site, "conditional")
    grant(site, "account:yu", **OF_ONE)
    answer = ask(site.yu, route)
    assert answer.status_code in (200, 403), answer.text
    for text in (SECRET, "盐田区", "139-"):
        assert text.encode() not in shown(answer)
    # Nor how many rows there are to others, who would tell.
    assert site.wu.get_json("/datasets/places")["rows"] is None


def test_grant_and_rules_hold_together_and_the_newest_grant_alone(site, lin):
    change(site, "conditional")
    grant(site, "account:yu", **OF_ONE)
    restrict(site, {"who": "everybody", "rows": [{"field": "id", "op": "lt", "value": 10}]})
    page, rows = rows_of(site.yu, limit=1000)
    assert [row["id"] for row in rows] == [1, 2, 3, 6, 7, 8] and page["hidden"] == ["phone"]
    grant(site, "account:yu")
    assert [row["id"] for row in rows_of(site.yu, limit=1000)[1]] == list(range(10))


def test_a_grant_ends_by_itself(site, lin):
    change(site, "conditional")
    made = grant(site, "account:yu")
    assert rows_of(site.yu, limit=1)[0]["total"] == 400
    if site.catalogue:
        pytest.skip("the clock of a grant is set in SQLite")
    with sqlite3.connect(site.store / "catalogue.db", timeout=30) as database:
        past = (int(time.time()) - 1) * 1000
        database.execute("UPDATE grants SET expires = ? WHERE id = ?", (past, made["id"]))
    for route in ROUTES:
        assert SECRET.encode() not in shown(ask(site.yu, route))
    assert ask(site.yu, ROUTES[1]).status_code == 403
    assert lin.get_json("/datasets/places/access")["grants"][0]["state"] == "expired"
    again = lin.call("DELETE", f"/datasets/places/grants/{made['id']}")
    assert again.status_code == 404


@pytest.mark.parametrize(
    ("change_to", "body", "status"),
    [
        ("closed", {}, 409),
        ("unconditional", {}, 409),
        ("conditional", {"purpose": ""}, 400),
        ("conditional", {"days": 0}, 400),
        ("conditional", {"days": 100000}, 400),
        ("conditional", {"who": "everybody"}, 400),
        ("conditional", {"who": "role:reader"}, 400),
        ("conditional", {"who": "account:none-such"}, 400),
        ("conditional", {"columns": ["none"]}, 400),
        ("conditional", {"rows": [{"field": "id", "op": "eq", "value": "x"}]}, 400),
    ],
)
def test_what_is_no_grant_is_refused(site, lin, change_to, body, status):
    change(site, change_to)
    asked = {"who": "account:yu", "purpose": "研究", "days": 30, **body}
    refused = site.gao.call("POST", "/datasets/places/grants", json=asked)
    assert refused.status_code == status, refused.text
    assert all(
        one["state"] != "living" for one in lin.get_json("/datasets/places/access")["grants"]
    )


def test_what_becomes_closed_is_read_by_no_grant(site, lin):
    change(site, "conditional")
    grant(site, "account:yu")
    change(site, "closed")
    assert ask(site.yu, ROUTES[1]).status_code == 404
    assert all(SECRET.encode() not in shown(ask(site.yu, route)) for route in ROUTES)
