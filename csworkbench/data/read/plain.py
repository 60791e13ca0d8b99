"""Typed values as plain text: ISO dates, decimals without exponent or float noise, keys unchanged.

A double is written with 15 significant digits unless it is whole. A time of midnight without a zone is a date.
NaN and infinities stay the words "NaN", "inf", "-inf", so that the check refuses them.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["number", "date", "timestamp"]

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


def plain_text(value: Any) -> str | None:
    """The text of one Python value; None for None."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return _plain_float(value)
        case Decimal():
            return format(value, "f") if value.is_finite() else str(value)
        case datetime():
            return _plain_timestamp(value)
        case date() | time():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
    return str(value)


def _plain_float(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if value.is_integer():
        return str(int(value))
    return format(Decimal(format(value, ".15g")), "f")


def _plain_timestamp(value: datetime) -> str:
    if value.tzinfo is None and value.time() == time():
        return value.date().isoformat()
    return value.isoformat(sep=" ")


def kind_of_type(type_: str) -> Kind | None:
    """What a DuckDB type's text is: number, date, timestamp, or None for text."""
    name = type_.upper()
    if name.removeprefix("U") in _INTEGERS or name.startswith("DECIMAL") or name in ("DOUBLE", "FLOAT"):
        return "number"
    if name == "DATE":
        return "date"
    return "timestamp" if name.startswith("TIMESTAMP") else None


def plain_sql(column: str, type_: str) -> str:
    """A DuckDB expression of the text of a column of that type; an empty text is NULL."""
    name = type_.upper()
    if name == "VARCHAR":
        return f"nullif({column}, '')"
    if name in ("DOUBLE", "FLOAT"):
        return plain_double_sql(column if name == "DOUBLE" else f"CAST(CAST({column} AS VARCHAR) AS DOUBLE)")
    if name.startswith("TIMESTAMP") and "ZONE" in name:
        return f"CAST({column} AT TIME ZONE 'UTC' AS VARCHAR) || '+00:00'"
    if name.startswith("TIMESTAMP"):
        return f"regexp_replace(CAST({column} AS VARCHAR), ' 00:00:00$', '')"
    return f"CAST({column} AS VARCHAR)"


def plain_double_sql(value: str) -> str:
    """A DuckDB expression of the text of a double."""
    shown = f"printf('%.14e', abs({value}))"
    zeros = f"repeat('0', -1 - CAST(split_part({shown}, 'e', 2) AS INTEGER))"
    digits = f"rtrim(replace(split_part({shown}, 'e', 1), '.', ''), '0')"
    tiny = f"CASE WHEN {value} < 0 THEN '-0.' ELSE '0.' END || {zeros} || {digits}"
    return (
        f"CASE WHEN isnan({value}) THEN 'NaN' WHEN isinf({value}) THEN CAST({value} AS VARCHAR) "
        f"WHEN {value} = trunc({value}) AND abs({value}) < 1.7e38 THEN CAST(CAST({value} AS HUGEINT) AS VARCHAR) "
        f"WHEN {value} = trunc({value}) THEN printf('%.0f', {value}) "
        f"WHEN abs({value}) >= 0.0001 THEN printf('%.15g', {value}) ELSE {tiny} END"
    )
