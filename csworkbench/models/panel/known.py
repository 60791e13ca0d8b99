"""Queries over several snapshot days at once: every row with the days between which it was what was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ...data.snapshot import Snapshot
from ...data.sql import Value, bind, identifier, literal, mentions, sql_file
from ...schema import TABLES, Table

FOREVER = date(9999, 12, 31)
ALWAYS = date(1, 1, 1)


@dataclass(frozen=True)
class Months:
    """Snapshot days by month number, 0 for the last; all queries of a panel run over them."""

    days: Mapping[int, date]

    @property
    def until(self) -> date:
        """The last day."""
        return self.days[0]

    def relation(self) -> str:
        """The relation `months`: month, day."""
        rows = (f"SELECT {month} AS month, {literal(day)} AS day" for month, day in self.days.items())
        return " UNION ALL ".join(rows)


@dataclass(frozen=True)
class Reader:
    """Runs a `.sql` file beside this one over what was known at each of the months.

    A table `t` is read as `known_t`: its columns, known_from (first day on which the row was what was known) and
    known_until (first day on which it no longer was, 9999-12-31 while it is). accounts: only the ids in [first, last],
    or all.
    """

    snapshot: Snapshot
    months: Months
    accounts: tuple[str, str] | None = None

    def has(self, *names: str) -> bool:
        """Whether all these tables are there."""
        return all(name in self.snapshot.relations for name in names)

    def rows(
        self, name: str, relations: Mapping[str, str | Sequence[Mapping[str, Value]]] | None = None, **values: Value
    ) -> pd.DataFrame:
        """The result of `name`.sql; relations: further ones, as text or a few rows."""
        text = sql_file(__package__ or "", name)
        given = {"months": self.months.relation(), **{k: _relation(v) for k, v in (relations or {}).items()}}
        known = {f"known_{table}": self._known(TABLES[table]) for table in self.snapshot.relations}
        used = {key: value for key, value in {**known, **given}.items() if mentions(text, key)}
        head = ", ".join(f"{key} AS ({value})" for key, value in used.items())
        bound = bind(text, values)
        query = f"WITH {head}, {bound[5:]}" if bound.upper().startswith("WITH ") else f"WITH {head} {bound}"
        return self.snapshot.engine.query(query)

    def _known(self, table: Table) -> str:
        relation = self.snapshot.relations[table.name]
        if self.accounts and "account_id" in table.names:
            first, last = map(literal, self.accounts)
            relation = f"(SELECT * FROM {relation} WHERE account_id >= {first} AND account_id <= {last}) AS block"
        return known_between(table, relation, self.months.until, self.snapshot.facts[table.name].versions)


def known_between(table: Table, relation: str, until: date, versions: bool) -> str:
    """SELECT of the rows known by `until`, with known_from and known_until.

    A row is known from the day on which it had occurred and was recorded; where rows share a key, until one that was
    recorded later is known. Columns of `hidden_until` are there as they are: compare their dates with the day.
    """
    columns = ", ".join(identifier(name) for name in table.names)
    since = f"(SELECT {columns}, {_known_from(table)} AS known_from FROM {relation}) AS dated"
    head = f"SELECT {columns}, known_from"
    within = f"WHERE known_from <= {literal(until)}"
    if not (versions and table.key):
        return f"{head}, {literal(FOREVER)} AS known_until FROM {since} {within}"
    later = (
        f"min(known_from) OVER (PARTITION BY {', '.join(map(identifier, table.key))}"
        f" ORDER BY coalesce(date_diff('day', {literal(date(1970, 1, 1))}, recorded_at), -1000000) DESC"
        " RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    ranked = (
        f"(SELECT {columns}, known_from, coalesce({later}, {literal(FOREVER)}) AS known_until FROM {since} {within})"
    )
    return f"{head}, known_until FROM {ranked} AS ranked WHERE known_from < known_until"


def _known_from(table: Table) -> str:
    never = literal(ALWAYS)
    if not table.occurred:
        return f"coalesce(recorded_at, {never})"
    occurred = f"CAST({identifier(table.occurred)} AS DATE)"
    return f"coalesce(CASE WHEN recorded_at > {occurred} THEN recorded_at ELSE {occurred} END, recorded_at, {never})"


def _relation(given: str | Sequence[Mapping[str, Value]]) -> str:
    if isinstance(given, str):
        return given
    rows = (", ".join(f"{literal(value)} AS {name}" for name, value in row.items()) for row in given)
    return " UNION ALL ".join(f"SELECT {row}" for row in rows)
