"""Use of the product: how often it is exported, and its roll-ups per account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from ..data.snapshot import View
from .rollup import query_text, rolled_up

RECENT_DAYS = 90
BEGINNING = date(1, 1, 1)
_NOWHERE = ("",)


def grain_days(view: View) -> int:
    """How many days one row of usage stands for: 1 (daily or events), 7 (weekly) or 30 (monthly).

    Read off the tenth of the measured accounts whose rows of the last year lie closest together; 1 when there are too
    few to tell.
    """
    gaps = rolled_up(view, "usage_gaps", after=view.as_of - timedelta(days=366), through=view.as_of)
    gaps = gaps[gaps["n_days"] > 2]
    if gaps.empty:
        return 1
    gap = float((gaps["span_days"] / (gaps["n_days"] - 1)).quantile(0.1, interpolation="lower"))
    return 1 if gap < 5 else 7 if gap < 12 else 30


def lag_days(grain: int) -> int:
    """How many days after the day on a row its period is over: a row counts from then on."""
    return grain - 1


def recent_use(view: View, closing: date, grain: int) -> pd.DataFrame:
    """Use in the last 90 days up to `closing` and in the 90 days before.

    Returns a frame indexed by account_id, of accounts ever measured by then: first_on (first day measured),
    last_used_on (NaT when never used), usage_90d, usage_prior_90d (sums of count, else of users; 0 when measured
    before and nothing came; NaN when not yet measured by the end of those days).
    """
    through = closing - timedelta(days=lag_days(grain))
    middle, start = through - timedelta(days=RECENT_DAYS), through - timedelta(days=2 * RECENT_DAYS)
    used = rolled_up(view, "usage_recent", through=through, middle=middle, start=start)
    used = used.astype({"account_id": "str", "first_on": "datetime64[us]", "last_used_on": "datetime64[us]"})
    used = used.set_index("account_id").sort_index().astype({"recent": "float64", "prior": "float64"})
    prior = used["prior"].fillna(0.0).where(used["first_on"] <= pd.Timestamp(middle))
    dates = used[["first_on", "last_used_on"]]
    return dates.assign(usage_90d=used["recent"].fillna(0.0), usage_prior_90d=prior)


def core_features(view: View) -> str:
    """The text of a SELECT of account_id, feature: what of the core each account could use; takes `$core`."""
    return query_text("core_entitled" if view.has("entitlements") else "core_configured")


def core_sizes(view: View) -> pd.Series:
    """How many core features each account has; indexed by account_id."""
    core = view.settings.adoption.core_features or _NOWHERE
    text = f"SELECT c.account_id, count(*) AS n_core FROM ({core_features(view)}) AS c GROUP BY c.account_id"
    sizes = view.sql(text, core=core).astype({"account_id": "str"})
    return sizes.set_index("account_id")["n_core"].sort_index()


def use_in_windows(view: View, closings: Sequence[date], grain: int) -> pd.DataFrame:
    """Use in the adoption window that ends on each closing day.

    Returns a frame indexed by closing, account_id, of accounts with rows in the window: users (most users of one
    feature on one day), amount (sum of counts), n_core (core features used), n_periods (whole weeks with use; days of
    rows where the export is monthly).
    """
    settings = view.settings.adoption
    windows = [_window(closing, settings.window_days, lag_days(grain)) for closing in closings]
    used = rolled_up(
        view,
        "usage_windows",
        {"windows": windows, "core": core_features(view)},
        core=settings.core_features or _NOWHERE,
        bucket_days=7 if grain < 30 else 1,
        n_buckets=settings.window_days // 7 if grain < 30 else settings.window_days,
    )
    used = used.astype({"account_id": "str", "closing": "datetime64[us]", "users": "float64", "amount": "float64"})
    return used.set_index(["closing", "account_id"]).sort_index()


def _window(closing: date, window_days: int, lag: int) -> dict[str, date]:
    through = closing - timedelta(days=lag)
    return {"closing": closing, "after": through - timedelta(days=window_days), "through": through}
