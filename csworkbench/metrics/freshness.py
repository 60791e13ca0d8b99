"""How fresh and complete the tables of a view are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .. import schema
from ..data.snapshot import View


def freshness(view: View) -> pd.DataFrame:
    """One row per table: table, rows, latest (day), truly_as_of, and what the load dropped or let pass.

    latest: null where its rows have no day. dropped: rows. dropped_rules, tolerated: rules with their counts.
    """
    return pd.DataFrame([_of(view, name) for name in view.tables])


def _of(view: View, table: str) -> dict[str, object]:
    occurred, facts = schema.table(table).happened, view.snapshot.facts[table]
    latest = f'max(CAST("{occurred}" AS DATE))' if occurred else "CAST(NULL AS DATE)"
    seen = view.sql(f"SELECT count(*) AS n, {latest} AS latest FROM {table}").iloc[0]
    return {
        "table": table,
        "rows": int(seen["n"]),
        "latest": seen["latest"],
        "truly_as_of": facts.truly_as_of,
        "dropped": sum(facts.dropped.values()),
        "dropped_rules": _counted(facts.dropped),
        "tolerated": _counted(facts.tolerated),
    }


def _counted(by_rule: Mapping[str, int]) -> str:
    """Rules with their counts as text: "orphan 3, future 1"; empty when there are none."""
    return ", ".join(f"{rule} {n}" for rule, n in sorted(by_rule.items()))
