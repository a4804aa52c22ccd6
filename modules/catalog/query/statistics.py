"""Statistics of one column of the table."""

import datetime
import decimal
import math

import duckdb

TABLE = "stored"  # with columns whose names need no quotes
TEXT_SHOWN = 200  # characters of a value
BINS = 20
TOP = 10


def kind_of(kind):
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return "nested"
    if kind.startswith("DECIMAL") or kind.endswith(("INT", "INTEGER", "FLOAT", "DOUBLE")):
        return "number"
    if kind in ("DATE", "TIME") or kind.startswith("TIMESTAMP"):
        return "time"
    return {"VARCHAR": "text", "BOOLEAN": "boolean"}.get(kind, "other")


def simple(value):
    """A value as JSON has it; texts cut."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat() + ("Z" if value.tzinfo else "")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    text = str(value)
    return text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + "…"


def histogram(connection, measure, least, greatest, whole):
    """Counts between edges that lie equally far apart; each has its lower edge, the last both."""
    if least is None or greatest is None or not math.isfinite(greatest - least):
        return None
    bins = BINS
    if whole and greatest - least < BINS:
        bins = int(greatest - least) + 1
        edges = [least + i for i in range(bins + 1)]
    else:
        edges = [least + (greatest - least) * i / bins for i in range(bins + 1)]
    if edges[0] == edges[-1]:
        bins, edges = 1, [least, greatest]
    width = (edges[-1] - edges[0]) / bins or 1
    counts = [0] * bins
    for place, count in connection.execute(
        f"SELECT least(greatest(floor((x - ?) / ?), 0), ?)::INTEGER, count(*) FROM"
        f" (SELECT {measure} AS x FROM {TABLE}) WHERE x IS NOT NULL AND isfinite(x) GROUP BY 1",
        [float(edges[0]), float(width), bins - 1],
    ).fetchall():
        counts[place] = count
    return {"edges": edges, "counts": counts}


def values_of(connection, column):
    """How many different values there are, and the commonest, by value where they are as common."""
    rows = connection.execute(
        f"WITH each AS MATERIALIZED (SELECT {column} AS v, count(*) AS n FROM {TABLE}"
        f" WHERE {column} IS NOT NULL GROUP BY 1)"
        " SELECT v, n, (SELECT count(*) FROM each) FROM each"
        f" ORDER BY n DESC, v LIMIT {TOP}"
    ).fetchall()
    top = [{"value": simple(value), "count": count} for value, count, _ in rows]
    return {"distinct": rows[0][2] if rows else 0, "top": top}


def numbers(connection, column, kind):
    finite = f"CASE WHEN isfinite({column}::DOUBLE) THEN {column} END"
    least, greatest, mean, deviation, *quantiles = connection.execute(
        f"SELECT min({finite}), max({finite}), avg({finite}), stddev_pop({finite}::DOUBLE),"
        f" quantile_cont({finite}::DOUBLE, 0.25), quantile_cont({finite}::DOUBLE, 0.5),"
        f" quantile_cont({finite}::DOUBLE, 0.75) FROM {TABLE}"
    ).fetchone()
    whole = "INT" in kind
    told = {"min": simple(least), "max": simple(greatest), "mean": simple(mean)}
    told["deviation"] = simple(deviation)
    ends = [x if whole or x is None else float(x) for x in (least, greatest)]
    told["quantiles"] = None if quantiles[0] is None else quantiles
    told["histogram"] = histogram(connection, f"{column}::DOUBLE", *ends, whole)
    return told


def times(connection, column, kind):
    least, greatest, first, last = connection.execute(
        f"SELECT min({column}), max({column}), epoch(min({column})), epoch(max({column}))"
        f" FROM {TABLE}"
    ).fetchone()
    told = {"min": simple(least), "max": simple(greatest)}
    if kind != "TIME":
        bars = histogram(connection, f"epoch({column})::DOUBLE", first, last, False)
        if bars:
            begin = datetime.datetime(1970, 1, 1)
            edges = [begin + datetime.timedelta(seconds=edge) for edge in bars["edges"]]
            bars["edges"] = [edge.isoformat() for edge in edges]
        told["histogram"] = bars
    return told


def texts(connection, column):
    least, greatest, shortest, longest, mean = connection.execute(
        f"SELECT min({column}), max({column}), min(length({column})), max(length({column})),"
        f" avg(length({column})) FROM {TABLE}"
    ).fetchone()
    return {
        "min": simple(least),
        "max": simple(greatest),
        "lengths": {"min": shortest, "max": longest, "mean": mean},
        "histogram": histogram(connection, f"length({column})::DOUBLE", shortest, longest, True),
    }


def statistics_of(connection, column, kind):
    what = kind_of(kind)
    counts = f"SELECT count(*), count({column}) FROM {TABLE}"
    count, there = connection.execute(counts).fetchone()
    told = {"rows": count, "nulls": count - there, "distinct": None, "top": None, "histogram": None}
    told["limited"] = False
    if what == "number":
        told.update(numbers(connection, column, kind))
    elif what == "time":
        told.update(times(connection, column, kind))
    elif what == "text":
        told.update(texts(connection, column))
    if what in ("nested", "other"):
        return told
    try:
        told.update(values_of(connection, column))
    except duckdb.OutOfMemoryException:
        told["limited"] = True  # too many for the memory; an estimate would pass for a count
    return told
