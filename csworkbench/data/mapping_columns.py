"""One canonical column as SQL over the source rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import Problem
from ..schema import Table
from .expression import Expression, ExpressionError, compile_expression
from .mapping_source import Rows
from .read.plain import plain_double_sql, plain_text
from .settings import FILE, ColumnMap, TableMap
from .sql import identifier, literal

_KINDS = {"number": "number", "date": "date"}


@dataclass(frozen=True)
class Filled:
    """How a canonical column is filled.

    sql: of its text, where `_value` stands for the value. inner: SQL of that value over the source rows.
    label: the source, for messages. unmapped: SQL of the text that has no entry in the value map, or None.
    plain: "number" or "date" when the text is plain whatever is declared, else None.
    """

    name: str
    inner: str
    sql: str
    label: str
    columns: tuple[str, ...] = ()
    expression: Expression | None = None
    unmapped: str | None = None
    plain: str | None = None


def filled_columns(table: Table, rows: Rows, mapping: TableMap, plain: Mapping[str, str]) -> tuple[list[Filled], Rows]:
    """Every canonical column that can be filled, and the rows with the problems of those that cannot."""
    columns = []
    for name in table.names:
        declared = mapping.columns.get(name)
        if declared is None and name not in rows.columns:
            continue
        spec = ColumnMap(column=declared or name) if not isinstance(declared, ColumnMap) else declared
        made = _filled(name, spec, rows, plain, f"tables.{rows.name}.columns.{name}")
        if isinstance(made, Problem):
            rows = rows.but(made)
        elif made:
            columns.append(made)
            rows = rows.but(used=made.columns)
    return columns, rows


def _filled(name: str, spec: ColumnMap, rows: Rows, plain: Mapping[str, str], place: str) -> Filled | Problem | None:
    """The column; a problem; or None when it waits for a look-up that failed and was reported."""
    given = [key for key in ("column", "constant", "expression") if getattr(spec, key) is not None]
    if len(given) > 1:
        said = f"is filled in {len(given)} ways ({', '.join(given)})"
        return Problem(FILE, 0, place, "two_sources", said, "Keep one of them.")
    if spec.constant is not None:
        text = plain_text(spec.constant) or ""
        return Filled(name, "NULL", literal(text) if text else "CAST(NULL AS VARCHAR)", "constant")
    if spec.expression is not None:
        return _derived(name, spec, rows, place)
    return _renamed(name, spec, rows, plain, place)


def _renamed(name: str, spec: ColumnMap, rows: Rows, plain: Mapping[str, str], place: str) -> Filled | Problem | None:
    source = spec.column or name
    if source in rows.absent:
        return None
    if source not in rows.columns:
        return rows.missing(source, f"{place} in workspace.toml")
    value = _not_empty("_value", spec)
    kind = None if spec.values else plain.get(source)
    return Filled(name, identifier(source), _mapped(value, spec), source, (source,), None, _unmapped(value, spec), kind)


def _derived(name: str, spec: ColumnMap, rows: Rows, place: str) -> Filled | Problem | None:
    try:
        expression = compile_expression(spec.expression or "", (*rows.columns, *rows.absent), spec.empty)
    except ExpressionError as error:
        return Problem(FILE, 0, place, "bad_expression", error.said, error.remedy, spec.expression)
    if rows.absent & set(expression.columns):
        return None
    text = {"number": plain_double_sql("_value"), "text": _not_empty("nullif(_value, '')", spec)}
    value = text.get(expression.kind, "CAST(_value AS VARCHAR)")
    kind = None if spec.values else _KINDS.get(expression.kind)
    label = expression.columns[0] if len(expression.columns) == 1 else f"{name} = {expression.text}"
    return Filled(
        name, expression.sql, _mapped(value, spec), label, expression.columns, expression, _unmapped(value, spec), kind
    )


def _not_empty(value: str, spec: ColumnMap) -> str:
    """NULL where the text is one of those that mean not measured."""
    empty = [text for text in spec.empty if text]
    return f"CASE WHEN {value} NOT IN {literal(empty)} THEN {value} END" if empty else value


def _mapped(value: str, spec: ColumnMap) -> str:
    """The value map: each text its entry, a blank the entry of "", anything else that of "*" or NULL."""
    if not spec.values:
        return value
    cases = [f"WHEN {literal(text)} THEN {_text(to)}" for text, to in spec.values.items() if text not in ("", "*")]
    blank = f"WHEN {value} IS NULL THEN {_text(spec.values.get('', ''))}"
    rest = f"ELSE {_text(spec.values.get('*', ''))}"
    inner = f"CASE {value} {' '.join(cases)} {rest} END" if cases else _text(spec.values.get("*", ""))
    return f"CASE {blank} ELSE {inner} END"


def _text(text: str) -> str:
    return literal(text) if text else "CAST(NULL AS VARCHAR)"


def _unmapped(value: str, spec: ColumnMap) -> str | None:
    if not spec.values or "*" in spec.values:
        return None
    known = [text for text in spec.values if text]
    return f"CASE WHEN {value} NOT IN {literal(known)} THEN {value} END" if known else value
