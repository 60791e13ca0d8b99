"""Why accounts left: what was named afterwards, and what their CSMs had called before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from ...data.snapshot import View
from ..book import ALL
from ..calendar import Quarter
from ..intervals import SMALLEST_GROUP, wilson

NAMED_WITHIN_DAYS = 365
NONE = ""


def lost_accounts(movements: pd.DataFrame, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """Accounts that left in these quarters: account_id, segment, mrr (lost; the last time an account left)."""
    labels = [quarter.label for quarter in quarters]
    left = movements[movements["quarter"].isin(labels) & (movements["churn"] > 0)].sort_values("quarter")
    last = left.drop_duplicates("account_id", keep="last", ignore_index=True)
    return last[["account_id", "segment", "churn"]].rename(columns={"churn": "mrr"})


def named(view: View, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """Reasons named for leaving since a year before these quarters: account_id, reason, preventable; one row each."""
    since = quarters[0].starts_on - timedelta(days=NAMED_WITHIN_DAYS)
    rows = view.sql(
        "SELECT account_id, factor AS reason, max(CASE WHEN preventable THEN 1 ELSE 0 END) AS preventable FROM factors"
        " WHERE event = 'churn' AND named_on >= $since GROUP BY account_id, factor",
        since=since,
    )
    return rows.astype({"account_id": "str", "reason": "str", "preventable": "int64"})


def loss_reasons(lost: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """For how many of the accounts that left each reason was named, per segment and for all.

    lost: `lost_accounts`; reasons: `named`. An account may name several; reason "" counts those that named none.
    n_lost: accounts that left; share = n ÷ n_lost with its 95% Wilson interval, null under five of them. mrr: lost
    with the n accounts, per month; n_preventable: of the n, those whose loss is said to have been preventable.
    """
    told = lost.merge(reasons, on="account_id", how="left")
    told = told.assign(reason=told["reason"].fillna(NONE), preventable=told["preventable"].fillna(0))
    both = pd.concat([told.assign(segment=ALL), told])
    sums = both.groupby(["segment", "reason"]).agg(
        n=("account_id", "nunique"), mrr=("mrr", "sum"), n_preventable=("preventable", "sum")
    )
    sizes = pd.concat([lost.assign(segment=ALL), lost]).groupby("segment").size().rename("n_lost")
    found = sums.reset_index().merge(sizes.reset_index(), on="segment")
    low, high = wilson(found["n"], found["n_lost"])
    rates = pd.DataFrame({"share": found["n"] / found["n_lost"], "low": low, "high": high})
    return found.join(rates.where(found["n_lost"] >= SMALLEST_GROUP))


def lost_calls(view: View, quarters: Sequence[Quarter], segments: pd.Series) -> pd.DataFrame:
    """Renewal opportunities lost in these quarters, by what the CSM had called; "" where there was no call."""
    rows = view.sql(
        "SELECT account_id, coalesce(csm_call, '') AS csm_call, coalesce(due_mrr, 0) AS mrr FROM opportunities"
        " WHERE kind = 'renewal' AND stage = 'lost' AND closed_on >= $first AND closed_on <= $last",
        first=quarters[0].starts_on,
        last=quarters[-1].closing,
    ).astype({"account_id": "str", "csm_call": "str", "mrr": "float64"})
    rows = rows.assign(segment=rows["account_id"].map(segments))
    both = pd.concat([rows.assign(segment=ALL), rows])
    return (
        both.groupby(["segment", "csm_call"])["mrr"]
        .agg(["size", "sum"])
        .reset_index()
        .rename(columns={"size": "n", "sum": "mrr"})
    )
