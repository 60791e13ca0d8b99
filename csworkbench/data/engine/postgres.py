"""PostgreSQL: the same text, transpiled, in one read-only snapshot of the database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...errors import CsworkbenchError
from ..sql import identifier
from .dialect import transpile
from .duck import DuckDB
from .frames import frame_of_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SESSION = {
    "default_transaction_read_only": "on",
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "standard_conforming_strings": "on",
    "search_path": "pg_catalog",
    "enable_nestloop": "off",
    "jit": "off",
    "idle_in_transaction_session_timeout": "600000",
}


class Postgres:
    """A PostgreSQL database that holds the tables; a role that may only read is enough.

    url_env: environment variable that holds the connection URL (postgresql://…); the URL itself is never kept or shown.
    tables: (schema, table) → column → type of that column in the database. Connects at the first query; all queries see
    the database as it was then, until the server ends the session (after ten idle minutes) or `close`.
    """

    dialect = "postgres"

    def __init__(self, url_env: str, tables: Mapping[tuple[str, str], Mapping[str, str]] | None = None) -> None:
        self.url_env = url_env
        self._tables = dict(tables or {})
        self._open: Connection | None = None
        self._types: DuckDB | None = None

    def query(self, sql: str, is_ordered: bool = False) -> pd.DataFrame:
        """The result of the SELECT, given in DuckDB's dialect, as pandas.

        Sorted by its columns from left to right, text by code point, unless it is ordered itself.
        """
        columns = self._shadow.columns(sql)
        if is_ordered:
            return frame_of_rows(self.rows(transpile(sql, self.dialect)), columns)
        names = [f"column_{place}" for place in range(1, len(columns) + 1)]
        order = [_ordered(name, kind) for name, (_, kind) in zip(names, columns, strict=True)]
        text = f"SELECT * FROM ({sql}) AS found({', '.join(names)}) ORDER BY {', '.join(order)}"
        return frame_of_rows(self.rows(transpile(text, self.dialect)), columns)

    def rows(self, sql: str) -> list[Any]:
        """The rows of a SELECT given in PostgreSQL's own dialect."""
        from sqlalchemy.exc import DBAPIError

        again = self._open is not None
        try:
            return [tuple(row) for row in self._connection.exec_driver_sql(sql)]
        except DBAPIError as error:
            self.close()
            if again and error.connection_invalidated:
                return self.rows(sql)
            raise CsworkbenchError(f"PostgreSQL refused a query: {_said(error)}") from None

    def fingerprint(self, schema: str, table: str) -> str:
        """A short text that changes when any row of the table changes, whatever the order of the rows."""
        relation = f"{identifier(schema)}.{identifier(table)}"
        n, mix = self.rows(f"SELECT count(*), sum(hashtextextended(CAST(t AS TEXT), 0)) FROM {relation} AS t")[0]
        return f"{n}:{mix}"

    def close(self) -> None:
        """End the session; the next query opens a new one."""
        if self._open is not None:
            self._open.invalidate()
            self._open.close()
            self._open = None

    @property
    def _connection(self) -> Connection:
        if self._open is None:
            self._open = _connect(self.url_env)
        return self._open

    @property
    def _shadow(self) -> DuckDB:
        """The same tables, empty, in DuckDB: it says the type of every result."""
        if self._types is None:
            self._types = DuckDB(threads=1)
            for (schema, table), columns in self._tables.items():
                types = {name: _SHADOW_TYPES.get(kind, "VARCHAR") for name, kind in columns.items()}
                declared = ", ".join(f"{identifier(name)} {kind}" for name, kind in types.items())
                self._types.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(schema)}")
                self._types.connection.execute(f"CREATE TABLE {identifier(schema)}.{identifier(table)} ({declared})")
        return self._types


_SHADOW_TYPES = {
    "timestamp with time zone": "TIMESTAMPTZ",
    "timestamp without time zone": "TIMESTAMP",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "numeric": "DECIMAL(38, 10)",
    "double precision": "DOUBLE",
    "real": "FLOAT",
}


def _ordered(name: str, kind: str) -> str:
    """Text by code point, whatever the database's collation is; also text that no column of a table brought."""
    return f'{name} COLLATE "C"' if kind == "VARCHAR" else name


def _connect(url_env: str) -> Connection:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    options = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    try:
        engine = create_engine(
            _url(url_env),
            poolclass=NullPool,
            pool_reset_on_return=None,
            connect_args={"options": options},
            isolation_level="REPEATABLE READ",
            hide_parameters=True,
        )
        return engine.connect().execution_options(no_parameters=True)
    except (SQLAlchemyError, ValueError) as error:
        raise CsworkbenchError(
            f"the database named by the environment variable {url_env} cannot be opened ({_said(error)})."
            " Check that it runs, and that host, port, database, user and password in the URL are right."
        ) from None


def _url(url_env: str) -> Any:
    from sqlalchemy import make_url

    text = os.environ.get(url_env, "")
    if not text:
        raise CsworkbenchError(
            f"the environment variable {url_env} is not set. Put the database's URL there:"
            " postgresql://USER:PASSWORD@HOST:5432/DATABASE"
        )
    url = make_url(text)
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise CsworkbenchError(f"the environment variable {url_env} does not hold a postgresql:// URL")
    return url.set(drivername="postgresql+psycopg")


def _said(error: Any) -> str:
    """What the database said, without host, user or password."""
    diagnosed = getattr(getattr(error, "orig", None), "diag", None)
    return str(getattr(diagnosed, "message_primary", None) or type(error).__name__)
