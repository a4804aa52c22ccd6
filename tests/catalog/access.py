"""A dataset of which a rule keeps rows back, every route to it, and who asks."""

import json

from server import Client

HIDDEN = "福田区"  # the district that is kept back
SECRET = "机密-4711"  # stands in each of its rows, and nowhere else
PLACES = [
    {
        "id": i,
        "district": HIDDEN if i % 5 == 0 else "南山区" if i % 5 < 4 else "盐田区",
        "note": f"{SECRET}-{i}" if i % 5 == 0 else f"公开-{i}",
        "phone": f"139-{i:04}",
    }
    for i in range(400)
]
NEXT = [
    # Of those that are kept back one changed, one went and one is new; of the others one changed.
    {**row, "note": row["note"] + "改" if row["id"] in (5, 7) else row["note"]}
    for row in PLACES
    if row["id"] != 10
] + [{"id": 900, "district": HIDDEN, "note": f"{SECRET}-900", "phone": "139-0900"}]
OPEN = [row for row in PLACES if row["district"] != HIDDEN]
RULE = {
    "who": "everybody",
    "columns": [],
    "rows": [{"field": "district", "op": "ne", "value": HIDDEN}],
}
PAGES = "/datasets/places/versions/1"
RECIPE = """\
siku: 1
name: {name}
inputs: {{rows: {name}.jsonl}}
steps: []
outputs: {{places: rows}}
"""
# (address, parameters) of every route that gives rows, or what is made of them.
API = "/api/v1/datasets/places"
ROUTES = [
    (f"{API}/versions/newest/rows", {"limit": 1000}),
    (f"{API}/versions/1/rows", {"limit": 1000}),
    (f"{API}/versions/1/rows", {"offset": 300, "limit": 100}),
    (f"{API}/versions/1/rows", {"sort": "-note", "limit": 1000}),
    (f"{API}/versions/1/rows", {"filter": '{"field": "note", "op": "starts", "value": "机"}'}),
    (f"{API}/versions/1/statistics", {}),
    (f"{API}/versions/1/sql", {"sql": "SELECT * FROM rows", "limit": 10000}),
    (f"{API}/versions/1/sql", {"sql": "SELECT max(note), min(note), count(*) FROM rows"}),
    (f"{API}/versions/1/sql", {"sql": "SELECT * FROM parquet_metadata('/proc/self/fd/3')"}),
    (f"{API}/versions/1/sql", {"sql": "SELECT * FROM read_parquet('/proc/self/fd/3')"}),
    (f"{API}/versions/1/lineage", {}),
    (f"{API}/versions/1/download", {"format": "csv"}),
    (f"{API}/versions/1/download", {"format": "jsonl"}),
    (f"{API}/versions/1/download", {"format": "parquet"}),
    (f"{API}/differences", {"before": 1, "after": 2, "limit": 200}),
    (API, {}),
    ("/api/v1/datasets", {"q": "机密"}),
    ("/api/v1/datasets", {"q": "点位"}),
    ("/api/v1/suggest", {"q": "机密"}),
    ("/api/3/action/package_show", {"id": "places"}),
    ("/api/3/action/package_search", {"q": "点位", "facet.field": '["tags"]'}),
    ("/api/3/action/datastore_search", {"resource_id": "places", "limit": 1000}),
    ("/api/3/action/datastore_search", {"resource_id": "places", "q": "机密", "limit": 1000}),
    ("/api/3/action/datastore_search", {"resource_id": "places", "offset": 250, "limit": 1000}),
    ("/api/3/action/datastore_search", {"id": "places", "fields": "note", "distinct": "true"}),
    ("/api/3/action/datastore_search_sql", {"sql": 'SELECT * FROM "places"'}),
]


def make(server):
    for name, rows in (("first", PLACES), ("second", NEXT)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (server.folder / f"{name}.jsonl").write_text(text, "utf-8")
        (server.folder / f"{name}.yaml").write_text(RECIPE.format(name=name), "utf-8")
        made = server.command("run", f"{name}.yaml")
        assert made.returncode == 0, made.stderr
    server.lin = server.staff("lin", "publisher")
    server.gao = server.staff("gao", "reviewer")
    server.yu = server.staff("yu", "reader")
    server.wu = server.staff("wu", "reader")
    fields = {"name": "places", "organisation": "jtj", "title": "点位"}
    server.lin.post("/datasets", fields)
    for ordinal in (1, 2):
        server.lin.post("/datasets/places/versions", {"source": f"places@{ordinal}"})


OF_ONE = {"columns": ["phone"], "rows": [{"field": "district", "op": "eq", "value": "南山区"}]}


def restrict(site, *rules):
    answer = site.lin.call("PUT", "/datasets/places/access", json={"rules": rules})
    assert answer.ok, answer.text
    return answer.json()


def open_again(site):
    restrict(site)
    for grant in site.lin.get_json("/datasets/places/access")["grants"]:
        site.lin.call("DELETE", f"/datasets/places/grants/{grant['id']}")
    change(site, "unconditional")
    site.lin.call("PUT", "/datasets/places/withheld", json={"columns": []}).raise_for_status()


def change(site, open_class):
    fields = {"class": open_class, "conditions": "科研"}
    site.lin.call("PATCH", "/datasets/places", json=fields).raise_for_status()


def grant(site, who, by=None, **more):
    body = {"who": who, "purpose": "交通研究", "days": 30, **more}
    return (by or site.gao).post("/datasets/places/grants", body)


def by_key(site, client):
    made = client.post("/keys", {"label": "test", "scopes": ["read"], "days": 1})
    reader = Client(site.url)
    reader.headers["Authorization"] = made["key"]
    return reader, made["id"]


def ask(client, route):
    return client.call("GET", client.url + route[0], params=route[1])


def shown(answer):
    """The bytes of the answer and of its headers."""
    return answer.content + str(answer.headers).encode()


def rows_of(client, address=PAGES, **more):
    page = client.get_json(address + "/rows", **more)
    names = [column["name"] for column in page["columns"]]
    return page, [dict(zip(names, row, strict=True)) for row in page["rows"]]
