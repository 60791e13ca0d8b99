"""Total and subtotal rows that a spreadsheet export carries among its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from ..errors import Problem
from ..schema import Table
from .mapping_columns import Filled
from .mapping_faults import first_rows
from .mapping_source import Rows, step
from .sql import identifier, literal

TOTALS = (
    "total", "subtotal", "sub total", "sub-total", "grand total", "sum", "totals", "overall total",
    "合計", "小計", "総計", "総合計", "合 計", "小 計", "計", "累計", "中計",
)  # fmt: skip


def without_totals(connection: duckdb.DuckDBPyConnection, rows: Rows, table: Table, columns: Sequence[Filled]) -> Rows:
    """The rows without those whose key (or first source column) is a word for a total; each is a problem."""
    for name in _places(rows, table, columns):
        column = identifier(name)
        maybe = f"contains(lower({column}), 'total') OR contains({column}, '計') OR contains(lower({column}), 'sum')"
        bare = f"lower(rtrim(trim({column}, ' \u3000*'), ':： '))"
        is_total = f"CASE WHEN {maybe} THEN {bare} IN {literal(TOTALS)} ELSE FALSE END"
        select = f"SELECT _file, _row, {column} FROM {identifier(rows.relation)} WHERE {is_total}"
        found = [_problem(name, *one) for one in first_rows(connection, select, column)]
        if found:
            kept = f"SELECT * FROM {identifier(rows.relation)} WHERE NOT {is_total}"
            relation, _ = step(connection, rows, f"totals_{len(rows.problems)}", kept)
            rows = replace(rows.but(*found), relation=relation)
    return rows


def _places(rows: Rows, table: Table, columns: Sequence[Filled]) -> list[str]:
    """The first source column, and those that fill a key of the table."""
    keys = [
        column.columns[0]
        for column in columns
        if not column.expression and column.columns and table.column(column.name).type == "key"
    ]
    return list(dict.fromkeys([*rows.columns[:1], *keys]))


def _problem(column: str, file: str, value: str, n: int, at: list[int]) -> Problem:
    remedy = f"Remove the row from the export, or leave it out: where = {_condition(column, value)}."
    return Problem(file, at[0], column, "total_row", "marks a total row, not data", remedy, value, n, rows=tuple(at))


def _condition(column: str, value: str) -> str:
    name = column if column.isidentifier() else f'col("{column}")'
    return f"'{name} != \"{value}\"'"
