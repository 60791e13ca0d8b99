"""Typed pieces of SQL: the value of a part of an expression, and the fault that a row may have in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ...errors import CsworkbenchError
from ..read.plain import plain_double_sql
from ..sql import literal

Kind = Literal["column", "text", "number", "bool", "date", "days", "months", "none"]

NUMBER = r"[+-]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)"
SEPARATOR = "\x1f"
_NAMES = {
    "column": "a column",
    "text": "text",
    "number": "a number",
    "bool": "a condition",
    "date": "a date",
    "days": "a number of days",
    "months": "a number of months",
    "none": "nothing",
}


class ExpressionError(CsworkbenchError):
    """An expression that cannot be compiled. said: what is wrong; remedy: what to write instead."""

    def __init__(self, said: str, remedy: str) -> None:
        self.said, self.remedy = said, remedy
        super().__init__(f"{said}. {remedy}")


@dataclass(frozen=True)
class Value:
    """SQL of a value (VARCHAR, DOUBLE, BOOLEAN, DATE by kind) and of its fault: NULL, or rule, column and text.

    name: of the column, for kind "column".
    """

    kind: Kind
    sql: str
    fault: str | None = None
    name: str = ""


def wrong_kind(value: Value, wanted: str) -> ExpressionError:
    """The error of a value that is not what its place needs."""
    remedy = {"a number": "Use number(…).", "a date": 'Use date(…) or date(…, "%d/%m/%Y").'}.get(
        wanted, 'Use a comparison such as x == "yes".' if wanted == "a condition" else "Correct the expression."
    )
    shown = f'column "{value.name}"' if value.kind == "column" else _NAMES[value.kind]
    return ExpressionError(f"{wanted} is needed, not {shown}", remedy)


def fault_sql(rule: str, name: str = "", value: str = "''") -> str:
    """SQL of a fault: its rule, the column and its text."""
    return f"concat({literal(rule)}, chr(31), {literal(name)}, chr(31), {value})"


def first_fault(*faults: str | None) -> str | None:
    """SQL of the first fault that a row has."""
    given = [fault for fault in faults if fault]
    return f"coalesce({', '.join(given)})" if len(given) > 1 else (given[0] if given else None)


def fault_when(condition: str, fault: str) -> str:
    """SQL of a fault that holds under a condition."""
    return f"CASE WHEN {condition} THEN {fault} END"


def as_number(value: Value, explicit: bool = False) -> Value:
    """The value as a DOUBLE; a column (or, if explicit, any text) must hold plain decimals."""
    if value.kind in ("number", "none"):
        return Value("number", value.sql, value.fault)
    if value.kind != "column" and not (explicit and value.kind == "text"):
        raise wrong_kind(value, "a number")
    plain = f"regexp_full_match({value.sql}, {literal(NUMBER)})"
    sql = f"CASE WHEN {plain} THEN CAST({value.sql} AS DOUBLE) END"
    fault = fault_when(f"NOT {plain}", fault_sql("not_a_number", value.name, value.sql))
    return Value("number", sql, first_fault(value.fault, fault))


def as_text(value: Value) -> Value:
    """The value as text; a condition is "true" or "false"."""
    match value.kind:
        case "column" | "text" | "none":
            return Value("text", value.sql, value.fault)
        case "number":
            once = f"list_transform([{value.sql}], lambda v: {plain_double_sql('v')})[1]"
            return Value("text", once, value.fault)
        case "bool" | "date":
            return Value("text", f"CAST({value.sql} AS VARCHAR)", value.fault)
    raise wrong_kind(value, "text")


def as_bool(value: Value) -> Value:
    """The value as a condition."""
    if value.kind in ("bool", "none"):
        return Value("bool", value.sql, value.fault)
    raise wrong_kind(value, "a condition")


def as_date(value: Value) -> Value:
    """The value as a date."""
    if value.kind in ("date", "none"):
        return Value("date", value.sql, value.fault)
    raise wrong_kind(value, "a date")


def alike(values: Sequence[Value]) -> list[Value]:
    """The values in one common kind: number or text by the first that is clear, columns alone as text."""
    kinds = {value.kind for value in values} - {"none", "column"}
    if len(kinds) > 1:
        named = " and ".join(sorted(_NAMES[kind] for kind in kinds))
        raise ExpressionError(f"{named} cannot stand for each other", "Give all of them the same kind of value.")
    kind = next(iter(kinds), "text")
    convert = {"number": as_number, "text": as_text, "bool": as_bool, "date": as_date}.get(kind)
    if convert is None:
        raise wrong_kind(values[0], "a number, a text or a date")
    return [convert(value) for value in values]
