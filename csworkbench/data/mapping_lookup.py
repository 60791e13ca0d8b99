"""Columns brought from another file by key: every key once, every row found, never more rows than before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from ..errors import Problem
from .mapping_faults import first_rows, merged
from .mapping_source import Rows, is_taken, step, taken
from .mask import shown
from .read import Raw, read_raw
from .settings import Lookup, Settings, TableMap
from .sql import identifier


def looked_up(
    connection: duckdb.DuckDBPyConnection,
    rows: Rows,
    name: str,
    lookup: Lookup,
    settings: Settings,
    folder: Path,
) -> Rows:
    """The rows with the columns that the look-up takes; a blank key takes blanks."""
    place = f"tables.{rows.name}.lookups.{name}"
    given = lookup.model_dump(exclude={"on", "take"})
    other = read_raw(connection, f"{rows.name}__{name}", TableMap(**given), settings, folder)
    rows = rows.but(*other.problems, used=lookup.on)
    rows = replace(rows, hashes=(*rows.hashes, other.content_hash))
    missing = [rows.missing(column, place) for column in lookup.on if column not in rows.columns]
    missing += [taken(place, column) for column in lookup.take if is_taken(column, rows.columns)]
    if other.columns:
        missing += _missing_there(other, [*lookup.on.values(), *lookup.take.values()], place)
    if missing or not other.columns:
        rows = replace(rows.but(*missing), absent=rows.absent | set(lookup.take))
    else:
        rows = _joined(connection, rows, other, lookup)
    connection.execute(f"DROP TABLE IF EXISTS {identifier(other.relation)}")
    return rows


def _missing_there(other: Raw, columns: list[str], place: str) -> list[Problem]:
    there = Rows(other.name, other.relation, other.columns, first_file=other.files[0].name)
    return [there.missing(column, place) for column in dict.fromkeys(columns) if column not in other.columns]


def _joined(connection: duckdb.DuckDBPyConnection, rows: Rows, other: Raw, lookup: Lookup) -> Rows:
    there = [identifier(column) for column in lookup.on.values()]
    here = [f"l.{identifier(column)}" for column in lookup.on]
    keys = ", ".join(there)
    nth = f"row_number() OVER (PARTITION BY {keys} ORDER BY _file, _row)"
    numbered = f"SELECT *, {nth} AS _nth FROM {identifier(other.relation)}"
    hidden = bool(rows.personal & set(lookup.on))
    problems = _doubled(connection, numbered, there, hidden)
    on = " AND ".join(f"{mine} = r.{theirs}" for mine, theirs in zip(here, there, strict=True))
    taken = ", ".join(f"r.{identifier(theirs)} AS {identifier(mine)}" for mine, theirs in lookup.take.items())
    join = f"FROM {identifier(rows.relation)} AS l LEFT JOIN (SELECT * FROM ({numbered}) WHERE _nth = 1) AS r ON {on}"
    problems += _unfound(connection, join, here, lookup, other, hidden)
    relation, _ = step(connection, rows, f"lookup_{len(rows.columns)}", f"SELECT l.*, {taken} {join}")
    return replace(rows.but(*problems), relation=relation, columns=(*rows.columns, *lookup.take))


def _doubled(connection: duckdb.DuckDBPyConnection, numbered: str, keys: list[str], hidden: bool) -> list[Problem]:
    """Keys that the looked-up file holds more than once."""
    label = ", ".join(key.strip('"') for key in keys)
    key = f"concat_ws(', ', {', '.join(keys)})"
    filled = " AND ".join(f"{name} IS NOT NULL" for name in keys)
    select = f"SELECT _file, _row, {key} AS k FROM ({numbered}) WHERE _nth > 1 AND {filled}"
    said, remedy = "is there more than once, so a look-up cannot tell which row is meant", "Keep one row per key."
    return merged(
        [
            Problem(
                file,
                rows[0],
                label,
                "lookup_duplicate",
                said,
                remedy,
                shown(value, personal=hidden),
                n,
                rows=tuple(rows),
            )
            for file, value, n, rows in first_rows(connection, select, "k")
        ]
    )


def _unfound(
    connection: duckdb.DuckDBPyConnection, join: str, here: list[str], lookup: Lookup, other: Raw, hidden: bool
) -> list[Problem]:
    """Rows whose key is not in the looked-up file."""
    files = ", ".join(dict.fromkeys(file.name for file in other.files))
    filled = " AND ".join(f"{name} IS NOT NULL" for name in here)
    select = f"SELECT l._file, l._row, concat_ws(', ', {', '.join(here)}) AS k {join} WHERE r._nth IS NULL AND {filled}"
    said = f"is not in {files}"
    remedy = "Add the key to that file, or leave the row out by where."
    return merged(
        [
            Problem(
                file,
                rows[0],
                ", ".join(lookup.on),
                "lookup_missing",
                said,
                remedy,
                shown(value, personal=hidden),
                n,
                rows=tuple(rows),
            )
            for file, value, n, rows in first_rows(connection, select, "k")
        ]
    )
