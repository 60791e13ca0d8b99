"""Arithmetic, comparison and choice between two values."""

from __future__ import annotations

import re
from datetime import date

from .value import (
    ExpressionError,
    Value,
    alike,
    as_bool,
    as_date,
    as_number,
    as_text,
    fault_sql,
    fault_when,
    first_fault,
    wrong_kind,
)


def arithmetic(sign: str, left: Value, right: Value) -> Value:
    """Left sign right, for numbers and for dates with days or months."""
    if right.kind in ("days", "months") or (left.kind == "date" and right.kind == "date"):
        return _date_arithmetic(sign, left, right)
    if left.kind in ("days", "months") and right.kind == "date" and sign == "+":
        return _date_arithmetic(sign, right, left)
    a, b = as_number(left), as_number(right)
    fault = first_fault(a.fault, b.fault)
    if sign != "/":
        return Value("number", f"({a.sql} {sign} {b.sql})", fault)
    zero = fault_when(f"{b.sql} = 0", fault_sql("division_by_zero", right.name))
    return Value("number", f"({a.sql} / nullif({b.sql}, 0))", first_fault(fault, zero))


def _date_arithmetic(sign: str, left: Value, right: Value) -> Value:
    day = as_date(left)
    fault = first_fault(day.fault, right.fault)
    if sign not in "+-" or (right.kind == "date" and sign == "+"):
        raise ExpressionError(f"dates have no {sign}", "Use date + days(n), date + months(n) or date - date.")
    if right.kind == "date":
        return Value("number", f"CAST({day.sql} - {right.sql} AS DOUBLE)", fault)
    step = right.sql if right.kind == "days" else f"to_months({right.sql})"
    sql = f"CAST({day.sql} {sign} {step} AS DATE)"
    beyond = fault_when(f"{sql} NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'", fault_sql("date_out_of_range"))
    return Value("date", sql, first_fault(fault, beyond))


def compare(sign: str, left: Value, right: Value) -> Value:
    """Left sign right as a condition; equality of text is never unknown, a blank is a value of its own."""
    a, b = _comparable(sign, left, right)
    fault = first_fault(a.fault, b.fault)
    if a.kind in ("text", "none") and sign in ("=", "<>"):
        distinct = "IS NOT DISTINCT FROM" if sign == "=" else "IS DISTINCT FROM"
        return Value("bool", f"({_blank(a)} {distinct} {_blank(b)})", fault)
    return Value("bool", f"({a.sql} {sign} {b.sql})", fault)


def _blank(value: Value) -> str:
    return f"nullif({value.sql}, '')" if value.sql != "NULL" else "NULL"


def _comparable(sign: str, left: Value, right: Value) -> tuple[Value, Value]:
    kinds = {left.kind, right.kind}
    if "date" in kinds:
        return as_date(_iso(left)), as_date(_iso(right))
    if "none" in kinds:
        raise ExpressionError("None cannot be compared", "Use is_empty(x).")
    if "number" in kinds:
        return as_number(left), as_number(right)
    if kinds == {"bool"} and sign in ("=", "<>"):
        return as_bool(left), as_bool(right)
    if not kinds <= {"column", "text"}:
        raise wrong_kind(left if left.kind not in ("column", "text") else right, "a number, a text or a date")
    if kinds == {"column"} and sign not in ("=", "<>"):
        remedy = "Say number(a) < number(b) or date(a) < date(b)."
        raise ExpressionError(f'it is not clear how "{left.name}" and "{right.name}" are ordered', remedy)
    return as_text(left), as_text(right)


def _iso(value: Value) -> Value:
    """A text literal beside a date, as a date."""
    if value.kind != "text" or not re.fullmatch(r"'\d{4}-\d{2}-\d{2}'", value.sql):
        return value
    try:
        day = date.fromisoformat(value.sql.strip("'"))
    except ValueError:
        raise ExpressionError(f"{value.sql} is not a date", "Write dates as YYYY-MM-DD.") from None
    return Value("date", f"DATE '{day.isoformat()}'")


def either(condition: Value, then: Value, otherwise: Value) -> Value:
    """Then if condition else otherwise; blank when the condition is unknown; only the chosen side's fault counts."""
    a, b = alike([then, otherwise])
    sql = f"CASE WHEN {condition.sql} THEN {a.sql} WHEN NOT {condition.sql} THEN {b.sql} END"
    chosen = None
    if a.fault or b.fault:
        chosen = (
            f"CASE WHEN {condition.sql} THEN {a.fault or 'NULL'} WHEN NOT {condition.sql} THEN {b.fault or 'NULL'} END"
        )
    return Value(a.kind, sql, first_fault(condition.fault, chosen))
