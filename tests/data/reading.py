"""A workspace folder in which tests write exports and read them back as text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from csworkbench.data.mapping import Mapped, map_columns
from csworkbench.data.read import Raw, read_raw
from csworkbench.data.settings import Settings, TableMap
from csworkbench.errors import Problem


@dataclass
class Desk:
    """A folder and a DuckDB connection. The connection keeps no order of its own, as the workspace's does not."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    sources: dict[str, dict[str, str]]

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def settings(self) -> Settings:
        return Settings.model_validate({"company": {"name": "x"}, "tables": {}, "sources": self.sources})

    def read(self, path: Any = "a.csv", table: str = "accounts", **mapping: Any) -> Raw:
        return read_raw(self.connection, table, TableMap(path=path, **mapping), self.settings(), self.folder)

    def read_source(self, **mapping: Any) -> Raw:
        """The canonical table `accounts` from a declared source."""
        return read_raw(self.connection, "accounts", TableMap(**mapping), self.settings(), self.folder)

    def rows(self, relation: Raw | Mapped) -> list[tuple[Any, ...]]:
        """Rows in the order of the source: values, then the row's number; `_file` is left out."""
        text = f'SELECT * EXCLUDE (_file) FROM "{relation.relation}" ORDER BY _file, _row'
        return self.connection.execute(text).fetchall()

    def map(self, content: str, table: str = "accounts", **mapping: Any) -> Mapped:
        """The mapped rows of an a.csv with that content."""
        self.write("a.csv", content)
        given = TableMap(**{"path": "a.csv", **mapping})
        raw = read_raw(self.connection, table, given, self.settings(), self.folder)
        assert raw.problems == ()
        return map_columns(self.connection, raw, given, self.settings(), self.folder)


def new_desk(folder: Path) -> Desk:
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    return Desk(folder, connection, {})


def rules(found: Raw | Mapped) -> list[str]:
    return [problem.rule for problem in found.problems]


def only(found: Raw | Mapped) -> Problem:
    """The one problem; more or none is a failure that shows them."""
    assert len(found.problems) == 1, [str(problem) for problem in found.problems]
    return found.problems[0]
