"""Operators as functions in people's own pipelines on Ray Data and Spark."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from .. import _siku
from .._errors import Invalid, Unsupported
from .._operators import Operator, Value, apply, as_json, operators, plugin_of


def _row_operator(name: str) -> Operator:
    for one in operators():
        if one.name == name:
            break
    else:
        raise Invalid("no such operator", value=name, hint="`siku ops` lists them")
    if one.traits["scope"] != "row":
        raise Unsupported(
            "the operator works over all rows, and a pipeline gives it some at a time",
            value=name,
            hint="siku.run with an engine runs it over all",
        )
    return one


def _arrow() -> Any:
    import pyarrow  # type: ignore[import-untyped]

    return pyarrow


@cache
def _load_once(plugin: str, base: str) -> None:
    _siku.load_plugin(plugin, base)


class _Function:
    """Calls an operator; travels to workers by name and parameters. They load the plug-in of one of
    people's own by the path that the driver loaded it by."""

    def __init__(self, operator: str, output: str | None, parameters: dict[str, Value]) -> None:
        self.operator = operator
        self.output = output
        self.parameters = parameters
        self.plugin = plugin_of(operator)
        record = _row_operator(operator)
        if output is not None and output not in record.outputs:
            raise Invalid(
                "the operator has no such output",
                value=output,
                hint="`outputs` of what siku.operators() gives names them",
            )
        _siku.check_parameters(operator, as_json(parameters))

    def _apply(self, rows: Any) -> Any:
        pa = _arrow()
        if self.plugin is not None:
            _load_once(*self.plugin)
        applied = apply(self.operator, rows, **self.parameters)
        frame = applied.frame if self.output is None else applied.outputs[self.output]
        return pa.table(frame)


class RayFunction(_Function):
    """For ``Dataset.map_batches``: a table (``batch_format="pyarrow"``, which copies least), a
    frame of pandas or a dict of NumPy arrays to a table."""

    def __call__(self, rows: Any) -> Any:
        if isinstance(rows, dict):
            rows = _arrow().table({name: _arrow().array(column) for name, column in rows.items()})
        return self._apply(rows)


class SparkFunction(_Function):
    """For ``DataFrame.mapInArrow``: batches to batches, of types that Spark takes."""

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        pa = _arrow()
        for batch in batches:
            table = self._apply(pa.Table.from_batches([batch]))
            yield from table.cast(_spark_types(table.schema)).to_batches()

    def schema(self, frame: Any) -> Any:
        """The schema of the rows it makes of the rows of a Spark ``DataFrame``."""
        from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

        zone = frame.sparkSession.conf.get("spark.sql.session.timeZone")
        made = self._apply(to_arrow_schema(frame.schema, timezone=zone).empty_table())
        return from_arrow_schema(_spark_types(made.schema))

    def over(self, frame: Any) -> Any:
        """``frame.mapInArrow(self, self.schema(frame))``"""
        return frame.mapInArrow(self, self.schema(frame))


def _spark_type(one: Any) -> Any:
    """The type that keeps all values of one that Spark refuses."""
    pa = _arrow()
    same = {
        pa.large_string(): pa.string(),
        pa.large_binary(): pa.binary(),
        pa.uint8(): pa.int16(),
        pa.uint16(): pa.int32(),
        pa.uint32(): pa.int64(),
        pa.float16(): pa.float32(),
    }
    if one in same:
        return same[one]
    if pa.types.is_list(one) or pa.types.is_large_list(one):
        return pa.list_(_spark_type(one.value_type))
    if pa.types.is_struct(one):
        return pa.struct([field.with_type(_spark_type(field.type)) for field in one])
    return one


def _spark_types(schema: Any) -> Any:
    pa = _arrow()
    return pa.schema([field.with_type(_spark_type(field.type)) for field in schema])


def ray(operator: str, /, *, output: str | None = None, **parameters: Value) -> RayFunction:
    """An operator for Ray Data: ``rows.map_batches(siku.ray("refine.text.repair"),
    batch_format="pyarrow")``.

    ``output`` is the port where the operator has several. Rows that it rejects are left out; a run
    (``siku.run(recipe, engine="ray")``) keeps them, and every edit.
    """
    return RayFunction(operator, output, parameters)


def spark(operator: str, /, *, output: str | None = None, **parameters: Value) -> SparkFunction:
    """An operator for Spark: ``siku.spark("refine.text.repair").over(frame)``, which is
    ``frame.mapInArrow(repair, repair.schema(frame))``.

    ``output`` is the port where the operator has several. Rows that it rejects are left out; a run
    (``siku.run(recipe, engine="spark")``) keeps them, and every edit.
    """
    return SparkFunction(operator, output, parameters)
