"""Roll-ups of big tables: a `.sql` file joined to a few typed days or windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from ..data.snapshot import View
from ..data.sql import Value, literal, sql_file

Rows = Sequence[Mapping[str, Value]]
Relation = Rows | str


def rolled_up(
    view: View, name: str, relations: Mapping[str, Relation] | None = None, **parameters: Value
) -> pd.DataFrame:
    """The result of `name`.sql over the view, with further relations under their names.

    name: of a file beside the metrics, or in a folder of theirs, as in "team/team_hours". relations: name → a few rows
    (column → value, all with the same columns), or the text of a SELECT.
    """
    return view.sql(text_with(query_text(name), relations or {}), **parameters)


def query_text(name: str) -> str:
    """The text of `name`.sql beside the metrics, without comments."""
    return sql_file(__package__ or "", name)


def text_with(text: str, relations: Mapping[str, Relation]) -> str:
    """The query text with the further relations in front of its own WITH."""
    given = ", ".join(f"{name} AS ({_values(rows)})" for name, rows in relations.items())
    if not given:
        return text
    if text.upper().startswith("WITH "):
        return f"WITH {given}, {text[5:]}"
    return f"WITH {given} {text}"


def _values(rows: Relation) -> str:
    if isinstance(rows, str):
        return rows
    return " UNION ALL ".join(
        "SELECT " + ", ".join(f"{literal(value)} AS {column}" for column, value in row.items()) for row in rows
    )


def days(values: Sequence[date]) -> dict[str, Relation]:
    """The relation `days` with one column, day."""
    return {"days": [{"day": day} for day in sorted(set(values))]}
