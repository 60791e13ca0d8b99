"""DuckDB's dialect into another engine's, where the two would differ in silence or fail."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

from ...errors import CsworkbenchError

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


def _double(value: exp.Expression) -> exp.Expression:
    return exp.cast(value.copy(), exp.DataType.Type.DOUBLE)


def _division(node: exp.Div, dialect: str) -> exp.Expression:
    """Always in doubles; by zero it is NULL."""
    return _ratio(node.this, node.expression)


def _ratio(numerator: exp.Expression, denominator: exp.Expression) -> exp.Expression:
    divisor = exp.Nullif(this=_double(denominator), expression=exp.Literal.number(0))
    return exp.paren(exp.Div(this=_double(numerator), expression=divisor, typed=True, safe=False), copy=False)


def _whole_division(node: exp.IntDiv, dialect: str) -> exp.Expression:
    divisor = exp.Nullif(this=node.expression, expression=exp.Literal.number(0))
    return exp.cast(exp.IntDiv(this=node.this, expression=divisor), exp.DataType.Type.BIGINT)


def _remainder(node: exp.Mod, dialect: str) -> exp.Expression:
    return exp.Mod(this=node.this, expression=exp.Nullif(this=node.expression, expression=exp.Literal.number(0)))


def _mean(node: exp.Avg, dialect: str) -> exp.Expression:
    """Sum over count, as DuckDB computes it; PostgreSQL's own mean of decimals keeps other digits."""
    if isinstance(node.parent, exp.Window):
        return node
    return _ratio(exp.Sum(this=node.this.copy()), exp.Count(this=node.this.copy()))


def _windowed_mean(node: exp.Window, dialect: str) -> exp.Expression:
    if not isinstance(node.this, exp.Avg):
        return node
    total, count = node.copy(), node.copy()
    total.set("this", exp.Sum(this=node.this.this.copy()))
    count.set("this", exp.Count(this=node.this.this.copy()))
    return _ratio(total, count)


def _truncated(node: exp.DateTrunc | exp.TimestampTrunc, dialect: str) -> exp.Expression:
    """A timestamp without zone, also of a date."""
    node.set("this", exp.cast(node.this, exp.DataType.Type.TIMESTAMP))
    return node


def _part(node: exp.Extract, dialect: str) -> exp.Expression:
    """A whole number, as in DuckDB."""
    part = node.this.name.lower()
    if part == "epoch":
        return _double(node)
    value = exp.Floor(this=node.copy()) if part == "second" else node.copy()
    return exp.cast(value, exp.DataType.Type.BIGINT)


def _named_part(node: exp.Expression, dialect: str) -> exp.Expression:
    if dialect != "postgres":
        return node
    return _part(exp.Extract(this=exp.var(type(node).__name__.upper()), expression=node.this), dialect)


def _date_of_parts(node: exp.DateFromParts, dialect: str) -> exp.Expression:
    parts = [exp.cast(node.args[name], exp.DataType.Type.INT) for name in ("year", "month", "day")]
    return exp.Anonymous(this="MAKE_DATE", expressions=parts)


def _text(node: exp.Cast, dialect: str) -> exp.Expression:
    """Text sorts and compares by code point, whatever the database's collation is."""
    if dialect != "postgres" or not node.to.is_type(*exp.DataType.TEXT_TYPES):
        return node
    return exp.paren(exp.Collate(this=node.copy(), expression=exp.to_identifier("C", quoted=True)), copy=False)


def _rounded(node: exp.Round, dialect: str) -> exp.Expression:
    """Half away from zero, in decimals."""
    value = exp.cast(node.this, exp.DataType.build("DECIMAL" if dialect == "postgres" else "DECIMAL(38, 12)"))
    return _double(exp.Round(this=value, decimals=node.args.get("decimals")))


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


def _days_between(node: exp.Sub, dialect: str) -> exp.Expression:
    """A number of days; Spark would give an interval."""
    dates = all(isinstance(side, exp.Cast) and side.to.is_type("date") for side in (node.left, node.right))
    if dialect == "spark" and dates:
        return exp.DateDiff(this=node.left, expression=node.right, unit=exp.var("DAY"))
    return node


def _days(node: exp.ToDays, dialect: str) -> exp.Expression:
    return exp.Mul(this=node.this, expression=exp.Interval(this=exp.Literal.string("1"), unit=exp.var("DAY")))


def _named_query(node: exp.CTE, dialect: str) -> exp.Expression:
    if dialect != "postgres":
        node.set("materialized", None)
    return node


def _of_double(node: exp.Expression, dialect: str) -> exp.Expression:
    for name in ("this", "expression"):
        if node.args.get(name) is not None:
            node.set(name, _double(node.args[name]))
    return node


_MENDS: dict[type[exp.Expression], Callable[..., exp.Expression]] = {
    exp.Div: _division,
    exp.IntDiv: _whole_division,
    exp.Mod: _remainder,
    exp.Avg: _mean,
    exp.Window: _windowed_mean,
    exp.DateTrunc: _truncated,
    exp.TimestampTrunc: _truncated,
    exp.Extract: _part,
    exp.Second: _named_part,
    exp.Minute: _named_part,
    exp.Hour: _named_part,
    exp.Year: _named_part,
    exp.Quarter: _named_part,
    exp.Month: _named_part,
    exp.Week: _named_part,
    exp.Day: _named_part,
    exp.Sub: _days_between,
    exp.ToDays: _days,
    exp.DateFromParts: _date_of_parts,
    exp.DateDiff: _boundaries,
    exp.Cast: _text,
    exp.Round: _rounded,
    exp.CTE: _named_query,
    exp.Ln: _of_double,
    exp.Exp: _of_double,
    exp.Sqrt: _of_double,
    exp.Pow: _of_double,
}
