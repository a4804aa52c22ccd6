"""What is not open is read by no route."""

import json
import re

import pytest
import requests
from server import SECRET

ROUTES = [
    "/api/v1/datasets/stops/versions/newest/rows?limit=1000",
    "/api/v1/datasets/stops/versions/1/rows?limit=1000",
    "/api/v1/datasets/stops/versions/1/download?format=csv",
    "/api/v1/datasets/stops/versions/1/download?format=jsonl",
    "/api/v1/datasets/stops/versions/1/download?format=parquet",
    "/api/3/action/datastore_search?resource_id=stops&limit=1000",
    "/api/3/action/datastore_search?resource_id=stops.csv&fields=phone",
    "/api/3/action/datastore_search?resource_id=stops&q=站点&limit=1000",
    '/api/3/action/datastore_search_sql?sql=SELECT * FROM "stops"',
]


def read(server, route, headers=None):
    return requests.get(server.url + route, headers=headers, timeout=60)


@pytest.mark.parametrize("route", ROUTES)
def test_withheld_columns_stay_in_the_house(server, route):
    lin = server.staff("lin", "publisher")
    lin.publish()
    # Made before the rule: an export that is there already must not be served either.
    assert SECRET.encode() in read(server, ROUTES[3]).content
    lin.call("PUT", "/datasets/stops/withheld", json={"columns": ["phone"]}).raise_for_status()
    answer = read(server, route)
    assert answer.status_code == 200
    assert SECRET.encode() not in answer.content
    # A column's smallest and largest value stand in Parquet's footer in plain bytes.
    key = {"Authorization": server.staff("yu", "reader").key("read")}
    assert SECRET.encode() not in read(server, route, key).content


def test_nothing_proves_a_guess_of_a_withheld_column(server):
    lin = server.staff("lin", "publisher")
    lin.publish()
    staff = lin.get_json("/datasets/stops/versions/1/lineage")
    digests = set(re.findall("[0-9a-f]{64}", json.dumps(staff)))
    digests |= {lin.get_json("/datasets/stops")["versions"][0]["content"]}
    assert len(digests) >= 2
    file = "/datasets/stops/versions/1/download?format=parquet"
    before = server.anybody().call("GET", file).headers["ETag"]
    lin.call("PUT", "/datasets/stops/withheld", json={"columns": ["phone"]}).raise_for_status()
    anybody = server.anybody()
    shown = anybody.get_json("/datasets/stops")
    version = shown["versions"][0]
    assert (shown["bytes"], version["content"], version["bytes"]) == (None, None, None)
    assert shown["rows"] == version["rows"] > 0
    lineage = anybody.get_json("/datasets/stops/versions/1/lineage")
    assert lineage["content"] is None and lineage["lineage"]["recipe"]
    told = json.dumps([shown, lineage, anybody.get_json("/datasets", q="")])
    tag = anybody.call("GET", file).headers["ETag"]
    assert tag != before
    for digest in digests:
        assert digest[:12] not in told and digest[:12] not in tag
    assert lin.get_json("/datasets/stops/versions/1/lineage") == staff
    server.stop()
    server.start()
    assert server.anybody().call("GET", file).headers["ETag"] == tag


@pytest.mark.parametrize("route", ROUTES)
def test_rows_that_are_open_under_conditions_need_more_than_asking(server, route):
    server.staff("lin", "publisher").publish(**{"class": "conditional", "conditions": "科研"})
    assert read(server, route).status_code == 403
    assert server.anybody().get_json("/datasets/stops")["conditions"] == "科研"


@pytest.mark.parametrize("route", ROUTES)
def test_a_dataset_that_is_not_open_is_not_even_there(server, route):
    server.staff("lin", "publisher").publish(
        **{"class": "closed", "keywords": ["机密"], "summary": "密"}
    )
    assert read(server, route).status_code == 404
    anybody = server.anybody()
    assert anybody.call("GET", "/datasets/stops").status_code == 404
    found = anybody.get_json("/datasets", q="公交")
    assert found["total"] == 0 and not any(found["facets"].values())
    assert anybody.get_json("/suggest", q="机密")["suggestions"] == []
    assert anybody.get_json("/organisations")["organisations"][0]["datasets"] == 0
    listed = requests.get(server.url + "/api/3/action/package_list", timeout=60).json()
    assert listed["result"] == []


def test_a_withdrawn_version_is_gone_for_readers_and_kept_for_the_record(server):
    lin = server.staff("lin", "publisher")
    lin.publish()
    lin.post("/datasets/stops/withdrawal", {"ordinal": 1, "reason": "含个人信息"})
    assert read(server, ROUTES[1]).status_code == 404
    assert read(server, ROUTES[4]).status_code == 404
    version = server.anybody().get_json("/datasets/stops")["versions"][0]
    assert (version["state"], version["reason"]) == ("withdrawn", "含个人信息")
    assert lin.call("GET", "/datasets/stops/versions/1/rows").ok


def test_a_draft_is_its_publishers(server):
    lin = server.staff("lin", "publisher")
    lin.post("/datasets", {"name": "plan", "organisation": "jtj", "title": "计划"})
    assert server.anybody().call("GET", "/datasets/plan").status_code == 404
    assert server.anybody().get_json("/datasets", q="计划")["total"] == 0
    assert lin.get_json("/datasets", q="计划")["total"] == 1


@pytest.mark.parametrize("role", ["reader", "auditor", "operator", "reviewer"])
def test_roles_do_not_climb(server, role):
    client = server.staff("wu", role)
    for method, path, body in [
        ("POST", "/datasets", {"name": "mine", "organisation": "jtj", "title": "x"}),
        ("POST", "/organisations", {"name": "mine", "title": "x"}),
        ("POST", "/accounts", {"name": "me2", "password": "x" * 20, "roles": ["administrator"]}),
        ("POST", "/datasets/none/withdrawal", {"reason": "x"}),
        ("PUT", "/datasets/none/withheld", {"columns": []}),
    ]:
        assert client.call(method, path, json=body).status_code == 403, path
    assert client.call("GET", "/audit").status_code == (200 if role == "auditor" else 403)


def test_audit_names_who_did_what(server):
    server.staff("lin", "publisher").publish()
    log = server.staff("he", "auditor").get_json("/audit", limit=1000)
    assert log["verified"]
    done = [(entry["account"], entry["action"], entry["object"]) for entry in log["entries"]]
    assert ("lin", "version.publish", "stops") in done
    verified = server.command("audit", "verify")
    assert verified.returncode == 0 and "chain holds" in verified.stdout


DERIVED = """\
inputs: {rows: {dataset: stops}}
steps: {south: {use: refine.text.collapse_space, from: rows, with: {column: name}}}
outputs: {south: south}
"""
TWICE = DERIVED.replace("dataset: stops", "dataset: south").replace(
    "{south: south}", "{far: south}"
)


def test_what_is_made_of_a_dataset_is_no_more_open_than_it(server):
    lin = server.staff("lin", "publisher")
    lin.publish(**{"class": "conditional", "conditions": "科研"})
    lin.call("PUT", "/datasets/stops/withheld", json={"columns": ["phone"]}).raise_for_status()
    for name, recipe in (("south", DERIVED), ("far", TWICE)):
        (server.folder / f"{name}.yaml").write_text(recipe, "utf-8")
        done = server.command("run", f"{name}.yaml")
        assert done.returncode == 0, done.stderr
        lin.post("/datasets", {"name": name, "organisation": "jtj", "title": name})
        refused = lin.call("POST", f"/datasets/{name}/versions", json={"source": f"{name}@1"})
        assert refused.status_code == 403 and "stops" in refused.text, refused.text
        assert lin.get_json(f"/datasets/{name}")["state"] == "draft"
        fields = {"class": "conditional", "conditions": "科研"}
        lin.call("PATCH", f"/datasets/{name}", json=fields).raise_for_status()
        lin.post(f"/datasets/{name}/versions", {"source": f"{name}@1"})
        # Whoever may read it then, does not read the column.
        lin.call("PATCH", f"/datasets/{name}", json={"class": "unconditional"}).raise_for_status()
        rows = server.anybody().get_json(f"/datasets/{name}/versions/1/rows")
        assert rows["hidden"] == ["phone"] and SECRET not in str(rows)
