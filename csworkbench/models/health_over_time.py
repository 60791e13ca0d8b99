"""Health as it was: the weighted score of every account on days of the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from ..data.snapshot import Snapshot
from .panel import build_panel
from .trial.weighted import weighted_health

COLUMNS = ["account_id", "closing", "health"]


def health_on(snapshot: Snapshot, days: Sequence[date]) -> pd.DataFrame:
    """The weighted health of every account that pays on each day, by what was known on that day.

    days: ends of months. The weighted score learns nothing, so that none of its past values knows what came later; the
    probabilities of a fitted model would. Returns account_id, closing, health (0–100, null where nothing was measured).
    """
    if not days:
        return pd.DataFrame(columns=COLUMNS)
    first, last = min(days), max(days)
    n_months = 12 * (last.year - first.year) + last.month - first.month + 1
    rows = build_panel(snapshot, last, n_months).rows
    rows = rows[rows["month_end"].isin([pd.Timestamp(day) for day in days])]
    score = weighted_health(rows, snapshot.settings.health)["score"]
    found = {"account_id": rows["account_id"], "closing": rows["month_end"], "health": score}
    return pd.DataFrame(found).reset_index(drop=True)[COLUMNS]
