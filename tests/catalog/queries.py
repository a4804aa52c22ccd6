"""A server with versions to ask about, and ways to ask."""

import datetime
import decimal
import json

import pyarrow
import pyarrow.parquet
from server import ROWS, SECRET

STOPS = "/datasets/stops/versions/newest"
OPEN = [{key: value for key, value in row.items() if key != "phone"} for row in ROWS]
KINDS_RECIPE = """\
siku: 1
name: kinds
inputs: {rows: kinds.parquet}
steps: []
outputs: {kinds: rows}
"""
DAY = datetime.date(2024, 2, 29)
MOMENT = datetime.datetime(2024, 2, 29, 23, 59, 59)


def kinds():
    """A column of each type that a store keeps, with nulls, twins, and numbers a double rounds."""
    columns = {
        "row": pyarrow.array(range(4)),
        "flag": pyarrow.array([True, False, None, True]),
        "small": pyarrow.array([-128, 127, None, 0], pyarrow.int8()),
        "large": pyarrow.array([2**63 - 1, -(2**63), None, 2**53 + 1]),
        "unsigned": pyarrow.array([2**64 - 1, 0, None, 1], pyarrow.uint64()),
        "half": pyarrow.array([0.1, 1.0, None, float("nan")], pyarrow.float32()),
        "real": pyarrow.array([0.1, 1e300, None, float("inf")]),
        "price": pyarrow.array(
            [decimal.Decimal("-12.340"), decimal.Decimal("0.5"), None, decimal.Decimal(7)],
            pyarrow.decimal128(10, 3),
        ),
        "text": pyarrow.array(["南山", "", None, "a\"'\n𠮷"]),
        "bytes": pyarrow.array([b"\0\1abc", b"", None, b"x"]),
        "day": pyarrow.array([DAY, datetime.date(1, 1, 1), None, datetime.date(9999, 12, 31)]),
        "second": pyarrow.array([MOMENT, MOMENT, None, MOMENT], pyarrow.timestamp("s")),
        "nano": pyarrow.array([1, 2, None, 3], pyarrow.timestamp("us")),
        "zoned": pyarrow.array([MOMENT] * 4, pyarrow.timestamp("ms", "Asia/Shanghai")),
        "list": pyarrow.array([["a", None], [], None, ["b"]]),
        "struct": pyarrow.array([{"a": 1, "乙": "x"}, {"a": None, "乙": ""}, None, {"a": 2}]),
        # Names that differ in case alone.
        "twin": pyarrow.array([1, 2, 3, 4]),
        "TWIN": pyarrow.array([4, 3, 2, 1]),
        'odd "name"': pyarrow.array(["'; DROP VIEW rows --", "b", None, "c"]),
    }
    return pyarrow.table(columns)


def prepare(server):
    """`stops` with a column withheld, `kinds` of all types, one under conditions, one not open."""
    pyarrow.parquet.write_table(kinds(), server.folder / "kinds.parquet")
    (server.folder / "kinds.yaml").write_text(KINDS_RECIPE, "utf-8")
    made = server.command("run", "kinds.yaml", "--json")
    assert made.returncode == 0, made.stderr
    server.lin = server.staff("lin", "publisher")
    server.key = server.staff("yu", "reader").key("read")
    server.lin.publish()
    server.lin.publish("conditional", **{"class": "conditional", "conditions": "科研"})
    server.lin.publish("closed", **{"class": "closed"})
    server.lin.post("/datasets", {"name": "kinds", "organisation": "jtj", "title": "类型"})
    server.lin.post("/datasets/kinds/versions", {"source": "kinds@1"})
    server.lin.publish("twice")
    server.lin.post("/datasets/twice/versions", {"source": "kinds@1"})
    # Made before the rule: what is there already must not be served either.
    assert SECRET in server.anybody().call("GET", STOPS + "/statistics").text
    for name in ("stops", "twice"):
        rule = {"columns": ["phone"]}
        server.lin.call("PUT", f"/datasets/{name}/withheld", json=rule).raise_for_status()


def sql(client, text, address=STOPS, **more):
    return client.call("POST", address + "/sql", json={"sql": text, **more})


def table(answer):
    assert answer.ok, answer.text
    names = [column["name"] for column in answer.json()["columns"]]
    return [dict(zip(names, row, strict=True)) for row in answer.json()["rows"]]


def rows(client, filters=(), address=STOPS, **more):
    given = [json.dumps({"field": f, "op": op, "value": v}) for f, op, v in filters]
    answer = client.call("GET", address + "/rows", params={"filter": given, **more})
    return answer.json()["total"], table(answer)
