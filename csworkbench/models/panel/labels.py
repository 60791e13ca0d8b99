"""What happened after each row of a panel."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from .months import month_numbers
from .panel import Panel

Outcome = Literal["churn", "expansion", "contraction"]
NEVER = 1_000_000


def label(panel: Panel, kind: Outcome = "churn", lead_months: int = 0, horizon_months: int = 3) -> pd.Series:
    """Whether an event of that kind lies in (D + lead, D + lead + horizon] months, for every row.

    Returns Int8 aligned with `panel.rows`: 1 or 0; NA where the window is not over by `panel.until` or the account
    decides to leave within the lead. An account that leaves first does not expand afterwards: 0.
    """
    opens = panel.month + lead_months
    closes = opens + horizon_months
    after = months_to_event(panel, kind, lead_months)
    left = months_to_event(panel, "churn")
    happened = after <= lead_months + horizon_months
    if kind != "churn":
        happened &= after <= months_to_event(panel, "churn")
    unknown = (closes > 0) | (left <= lead_months)
    return pd.Series(happened, panel.rows.index).astype("Int8").mask(unknown)


def months_to_event(panel: Panel, kind: Outcome = "churn", lead_months: int = 0) -> np.ndarray:
    """Months from D to the first event of that kind after D + lead (1: within the first month); NEVER without one."""
    events = panel.events[panel.events["kind"] == kind]
    ids = pd.Index(panel.rows["account_id"]).append(pd.Index(events["account_id"]))
    codes, _ = pd.factorize(ids)
    n = len(panel.rows)
    month = panel.month + lead_months
    happened = month_numbers(events["on"], panel.until)
    span = NEVER // 2
    keys = np.sort(codes[n:].astype(np.int64) * NEVER + happened + span)
    wanted = codes[:n].astype(np.int64) * NEVER + month + span
    place = np.searchsorted(keys, wanted, side="right")
    found = np.append(keys, np.iinfo(np.int64).max)[place]
    same = found // NEVER == codes[:n]
    return np.where(same, found - wanted + lead_months, NEVER)


def win_back(panel: Panel) -> pd.Series:
    """Whether the account of each row has come back after leaving."""
    return panel.rows["n_spells"] > 1
