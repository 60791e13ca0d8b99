"""The reasons that people named after an account left, shrank, grew or stayed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...data.snapshot import View
from ...metrics.intervals import SMALLEST_GROUP, wilson
from ..panel import Panel

SUCCESSES = ("expansion", "renewal", "adoption")
NEAR_DAYS = 92
_KEYS = ["phase", "event", "factor"]


def named_reasons(view: View, panel: Panel) -> pd.DataFrame:
    """How often each reason was named: share of the reasons named for that event in that phase, with Wilson's interval.

    n_with: accounts for which it was named; n_without: the other accounts with a reason for the event in the phase.
    mrr: by which the decisions moved MRR that lie nearest to the day of naming, 92 days away at most. No p-value:
    nobody was asked about accounts without an event. A reason without a phase is of the phase "unknown"; events of
    fewer than 5 accounts in a phase are left out.
    """
    named = view.table("factors").astype({"account_id": "str", "named_on": "datetime64[us]"})
    named = named.assign(phase=named["phase"].astype("str").fillna("unknown"), mrr=_moved(named, panel))
    once = named.drop_duplicates(["account_id", *_KEYS])
    found = once.groupby(_KEYS).agg(n_with=("account_id", "nunique")).reset_index()
    found["mrr"] = named.groupby(_KEYS)["mrr"].sum().to_numpy()
    whole = once.groupby(["phase", "event"])["account_id"].nunique().rename("n_all").reset_index()
    found = found.merge(whole[whole["n_all"] >= SMALLEST_GROUP], on=["phase", "event"])
    low, high = wilson(found["n_with"], found["n_all"])
    effect = np.where(found["event"].isin(SUCCESSES), "success", "failure")
    share, n_without = found["n_with"] / found["n_all"], found["n_all"] - found["n_with"]
    rated = found.assign(value=share, low=low, high=high, p_value=np.nan, n_without=n_without, effect=effect)
    return rated.rename(columns={"event": "outcome"}).drop(columns="n_all").assign(measure="named_share")


def _moved(named: pd.DataFrame, panel: Panel) -> pd.Series:
    """MRR moved by the decision of the same kind nearest to the day of naming; 0 without one."""
    events = panel.events[["account_id", "kind", "on", "mrr_change"]].astype({"on": "datetime64[us]"})
    left = named[["account_id", "event", "named_on"]].rename(columns={"event": "kind"}).reset_index()
    left = left.sort_values("named_on")
    found = pd.merge_asof(
        left,
        events.sort_values("on"),
        left_on="named_on",
        right_on="on",
        by=["account_id", "kind"],
        direction="nearest",
        tolerance=pd.Timedelta(days=NEAR_DAYS),
    )
    return found.set_index("index")["mrr_change"].reindex(named.index).fillna(0.0)
