"""What goes with reaching the next step of the success journey in time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...data.snapshot import View
from ...metrics.intervals import SMALLEST_GROUP
from ...metrics.journey import journey
from ..panel import Panel
from .factor_rows import FactorRow, row_of
from .hazard_ratio import risk_ratio


def step_factors(view: View, panel: Panel) -> Iterator[FactorRow]:
    """Reaching a step in its due days: share of accounts with a factor ÷ share of those without.

    Looked at half way through the due days (landmark): accounts that have not reached the step by then, whose due days
    are over; the factor came between the step before and that day. So a quick account, which had less time for a
    factor, does not count against it. phase: the milestone. mrr: of the accounts with the factor that reached it, in
    their first month. Source of the landmark: Anderson, Cain and Gelber (1983).
    """
    waiting = _waiting(journey(view))
    happened = _happened(view)
    first = panel.rows.drop_duplicates("account_id").set_index("account_id")["mrr"].astype("float64")
    for milestone, rows in waiting.groupby("milestone", sort=False):
        yield from _of_step(str(milestone), rows, happened, first)


def _waiting(steps: pd.DataFrame) -> pd.DataFrame:
    """Accounts that wait for a step half way through its due days: account_id, milestone, since, landmark, reached."""
    half = pd.to_timedelta(steps["due_days"] / 2, unit="D")
    landmark = steps["previous_on"] + half
    late = steps["reached_on"].isna() | (steps["reached_on"] > landmark)
    judged = steps["previous_on"].notna() & (steps["elapsed_days"] >= steps["due_days"]) & late
    rows = steps.loc[judged, ["account_id", "milestone"]]
    reached = steps["reached_in_time"].fillna(False).astype(bool)
    return rows.assign(since=steps["previous_on"], landmark=landmark, reached=reached)


def _happened(view: View) -> pd.DataFrame:
    """Touches, content and escalations: account_id, on, factor, step (null: of any step)."""
    parts = [pd.DataFrame({"account_id": [], "on": [], "factor": [], "step": []}, dtype="str")]
    for table, text in _SOURCES.items():
        if view.has(table):
            parts.append(view.sql(text))
    typed = {"account_id": "str", "on": "datetime64[us]", "factor": "str", "step": "str"}
    return pd.concat([part.astype(typed) for part in parts], ignore_index=True)


_SOURCES = {
    "assets": "SELECT a.account_id, a.used_on AS \"on\", concat('asset_', a.asset) AS factor, a.step FROM assets AS a",
    "activities": 'SELECT a.account_id, CAST(a."at" AS DATE) AS "on", concat(\'touch_\', a.function) AS factor,'
    " CAST(NULL AS VARCHAR) AS step FROM activities AS a"
    " WHERE a.account_id IS NOT NULL AND a.function IS NOT NULL AND a.direction <> 'reactive'",
    "tickets": "SELECT t.account_id, CAST(t.opened_at AS DATE) AS \"on\", 'escalation' AS factor,"
    " CAST(NULL AS VARCHAR) AS step FROM tickets AS t WHERE t.escalated",
}


def _of_step(milestone: str, rows: pd.DataFrame, happened: pd.DataFrame, mrr: pd.Series) -> Iterator[FactorRow]:
    of_step = happened[happened["step"].isna() | (happened["step"] == milestone)]
    both = rows.merge(of_step, on="account_id")
    during = both[(both["on"] > both["since"]) & (both["on"] <= both["landmark"])]
    reached = rows.set_index("account_id")["reached"]
    for factor, held in during.groupby("factor"):
        has = pd.Series(reached.index.isin(held["account_id"]), reached.index)
        counts = (int(has.sum()), int((~has).sum()))
        ratio = risk_ratio(int(reached[has].sum()), counts[0], int(reached[~has].sum()), counts[1])
        if min(counts) >= SMALLEST_GROUP and not np.isnan(ratio.value):
            gained = float(mrr.reindex(reached.index[has & reached]).sum())
            yield row_of(milestone, str(factor), "step_in_time", "lift", ratio, counts, gained)
