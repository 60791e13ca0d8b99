"""Tables and queries of a DuckDB file."""

from __future__ import annotations

import duckdb

from ...errors import Problem, suggestion
from ..settings import TableMap
from ..sql import identifier, literal
from .header import names_of
from .part import Found, Part, append, create_table
from .plain import kind_of_type, plain_sql


def read_duckdb(connection: duckdb.DuckDBPyConnection, target: str, found: Found, mapping: TableMap) -> Part:
    """Fills the table `target` from a table or query of a DuckDB file, opened read-only."""
    try:
        with duckdb.connect(str(found.path), read_only=True) as source:
            source.execute("SET TimeZone = 'UTC'")
            source.execute("SET enable_external_access = false")
            return _from_duckdb(connection, target, found, source, mapping)
    except duckdb.Error as error:
        said = f"cannot be read: {first_line(error)}"
        remedy = "Correct the table or query in workspace.toml, or close the program that holds the file."
        return Part(problems=(found.problem("source_failed", said, remedy),))


def _from_duckdb(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    found: Found,
    source: duckdb.DuckDBPyConnection,
    mapping: TableMap,
) -> Part:
    if mapping.table and (refused := unknown_table(found, mapping.table, _duckdb_tables(source))):
        return Part(problems=(refused,))
    query = mapping.query or f"SELECT * FROM {_quoted(mapping.table or '')}"
    described = source.execute(f"DESCRIBE {query.rstrip().rstrip(';')}").fetchall()
    names, problems = names_of(found, [name for name, *_ in described], 1)
    numbered = ", ".join(f"c{i}" for i in range(len(names)))
    picks = ", ".join(plain_sql(f"c{i}", type_) for i, (_, type_, *_) in enumerate(described))
    ordinal = f"{literal(found.name)}, row_number() OVER () + 1"
    rows = source.sql(f"SELECT {picks}, {ordinal} FROM ({query.rstrip().rstrip(';')}) AS q({numbered})")
    create_table(connection, target, names)
    append(connection, target, rows.to_arrow_reader(100_000))
    types = {name: kind_of_type(type_) for name, (_, type_, *_) in zip(names, described, strict=True)}
    return Part(names, tuple(problems), plain={name: kind for name, kind in types.items() if kind})


def _duckdb_tables(source: duckdb.DuckDBPyConnection) -> list[str]:
    listed = source.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
    return [name if schema == "main" else f"{schema}.{name}" for schema, name in listed]


def _quoted(table: str) -> str:
    return ".".join(identifier(part) for part in table.split("."))


def unknown_table(found: Found, table: str, known: list[str]) -> Problem | None:
    """The problem that the database has no such table; None when it has."""
    if table.lower() in {name.lower() for name in known}:
        return None
    said = f'has no table "{table}"'
    return found.problem("missing_table", said, f"Correct table in workspace.toml.{suggestion(table, known)}")


def first_line(error: BaseException) -> str:
    """The first line of what a database said, at most 200 characters."""
    return str(error).strip().split("\n")[0][:200].rstrip(".")
