"""What followed when a step of the journey was late: who left afterwards, counted from the day the step was due."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from .intervals import SMALLEST_GROUP, wilson

COLUMNS = ["step", "milestone", "late", "n", "n_left", "share", "low", "high"]


def after_late_steps(journey: pd.DataFrame, paid_until: pd.Series, as_of: date, within_days: int = 365) -> pd.DataFrame:
    """Who left within so many days after a step was due, among those that were late with it and those in time.

    journey: as `journey.journey` returns it. paid_until: see `book.paid_spans`. An account counts for a step when it
    reached the step before, still paid on the day the step was due (previous_on + due_days), and that day lies at least
    `within_days` before `as_of`; whoever left earlier is in neither group, so that being slow to leave is no merit.

    Returns per step × late (False, True): step, milestone, late, n, n_left, share in [0, 1], low, high (Wilson 95%);
    rates are null under five accounts. Observed, not caused: late accounts may differ in other ways.
    """
    due = journey["previous_on"] + pd.to_timedelta(journey["due_days"], unit="D")
    until = journey["account_id"].map(paid_until).astype("datetime64[us]")
    until = until.fillna(pd.Timestamp.max.as_unit("us"))
    horizon = pd.Timedelta(days=within_days)
    counted = due.notna() & (until > due) & (due + horizon <= pd.Timestamp(as_of))
    rows = journey[counted].assign(late=~(journey["reached_on"] <= due), left=(until <= due + horizon))
    grouped = rows.groupby(["step", "milestone", "late"])["left"].agg(["size", "sum"]).reset_index()
    found = grouped.rename(columns={"size": "n", "sum": "n_left"})
    low, high = wilson(found["n_left"], found["n"])
    found = found.assign(share=found["n_left"] / found["n"].where(found["n"] > 0), low=low, high=high)
    few = (found["n"] < SMALLEST_GROUP).to_numpy()
    for name in ("share", "low", "high"):
        found[name] = np.where(few, np.nan, found[name].astype(float))
    return found[COLUMNS]
