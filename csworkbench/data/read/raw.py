"""One table of the workspace as text, with the file and the row of every value."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ... import schema
from ...errors import Problem, suggestion
from ..settings import FILE, Settings, Source, TableMap
from ..sql import identifier
from .csv import read_csv
from .duckdb_file import read_duckdb
from .files import find_files
from .parquet import read_parquet
from .part import Found, Part, create_table
from .tidy import tidy


@dataclass(frozen=True)
class SourceFile:
    """One file (or database table) that was read.

    name: relative to the workspace, as in `_file`. digest: of its bytes (of its rows for a database).
    rows: data rows in the table. columns: its header.
    """

    name: str
    digest: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Raw:
    """A DuckDB table `raw_<name>`: one VARCHAR column per source column, `_file` VARCHAR and `_row` BIGINT.

    An empty field is NULL; every other text is as written. `_row` is the row as a spreadsheet counts (header = 1);
    a value over several lines takes one row. Rows of databases and Parquet count as if they had a header.
    columns: header names over all files; () when nothing could be read. problems: structural faults; rows that have
    one are not in the table. plain: columns that came typed → "number", "date" or "timestamp": their text is an
    ISO date or a plain decimal whatever format is declared. content_hash: changes when any value changes.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    content_hash: str
    files: tuple[SourceFile, ...]
    plain: Mapping[str, str] = field(default_factory=dict)


def read_raw(
    connection: duckdb.DuckDBPyConnection, name: str, mapping: TableMap, settings: Settings, folder: Path
) -> Raw:
    """The table `raw_<name>` in that connection, from the file(s) or database that the mapping names.

    Never raises for what is in the sources: every fault is a problem of the result.
    """
    relation = f"raw_{name}"
    connection.execute(f"DROP TABLE IF EXISTS {identifier(relation)}")
    with _ordered(connection):
        return _read_all(connection, name, relation, mapping, settings, folder)


@contextmanager
def _ordered(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Rows are numbered as they arrive, so their order must be kept while they are read."""
    kept = connection.execute("SELECT current_setting('preserve_insertion_order')").fetchone()
    connection.execute("SET preserve_insertion_order = true")
    try:
        yield
    finally:
        connection.execute(f"SET preserve_insertion_order = {str(bool(kept and kept[0])).lower()}")


def _read_all(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    relation: str,
    mapping: TableMap,
    settings: Settings,
    folder: Path,
) -> Raw:
    sources, problems = _sources(name, mapping, settings, folder)
    parts: list[tuple[Found, Part]] = []
    for found in sources:
        target = relation if not any(part.columns for _, part in parts) else f"{relation}__part"
        part = _readable(connection, target, found, mapping, settings, _wanted(name, mapping))
        part = tidy(connection, target, found, part)
        if part.columns and target != relation:
            _merge(connection, relation, target)
        parts.append((found, part))
    if not any(part.columns for _, part in parts):
        create_table(connection, relation, ())
    return _raw(connection, name, relation, mapping, parts, problems)


def _sources(name: str, mapping: TableMap, settings: Settings, folder: Path) -> tuple[list[Found], list[Problem]]:
    place = f"tables.{name}"
    if mapping.source is not None and mapping.path is not None:
        remedy = "Keep either path or source."
        return [], [Problem(FILE, 0, place, "two_sources", "names both a path and a source", remedy)]
    if mapping.source is None:
        if mapping.path is None:
            return [], [Problem(FILE, 0, place, "no_source", "names no source", "Give it a path or a source.")]
        return find_files((mapping.path,) if isinstance(mapping.path, str) else mapping.path, folder)
    source = settings.sources.get(mapping.source)
    if source is None:
        remedy = suggestion(mapping.source, settings.sources).strip() or "Declare it under [sources]."
        said = f'names the source "{mapping.source}", which is not declared'
        return [], [Problem(FILE, 0, place, "unknown_source", said, remedy)]
    if (mapping.table is None) == (mapping.query is None):
        remedy = "Give it either table or query."
        return [], [Problem(FILE, 0, place, "no_source", f'reads from "{mapping.source}" without saying what', remedy)]
    return _database(mapping, source, folder)


def _database(mapping: TableMap, source: Source, folder: Path) -> tuple[list[Found], list[Problem]]:
    label = f"{mapping.source}.{mapping.table}" if mapping.table else f"{mapping.source} query"
    if source.path is None:
        return [Found(label, folder, "database")], []
    files, problems = find_files((source.path,), folder)
    return [Found(label, file.path, "duckdb") for file in files], problems


def _wanted(name: str, mapping: TableMap) -> frozenset[str]:
    """The names that workspace.toml and the schema let expect in the header."""
    mapped = {
        column if isinstance(column, str) else (column.column or canonical)
        for canonical, column in mapping.columns.items()
    }
    joined = {key for lookup in mapping.lookups.values() for key in lookup.on}
    canonical = schema.TABLES[name].names if name in schema.TABLES else ()
    return frozenset({*mapped, *joined, *canonical})


def _readable(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    found: Found,
    mapping: TableMap,
    settings: Settings,
    wanted: frozenset[str],
) -> Part:
    try:
        return _read(connection, target, found, mapping, settings, wanted)
    except OSError as error:
        said = f"cannot be read: {error.strerror or type(error).__name__}"
        return Part(problems=(found.problem("unreadable", said, "Check the file's permissions and the disk."),))


def _read(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    found: Found,
    mapping: TableMap,
    settings: Settings,
    wanted: frozenset[str],
) -> Part:
    match found.kind:
        case "parquet":
            return read_parquet(connection, target, found)
        case "xlsx":
            from .excel import read_excel

            return read_excel(connection, target, found, mapping, wanted)
        case "xls":
            remedy = "Save it as .xlsx in the spreadsheet program."
            return Part(problems=(found.problem("old_excel", "is an old Excel file (.xls) or is encrypted", remedy),))
        case "duckdb":
            return read_duckdb(connection, target, found, mapping)
        case "database":
            from .database import read_database

            return read_database(connection, target, found, mapping, settings.sources[mapping.source or ""])
    return read_csv(connection, target, found, mapping, wanted)


def _merge(connection: duckdb.DuckDBPyConnection, relation: str, part: str) -> None:
    """Appends the part by column names; a column that only one side has is NULL on the other."""
    columns = "SELECT column_name FROM duckdb_columns() WHERE table_name = ?"
    have = {name.lower() for (name,) in connection.execute(columns, [relation]).fetchall()}
    for (name,) in connection.execute(columns, [part]).fetchall():
        if name.lower() not in have:
            connection.execute(f"ALTER TABLE {identifier(relation)} ADD COLUMN {identifier(name)} VARCHAR")
    connection.execute(f"INSERT INTO {identifier(relation)} BY NAME SELECT * FROM {identifier(part)}")
    connection.execute(f"DROP TABLE {identifier(part)}")


def _raw(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    relation: str,
    mapping: TableMap,
    parts: list[tuple[Found, Part]],
    problems: list[Problem],
) -> Raw:
    counted = connection.execute(f"SELECT _file, count(*) FROM {identifier(relation)} GROUP BY 1").fetchall()
    rows = dict(counted)
    refused = sum(part.refused for _, part in parts)
    problems += [problem for _, part in parts for problem in part.problems]
    files = tuple(SourceFile(f.name, part.digest, rows.get(f.name, 0), part.columns) for f, part in parts)
    problems += _row_count(mapping, parts, sum(rows.values()) + refused)
    columns = tuple(dict.fromkeys(column for _, part in parts for column in part.columns))
    notices = tuple(notice for _, part in parts for notice in part.notices)
    digests = [part.digest or _rows_digest(connection, relation, columns) for _, part in parts]
    content = hashlib.blake2b("\n".join(digests).encode(), digest_size=32).hexdigest()
    return Raw(name, relation, columns, tuple(problems), notices, content, files, _plain(parts, columns))


def _row_count(mapping: TableMap, parts: list[tuple[Found, Part]], n_rows: int) -> list[Problem]:
    """Files without rows, and a number of rows that is not the declared one."""
    names = ", ".join(found.name for found, _ in parts)
    read = [found.name for found, part in parts if part.columns]
    if mapping.rows is not None and len(read) == len(parts) and parts and n_rows != mapping.rows:
        said = f"holds {n_rows:,} rows, but rows = {mapping.rows} is declared"
        remedy = "Export it again if it was cut, or correct rows in workspace.toml."
        return [Problem(names, 0, "", "row_count", said, remedy)]
    if not n_rows and read and mapping.rows is None:
        said, remedy = "has a header but no rows below it", "Export it again, or declare rows = 0 if that is right."
        return [Problem(", ".join(read), 0, "", "header_only", said, remedy)]
    return []


def _rows_digest(connection: duckdb.DuckDBPyConnection, relation: str, columns: tuple[str, ...]) -> str:
    """A digest of the table's rows that does not depend on their order."""
    if not columns:
        return ""
    row = f"hash({', '.join(map(identifier, columns))})"
    sums = f"SELECT count(*), sum(CAST({row} AS HUGEINT)), bit_xor({row}) FROM {identifier(relation)}"
    return str(connection.execute(sums).fetchone())


def _plain(parts: list[tuple[Found, Part]], columns: tuple[str, ...]) -> dict[str, str]:
    """Columns that came with the same type from every source that has them."""
    kinds = {name: {part.plain.get(name) for _, part in parts if name in part.columns} for name in columns}
    return {name: kind for name, found in kinds.items() if len(found) == 1 and (kind := next(iter(found)))}
