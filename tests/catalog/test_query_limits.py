"""What a question may not reach, and what it may not take."""

import importlib.util
import os
import sys
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from queries import STOPS, sql
from server import SECRET, running, together

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))


@pytest.fixture
def server(queried):
    return queried


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
        "SELECT [NULL FOR x IN range(2500000)]",
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


def what_it_holds(pid):
    """Of a process: sockets, and kinds of files that are open; nothing of the server's settings."""
    assert b"SIKU_" not in Path(f"/proc/{pid}/environ").read_bytes()
    held = {os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()}
    sockets = {one for one in held if one.startswith("socket:")}
    return len(sockets), {Path(one).suffix for one in held - sockets - {"/dev/null"}}


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
            holds = [what_it_holds(pid) for pid in started]
            server.kill()
            return started, holds

        _, (started, holds) = together([endless, kill])
        assert holds == [(1, {".parquet"})]
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
