"""Tables and queries of any SQL database that SQLAlchemy speaks to.

The URL of a database comes from an environment variable and never appears in a message.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from ...errors import Problem
from ..settings import Source, TableMap
from ..sql import identifier
from .duckdb_file import first_line, unknown_table
from .header import names_of
from .part import Found, NumberedRow, Part, create_table, insert_rows
from .plain import plain_text


def read_database(
    connection: duckdb.DuckDBPyConnection, target: str, found: Found, mapping: TableMap, source: Source
) -> Part:
    """Fills the table `target` from a table or query of the database whose URL is in `source.url_env`."""
    variable = source.url_env or ""
    url = os.environ.get(variable)
    if not url:
        said = f"needs the environment variable {variable}, which is not set"
        return Part(problems=(found.problem("no_url", said, f"Put the database URL into {variable}."),))
    try:
        engine = sa.create_engine(url)
    except (sa.exc.SQLAlchemyError, ImportError, ValueError):
        remedy = f"Correct {variable}: dialect+driver://user:password@host/database, with its driver installed."
        said = f"cannot be reached: {variable} holds no usable database URL"
        return Part(problems=(found.problem("bad_url", said, remedy),))
    try:
        with engine.connect() as database:
            return _from_database(connection, target, found, database, mapping)
    except sa.exc.SQLAlchemyError as error:
        connection.execute(f"DROP TABLE IF EXISTS {identifier(target)}")
        said = f"cannot be read: {_scrubbed(error, engine.url)}"
        remedy = f"Check the table or query in workspace.toml, and that {variable} still gives access."
        return Part(problems=(found.problem("source_failed", said, remedy),))
    finally:
        engine.dispose()


def _from_database(
    connection: duckdb.DuckDBPyConnection, target: str, found: Found, database: sa.Connection, mapping: TableMap
) -> Part:
    if database.dialect.name == "postgresql":
        database = database.execution_options(postgresql_readonly=True)
    if mapping.table and (refused := _unknown_sql_table(found, mapping.table, database)):
        return Part(problems=(refused,))
    quote = database.dialect.identifier_preparer.quote_identifier
    query = mapping.query or f"SELECT * FROM {'.'.join(map(quote, (mapping.table or '').split('.')))}"
    result = database.execution_options(stream_results=True, yield_per=10_000).exec_driver_sql(query)
    names, problems = names_of(found, list(result.keys()), 1)
    create_table(connection, target, names)
    kinds: dict[str, set[str]] = {name: set() for name in names}
    insert_rows(connection, target, names, found.name, _plain_rows(result, kinds))
    return Part(names, tuple(problems), plain=_only_kind(kinds))


def _plain_rows(result: sa.CursorResult[Any], kinds: Mapping[str, set[str]]) -> Iterator[NumberedRow]:
    seen = list(kinds.values())
    for row, values in enumerate(result, 2):
        for value, kind in zip(values, seen, strict=True):
            if value is not None:
                kind.add(type(value).__name__)
        yield row, [plain_text(value) for value in values]


def _only_kind(kinds: Mapping[str, set[str]]) -> dict[str, str]:
    """Columns whose values are all numbers, all dates or all timestamps."""
    words = {"int": "number", "float": "number", "Decimal": "number", "date": "date", "datetime": "timestamp"}
    found = {name: {words.get(type_, "text") for type_ in types} for name, types in kinds.items()}
    return {name: next(iter(kind)) for name, kind in found.items() if len(kind) == 1 and kind != {"text"}}


def _unknown_sql_table(found: Found, table: str, database: sa.Connection) -> Problem | None:
    schema, _, name = table.rpartition(".")
    inspector = sa.inspect(database)
    known = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
    return unknown_table(found, name, known)


def _scrubbed(error: sa.exc.SQLAlchemyError, url: sa.URL) -> str:
    """What the database said, without anything of its address."""
    said = first_line(getattr(error, "orig", None) or error)
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) and url.get_backend_name() != "sqlite":
        return f"the database refused ({type(error).__name__})"
    secrets = [url.password, url.username, url.host, url.database, str(Path(url.database or "").name)]
    for secret in sorted({str(part) for part in secrets if part}, key=len, reverse=True):
        said = said.replace(secret, "***")
    return said
