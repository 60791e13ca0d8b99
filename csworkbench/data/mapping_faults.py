"""Rows in which an expression, a value map or a look-up has a fault, as problems."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ..errors import Problem
from .expression import Expression
from .expression.value import SEPARATOR
from .mask import shown
from .read.part import SHOWN_ROWS
from .sql import identifier

_WORDS = {
    "not_a_number": (
        "is not a plain decimal of at most 15 digits before the point",
        'Correct the cell, or declare what means not measured: empty = ["", …] of the column.',
    ),
    "not_a_date": ("is not a date in the expression's format", 'Correct the cell, or the format: date(x, "%d/%m/%Y").'),
    "division_by_zero": ("divides by zero", "Guard the division, such as: a / b if b != 0 else 0."),
    "not_whole_days": ("is not a whole number of days", "Correct the cell, or round it in the expression."),
    "not_whole_months": ("is not a whole number of months", "Correct the cell, or round it in the expression."),
    "date_out_of_range": ("leads to a date beyond the years 1 to 9999", "Correct the cell."),
    "not_finite": ("leads to a number that is too large", "Correct the cell."),
}


def fault_problems(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    expression: Expression,
    place: str,
    personal: frozenset[str] = frozenset(),
) -> list[Problem]:
    """A problem for every rule, column and file in which the expression has a fault.

    place: names the expression where no column is at fault. personal: source columns whose values are masked.
    """
    if expression.fault is None:
        return []
    faults = f"SELECT _file, _row, {expression.fault} AS _fault FROM {identifier(relation)}"
    problems = []
    for file, fault, n, rows in first_rows(connection, f"SELECT * FROM ({faults}) WHERE _fault IS NOT NULL", "_fault"):
        rule, column, value = fault.split(SEPARATOR, 2)
        said, remedy = _WORDS[rule]
        text = shown(value, personal=column in personal) if value else None
        problems.append(Problem(file, rows[0], column or place, rule, said, remedy, text, n, rows=tuple(rows)))
    return merged(problems)


def first_rows(
    connection: duckdb.DuckDBPyConnection, select: str, value: str
) -> Sequence[tuple[str, str, int, list[int]]]:
    """(file, value, number of rows, first rows) for each value that the rows of the query have."""
    counted = f"SELECT _file, {value}, count(*), min(_row, {SHOWN_ROWS}) FROM ({select}) GROUP BY ALL"
    return connection.execute(f"{counted} ORDER BY _file, min(_row), 2").fetchall()


def merged(problems: Sequence[Problem], shown_values: int = SHOWN_ROWS) -> list[Problem]:
    """The first values of each rule, file and column one by one; the rest of them as one problem."""
    listed: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        listed.setdefault((problem.file, problem.rule, problem.column), []).append(problem)
    return [problem for group in listed.values() for problem in _bounded(group, shown_values)]


def _bounded(group: Sequence[Problem], most: int) -> list[Problem]:
    if len(group) <= most:
        return list(group)
    rest = group[most - 1 :]
    rows = tuple(row for problem in rest for row in problem.rows)[:SHOWN_ROWS]
    head = rest[0]
    last = Problem(
        head.file, head.row, head.column, head.rule, head.said, head.remedy, head.value,
        sum(problem.count for problem in rest), head.tolerated, rows,
    )  # fmt: skip
    return [*group[: most - 1], last]
