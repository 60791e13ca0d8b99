"""Declared control totals of an export."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...errors import Problem, fault, suggestion
from ..settings import FILE
from ..sql import identifier
from .subject import Subject

_SUMMED = ("int", "number", "money", "share")


def total_problems(subject: Subject) -> Iterator[Problem]:
    """Totals that differ: sums of numbers, counts of different values of anything else."""
    for column, declared in subject.mapping.totals.items():
        place = f"tables.{subject.name}.totals.{column}"
        if column not in subject.table.names:
            hint = suggestion(column, subject.table.names).strip()
            yield Problem(FILE, 0, place, "unknown_key", "is not a known name", hint)
            continue
        actual = _actual(subject, column)
        if abs(actual - Decimal(str(declared))) > _slack(actual, column, subject):
            words: dict[str, Any] = {"declared": f"{declared:,}", "table": subject.name, "field": column}
            yield fault("total_differs", _files(subject), 0, subject.label(column), value=f"{actual:,f}", **words)


def _actual(subject: Subject, column: str) -> Decimal:
    quoted = identifier(column)
    summed = subject.table.column(column).type in _SUMMED
    sql = f"coalesce(sum({quoted}), 0)" if summed else f"count(DISTINCT {quoted})"
    row = subject.connection.execute(f"SELECT {sql} FROM {subject.relation}").fetchone()
    return Decimal(str(row[0])) if row else Decimal(0)


def _slack(actual: Decimal, column: str, subject: Subject) -> Decimal:
    """How far a sum of doubles may be off by rounding; sums of decimals and whole numbers are exact."""
    if subject.table.column(column).type in ("number", "share"):
        return max(abs(actual), Decimal(1)) * Decimal("1e-9")
    return Decimal(0)


def _files(subject: Subject) -> str:
    rows = subject.connection.execute(f"SELECT DISTINCT _file FROM {subject.relation} ORDER BY 1 LIMIT 2").fetchall()
    return str(rows[0][0]) if len(rows) == 1 else subject.name
