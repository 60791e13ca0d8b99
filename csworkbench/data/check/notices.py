"""What is worth knowing about loaded tables, but refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from ...errors import suggestion
from ..mask import shown
from ..settings import Settings
from ..snapshot import TableFacts
from ..sql import identifier
from .near import difference, form

_GROUPS = {
    "accounts": ("segment", "touch_tier", "industry", "country"),
    "subscriptions": ("product", "plan"),
    "tickets": ("channel", "category", "priority"),
}


def notices_about(
    connection: duckdb.DuckDBPyConnection, settings: Settings, facts: Mapping[str, TableFacts]
) -> list[str]:
    """Groups that are nearly the same word, milestones outside the journey, core features that nobody used."""
    found = [*_near_groups(connection, facts)]
    steps = [step.id for step in settings.journey]
    if steps and "milestones" in facts:
        for name, rows in _values(connection, "milestones", "milestone"):
            if name not in steps:
                hint = suggestion(name, steps)
                found.append(f'milestones: "{shown(name)}" ({rows:,} rows) is no step of the journey.{hint}')
    if settings.adoption.core_features and "usage" in facts:
        used = {name for name, _ in _values(connection, "usage", "feature")}
        for feature in settings.adoption.core_features:
            if feature not in used:
                found.append(f'usage: nobody used the core feature "{feature}".{suggestion(feature, used)}')
    return found


def _values(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> list[Any]:
    return connection.execute(
        f"SELECT {column}, count(*) FROM {identifier(table)} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()


def _near_groups(connection: duckdb.DuckDBPyConnection, facts: Mapping[str, TableFacts]) -> Iterator[str]:
    for table, columns in _GROUPS.items():
        for column in columns:
            if table in facts and column in facts[table].mapped:
                values = f"SELECT DISTINCT {column} AS k FROM {identifier(table)} WHERE {column} IS NOT NULL"
                groups = connection.execute(
                    f"SELECT list(k ORDER BY k) FROM ({values}) GROUP BY {form('k')} HAVING count(*) > 1 ORDER BY 1"
                ).fetchall()
                for (names,) in groups[:20]:
                    listed = " and ".join(f'"{shown(name)}"' for name in names)
                    how = difference(names[0], names[1])
                    yield f"{table}.{column}: {listed} are different groups; they differ only in {how}"
