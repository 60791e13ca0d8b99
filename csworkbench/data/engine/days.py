"""Days and moments in another engine: their parts and differences as in DuckDB."""

from __future__ import annotations

from sqlglot import exp

from .numbers import double, ratio


def truncated(node: exp.DateTrunc | exp.TimestampTrunc, dialect: str) -> exp.Expression:
    """A timestamp without zone, also of a date."""
    node.set("this", exp.cast(node.this, exp.DataType.Type.TIMESTAMP))
    return node


def part(node: exp.Extract, dialect: str) -> exp.Expression:
    """A whole number, as in DuckDB."""
    part = node.this.name.lower()
    if part == "epoch":
        return epoch(exp.TimeToUnix(this=node.expression), dialect) if dialect == "spark" else double(node)
    value = exp.Floor(this=node.copy()) if part == "second" else node.copy()
    return exp.cast(value, exp.DataType.Type.BIGINT)


def epoch(node: exp.TimeToUnix, dialect: str) -> exp.Expression:
    """Seconds with their fraction; Spark's own have none."""
    if dialect != "spark":
        return node
    moment = exp.cast(node.this, exp.DataType.Type.TIMESTAMP)
    return ratio(exp.Anonymous(this="UNIX_MICROS", expressions=[moment]), exp.Literal.number(1_000_000))


def named_part(node: exp.Expression, dialect: str) -> exp.Expression:
    """The part that the function is named after; Spark has them all but the week."""
    if dialect != "postgres" and not isinstance(node, exp.Week):
        return node
    return part(exp.Extract(this=exp.var(type(node).__name__.upper()), expression=node.this), dialect)


def day_of_week(node: exp.DayOfWeek, dialect: str) -> exp.Expression:
    """Sunday is 0; in Spark it would be 1."""
    if dialect == "spark":
        return exp.paren(exp.Sub(this=node.copy(), expression=exp.Literal.number(1)), copy=False)
    return part(exp.Extract(this=exp.var("DOW"), expression=node.this), dialect)


def date_of_parts(node: exp.DateFromParts, dialect: str) -> exp.Expression:
    """The date of year, month and day."""
    parts = [exp.cast(node.args[name], exp.DataType.Type.INT) for name in ("year", "month", "day")]
    return exp.Anonymous(this="MAKE_DATE", expressions=parts)


def days_between(node: exp.Sub, dialect: str) -> exp.Expression:
    """A number of days, where a date is taken away; Spark would give an interval."""
    if dialect == "spark" and isinstance(node.right, exp.Cast) and node.right.to.is_type("date"):
        return exp.DateDiff(this=node.left, expression=node.right, unit=exp.var("DAY"))
    return node


def as_interval(node: exp.ToDays, dialect: str) -> exp.Expression:
    """So many days, to be added to a date."""
    return exp.Mul(this=node.this, expression=exp.Interval(this=exp.Literal.string("1"), unit=exp.var("DAY")))
