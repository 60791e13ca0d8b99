"""Faults that every kind of source can have, found in the table of text: blank and repeated rows, damaged text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from ...errors import Problem
from ..sql import identifier, literal
from .header import UNNAMED
from .part import Faults, Found, Part, blank_rows


def tidy(connection: duckdb.DuckDBPyConnection, target: str, found: Found, part: Part) -> Part:
    """The part after blank rows, repeated headers and unnamed columns are out of its table."""
    if not part.columns:
        return part
    blank = _delete(connection, target, f"coalesce({', '.join(map(identifier, part.columns))}) IS NULL")
    notices = (blank_rows(found, len(blank)),) if blank else ()
    part = replace(part, notices=part.notices + notices)
    for step in (_without_repeated_headers, _without_unnamed_columns, _with_lost_characters):
        part = step(connection, target, found, part)
    return part


def _without_repeated_headers(connection: duckdb.DuckDBPyConnection, target: str, found: Found, part: Part) -> Part:
    same = " AND ".join(f"{identifier(name)} = {literal(name)}" for name in part.columns if _named(name))
    rows = _delete(connection, target, same) if same else []
    problems = _listed(found, rows, "repeated_header", "repeats the header", "Remove the row from the export.")
    return replace(part, problems=part.problems + problems, refused=part.refused + len(rows))


def _without_unnamed_columns(connection: duckdb.DuckDBPyConnection, target: str, found: Found, part: Part) -> Part:
    for position, name in enumerate(part.columns, 1):
        if _named(name):
            continue
        rows = _rows(connection, target, f"{identifier(name)} IS NOT NULL")
        said = f"holds a value in column {position}, which has no name"
        problems = _listed(found, rows, "unnamed_column", said, "Name the column in the header, or remove it.", name)
        part = replace(part, problems=part.problems + problems)
        if not rows:
            connection.execute(f"ALTER TABLE {identifier(target)} DROP COLUMN {identifier(name)}")
            notice = f"{found.name}: column {position} has neither name nor values"
            columns = tuple(column for column in part.columns if column != name)
            part = replace(part, notices=(*part.notices, notice), columns=columns)
    return part


def _with_lost_characters(connection: duckdb.DuckDBPyConnection, target: str, found: Found, part: Part) -> Part:
    """Only a notice: the check refuses where a canonical column holds the sign."""
    notices: tuple[str, ...] = ()
    for name in part.columns if part.unsound else ():
        rows = _rows(connection, target, f"contains({identifier(name)}, '\ufffd')")
        if rows:
            said = f'column "{name}" holds U+FFFD in {len(rows):,} rows, first in row {rows[0]:,}'
            notices += (f"{found.name}: {said}: text was lost before the file was written",)
    return replace(part, notices=part.notices + notices)


def _named(name: str) -> bool:
    return not name.startswith(UNNAMED)


def _rows(connection: duckdb.DuckDBPyConnection, target: str, where: str) -> list[int]:
    found = connection.execute(f"SELECT _row FROM {identifier(target)} WHERE {where} ORDER BY _row").fetchall()
    return [row for (row,) in found]


def _delete(connection: duckdb.DuckDBPyConnection, target: str, where: str) -> list[int]:
    rows = _rows(connection, target, where)
    if rows:
        connection.execute(f"DELETE FROM {identifier(target)} WHERE {where}")
    return rows


def _listed(
    found: Found, rows: Sequence[int], rule: str, said: str, remedy: str, column: str = ""
) -> tuple[Problem, ...]:
    """One problem for all these rows, or none."""
    faults = Faults()
    for row in rows:
        faults.add(found.problem(rule, said, remedy, row, column))
    return faults.problems
