"""What an account was exposed to at the end of each month: touches, content, reviews, plans, people, known risks."""

from __future__ import annotations

import pandas as pd

from ...data.snapshot import Snapshot
from ..panel import Panel
from ..panel.known import Reader
from ..panel.panel_days import panel_months

_SOURCES = {
    "activities": "exposed_touches",
    "assets": "exposed_assets",
    "reviews": "exposed_reviews",
    "success_plans": "exposed_plans",
    "contacts": "exposed_champions",
    "risks": "exposed_risks",
}


def exposures(snapshot: Snapshot, panel: Panel) -> pd.DataFrame:
    """Flags per row of the panel, by what was known on its day: 1 or 0, one column per exposure.

    touch_<function>: a touch of that function in 180 days. asset_<asset>: that content used in 180 days. review_held:
    a business review in 180 days. plan_agreed, criterion_met: of the success plan. champion_there: a champion is known.
    price_risk_open: an open risk in the area of cost. Columns of an absent table are absent.
    """
    reader = Reader(snapshot, panel_months(panel))
    parts = [reader.rows(query) for table, query in _SOURCES.items() if reader.has(table)]
    index = pd.MultiIndex.from_arrays([panel.rows["account_id"], panel.month])
    wide = pd.DataFrame(index=panel.rows.index)
    for part in parts:
        typed = part.astype({"account_id": "str", "month": "int64", "exposure": "str"})
        for exposure, held in typed.groupby("exposure"):
            found = pd.MultiIndex.from_frame(held[["account_id", "month"]])
            wide[str(exposure)] = index.isin(found).astype("float32")
    return wide
