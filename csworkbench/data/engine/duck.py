"""The embedded engine: DuckDB in this process."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from .frames import typed


class DuckDB:
    """The embedded engine; connects at the first query, so that a process may fork before."""

    dialect = "duckdb"

    def __init__(self, database: str = ":memory:", threads: int | None = None, memory_limit: str | None = None) -> None:
        self._database, self._threads, self._memory_limit = database, threads, memory_limit
        self._connection: duckdb.DuckDBPyConnection | None = None

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The open connection; times are UTC, and a division by zero is NULL (undefined)."""
        if self._connection is None:
            self._connection = self._connected()
            self._connection.execute("SET TimeZone = 'UTC'; SET error_on_division_by_zero = false")
            self._connection.execute("SET ieee_floating_point_ops = false; SET enable_progress_bar = false")
        return self._connection

    def _connected(self) -> duckdb.DuckDBPyConnection:
        config: dict[str, Any] = {"threads": self._threads, "memory_limit": self._memory_limit}
        return duckdb.connect(self._database, config={k: v for k, v in config.items() if v})

    def query(self, sql: str, is_ordered: bool = False) -> pd.DataFrame:
        """The result of the SELECT as pandas, sorted by its columns from left to right unless it is ordered itself."""
        result = self.connection.execute(sql if is_ordered else f"SELECT * FROM ({sql}) AS found ORDER BY ALL")
        kinds = [str(column[1]) for column in result.description or ()]
        frame = result.df()
        columns = [typed(frame.iloc[:, i], kind) for i, kind in enumerate(kinds)]
        return pd.concat(columns, axis=1) if columns else frame

    def columns(self, sql: str) -> list[tuple[str, str]]:
        """Name and DuckDB type of every column of the SELECT, without running it."""
        return [(row[0], row[1]) for row in self.connection.execute(f"DESCRIBE {sql}").fetchall()]
