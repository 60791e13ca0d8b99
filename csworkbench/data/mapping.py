"""Canonical columns from source columns, as workspace.toml says: still text, with file and row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from .. import schema
from ..errors import Problem
from .expression import Expression
from .mapping_columns import Filled, filled_columns
from .mapping_faults import fault_problems, first_rows, merged
from .mapping_rows import LEFT, left_condition, source_rows
from .mapping_source import Rows, count, drop
from .mapping_totals import without_totals
from .mask import shown
from .read import Raw
from .settings import Settings, TableMap
from .sql import identifier


@dataclass(frozen=True)
class Mapped:
    """A DuckDB relation `mapped_<name>`: the mapped canonical columns as VARCHAR, `_file` and `_row`.

    NULL: not measured. origin: canonical column → source column for messages. mapped: canonical columns there.
    dropped: rule → rows dropped as declared: "where", "distinct", and "unpivot" (blank cells). left: whether the
    relation has `_left`, BOOLEAN: whether the account has left by the CRM's own word, NULL when that is not known.
    unused: source columns used nowhere. plain: canonical column → "date", "timestamp" or "number": already an ISO
    date or a plain decimal, because it came typed (Excel date, Parquet, database) or from an expression; declared
    formats do not apply to it. looked_up: content hashes of the files that look-ups read.
    """

    name: str
    relation: str
    origin: Mapping[str, str]
    mapped: tuple[str, ...]
    problems: tuple[Problem, ...]
    dropped: Mapping[str, int]
    unused: tuple[str, ...] = ()
    plain: Mapping[str, str] = field(default_factory=dict)
    looked_up: tuple[str, ...] = ()
    left: bool = False


def map_columns(
    connection: duckdb.DuckDBPyConnection, raw: Raw, mapping: TableMap, settings: Settings, folder: Path
) -> Mapped:
    """The relation `mapped_<name>` of the canonical table `raw.name`.

    Order of steps: unpivot, `where` (after the look-ups if it needs one), look-ups, total rows refused, columns
    filled, exact duplicates left out. The number of rows never grows except by unpivot.
    """
    table = schema.table(raw.name)
    relation = f"mapped_{raw.name}"
    drop(connection, relation)
    if not raw.columns:
        connection.execute(f"CREATE TEMP TABLE {identifier(relation)} (_file VARCHAR, _row BIGINT)")
        return Mapped(raw.name, relation, {}, (), (), {})
    rows = source_rows(connection, raw, mapping, settings, folder)
    columns, rows = filled_columns(table, rows, mapping, raw.plain)
    rows = rows.but(*_incomplete_files(raw, rows))
    rows = without_totals(connection, rows, table, columns)
    rows = rows.but(*_value_problems(connection, rows, table, columns))
    left, rows = left_condition(connection, rows, mapping)
    dropped = _make(connection, relation, rows, columns, mapping.distinct, left)
    origin = {column.name: column.label for column in columns}
    return Mapped(
        raw.name,
        relation,
        origin | ({LEFT: left.columns[0] if len(left.columns) == 1 else left.text} if left else {}),
        tuple(column.name for column in columns),
        rows.problems,
        dropped,
        tuple(column for column in raw.columns if column not in rows.used),
        {column.name: column.plain for column in columns if column.plain},
        rows.hashes,
        left is not None,
    )


def _incomplete_files(raw: Raw, rows: Rows) -> list[Problem]:
    """Files without a column that another file of the same table has and the mapping uses."""
    return [
        Problem(
            file.name, 1, column, "missing_column", "is not in the header, but other files of the table have it",
            "Export the column from every file, or map each file to a table of its own.",
        )
        for file in raw.files
        if file.columns
        for column in raw.columns
        if column in rows.used and column not in file.columns
    ]  # fmt: skip


def _value_problems(
    connection: duckdb.DuckDBPyConnection, rows: Rows, table: schema.Table, columns: Sequence[Filled]
) -> list[Problem]:
    """Faults of expressions, and texts that a value map does not know."""
    personal = rows.personal | {name for c in columns if table.column(c.name).personal for name in c.columns}
    problems = []
    for column in columns:
        if column.expression:
            place = column.label
            problems += fault_problems(connection, rows.relation, column.expression, place, personal)
        if column.unmapped:
            problems += _unmapped(connection, rows, column, table.column(column.name).personal)
    return problems


def _unmapped(connection: duckdb.DuckDBPyConnection, rows: Rows, column: Filled, personal: bool) -> list[Problem]:
    values = f"SELECT _file, _row, {column.inner} AS _value FROM {identifier(rows.relation)}"
    unknown = f"SELECT _file, _row, {column.unmapped} AS _unknown FROM ({values})"
    said = "has no entry in the value map"
    remedy = f'Add it under [tables.{rows.name}.columns.{column.name}.values], or an entry "*" for all others.'
    found = first_rows(connection, f"SELECT * FROM ({unknown}) WHERE _unknown IS NOT NULL", "_unknown")
    return merged(
        [
            Problem(
                file, at[0], column.label, "no_value_entry", said, remedy, shown(value, personal=personal), n,
                rows=tuple(at),
            )
            for file, value, n, at in found
        ]
    )  # fmt: skip


def _make(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    rows: Rows,
    columns: Sequence[Filled],
    distinct: bool,
    left: Expression | None,
) -> dict[str, int]:
    """Makes the relation: a view of renamed columns, a table when more was done. Returns rule → rows dropped."""
    select = _select(rows, columns, left)
    moved = rows.relation.startswith("mapped_")
    if distinct:
        select = _first_of_same(select, [column.name for column in columns] + [LEFT] * (left is not None))
    derived = left is not None or any(column.expression for column in columns)
    kind = "TABLE" if moved or distinct or derived else "VIEW"
    connection.execute(f"CREATE TEMP {kind} {identifier(relation)} AS {select}")
    dropped = dict(rows.dropped)
    if distinct:
        dropped["distinct"] = count(connection, rows.relation) - count(connection, relation)
    if moved:
        connection.execute(f"DROP TABLE {identifier(rows.relation)}")
    return {rule: n for rule, n in dropped.items() if n}


def _select(rows: Rows, columns: Sequence[Filled], left: Expression | None) -> str:
    inner = [f"{column.inner} AS v{i}" for i, column in enumerate(columns)]
    outer = [
        f"{column.sql.replace('_value', f'v{i}')} AS {identifier(column.name)}" for i, column in enumerate(columns)
    ]
    if left:
        inner.append(f"{left.sql} AS {LEFT}")
        outer.append(LEFT)
    values = f"SELECT {', '.join([*inner, '_file', '_row'])} FROM {identifier(rows.relation)}"
    return f"SELECT {', '.join([*outer, '_file', '_row'])} FROM ({values})"


def _first_of_same(select: str, columns: Sequence[str]) -> str:
    """The first of rows that are the same in every mapped column."""
    same = ", ".join(map(identifier, columns))
    nth = f"row_number() OVER (PARTITION BY {same} ORDER BY _file, _row) AS _nth"
    return f"SELECT * EXCLUDE (_nth) FROM (SELECT *, {nth} FROM ({select})) WHERE _nth = 1"
