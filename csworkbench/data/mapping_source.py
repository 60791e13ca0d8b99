"""Source rows on their way to a canonical table, and the tables that each step leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import duckdb

from ..errors import Problem, suggestion
from .read.header import RESERVED
from .settings import FILE
from .sql import identifier


@dataclass(frozen=True)
class Rows:
    """Source rows on their way to a canonical table.

    relation: with every column, `_file` and `_row`. columns: source columns that can be mapped. used: those that are.
    first_file: name for faults of the header, which stands in header_row. absent: columns that a look-up with a
    problem would have taken; they can be named but not read. hashes: contents of the files that were looked up.
    personal: source columns whose values are masked.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    first_file: str = ""
    header_row: int = 1
    absent: frozenset[str] = frozenset()
    hashes: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()

    def but(self, *problems: Problem, used: Iterable[str] = ()) -> Rows:
        """The same rows with more problems and more used columns."""
        return replace(self, problems=self.problems + problems, used=self.used | set(used))

    def missing(self, column: str, place: str) -> Problem:
        """The problem of a column that is mapped but not there."""
        said = f"is not in the header, but {place} needs it"
        return Problem(self.first_file, self.header_row, column, "missing_column", said, near_columns(column, self))


def near_columns(column: str, rows: Rows) -> str:
    """What to do about a column that is not there."""
    remedy = suggestion(column, rows.columns).strip()
    return remedy or "Correct the mapping in workspace.toml, or export the column."


def step(connection: duckdb.DuckDBPyConnection, rows: Rows, step: str, select: str) -> tuple[str, int]:
    """A table of the step's rows, and how many fewer they are; the table of the step before is dropped."""
    relation = f"mapped_{rows.name}__{step}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {identifier(relation)} AS {select}")
    fewer = count(connection, rows.relation) - count(connection, relation)
    if rows.relation.startswith("mapped_"):
        connection.execute(f"DROP TABLE {identifier(rows.relation)}")
    return relation, fewer


def count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """How many rows it has."""
    found = connection.execute(f"SELECT count(*) FROM {identifier(relation)}").fetchone()
    return int(found[0]) if found else 0


def drop(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Drop the view or table of that name, if there is one."""
    try:
        connection.execute(f"DROP VIEW IF EXISTS {identifier(relation)}")
    except duckdb.CatalogException:
        connection.execute(f"DROP TABLE IF EXISTS {identifier(relation)}")


def is_taken(name: str, columns: Iterable[str]) -> bool:
    """Whether a new column would hide one that is there."""
    return name.lower() in {*(column.lower() for column in columns), *RESERVED}


def taken(place: str, name: str) -> Problem:
    """The problem of a new column that would hide one that is there."""
    said = f'makes a column "{name}", which is there already'
    return Problem(FILE, 0, place, "taken_name", said, "Choose another name.")
