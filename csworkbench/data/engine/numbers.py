"""Numbers in another engine: divided, averaged, rounded and cut as in DuckDB."""

from __future__ import annotations

from typing import Any

import sqlglot
from sqlglot import exp


def double(value: exp.Expression) -> exp.Expression:
    """The value as a double."""
    return exp.cast(value.copy(), exp.DataType.Type.DOUBLE)


def division(node: exp.Div, dialect: str) -> exp.Expression:
    """Always in doubles; by zero it is NULL."""
    return ratio(node.this, node.expression)


def ratio(numerator: exp.Expression, denominator: exp.Expression) -> exp.Expression:
    """A division in doubles; by zero it is NULL."""
    divisor = exp.Nullif(this=double(denominator), expression=exp.Literal.number(0))
    return exp.paren(exp.Div(this=double(numerator), expression=divisor, typed=True, safe=False), copy=False)


def whole_division(node: exp.IntDiv, dialect: str) -> exp.Expression:
    """By zero it is NULL."""
    divisor = exp.Nullif(this=node.expression, expression=exp.Literal.number(0))
    return exp.cast(exp.IntDiv(this=node.this, expression=divisor), exp.DataType.Type.BIGINT)


def remainder(node: exp.Mod, dialect: str) -> exp.Expression:
    """By zero it is NULL."""
    return exp.Mod(this=node.this, expression=exp.Nullif(this=node.expression, expression=exp.Literal.number(0)))


def mean(node: exp.Avg, dialect: str) -> exp.Expression:
    """Sum over count, as DuckDB computes it; PostgreSQL's own mean of decimals keeps other digits."""
    if isinstance(node.parent, exp.Window):
        return node
    return ratio(exp.Sum(this=node.this.copy()), exp.Count(this=node.this.copy()))


def windowed_mean(node: exp.Window, dialect: str) -> exp.Expression:
    """The same of a mean over a window."""
    if not isinstance(node.this, exp.Avg):
        return node
    total, count = node.copy(), node.copy()
    total.set("this", exp.Sum(this=node.this.this.copy()))
    count.set("this", exp.Count(this=node.this.this.copy()))
    return ratio(total, count)


def is_whole(value: exp.Expr) -> bool:
    """Whether the expression can have no fraction."""
    value = value.unnest()
    if isinstance(value, exp.Add | exp.Sub | exp.Mul):
        return is_whole(value.left) and is_whole(value.right)
    if isinstance(value, exp.Cast):
        return bool(value.to.is_type(*exp.DataType.INTEGER_TYPES))
    return value.is_int or isinstance(value, exp.Floor | exp.Ceil | exp.Extract | exp.Count)


def nearest(node: exp.Cast) -> exp.Expression:
    """Rounded as in DuckDB, doubles half to even and decimals half away from zero; Spark would cut the fraction."""
    tree: Any = sqlglot.parse_one(_NEAREST.replace("whole", node.to.sql("spark")), read="spark")
    for column in list(tree.find_all(exp.Column)):
        column.replace(node.this.copy())
    return exp.paren(tree, copy=False)


_NEAREST = """
    CASE WHEN typeof(x) IN ('double', 'float') THEN CAST(rint(x) AS whole)
         WHEN typeof(x) LIKE 'decimal%' THEN CAST(round(x) AS whole)
         ELSE CAST(x AS whole) END
"""


def rounded(node: exp.Round, dialect: str) -> exp.Expression:
    """Half away from zero, in decimals."""
    value = exp.cast(node.this, exp.DataType.build("DECIMAL" if dialect == "postgres" else "DECIMAL(38, 12)"))
    return double(exp.Round(this=value, decimals=node.args.get("decimals")))


def of_double(node: exp.Expression, dialect: str) -> exp.Expression:
    """A function whose arguments are doubles."""
    for name in ("this", "expression"):
        if node.args.get(name) is not None:
            node.set(name, double(node.args[name]))
    return node
