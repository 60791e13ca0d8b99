"""Spark: the same text, transpiled, through Spark Connect."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...errors import CsworkbenchError
from ..sql import identifier
from .dialect import transpile
from .remote import Kind, Remote, Tables
from .spark_session import Answer, Refused, ask, end, opened

if TYPE_CHECKING:
    from pyarrow import ChunkedArray

_ABSENT = ("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "CATALOG_NOT_FOUND")


class Spark(Remote):
    """A Spark Connect server that knows the tables; a user who may only read is enough.

    url_env: environment variable that holds its address (sc://…); the address itself is never kept or shown.
    Connects at the first query. Spark keeps no snapshot over many queries: tables must rest while they are counted.
    """

    dialect = "spark"
    default_schema = "default"
    types: ClassVar[Mapping[str, str]] = {
        "string": "VARCHAR",
        "tinyint": "TINYINT",
        "smallint": "SMALLINT",
        "int": "INTEGER",
        "bigint": "BIGINT",
        "decimal": "DECIMAL",
        "double": "DOUBLE",
        "float": "FLOAT",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "timestamp_ntz": "TIMESTAMP",
        "timestamp": "TIMESTAMPTZ",
    }
    _spark: Any = None
    _end: Callable[[], object] | None = None

    def rows(self, sql: str) -> list[Any]:
        """The rows of a SELECT given in Spark's own dialect; moments as they stand in UTC, without the zone."""
        table = self._ask(lambda spark: spark.sql(sql).toArrow())
        return list(zip(*map(_plain, table.columns), strict=True))

    def found(self, schema: str, names: Collection[str]) -> Tables:
        """Those of the tables that are in the schema, with their columns in order."""
        there = {name: self._columns(f"{self.namespace(schema)}.{identifier(name)}") for name in names}
        return {name: columns for name, columns in there.items() if columns is not None}

    def fingerprint(self, schema: str, table: str) -> str:
        """A short text that changes when any row of the table changes, whatever the order of the rows."""
        whole = transpile(f"SELECT * FROM {self.namespace(schema)}.{identifier(table)}", self.dialect)
        row = "to_json(struct(*), map('ignoreNullFields', 'false'))"
        n, mix = self.rows(f"SELECT count(*), sum(CAST(xxhash64({row}) AS DECIMAL(38, 0))) FROM ({whole})")[0]
        return f"{n}:{mix}"

    def close(self) -> None:
        """End the session; the next query opens a new one."""
        if self._end is not None:
            self._end()
        self._spark = self._end = None

    def parts(self, schema: str) -> tuple[str, ...]:
        """Of "catalog.schema" both names, of "schema" one."""
        names = tuple(schema.split("."))
        if len(names) > 2 or not all(names):
            raise CsworkbenchError(f'[engine] schema = "{schema}": write "schema" or "catalog.schema"')
        return names

    def _columns(self, relation: str) -> Mapping[str, Kind] | None:
        """Column → type of the relation, None when there is no such one."""
        text = transpile(f"SELECT * FROM {relation} LIMIT 0", self.dialect)
        try:
            fields = self._ask(lambda spark: spark.sql(text).schema.fields)
        except Refused as refused:
            if refused.condition in _ABSENT:
                return None
            raise
        return {field.name: self.kind(field.dataType.simpleString()) for field in fields}

    def kind(self, name: str) -> Kind:
        """What Spark's word for a type means, whatever its precision and collation."""
        return Kind(name, self.types.get(name.partition("(")[0].partition(" collate ")[0]))

    def _ask(self, question: Callable[[Any], Answer]) -> Answer:
        again = self._spark is not None
        try:
            return ask(self._session, self.url_env, question)
        except Refused as refused:
            if not (again and refused.session_ended):
                raise
        self.close()
        return self._ask(question)

    @property
    def _session(self) -> Any:
        if self._spark is None:
            self._spark = opened(self.url_env)
            self._end = weakref.finalize(self, end, self._spark)
        return self._spark


def _plain(column: ChunkedArray) -> list[Any]:
    """The values; a moment with its zone, which is UTC, loses it."""
    from pyarrow import timestamp, types

    if types.is_duration(column.type):
        raise CsworkbenchError("Spark answers with an interval; for days write CAST(a AS DATE) - CAST(b AS DATE)")
    plain = column.cast(timestamp("us")) if types.is_timestamp(column.type) else column
    return list(plain.to_pylist())
