"""What was tried: the change log with what came before and after each change."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from ..book import ALL
from ..business.differences import share_difference
from ..intervals import SMALLEST_GROUP

YEAR_DAYS = 365
MONTH_DAYS = 365.25 / 12
CHURN, STEP = "logo_churn", "steps_in_time"
Side = tuple[float, float, int]
_BLANK: dict[str, object] = {
    "measure": "", "n_before": 0, "n_after": 0, **dict.fromkeys(("before", "after", "difference", "low", "high"))
}  # fmt: skip


def tried(changes: pd.DataFrame, spans: pd.DataFrame, steps: pd.DataFrame | None, closing: date) -> pd.DataFrame:
    """Each change with the measure of its scope in the 365 days before it and in those after it, up to `closing`.

    changes: changed_on, what, scope: "all" or a segment (measure logo_churn: accounts that left per account-month), or
    a milestone (steps_in_time: of the steps that began then and whose due days are over, those reached in time).
    spans: `paid_spans` with a column segment. steps: `due_steps`, None without a journey. n_before, n_after:
    account-months (rounded) or steps; difference = after − before with its 95% interval (Newcombe 1998). Null under
    five accounts or steps on either side. A change whose scope is unknown has no measure. Nothing else is held
    constant. Leaving is counted from the first exit of the data on: exports leave out who had left before they begin,
    so that an earlier time would look too good.
    """
    known = changes[changes["changed_on"] <= pd.Timestamp(closing)]
    days, scopes = known["changed_on"].dt.date, known["scope"].astype("object").fillna(ALL).astype("str")
    found = [_around(day, scope, spans, steps, closing) for day, scope in zip(days, scopes, strict=True)]
    rows = pd.DataFrame([{**_BLANK, **row} for row in found], columns=list(_BLANK), index=known.index)
    return known[["changed_on", "what"]].assign(scope=scopes).join(rows)


def _around(day: date, scope: str, spans: pd.DataFrame, steps: pd.DataFrame | None, closing: date) -> dict[str, object]:
    year, end = timedelta(days=YEAR_DAYS), closing + timedelta(days=1)
    windows = (day - year, day), (day, min(day + year, end))
    if scope == ALL or scope in set(spans["segment"]):
        held = spans if scope == ALL else spans[spans["segment"] == scope]
        seen = pd.Timestamp(closing) if spans["paid_until"].isna().all() else spans["paid_until"].min()
        return {"measure": CHURN, **_compared(*(_left(held, max(since, seen.date()), to) for since, to in windows))}
    if steps is not None and scope in set(steps["milestone"]):
        begun = steps[steps["milestone"] == scope]
        return {"measure": STEP, **_compared(*(_in_time(begun, *window) for window in windows))}
    return {}


def _left(spans: pd.DataFrame, since: date, until: date) -> Side:
    """Accounts that stopped paying in [since, until), account-months paid for in it, and accounts seen."""
    first, last = pd.Timestamp(since), pd.Timestamp(until)
    starts, ends = spans["first_paid_on"], spans["paid_until"]
    days = (ends.where(ends < last, last) - starts.where(starts > first, first)).dt.days.clip(lower=0)
    left = (ends > first) & (ends <= last)
    return float(left.sum()), float(days.sum()) / MONTH_DAYS, int((days > 0).sum())


def _in_time(steps: pd.DataFrame, since: date, until: date) -> Side:
    """Steps that began in [since, until): those reached in time, all, and all once more."""
    begun = steps[(steps["previous_on"] >= pd.Timestamp(since)) & (steps["previous_on"] < pd.Timestamp(until))]
    return float(begun["outcome"].sum()), float(len(begun)), len(begun)


def _compared(before: Side, after: Side) -> dict[str, float]:
    counts: dict[str, float] = {"n_before": round(before[1]), "n_after": round(after[1])}
    if min(before[2], after[2]) < SMALLEST_GROUP:
        return counts
    difference, low, high = share_difference(after[0], after[1], before[0], before[1])
    rates = {"before": before[0] / before[1], "after": after[0] / after[1]}
    return {**counts, **rates, "difference": difference, "low": low, "high": high}
