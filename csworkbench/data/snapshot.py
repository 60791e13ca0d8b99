"""Checked canonical tables, and the view of them that was known on a day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

import duckdb
import pandas as pd

from .. import schema
from ..errors import CsworkbenchError, UnknownName
from .asof import Day, day_of, known_relations
from .engine import DuckDB, Engine
from .settings import Settings
from .sql import Value, bind, identifier, mentions, orders_rows

Frame = TypeVar("Frame", pd.DataFrame, pd.Series)


@dataclass(frozen=True)
class TableFacts:
    """What is known of one loaded table, printed in every pack.

    rows: rows kept. dropped: rule → rows dropped as declared. mapped: canonical columns that the export filled.
    latest: the last day on which a row occurred. versions: whether rows share a key and differ in recorded_at.
    """

    rows: int
    mapped: tuple[str, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)
    tolerated: Mapping[str, int] = field(default_factory=dict)
    latest: date | None = None
    versions: bool = False

    @property
    def truly_as_of(self) -> bool:
        """Whether the export says when each row became known."""
        return "recorded_at" in self.mapped


@dataclass(frozen=True, repr=False)
class Snapshot:
    """Checked canonical tables in an engine. relations: table → what stands after FROM. facts: table → TableFacts."""

    settings: Settings
    engine: Engine
    relations: Mapping[str, str]
    facts: Mapping[str, TableFacts]
    key: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that are there."""
        return tuple(name for name in schema.TABLES if name in self.relations)

    def as_of(self, day: Day) -> View:
        """The tables as they were known at the end of that day."""
        return View(self, day_of(day))

    @cached_property
    def coverage(self) -> Mapping[str, float]:
        """Table → share of the accounts that have any row in it, in [0, 1]; tables without account_id are left out."""
        about = [name for name in self.tables if "account_id" in map(attrgetter("name"), schema.table(name).columns)]
        if not {"accounts"} < set(about):
            return {}
        counts = [
            f"SELECT '{name}' AS name, count(DISTINCT t.account_id) AS n FROM {self.relations[name]} AS t"
            for name in about
        ]
        found = self.engine.query(" UNION ALL ".join(counts)).set_index("name")["n"]
        return {name: float(found[name] / found["accounts"]) for name in about} if found["accounts"] else {}

    def __repr__(self) -> str:
        return f"<snapshot of {self.settings.company.name}: {len(self.tables)} tables>"


@dataclass(frozen=True, repr=False)
class View:
    """What was known at the end of the day `as_of`."""

    snapshot: Snapshot
    as_of: date
    _kept: dict[str, Any] = field(default_factory=dict, init=False, compare=False)

    def keep(self, name: str, make: Callable[[], Frame]) -> Frame:
        """What `make` gives, made once for this view under that name; a copy, which may be changed."""
        if name not in self._kept:
            self._kept[name] = make()
        kept: Frame = self._kept[name]
        return kept.copy(deep=False)

    @property
    def settings(self) -> Settings:
        """The settings of the workspace."""
        return self.snapshot.settings

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that are there."""
        return self.snapshot.tables

    def has(self, *names: str) -> bool:
        """Whether all these tables are there; a name that is no canonical table is an error."""
        return all(schema.table(name).name in self.snapshot.relations for name in names)

    @cached_property
    def relations(self) -> Mapping[str, str]:
        """Table → SELECT of its rows known on the day."""
        facts = self.snapshot.facts
        versioned: Collection[str] = {name for name, fact in facts.items() if fact.versions}
        return known_relations(dict(self.snapshot.relations), self.as_of, self.settings.segments.column, versioned)

    def table(self, name: str) -> pd.DataFrame:
        """All known rows of a canonical table, columns as in `csworkbench.schema`, sorted by key."""
        if not self.has(name):
            raise UnknownName("table in this workspace", name, self.tables)
        key = schema.table(name).key
        frame = self.sql(f"SELECT * FROM {name}")
        return frame.sort_values([*key] or [*frame.columns], ignore_index=True)

    def sql(self, text: str, **parameters: Value) -> pd.DataFrame:
        """The result of a SELECT over the canonical tables as known; `$name` takes the parameter of that name.

        The text is DuckDB's dialect in portable idioms; rows come in the order that it asks for, else
        sorted by the columns from left to right.
        """
        absent = [name for name in schema.TABLES if name not in self.relations]
        missing = [name for name in absent if mentions(text, f"FROM {name}") or mentions(text, f"JOIN {name}")]
        if missing:
            remedy = f"Declare where it comes from under [tables.{missing[0]}] in workspace.toml."
            raise CsworkbenchError(f"this workspace has no table {', '.join(missing)}. {remedy}")
        used = {name: select for name, select in self.relations.items() if mentions(text, name)}
        known = ", ".join(f"{identifier(name)} AS NOT MATERIALIZED ({select})" for name, select in used.items())
        query = f"SELECT * FROM ({bind(text, parameters)}) AS result"
        try:
            return self.snapshot.engine.query(f"WITH {known} {query}" if known else query, orders_rows(text))
        except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as error:
            said = str(error).partition("\n\nLINE")[0].replace("\n", " ")
            raise CsworkbenchError(f"this query cannot be answered: {said} (view.tables names the tables)") from error

    def __repr__(self) -> str:
        return f"<view of {self.settings.company.name} as of {self.as_of}: {len(self.tables)} tables>"

    def _repr_html_(self) -> str:
        from html import escape

        counts = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in self.tables)
        known = dict(self.sql(counts).to_numpy().tolist()) if self.tables else {}
        rows = "".join(f"<tr><td>{name}</td><td>{int(known[name]):,}</td></tr>" for name in self.tables)
        head = f"<p><b>{escape(self.settings.company.name)}</b> as known on {self.as_of}</p>"
        return f"{head}<table><tr><th>table</th><th>rows known</th></tr>{rows}</table>"


def snapshot_of_frames(
    frames: Mapping[str, pd.DataFrame], settings: Settings, engine: DuckDB | None = None
) -> Snapshot:
    """A snapshot of canonical tables given as frames; missing optional columns are NULL. Nothing is checked.

    frames: canonical table → frame with canonical column names. engine: an empty one; else one is made.
    """
    engine = engine or DuckDB()
    facts: dict[str, TableFacts] = {}
    for name, frame in frames.items():
        table = schema.table(name)
        for column in frame.columns:
            table.column(column)
        engine.connection.register("given", frame)
        picks = ", ".join(_typed(column, column.name in frame.columns) for column in table.columns)
        engine.connection.execute(f"CREATE TABLE {identifier(name)} AS SELECT {picks} FROM given")
        engine.connection.unregister("given")
        facts[name] = TableFacts(len(frame), tuple(frame.columns), versions="recorded_at" in frame.columns)
    return Snapshot(settings, engine, {name: identifier(name) for name in frames}, facts)


def _typed(column: schema.Column, present: bool) -> str:
    value = identifier(column.name) if present else "NULL"
    return f"CAST({value} AS {schema.SQL_TYPES[column.type]}) AS {identifier(column.name)}"
