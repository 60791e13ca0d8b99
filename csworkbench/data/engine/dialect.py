"""DuckDB's dialect into another engine's, where the two would differ in silence or fail."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

from ...errors import CsworkbenchError
from . import days, numbers

DIALECTS = ("postgres", "spark")

_NOT_PORTABLE: dict[type[exp.Expression], str] = {
    exp.Median: "median",
    exp.Quantile: "quantile",
    exp.PercentileCont: "quantile_cont",
    exp.ApproxDistinct: "approximate count of distinct values",
    exp.ArgMax: "arg_max",
    exp.ArgMin: "arg_min",
    exp.First: "first",
    exp.Last: "last",
    exp.Pivot: "PIVOT",
    exp.Unnest: "unnest",
    exp.Explode: "unnest",
    exp.Qualify: "QUALIFY",
}


@cache
def transpile(sql: str, dialect: str) -> str:
    """The SELECT, given in DuckDB's dialect, as text of `dialect` with the same result.

    Raises CsworkbenchError naming what other engines do not have.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    for kind, name in _NOT_PORTABLE.items():
        if tree.find(kind):
            raise CsworkbenchError(f"{name} is not portable between engines; write it with CASE, windows or in Python")
    return str(_mended(tree, dialect).sql(dialect=dialect, pretty=True))


def _mended(tree: Any, dialect: str) -> Any:
    """The tree with every node mended, the inner ones first."""
    for node in reversed(list(tree.walk(bfs=False))):
        mend = _MENDS.get(type(node))
        better = mend(node, dialect) if mend else node
        if better is not node:
            tree = better if node is tree else tree
            node.replace(better)
    return tree


def _joined(node: exp.Concat, dialect: str) -> exp.Expression:
    """NULL counts as empty text; in Spark only text may stand beside empty text."""
    if dialect == "spark":
        node.set("expressions", [e if e.is_string else exp.cast(e, "TEXT") for e in node.expressions])
    return node


def _cast(node: exp.Cast, dialect: str) -> exp.Expression:
    if dialect == "postgres" and node.to.is_type(*exp.DataType.TEXT_TYPES):
        return _by_code_point(node)
    if dialect == "spark" and node.to.is_type(*exp.DataType.INTEGER_TYPES) and not numbers.is_whole(node.this):
        return numbers.nearest(node)
    return node


def _by_code_point(node: exp.Cast) -> exp.Expression:
    """Text sorts and compares by code point, whatever the database's collation is."""
    return exp.paren(exp.Collate(this=node.copy(), expression=exp.to_identifier("C", quoted=True)), copy=False)


def _boundaries(node: exp.DateDiff, dialect: str) -> exp.Expression:
    """How many boundaries of the unit lie between; other engines count full units."""
    unit = (node.args.get("unit") or exp.var("DAY")).name.lower()
    if unit not in _BOUNDARIES:
        raise CsworkbenchError(f"date_diff by {unit} is not portable between engines")
    tree: exp.Expression = _mended(exp.paren(sqlglot.parse_one(_BOUNDARIES[unit], read="duckdb"), copy=False), dialect)
    given = {"a": node.expression, "b": node.this}
    for column in list(tree.find_all(exp.Column)):
        column.replace(given[column.name].copy())
    return tree


def _between(count: str) -> str:
    return f"({count.replace('x', 'b')}) - ({count.replace('x', 'a')})"


_BOUNDARIES = {
    "day": "CAST(b AS DATE) - CAST(a AS DATE)",
    "week": "(CAST(date_trunc('week', b) AS DATE) - CAST(date_trunc('week', a) AS DATE)) // 7",
    "month": _between("year(x) * 12 + month(x)"),
    "quarter": _between("year(x) * 4 + quarter(x)"),
    "year": _between("year(x)"),
    **{
        unit: f"CAST((epoch(date_trunc('{unit}', b)) - epoch(date_trunc('{unit}', a))) / {seconds} AS BIGINT)"
        for unit, seconds in {"hour": 3600, "minute": 60, "second": 1}.items()
    },
}


def _named_query(node: exp.CTE, dialect: str) -> exp.Expression:
    if dialect != "postgres":
        node.set("materialized", None)
    return node


_MENDS: dict[type[exp.Expression], Callable[..., exp.Expression]] = {
    exp.Div: numbers.division,
    exp.IntDiv: numbers.whole_division,
    exp.Mod: numbers.remainder,
    exp.Avg: numbers.mean,
    exp.Window: numbers.windowed_mean,
    exp.DateTrunc: days.truncated,
    exp.TimestampTrunc: days.truncated,
    exp.Extract: days.part,
    exp.TimeToUnix: days.epoch,
    exp.Second: days.named_part,
    exp.Minute: days.named_part,
    exp.Hour: days.named_part,
    exp.Year: days.named_part,
    exp.Quarter: days.named_part,
    exp.Month: days.named_part,
    exp.Week: days.named_part,
    exp.Day: days.named_part,
    exp.DayOfWeek: days.day_of_week,
    exp.Concat: _joined,
    exp.Sub: days.days_between,
    exp.ToDays: days.as_interval,
    exp.DateFromParts: days.date_of_parts,
    exp.DateDiff: _boundaries,
    exp.Cast: _cast,
    exp.Round: numbers.rounded,
    exp.CTE: _named_query,
    exp.Ln: numbers.of_double,
    exp.Exp: numbers.of_double,
    exp.Sqrt: numbers.of_double,
    exp.Pow: numbers.of_double,
}
