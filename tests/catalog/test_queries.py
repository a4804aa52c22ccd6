"""Rows filtered and sorted, SQL, statistics: right, and no more than who asks may read."""

import datetime
import decimal
import importlib.util
import json
import os
import statistics
import sys
import time
from itertools import pairwise
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from conftest import running
from server import ROWS, SECRET, together

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
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
        'odd "name"': pyarrow.array(["'; DROP VIEW rows --", "b", None, "c"]),
    }
    return pyarrow.table(columns)


@pytest.fixture(scope="module")
def server(folder_with_a_run, tmp_path_factory):
    """`stops` with a column withheld, `kinds` of all types, one under conditions, one not open."""
    with running(folder_with_a_run, tmp_path_factory.mktemp("queries")) as server:
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
        # Made before the rule: what is there already must not be served either.
        assert SECRET in server.anybody().call("GET", STOPS + "/statistics").text
        withheld = server.lin.call("PUT", "/datasets/stops/withheld", json={"columns": ["phone"]})
        withheld.raise_for_status()
        yield server


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


NO_SELECT = """
COPY rows TO '/tmp/siku-out.csv' | COPY (SELECT 1) TO '/dev/stdout'
EXPORT DATABASE '/tmp/siku-out'
ATTACH '/tmp/siku.db' | ATTACH ':memory:' AS other | INSTALL httpfs | LOAD httpfs | PRAGMA version
PRAGMA database_list | SET threads = 9 | SET enable_external_access = true | RESET memory_limit
CREATE TABLE t AS SELECT 1 | DROP VIEW rows | INSERT INTO rows VALUES (1) | DELETE FROM rows
UPDATE rows SET n = 1 | CALL pragma_version() | EXPLAIN SELECT 1 | EXPLAIN ANALYZE SELECT 1
SELECT 1; SELECT 2 | SELECT 1; COPY rows TO '/tmp/siku-out.csv' | CHECKPOINT | BEGIN | VACUUM
PREPARE p AS SELECT 1 | WITH x AS (SELECT 1) INSERT INTO rows SELECT * FROM x | DESCRIBE rows | ;
CREATE MACRO m() AS 1 | CREATE SECRET s (TYPE s3) | USE system | SHOW ALL TABLES | -- nothing
"""
ELSEWHERE = """
SELECT * FROM read_csv('/etc/passwd') | SELECT * FROM '/etc/passwd' | FROM read_text('/etc/passwd')
FROM read_blob('/proc/self/environ') | FROM glob('/*') | FROM read_parquet('/proc/self/fd/3')
FROM information_schema.columns | FROM duckdb_settings() | FROM duckdb_secrets() | FROM pg_class
FROM duckdb_views() | FROM sqlite_master | FROM pg_catalog.pg_class | FROM duckdb_functions()
FROM query('SELECT 1') | FROM query_table('rows') | FROM connection | FROM asked | FROM rows.rows
SELECT (SELECT content FROM read_text('/etc/passwd')) | FROM system.information_schema.tables
WITH x AS (FROM read_csv('/etc/passwd')) FROM x | FROM rows WHERE id IN (FROM glob('/etc/*'))
FROM rows UNION ALL FROM read_csv('/etc/passwd') | FROM sniff_csv('/etc/passwd') | FROM memory.rows
FROM rows, LATERAL (SELECT * FROM read_csv(rows.id)) | FROM parquet_metadata('/proc/self/fd/3')
FROM 'https://example.org/a.parquet' | FROM read_json('http://127.0.0.1:1/') | FROM stops
"""


def statements(text):
    return [one.strip() for line in text.strip().splitlines() for one in line.split(" | ")]


REFUSED = [(one, "invalid") for one in statements(NO_SELECT)]
REFUSED += [(one, "denied") for one in statements(ELSEWHERE)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        one if place % 12 == 0 else pytest.param(*one, marks=pytest.mark.deep)
        for place, one in enumerate(REFUSED)
    ],
)
def test_one_select_over_the_rows_and_nothing_else(server, text, code):
    answer = sql(server.anybody(), text)
    assert answer.json()["error"]["code"] == code, answer.text
    assert "root:" not in answer.text and SECRET not in answer.text


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    """What the program carries, in this process: the two gates can be tried one by one."""
    for name in ("statistics", "answers"):
        path = ROOT / f"modules/catalog/query/{name}.py"
        spec = importlib.util.spec_from_file_location(f"siku_{name}", path)
        sys.modules[f"siku_{name}"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[f"siku_{name}"])
    module = sys.modules["siku_answers"]
    module.FILE = str(tmp_path_factory.mktemp("worker") / "rows.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"id": ["1"], "n": [1]}), module.FILE)
    module.connection = module.connect(512 << 20)
    module.connection.execute("SET lock_configuration = true")
    return module


def test_the_first_gate_lets_nothing_else_pass(worker):
    passed = []
    for text, _ in REFUSED:
        try:
            worker.check(worker.connection, text, "rows")
            passed.append(text)
        except (worker.Refused, worker.duckdb.Error):
            pass
    assert passed == []


TOUCHES = ("/etc/", "/proc/self/environ", "/tmp/", "http", "INSTALL", "LOAD", "SET ", "glob(")


def test_the_second_gate_holds_alone(worker):
    """DuckDB's own locks, as if no statement were looked at before."""
    touching = [text for text, _ in REFUSED if any(one in text for one in TOUCHES)]
    assert len(touching) > 20
    done = []
    for text in touching:
        try:
            worker.connection.execute(text).fetchall()
            done.append(text)
        except worker.duckdb.Error:
            pass
    assert done == []
    assert not list(Path("/tmp").glob("siku-out*")) and not Path("/tmp/siku.db").exists()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT getenv('HOME')",
        "SELECT current_setting('secret_directory')",
        # The names are known, but not in force there.
        'SELECT * FROM (WITH "/etc/passwd" AS (SELECT 1) SELECT 2), "/etc/passwd"',
        "SELECT (WITH duckdb_settings AS (SELECT 1) SELECT 2), * FROM duckdb_settings",
    ],
)
def test_what_passes_the_first_gate_tells_nothing_of_the_machine(server, text):
    answer = sql(server.anybody(), text)
    assert str(server.folder) not in answer.text and str(Path.home()) not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 500 + "1" + ")" * 500,
        "SELECT " + "1+" * 2000 + "1",
        "SELECT 1 -- " + "x" * 10_000,
        "SELECT list(range) FROM range(100000000)",
        "SELECT range, row_number() OVER (ORDER BY hash(range)) FROM range(100000000)",
        "SELECT repeat('x', 100000) FROM range(1000)",
        "SELECT [NULL FOR x IN range(5000000)]",
        "SELECT repeat(repeat('x', 1000000), 100)",
    ],
)
def test_more_than_it_may_take_is_a_limit(server, text):
    answer = sql(server.anybody(), text)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "limit"), answer.text


def workers(server):
    """Processes that the server has started."""
    folder = Path(f"/proc/{server.process.pid}/task")
    return [int(pid) for one in folder.iterdir() for pid in (one / "children").read_text().split()]


def test_what_takes_too_long_is_killed_and_costs_others_nothing(server):
    endless = [
        "SELECT count(*) FROM rows a, range(10000000) b, range(100000) c WHERE b.range <> c.range",
        "WITH RECURSIVE t(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM t) SELECT max(a) FROM t",
    ]
    began = time.monotonic()

    def others():
        while len(workers(server)) < 2:
            assert time.monotonic() - began < 8
            time.sleep(0.05)
        busy = sql(server.anybody(), "SELECT 1")
        before = time.monotonic()
        server.anybody().get_json(STOPS + "/rows")
        return busy, time.monotonic() - before

    first, second, (busy, took) = together(
        [
            lambda: sql(server.anybody(), endless[0]),
            lambda: sql(server.anybody(), endless[1]),
            others,
        ]
    )
    for answer in (first, second):
        assert (answer.status_code, answer.json()["error"]["value"]) == (413, "10"), answer.text
    assert time.monotonic() - began < 25
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert took < 3
    assert workers(server) == []
    assert sql(server.anybody(), "SELECT 1").ok


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
        began = time.monotonic()
        assert client.call("GET", STOPS + "/statistics").text == answer.text
        assert time.monotonic() - began < 0.2  # no process answers that soon
    kept = [path.read_text("utf-8") for path in server.store.glob("exports/*.statistics.json")]
    assert sorted(SECRET in text for text in kept)[0] is False


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
        for version in ("newest", "1"):
            address = f"/datasets/stops/versions/{version}{route}"
            answer = client.call("GET", address, headers=headers)
            assert answer.ok and SECRET not in answer.text, answer.text
        for name, status in (("conditional", 403), ("closed", 404), ("none", 404)):
            for path in (route, "/rows"):
                address = f"/datasets/{name}/versions/newest{path}"
                assert client.call("GET", address, headers=headers).status_code == status
    assert SECRET in server.lin.call("GET", f"/datasets/closed/versions/1{route}").text


def test_what_is_asked_in_sql_is_on_record(server):
    text = "SELECT count(*) FROM rows WHERE name = '记录'"
    assert sql(server.lin, text).ok
    entries = server.staff("he", "auditor").get_json("/audit", after=0, limit=1000)["entries"]
    asked = [one for one in entries if one["action"] == "rows.query"]
    mine = [one for one in asked if one["detail"]["sql"] == text]
    assert [(one["account"], one["object"], one["detail"]["ordinal"]) for one in mine] == [
        ("lin", "stops", 1)
    ]
    assert any(one["account"] == "" for one in asked)  # anybody's, too
    assert server.command("audit", "verify").returncode == 0


def test_the_worker_ends_with_the_server_and_without_duckdb_the_rest_works(
    folder_with_a_run, tmp_path
):
    with running(folder_with_a_run, tmp_path) as server:
        server.staff("lin", "publisher").publish()

        def endless():
            try:
                sql(server.anybody(), "SELECT count(*) FROM range(10000000) a, range(10000000) b")
            except OSError:
                pass

        def kill():
            while not (started := workers(server)):
                time.sleep(0.05)
            time.sleep(1)  # it works on it now
            server.kill()
            return started

        _, started = together([endless, kill])
        until = time.monotonic() + 5
        while any(Path(f"/proc/{pid}").exists() for pid in started):
            assert time.monotonic() < until
            time.sleep(0.05)
        server.python = "/usr/bin/python3"
        server.start()
        answer = sql(server.anybody(), "SELECT 1")
        assert (answer.status_code, answer.json()["error"]["code"]) == (501, "unsupported")
        assert "SIKU_PYTHON" in answer.json()["error"]["hint"]
        assert server.anybody().get_json(STOPS + "/rows")["total"] == 250
