"""When in their life accounts leave: the monthly hazard by tenure."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..book import ALL
from ..intervals import SMALLEST_GROUP, wilson

BANDS = ((1, 3), (4, 6), (7, 9), (10, 12), (13, 18), (19, 24), (25, 36), (37, 1200))
WINDOW_MONTHS = 24
Days = NDArray[np.datetime64]
_SUMS = ["n_accounts", "months", "n_left"]


def account_months(spans: pd.DataFrame, closing: date) -> pd.DataFrame:
    """The tenure months of each account that lie wholly in the last 24 months.

    spans: see `book.paid_spans`. Tenure month k (from 1) runs from first_paid_on + (k − 1) months to first_paid_on + k
    months; an account is in it when it pays on its first day, and leaves in it when paid_until is not after its end.
    Returns account_id, month (k), left.
    """
    end = np.datetime64(closing, "D") + 1
    since = months_after(np.array([end]), -WINDOW_MONTHS)[0]
    starts, until = (spans[name].to_numpy("datetime64[D]") for name in ("first_paid_on", "paid_until"))
    passed = (since.astype("M8[M]") - starts.astype("M8[M]")).astype(int)
    found = []
    for step in range(WINDOW_MONTHS + 1):
        month = np.maximum(passed, 0) + step
        first, last = months_after(starts, month), months_after(starts, month + 1)
        there = (first >= since) & (last <= end) & (np.isnat(until) | (until > first))
        rows = {"account_id": spans.index[there], "month": month[there] + 1, "left": (until <= last)[there]}
        found.append(pd.DataFrame(rows))
    return pd.concat(found, ignore_index=True)


def months_after(days: Days, months: ArrayLike) -> Days:
    """The same day of the month so many months later, the last day of a shorter month."""
    month = days.astype("M8[M]") + np.asarray(months)
    day = (days - days.astype("M8[M]").astype("M8[D]")).astype(int)
    longest = ((month + 1).astype("M8[D]") - month.astype("M8[D]")).astype(int) - 1
    return np.asarray(month.astype("M8[D]") + np.minimum(day, longest))


def tenure_hazard(months: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """The chance of leaving in a month, by tenure band and segment ("all" included).

    months: `account_months`. segments: account_id → segment. n_accounts: accounts seen in the band; months:
    account-months; n_left: how many left; hazard: n_left ÷ months with its 95% Wilson interval, null under five
    accounts. Source: the discrete-time hazard of Singer and Willett (1993).
    """
    band = pd.cut(months["month"], [0, *(last for _, last in BANDS)], labels=False)
    rows = months.assign(band=band, segment=months["account_id"].map(segments))
    both = pd.concat([rows.assign(segment=ALL), rows])
    summed = both.groupby(["segment", "band"]).agg(
        n_accounts=("account_id", "nunique"), months=("left", "size"), n_left=("left", "sum")
    )
    grid = pd.MultiIndex.from_product([sorted(both["segment"].unique()), range(len(BANDS))], names=["segment", "band"])
    found = summed.reindex(grid, fill_value=0)[_SUMS].astype("int64").reset_index()
    low, high = wilson(found["n_left"], found["months"])
    rates = pd.DataFrame(
        {"hazard": found["n_left"] / found["months"].where(found["months"] > 0), "low": low, "high": high}
    )
    rates = rates.where(found["n_accounts"] >= SMALLEST_GROUP)
    firsts, lasts = zip(*BANDS, strict=True)
    return found.join(rates).assign(
        from_month=found["band"].map(dict(enumerate(firsts))), to_month=found["band"].map(dict(enumerate(lasts)))
    )
