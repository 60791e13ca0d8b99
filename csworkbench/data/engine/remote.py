"""What every database of a company has in common: the same text, transpiled, and results as DuckDB would give them."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from ...errors import CsworkbenchError
from ..sql import identifier
from .dialect import transpile
from .duck import DuckDB
from .frames import frame_of_rows


@dataclass(frozen=True)
class Kind:
    """The type of a column. name: the database's word for it. meaning: DuckDB's, None where no canonical type fits."""

    name: str
    meaning: str | None

    def __str__(self) -> str:
        return self.name


Tables = Mapping[str, Mapping[str, Kind]]


class Remote(ABC):
    """A database that holds the tables.

    url_env: environment variable that holds its address; the address itself is never kept or shown.
    tables: schema → table → column → its type there. Connects at the first query.
    """

    dialect: str
    default_schema: str
    types: ClassVar[Mapping[str, str]]

    def __init__(self, url_env: str, tables: Mapping[str, Tables] | None = None) -> None:
        self.url_env = url_env
        self._tables = dict(tables or {})
        self._types: DuckDB | None = None

    @abstractmethod
    def rows(self, sql: str) -> list[Any]:
        """The rows of a SELECT given in the database's own dialect."""

    @abstractmethod
    def found(self, schema: str, names: Collection[str]) -> Tables:
        """Those of the tables that are in the schema, with their columns in order."""

    @abstractmethod
    def fingerprint(self, schema: str, table: str) -> str:
        """A short text that changes when any row of the table changes, whatever the order of the rows."""

    @abstractmethod
    def close(self) -> None:
        """End the session; the next query opens a new one."""

    def parts(self, schema: str) -> tuple[str, ...]:
        """The names that lead to the schema: its own, after that of its catalog where there is one."""
        return (schema,)

    def namespace(self, schema: str) -> str:
        """The schema as it stands in a query."""
        return ".".join(map(identifier, self.parts(schema)))

    def kind(self, name: str) -> Kind:
        """What the database's word for a type means."""
        return Kind(name, self.types.get(name))

    def query(self, sql: str, is_ordered: bool = False) -> pd.DataFrame:
        """The result of the SELECT, given in DuckDB's dialect, as pandas.

        Sorted by its columns from left to right, text by code point, unless it is ordered itself.
        """
        columns = self._shadow.columns(sql)
        if is_ordered:
            return frame_of_rows(self.rows(transpile(sql, self.dialect)), columns)
        names = [f"column_{place}" for place in range(1, len(columns) + 1)]
        order = [self._ordered(name, kind) for name, (_, kind) in zip(names, columns, strict=True)]
        text = f"SELECT * FROM ({sql}) AS found({', '.join(names)}) ORDER BY {', '.join(order)}"
        return frame_of_rows(self.rows(transpile(text, self.dialect)), columns)

    def _ordered(self, name: str, kind: str) -> str:
        """How rows are sorted by a column of that DuckDB type."""
        return name

    @property
    def _shadow(self) -> DuckDB:
        """The same tables, empty, in DuckDB: it says the type of every result."""
        if self._types is None:
            self._types = DuckDB(threads=1)
            for schema, tables in self._tables.items():
                namespace = self.namespace(schema)
                for catalog in self.parts(schema)[:-1]:
                    self._types.connection.execute(f"ATTACH ':memory:' AS {identifier(catalog)}")
                self._types.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {namespace}")
                for table, columns in tables.items():
                    declared = ", ".join(f"{identifier(name)} {_shadow_type(kind)}" for name, kind in columns.items())
                    self._types.connection.execute(f"CREATE TABLE {namespace}.{identifier(table)} ({declared})")
        return self._types


def address_in(url_env: str, what: str, example: str) -> str:
    """The text of that environment variable; where there is none, a refusal that says what belongs there."""
    text = os.environ.get(url_env, "")
    if not text:
        raise CsworkbenchError(f"the environment variable {url_env} is not set. Put {what} there: {example}")
    return text


def _shadow_type(kind: Kind) -> str:
    return "DECIMAL(38, 10)" if kind.meaning == "DECIMAL" else kind.meaning or "VARCHAR"
