"""Which source rows a canonical table is made of: unpivot, look-ups into other files, the `where` filter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from .. import schema
from ..errors import Problem
from .expression import Expression, ExpressionError, compile_expression
from .mapping_faults import fault_problems
from .mapping_lookup import looked_up
from .mapping_source import Rows, count, is_taken, step, taken
from .read import Raw
from .settings import FILE, Settings, TableMap
from .sql import identifier, literal

LEFT = "_left"


def source_rows(
    connection: duckdb.DuckDBPyConnection, raw: Raw, mapping: TableMap, settings: Settings, folder: Path
) -> Rows:
    """The rows after every step that the mapping declares, each counted."""
    first = raw.files[0].name if raw.files else FILE
    rows = Rows(
        raw.name,
        raw.relation,
        raw.columns,
        first_file=first,
        header_row=mapping.skip_rows + 1,
        personal=_personal(raw.name, mapping),
    )
    if mapping.unpivot:
        rows = _unpivoted(connection, rows, mapping)
    waiting = mapping.where
    if waiting and _readable(waiting, rows):
        rows, waiting = filtered(connection, rows, waiting), None
    for name, lookup in mapping.lookups.items():
        rows = looked_up(connection, rows, name, lookup, settings, folder)
    return filtered(connection, rows, waiting) if waiting else rows


def _personal(name: str, mapping: TableMap) -> frozenset[str]:
    """Source columns that fill a personal canonical column."""
    declared = {
        column.name: mapping.columns.get(column.name) for column in schema.table(name).columns if column.personal
    }
    return frozenset(
        given if isinstance(given, str) else ((given and given.column) or canonical)
        for canonical, given in declared.items()
    )


def _readable(where: str, rows: Rows) -> bool:
    """Whether the filter needs no column of a look-up, so that it can come first."""
    try:
        compile_expression(where, rows.columns)
    except ExpressionError:
        return False
    return True


def filtered(connection: duckdb.DuckDBPyConnection, rows: Rows, where: str) -> Rows:
    """The rows for which the condition is true; where it is false or unknown they are counted as dropped."""
    condition, rows = _condition(connection, rows, where, "where")
    if condition is None:
        return rows
    select = f"SELECT * FROM {identifier(rows.relation)} WHERE {condition.sql}"
    relation, fewer = step(connection, rows, "where", select)
    return replace(rows, relation=relation, dropped={**rows.dropped, "where": fewer})


def left_condition(
    connection: duckdb.DuckDBPyConnection, rows: Rows, mapping: TableMap
) -> tuple[Expression | None, Rows]:
    """The condition that `left` declares, or None; and the rows with the problems that it has in them."""
    return _condition(connection, rows, mapping.left, "left") if mapping.left is not None else (None, rows)


def _condition(
    connection: duckdb.DuckDBPyConnection, rows: Rows, text: str, key: str
) -> tuple[Expression | None, Rows]:
    """The condition over the rows; None when it cannot be had, which is a problem of the rows."""
    place = f"tables.{rows.name}.{key}"
    try:
        condition = compile_expression(text, (*rows.columns, *rows.absent))
        if condition.kind != "bool":
            raise ExpressionError("is not a condition", 'Write a comparison, such as status == "active".')
    except ExpressionError as error:
        return None, rows.but(Problem(FILE, 0, place, "bad_expression", error.said, error.remedy, text))
    if rows.absent & set(condition.columns):
        return None, rows
    problems = fault_problems(connection, rows.relation, condition, place, rows.personal)
    return condition, rows.but(*problems, used=condition.columns)


def _unpivoted(connection: duckdb.DuckDBPyConnection, rows: Rows, mapping: TableMap) -> Rows:
    """A row for every filled cell of the columns; blank cells are counted as dropped."""
    unpivot = mapping.unpivot
    assert unpivot is not None
    kept = tuple(name for name in rows.columns if name not in unpivot.columns)
    place = f"tables.{rows.name}.unpivot"
    missing = [rows.missing(name, place) for name in unpivot.columns if name not in rows.columns]
    missing += [taken(place, name) for name in (unpivot.name, unpivot.value) if is_taken(name, kept)]
    if missing:
        return rows.but(*missing)
    names = ", ".join(literal(name) for name in unpivot.columns)
    values = ", ".join(map(identifier, unpivot.columns))
    unnested = f"unnest([{names}]) AS {identifier(unpivot.name)}, unnest([{values}]) AS {identifier(unpivot.value)}"
    picks = ", ".join([*map(identifier, kept), unnested, "_file", "_row"])
    value = identifier(unpivot.value)
    cells = count(connection, rows.relation) * len(unpivot.columns)
    select = f"SELECT * FROM (SELECT {picks} FROM {identifier(rows.relation)}) WHERE {value} IS NOT NULL"
    relation, _ = step(connection, rows, "unpivot", select)
    dropped = {**rows.dropped, "unpivot": cells - count(connection, relation)}
    columns = (*kept, unpivot.name, unpivot.value)
    return replace(rows.but(used=unpivot.columns), relation=relation, dropped=dropped, columns=columns)
