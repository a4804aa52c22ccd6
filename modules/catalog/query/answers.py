"""What may be asked of a version's rows, and the answers: SQL, filtered pages, statistics."""

import json
import warnings

import duckdb
import pyarrow
import pyarrow.ipc
import siku_statistics

FILE = "/proc/self/fd/3"  # no path of the store shows in what a query can ask for
TABLE = "rows"
TABLE_FUNCTIONS = {"unnest", "range", "generate_series"}
DEEPEST = 100
BATCH = 1024
MOST_VALUES = 2_000_000  # in lists, too


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Refused(Exception):
    """kind, what, position in the SQL or None."""


def connect(memory):
    connection = duckdb.connect(
        ":memory:",
        config={
            "python_enable_replacements": False,
            # Sums of fractions depend on the order of adding.
            "threads": 1,
            "memory_limit": f"{memory}B",
            "temp_directory": "",
            "max_expression_depth": 2 * DEEPEST,
            "errors_as_json": True,
            "allow_community_extensions": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "extension_directory": "/nonexistent",
            "home_directory": "/nonexistent",
            "secret_directory": "/nonexistent",
            "allow_persistent_secrets": False,
        },
    )
    # A zone of the machine would give other answers elsewhere.
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_paths = ['{FILE}']")
    connection.execute("SET enable_external_access = false")
    connection.execute(f"CREATE VIEW {TABLE} AS SELECT * FROM read_parquet('{FILE}')")
    return connection


def depth(text):
    deepest = now = 0
    for character in text:
        now += (character in "([{") - (character in ")]}")
        deepest = max(deepest, now)
    return deepest


def nodes(tree):
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def check(connection, text, table):
    """One SELECT over the table alone; else Refused. The engine's own locks hold beside it."""
    if depth(text) > DEEPEST:
        raise Refused("deep", str(DEEPEST), None)
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise Refused("duckdb", error, 0) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Refused("statement", "", None)
    (told,) = connection.execute("SELECT json_serialize_sql(?)", [text]).fetchone()
    tree = json.loads(told)
    if tree["error"]:
        raise Refused("statement", tree.get("error_message", ""), None)
    names = {table, TABLE}
    for node in nodes(tree):
        if isinstance(node.get("cte_map"), dict):
            names.update(one["key"] for one in node["cte_map"]["map"])
        if "cte_name" in node:
            names.add(node["cte_name"])
    for node in nodes(tree):
        kind, at = node.get("type"), node.get("query_location")
        if kind == "BASE_TABLE":
            if node.get("schema_name") or node.get("catalog_name"):
                raise Refused("table", f"{node['schema_name']}.{node['table_name']}", at)
            if node["table_name"] not in names:
                raise Refused("table", node["table_name"], at)
        elif kind == "TABLE_FUNCTION":
            name = node["function"]["function_name"]
            if name not in TABLE_FUNCTIONS:
                raise Refused("table", name, at)
        elif kind == "SHOW_REF":
            raise Refused("statement", "", None)


def plain(array):
    """The array with each value written out, so that its bytes are those that are shown."""
    kind = array.type
    if pyarrow.types.is_dictionary(kind):
        return plain(array.dictionary_decode())
    if pyarrow.types.is_string_view(kind):
        return array.cast(pyarrow.large_string())
    if pyarrow.types.is_binary_view(kind):
        return array.cast(pyarrow.large_binary())
    return array


def values(array):
    """How many values there are in lists, too: lists of nulls take no bytes."""
    count = len(array)
    kind = array.type
    if pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind):
        count += values(array.flatten())
    elif pyarrow.types.is_fixed_size_list(kind):
        count += len(array) * kind.list_size
    elif pyarrow.types.is_struct(kind):
        count += sum(values(one) for one in array.flatten())
    elif pyarrow.types.is_map(kind):
        count += values(array.keys) + values(array.items)
    return count


def shown(relation):
    """Types that Arrow has no plain form of as text."""
    odd = ("INTERVAL", "BIT", "UNION", "VARIANT", "GEOMETRY", "TIME WITH TIME ZONE")
    if not any(str(kind).startswith(odd) for kind in relation.types):
        return relation
    parts = [
        f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}"
        if str(kind).startswith(odd)
        else quoted(name)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
    return relation.project(", ".join(parts))


def stream(reader, limit, most):
    """At most so many rows as an Arrow stream, and whether there were more."""
    schema = pyarrow.schema([(str(i), plain_type(one.type)) for i, one in enumerate(reader.schema)])
    sink = pyarrow.BufferOutputStream()
    rows = size = count = 0
    with pyarrow.ipc.new_stream(sink, schema) as writer:
        for batch in reader:
            batch = batch.slice(0, limit - rows)
            columns = [plain(column) for column in batch.columns]
            whole = pyarrow.RecordBatch.from_arrays(columns, schema=schema)
            rows += whole.num_rows
            size += whole.nbytes
            count += sum(values(column) for column in columns)
            if size > most or count > MOST_VALUES:
                raise Refused("large", str(most), None)
            writer.write_batch(whole)
            if rows == limit:
                break
    return rows, sink.getvalue().to_pybytes()


def plain_type(kind):
    if pyarrow.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pyarrow.types.is_string_view(kind):
        return pyarrow.large_string()
    if pyarrow.types.is_binary_view(kind):
        return pyarrow.large_binary()
    return kind


def answer_sql(connection, asked, channel):
    text, limit = asked["sql"], asked["limit"]
    table = asked.get("table") or TABLE
    if table != TABLE:
        connection.execute(f"CREATE VIEW {quoted(table)} AS SELECT * FROM {TABLE}")
    connection.execute("SET lock_configuration = true")
    check(connection, text, table)
    # For its errors, which know their place; those of relations do not.
    prefix = "PREPARE asked AS "
    try:
        connection.execute(prefix + text)
    except duckdb.Error as error:
        raise Refused("duckdb", error, len(prefix)) from error
    relation = shown(connection.sql(text))
    reader = relation.limit(limit + 1).to_arrow_reader(BATCH)
    rows, body = stream(reader, limit + 1, asked["bytes"])
    channel.say({"names": relation.columns, "more": rows > limit}, body)


COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "IS DISTINCT FROM"}


def positional(connection, asked):
    """Each column of the version as c0, c1, … with its type: DuckDB takes names that differ in case
    alone for one, and renames the second."""
    types = [row[1] for row in connection.execute(f"DESCRIBE {TABLE}").fetchall()]
    names = zip(asked["columns"], types, strict=True)
    return {name: (f"c{place}", kind) for place, (name, kind) in enumerate(names)}


def condition(one, columns, parameters):
    """SQL of one filter; values go into `parameters`."""
    name, kind = columns[one["field"]]
    if one["op"] == "null":
        return f"{name} IS NULL"
    if one["op"] == "not_null":
        return f"{name} IS NOT NULL"
    parameters.extend(one["values"])
    if one["op"] == "in":
        return f"{name} IN ({', '.join([f'CAST(? AS {kind})'] * len(one['values']))})"
    if one["op"] in ("contains", "starts"):
        function = "contains" if one["op"] == "contains" else "starts_with"
        return f"{function}(CAST({name} AS VARCHAR), ?)"
    return f"{name} {COMPARISONS[one['op']]} CAST(? AS {kind})"


def where(asked, columns):
    parameters = []
    parts = [condition(one, columns, parameters) for one in asked["filters"]]
    for words in asked["words"]:
        fields = [words["field"]] if words["field"] else list(columns)
        names = [columns[field][0] for field in fields]
        for word in words["words"]:
            parameters.extend([word] * len(names))
            any_of = [f"contains(lower(CAST({name} AS VARCHAR)), lower(?))" for name in names]
            parts.append("(" + " OR ".join(any_of) + ")")
    return (" WHERE " + " AND ".join(parts) if parts else ""), parameters


def answer_rows(connection, asked, channel):
    connection.execute("SET lock_configuration = true")
    columns = positional(connection, asked)
    names = ", ".join(name for name, _ in columns.values())
    fields = ", ".join(columns[field][0] for field in asked["fields"])
    conditions, parameters = where(asked, columns)
    order = [
        f"{columns[one['field']][0]} {'DESC' if one['descending'] else 'ASC'} NULLS LAST"
        for one in asked["sort"]
    ]
    read = f"(FROM read_parquet('{FILE}', file_row_number = true)) AS t({names}, number)"
    if asked["distinct"]:
        source = f"(SELECT DISTINCT {fields} FROM {read}{conditions})"
        query = f"SELECT {fields}, 0 FROM {source} ORDER BY {', '.join(order) or fields}"
    else:
        source = read + conditions
        query = f"SELECT {fields}, number FROM {source}"
        if order:
            query += f" ORDER BY {', '.join(order)}, number"
    (total,) = connection.execute(f"SELECT count(*) FROM {source}", parameters).fetchone()
    query += " LIMIT ? OFFSET ?"
    table = connection.execute(query, [*parameters, asked["limit"], asked["offset"]])
    _, body = stream(reader_of(table), asked["limit"], asked["bytes"])
    channel.say({"total": total}, body)


def reader_of(result):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the copy is of one page
        return result.to_arrow_reader(BATCH)


def answer_statistics(connection, asked, channel):
    columns = positional(connection, asked)
    names = ", ".join(name for name, _ in columns.values())
    connection.execute(f"CREATE VIEW {siku_statistics.TABLE}({names}) AS FROM {TABLE}")
    connection.execute("SET lock_configuration = true")
    for field in asked["fields"]:
        try:
            told = siku_statistics.statistics_of(connection, *columns[field])
        except (duckdb.Error, OverflowError):
            told = None  # values out of all bounds; the other columns have theirs
        channel.say({"column": field, "statistics": told})


def failure(error):
    """What went wrong, for the server: kind, what, position."""
    if isinstance(error, Refused):
        kind, what, at = error.args
        return failure_of_duckdb(what, at) if kind == "duckdb" else (kind, what, at)
    if isinstance(error, duckdb.Error):
        return failure_of_duckdb(error, None)
    if isinstance(error, MemoryError) or "Memory" in type(error).__name__:
        return "memory", "", None
    if isinstance(error, RecursionError):
        return "deep", str(DEEPEST), None
    return "failed", f"{type(error).__name__}: {error}", None


def failure_of_duckdb(error, prefix):
    if isinstance(error, duckdb.OutOfMemoryException):
        return "memory", "", None
    text = str(error)
    try:
        said = json.loads(text[text.index("{") :])
        what, at = said["exception_message"], said.get("position")
    except (ValueError, KeyError):
        what, at = text, None
    if "Max expression depth" in what:
        return "deep", str(DEEPEST), None
    if "malloc" in what or "bad_alloc" in what:
        return "memory", "", None
    return "query", what, None if at is None or prefix is None else int(at) - prefix


def over(function):
    return lambda asked, channel: function(connect(asked["memory"]), asked, channel)


ANSWERS = {
    "sql": over(answer_sql),
    "rows": over(answer_rows),
    "statistics": over(answer_statistics),
}
