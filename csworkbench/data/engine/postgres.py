"""PostgreSQL: the same text, transpiled, in one read-only snapshot of the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...errors import CsworkbenchError
from ..sql import identifier, literal
from .remote import Kind, Remote, Tables, address_in

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


class Postgres(Remote):
    """A PostgreSQL database that holds the tables; a role that may only read is enough.

    url_env: environment variable that holds the connection URL (postgresql://…); the URL itself is never kept or shown.
    Connects at the first query; all queries see the database as it was then, until the server ends the session (after
    ten idle minutes) or `close`.
    """

    dialect = "postgres"
    default_schema = "public"
    types: ClassVar[Mapping[str, str]] = {
        "text": "VARCHAR",
        "character varying": "VARCHAR",
        "character": "VARCHAR",
        "uuid": "VARCHAR",
        "USER-DEFINED": "VARCHAR",
        "smallint": "SMALLINT",
        "integer": "INTEGER",
        "bigint": "BIGINT",
        "numeric": "DECIMAL",
        "double precision": "DOUBLE",
        "real": "FLOAT",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "timestamp without time zone": "TIMESTAMP",
        "timestamp with time zone": "TIMESTAMPTZ",
    }
    _open: Connection | None = None

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

    def found(self, schema: str, names: Collection[str]) -> Tables:
        """Those of the tables that are in the schema, with their columns in order."""
        columns = self.rows(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            f" WHERE table_schema = {literal(schema)} ORDER BY table_name, ordinal_position"
        )
        found: dict[str, dict[str, Kind]] = {}
        for table, column, kind in columns:
            if table in names:
                found.setdefault(table, {})[column] = self.kind(kind)
        return found

    def fingerprint(self, schema: str, table: str) -> str:
        """A short text that changes when any row of the table changes, whatever the order of the rows."""
        relation = f"{self.namespace(schema)}.{identifier(table)}"
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

    def _ordered(self, name: str, kind: str) -> str:
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

    url = make_url(address_in(url_env, "the database's URL", "postgresql://USER:PASSWORD@HOST:5432/DATABASE"))
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise CsworkbenchError(f"the environment variable {url_env} does not hold a postgresql:// URL")
    return url.set(drivername="postgresql+psycopg")


def _said(error: Any) -> str:
    """What the database said, without host, user or password."""
    diagnosed = getattr(getattr(error, "orig", None), "diag", None)
    return str(getattr(diagnosed, "message_primary", None) or type(error).__name__)
