"""The next decision of each account after every row of a panel."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..panel import Panel
from ..panel.labels import Outcome


def next_decisions(panel: Panel, kind: Outcome) -> pd.DataFrame:
    """The first decision of that kind after each row's day, with the index of `panel.rows`: on, mrr_change.

    NaT and NaN where none is known by `panel.until`.
    """
    events = panel.events[panel.events["kind"] == kind].astype({"on": "datetime64[us]"}).sort_values("on")
    rows = panel.rows[["account_id", "month_end"]].assign(place=np.arange(len(panel.rows)))
    found = pd.merge_asof(
        rows.astype({"month_end": "datetime64[us]"}).sort_values("month_end"),
        events[["account_id", "on", "mrr_change"]],
        left_on="month_end",
        right_on="on",
        by="account_id",
        direction="forward",
        allow_exact_matches=False,
    )
    return found.sort_values("place")[["on", "mrr_change"]].set_axis(panel.rows.index)
