"""What the team's hours went into: proactive and reactive, inside and outside of policy, and what comes again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from ...data.snapshot import View
from ..calendar import Quarter
from ..rollup import Rows, rolled_up

REACTIVE = "reactive"


def work(view: View, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """Touches and hours per quarter, CSM, touch tier of the account, function and direction; see team_hours.sql."""
    windows: Rows = [{"quarter": q.label, "opening": q.opening, "closing": q.closing} for q in quarters]
    return rolled_up(view, "team/team_hours", {"windows": windows})


def loads(work: pd.DataFrame) -> pd.DataFrame:
    """Per quarter and CSM: n (touches), hours, reactive_hours, n_known and known_hours (whose direction is known)."""
    known = work["direction"].notna()
    reactive = work["direction"] == REACTIVE
    rows = work.assign(
        known_hours=work["hours"].where(known, 0.0),
        reactive_hours=work["hours"].where(reactive, 0.0),
        n_known=work["n"].where(known, 0),
    )
    columns = ["n", "n_known", "hours", "known_hours", "reactive_hours"]
    return rows.groupby(["quarter", "csm_id"])[columns].sum().reset_index()


def coverage(work: pd.DataFrame, policy: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Hours per touch tier and function, and whether the tier's policy has the function: touch_tier, function, hours,
    n, is_meant.

    policy: touch tier → functions that belong to it; work of tiers that it does not name is left out.
    """
    named = work[work["touch_tier"].isin(list(policy)) & work["function"].notna()]
    sums = named.groupby(["touch_tier", "function"])[["hours", "n"]].sum().reset_index()
    pairs = zip(sums["touch_tier"], sums["function"], strict=True)
    return sums.assign(is_meant=pd.Series([f in policy[tier] for tier, f in pairs], sums.index, dtype=bool))


def fires(view: View, opening: date, closing: date) -> pd.DataFrame:
    """Tickets per category in (opening, closing], and how many came again within 90 days; see repeat_tickets.sql."""
    return rolled_up(view, "team/repeat_tickets", after=opening, through=closing)
