"""The sections that say where the canonical tables come from, how they are written, and what rolls them up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from .section import Section

Tolerance = Literal["refuse", "drop", "keep"]


class Source(Section):
    """A database: a DuckDB file by `path`, or any SQL database by the environment variable that holds its URL."""

    path: str | None = None
    url_env: str | None = None


class Lookup(Section):
    """Columns brought from another file: `on` maps a column here to the one there, `take` a new name to one there."""

    path: str | None = None
    source: str | None = None
    table: str | None = None
    query: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    on: Mapping[str, str]
    take: Mapping[str, str]


class Unpivot(Section):
    """Several columns of one row become several rows: the column's name goes to `name`, its value to `value`."""

    columns: tuple[str, ...]
    name: str = "feature"
    value: str = "count"


class ColumnMap(Section):
    """Where one canonical column comes from: exactly one of column, constant, expression."""

    column: str | None = None
    constant: str | int | float | bool | None = None
    expression: str | None = None
    values: Mapping[str, str] | None = None
    format: str | None = None
    numbers: str | None = None
    time_zone: str | None = None
    empty: tuple[str, ...] = ("",)


class TableMap(Section):
    """Where one canonical table comes from, how it is written, and which dirt is tolerated.

    rows, totals: control totals of the export: its data rows, and per canonical column the sum of a number or the count
    of different values of anything else, as read, before conversions and declared drops. sha256: seal of each file, as
    sha256sum prints it. left (of accounts only): condition under which the account has left by the CRM's own word; it
    is held against the subscriptions and becomes no column.
    """

    path: str | tuple[str, ...] | None = None
    source: str | None = None
    table: str | None = None
    query: str | None = None
    sheet: str | None = None
    rows: int | None = None
    totals: Mapping[str, float] = Field(default_factory=dict)
    sha256: str | tuple[str, ...] | None = None
    skip_rows: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    format: str | None = None
    numbers: str | None = None
    time_zone: str | None = None
    multiline: bool = False
    where: str | None = None
    distinct: bool = False
    left: str | None = None
    columns: Mapping[str, str | ColumnMap] = Field(default_factory=dict)
    lookups: Mapping[str, Lookup] = Field(default_factory=dict)
    unpivot: Unpivot | None = None
    credits: bool = False
    on_orphan: Tolerance = "refuse"
    on_duplicate: Tolerance = "refuse"
    on_overlap: Literal["refuse", "sum", "latest"] = "refuse"
    on_future: Tolerance = "refuse"
    on_reversed: Tolerance = "refuse"
    on_before_start: Tolerance = "refuse"
    on_after_end: Tolerance = "keep"
    on_out_of_range: Literal["refuse", "drop", "empty"] = "refuse"
    on_near_key: Literal["refuse", "keep"] = "refuse"
    on_churn_disagrees: Literal["refuse", "keep"] = "refuse"


class Engine(Section):
    """Where roll-ups run: the embedded DuckDB, or a database that already holds the canonical tables."""

    kind: Literal["duckdb", "postgres", "spark"] = "duckdb"
    url_env: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    threads: int | None = None
    memory_limit: str | None = None
