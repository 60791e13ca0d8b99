"""The functions of the expression language, one Python function each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..sql import literal
from .value import (
    ExpressionError,
    Value,
    alike,
    as_number,
    as_text,
    fault_sql,
    fault_when,
    first_fault,
    wrong_kind,
)

BLANKS = " \t\n\r\v\f\u00a0\u3000"
LONGEST_STEP = 100_000
_DIRECTIVES = "YmdyjbBHMSfpI%"


@dataclass(frozen=True)
class Function:
    """How many arguments a function takes (most: None for any number) and what makes its SQL."""

    least: int
    most: int | None
    make: Callable[..., Value]


def _round(value: Value, digits: Value | None = None) -> Value:
    """Half away from zero, on the decimal digits that are shown (15), not on the binary value."""
    number = as_number(value)
    n = _whole(digits) if digits else 0
    if not 0 <= n <= 10:
        raise ExpressionError("round takes 0 to 10 decimal places", "Write round(x, 2).")
    shown = f"TRY_CAST(printf('%.15g', {number.sql}) AS DECIMAL(38, 16))"
    rounded = f"CAST(round({shown}, {n}) AS DOUBLE)"
    return Value("number", f"coalesce({rounded}, {number.sql})", number.fault)


def _whole(value: Value) -> int:
    if value.kind != "number" or not re.fullmatch(r"CAST\((\d+)\.0 AS DOUBLE PRECISION\)|\d+", value.sql):
        raise ExpressionError("a whole number is needed here", "Write it out, such as 2.")
    return int(re.sub(r"CAST\((\d+)\.0.*", r"\1", value.sql))


def _quoted(value: Value) -> str:
    if value.kind != "text" or not re.fullmatch(r"'(?:[^']|'')*'", value.sql):
        raise ExpressionError("a text in quotes is needed here", 'Write it out, such as "%Y-%m-%d".')
    return value.sql[1:-1].replace("''", "'")


def _abs(value: Value) -> Value:
    number = as_number(value)
    return Value("number", f"abs({number.sql})", number.fault)


def _extreme(function: str) -> Callable[..., Value]:
    def make(*values: Value) -> Value:
        same = alike(values)
        if same[0].kind == "text":
            same = [as_number(value) for value in values]
        unknown = " OR ".join(f"{value.sql} IS NULL" for value in same)
        sql = f"CASE WHEN NOT ({unknown}) THEN {function}({', '.join(value.sql for value in same)}) END"
        return Value(same[0].kind, sql, first_fault(*(value.fault for value in same)))

    return make


def _text_function(pattern: str) -> Callable[[Value], Value]:
    def make(value: Value) -> Value:
        text = as_text(value)
        return Value("text", pattern.format(text.sql), text.fault)

    return make


def _strip(value: Value) -> Value:
    text = as_text(value)
    return Value("text", f"trim({text.sql}, {literal(BLANKS)})", text.fault)


def _left(value: Value, n: Value) -> Value:
    text = as_text(value)
    return Value("text", f"substr({text.sql}, 1, {_whole(n)})", text.fault)


def _concat(*values: Value) -> Value:
    texts = [as_text(value) for value in values]
    return Value("text", f"({' || '.join(text.sql for text in texts)})", first_fault(*(t.fault for t in texts)))


def _coalesce(*values: Value) -> Value:
    """The first that is not blank; the faults of those after it do not count."""
    same = alike(values)
    fault = None
    for value in reversed(same):
        later = fault_when(f"{value.sql} IS NULL", fault) if fault else None
        fault = first_fault(value.fault, later)
    kind = same[0].kind
    return Value(kind, f"coalesce({', '.join(_filled(value) for value in same)})", fault)


def _filled(value: Value) -> str:
    return f"nullif({value.sql}, '')" if value.kind == "text" and value.sql != "''" else value.sql


def _is_empty(value: Value) -> Value:
    blank = f"coalesce({value.sql}, '') = ''" if value.kind in ("column", "text") else f"{value.sql} IS NULL"
    return Value("bool", f"({blank})", value.fault)


def _number(value: Value) -> Value:
    return as_number(value, explicit=True)


def _date(value: Value, form: Value | None = None) -> Value:
    if value.kind == "date" and form is None:
        return value
    if value.kind not in ("column", "text"):
        raise wrong_kind(value, "a text")
    sql = _parsed(value.sql, form)
    fault = fault_when(f"{value.sql} IS NOT NULL AND {sql} IS NULL", fault_sql("not_a_date", value.name, value.sql))
    return Value("date", sql, first_fault(value.fault, fault))


def _parsed(text: str, form: Value | None) -> str:
    if form is None:
        iso = f"regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        return f"CASE WHEN {iso} THEN TRY_CAST({text} AS DATE) END"
    written = _quoted(form)
    used = re.findall("%(.?)", written)
    if not used or any(sign == "" or sign not in _DIRECTIVES for sign in used):
        raise ExpressionError(f'"{written}" is no date format', 'Write it like "%d/%m/%Y".')
    return f"CAST(try_strptime({text}, {literal(written)}) AS DATE)"


def _step(unit: str) -> Callable[[Value], Value]:
    def make(value: Value) -> Value:
        number = as_number(value)
        whole = f"{number.sql} = trunc({number.sql}) AND abs({number.sql}) <= {LONGEST_STEP}"
        sql = f"CASE WHEN {whole} THEN CAST({number.sql} AS INTEGER) END"
        fault = fault_when(f"NOT ({whole})", fault_sql(f"not_whole_{unit}", value.name))
        return Value("days" if unit == "days" else "months", sql, first_fault(number.fault, fault))

    return make


FUNCTIONS: Mapping[str, Function] = {
    "round": Function(1, 2, _round),
    "abs": Function(1, 1, _abs),
    "min": Function(2, None, _extreme("least")),
    "max": Function(2, None, _extreme("greatest")),
    "lower": Function(1, 1, _text_function("lower({})")),
    "upper": Function(1, 1, _text_function("upper({})")),
    "strip": Function(1, 1, _strip),
    "left": Function(2, 2, _left),
    "concat": Function(1, None, _concat),
    "coalesce": Function(2, None, _coalesce),
    "is_empty": Function(1, 1, _is_empty),
    "number": Function(1, 1, _number),
    "date": Function(1, 2, _date),
    "days": Function(1, 1, _step("days")),
    "months": Function(1, 1, _step("months")),
}
