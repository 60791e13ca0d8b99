"""The SQL that turns a canonical table into what was known of it on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ..errors import CsworkbenchError
from ..schema import TABLES, Table
from .sql import identifier, literal

UNASSIGNED, ALL = "unassigned", "all"
Day = date | str
_ATTRIBUTES = ("industry", "country", "employees", "touch_tier", "segment")


def day_of(day: Day) -> date:
    """The day, given as a date or written YYYY-MM-DD; CsworkbenchError for any other text."""
    try:
        return date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        raise CsworkbenchError(f'"{day}" is not a day. Write it as YYYY-MM-DD.') from None


def known_select(table: Table, relation: str, as_of: date, *, versions: bool) -> str:
    """SELECT of the rows of `relation` known on `as_of`, with later knowledge hidden.

    A row is known when it had occurred and, where `recorded_at` is filled, was recorded by then; a plan, whose day may
    lie ahead, from the day on which it was recorded. Values listed in `hidden_until` are NULL until their date.
    versions: rows may share a key, the one recorded last by then holds.
    """
    day = literal(as_of)
    occurred = identifier(table.occurred) if table.occurred else ""
    known = [f"CAST({occurred} AS DATE) <= {day}"] if occurred else []
    if table.occurred and not table.column(table.occurred).required:
        known = [f"({occurred} IS NULL OR {known[0]})"]
    if table.occurred != table.happened:
        known = [f"({known[0]} OR recorded_at IS NOT NULL)"]
    known.append(f"(recorded_at IS NULL OR recorded_at <= {day})")
    source = f"{relation} WHERE {' AND '.join(known)}"
    if versions and table.key:
        source = (
            f"(SELECT *, rank() OVER (PARTITION BY {', '.join(table.key)} ORDER BY recorded_at DESC NULLS LAST)"
            f" AS version_rank FROM {source}) AS versions WHERE version_rank = 1"
        )
    columns = ", ".join(_visible(table, name, day) for name in table.names)
    return f"SELECT {columns} FROM {source}"


def _visible(table: Table, name: str, day: str) -> str:
    dates = table.hidden_until.get(name)
    quoted = identifier(name)
    if not dates:
        return quoted
    known_on = dates[0] if len(dates) == 1 else f"coalesce({', '.join(dates)})"
    return f"CASE WHEN CAST({known_on} AS DATE) > {day} THEN NULL ELSE {quoted} END AS {quoted}"


def accounts_select(relation: str, history: str | None, as_of: date, segment_column: str, *, versions: bool) -> str:
    """SELECT of accounts as known, attributes overlaid by account_history.

    `segment` is the column that splits the book, and never NULL: an account without one is in "unassigned".
    """
    known = known_select(TABLES["accounts"], relation, as_of, versions=versions)
    values = {name: f"a.{name}" for name in TABLES["accounts"].names}
    source = f"({known}) AS a"
    if history:
        for name in _ATTRIBUTES:
            type_ = "BIGINT" if name == "employees" else "VARCHAR"
            values[name] = f"coalesce(CAST(h.{name} AS {type_}), a.{name})"
        source += f" LEFT JOIN ({_latest_attributes(history, as_of)}) AS h ON h.account_id = a.account_id"
    split = values[segment_column]
    values["segment"] = f"coalesce(CAST({split} AS VARCHAR), {literal(UNASSIGNED)})"
    return f"SELECT {', '.join(f'{value} AS {name}' for name, value in values.items())} FROM {source}"


def _latest_attributes(history: str, as_of: date) -> str:
    """One row per account with its last known value of each attribute."""
    known = known_select(TABLES["account_history"], history, as_of, versions=False)
    ranked = (
        "SELECT *, row_number() OVER (PARTITION BY account_id, attribute"
        f" ORDER BY valid_from DESC, recorded_at DESC NULLS LAST, value) AS newest FROM ({known}) AS k"
    )
    picks = ", ".join(f"max(CASE WHEN attribute = '{name}' THEN value END) AS {name}" for name in _ATTRIBUTES)
    return f"SELECT account_id, {picks} FROM ({ranked}) AS r WHERE newest = 1 GROUP BY account_id"


def known_relations(
    relations: dict[str, str], as_of: date, segment_column: str, versioned: Collection[str]
) -> dict[str, str]:
    """Canonical table name → SELECT of what was known on `as_of`; only the tables that are there."""
    selects = {
        name: known_select(TABLES[name], relation, as_of, versions=name in versioned)
        for name, relation in relations.items()
        if name != "accounts"
    }
    history = relations.get("account_history")
    selects["accounts"] = accounts_select(
        relations["accounts"], history, as_of, segment_column, versions="accounts" in versioned
    )
    return selects
