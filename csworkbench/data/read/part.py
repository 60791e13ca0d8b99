"""What every reader hands back, and how it puts rows of text into DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import Problem
from ..sql import identifier

BATCH_ROWS = 10_000
SHOWN_ROWS = 20
SHOWN_WORDINGS = 100

_BLANK = pa.scalar(None, pa.string())

NumberedRow = tuple[int, Sequence[str | None]]


@dataclass(frozen=True)
class Found:
    """A file of the workspace. name: relative to the workspace, as in messages. kind: by its first bytes."""

    name: str
    path: Path
    kind: str

    def problem(self, rule: str, said: str, remedy: str, row: int = 0, column: str = "", **more: str) -> Problem:
        """A problem in this file."""
        return Problem(self.name, row, column, rule, said, remedy, more.get("value"))


@dataclass(frozen=True)
class Part:
    """One source that was read into a table; columns is () when nothing could be read.

    refused: rows that are left out because they have a problem. digest: of the source's bytes or rows.
    plain: columns whose text is an ISO date or a plain decimal because the source had that type.
    unsound: whether U+FFFD may be in it.
    """

    columns: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    refused: int = 0
    digest: str = ""
    plain: Mapping[str, str] = field(default_factory=dict)
    unsound: bool = True


class Faults:
    """Problems of one source: one for each rule, column and wording, with its first rows and their number."""

    def __init__(self) -> None:
        self._listed: dict[tuple[str, str, str], Problem] = {}
        self.refused = 0

    def add(self, problem: Problem) -> None:
        """Takes the problem of one row; memory stays bounded however many rows are bad."""
        said = problem.said if len(self._listed) < SHOWN_WORDINGS else ""
        key = (problem.rule, problem.column, said)
        first = self._listed.setdefault(key, replace(problem, count=0))
        rows = (*first.rows, problem.row) if len(first.rows) < SHOWN_ROWS else first.rows
        self._listed[key] = replace(first, count=first.count + 1, rows=rows)

    def refuse(self, problem: Problem) -> None:
        """Takes the problem of a row that is left out."""
        self.refused += 1
        self.add(problem)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was taken."""
        return tuple(self._listed.values())


def blank_rows(found: Found, n: int) -> str:
    """The notice of rows without any value."""
    return f"{found.name}: {n:,} blank rows left out"


def create_table(connection: duckdb.DuckDBPyConnection, target: str, columns: Sequence[str]) -> None:
    """An empty table of text columns with `_file` and `_row`."""
    typed = [*(f"{identifier(column)} VARCHAR" for column in columns), "_file VARCHAR", "_row BIGINT"]
    connection.execute(f"CREATE TEMP TABLE {identifier(target)} ({', '.join(typed)})")


def insert_rows(
    connection: duckdb.DuckDBPyConnection, target: str, columns: Sequence[str], file: str, rows: Iterable[NumberedRow]
) -> None:
    """Appends numbered rows of text, in batches."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_ROWS)):
        append(connection, target, _arrow(columns, file, batch))


def append(connection: duckdb.DuckDBPyConnection, target: str, rows: pa.Table | pa.RecordBatchReader) -> None:
    """Appends Arrow rows whose columns are those of the table, in its order."""
    connection.register("_arrived", rows)
    try:
        connection.execute(f"INSERT INTO {identifier(target)} SELECT * FROM _arrived")
    finally:
        connection.unregister("_arrived")


def _arrow(columns: Sequence[str], file: str, batch: list[NumberedRow]) -> pa.Table:
    values = zip(*(row for _, row in batch), strict=True) if columns else iter(())
    arrays = [pc.if_else(pc.equal(a, ""), _BLANK, a) for a in (pa.array(v, pa.string()) for v in values)]
    numbers = pa.array([number for number, _ in batch], pa.int64())
    names = [*columns, "_file", "_row"]
    return pa.Table.from_arrays([*arrays, pa.repeat(pa.scalar(file), len(batch)), numbers], names=names)
