"""How the accounts that decided to leave looked 90 days before."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...data.snapshot import View
from ...metrics.accounts import described
from ..panel import Panel
from ..panel.months import month_numbers
from .backtest import HORIZON_MONTHS
from .model_scorer import MODEL
from .vendor import VENDOR

WEIGHTED = "weighted"
_COLUMNS = {"band_90d_before": MODEL, "weighted_band_90d_before": WEIGHTED}


def leavers(panel: Panel) -> pd.DataFrame:
    """Decisions to leave in the three months up to `panel.until`: account_id, on, mrr_change; the last per account."""
    left = panel.events[panel.events["kind"] == "churn"]
    late = left[month_numbers(left["on"], panel.until) > -HORIZON_MONTHS]
    return late.sort_values("on").drop_duplicates("account_id", keep="last", ignore_index=True)


def post_mortem(view: View, panel: Panel, before: pd.DataFrame, reasons: Mapping[str, list[str]]) -> pd.DataFrame:
    """One row per account that decided to leave in the quarter; columns of the frame post_mortem.

    before: see `looked_like`. reasons: account_id → codes of what spoke most for leaving then. Null where an account
    had no score in time.
    """
    gone = leavers(panel)
    names = described(view, pd.Index(gone["account_id"]), view.as_of)[["name", "segment"]]
    found = gone.rename(columns={"on": "decided_on", "mrr_change": "mrr"}).join(names, on="account_id")
    for column, score in {**_COLUMNS, "vendor_band_90d_before": _vendor(before)}.items():
        found[column] = found["account_id"].map(_of(before, score)["band"])
    found["health_90d_before"] = found["account_id"].map(100 * (1 - _of(before, MODEL)["risk"]))
    found["top_reasons"] = [list(reasons.get(account, [])) for account in found["account_id"]]
    return found


def _of(before: pd.DataFrame, score: str) -> pd.DataFrame:
    return before[before["score"] == score].set_index("account_id")


def _vendor(before: pd.DataFrame) -> str:
    """The vendor that scored most of them."""
    counts = before.loc[before["score"].str.startswith(VENDOR), "score"].value_counts().sort_index()
    return str(counts.idxmax()) if len(counts) else VENDOR
