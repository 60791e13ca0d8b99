"""Use of the product: how often it is exported, and its roll-ups per account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ..data.snapshot import View
from ..data.sql import Value
from .rollup import query_text, rolled_up

RECENT_DAYS = 90
MONTHLY = 30
_NOWHERE = ("",)
_NO_CORE = "SELECT CAST(NULL AS VARCHAR) AS account_id, CAST(NULL AS VARCHAR) AS feature"


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
    return 1 if gap < 5 else 7 if gap < 12 else MONTHLY


def lag_days(grain: int) -> int:
    """How many days after the day on a row its period is over: a row counts from then on."""
    return grain - 1


def recent_use(view: View, closing: date, grain: int) -> pd.DataFrame:
    """Use in the last 90 days up to `closing` and in the 90 days before.

    Returns a frame indexed by account_id, of accounts ever measured by then: first_on (first day measured),
    last_used_on (NaT when never used), usage_90d, usage_prior_90d (sums of count, else of users; 0 when measured
    before and nothing came; NaN when not yet measured by the end of those days), n_users and n_counts (rows that say
    how many users or how much).
    """
    through = closing - timedelta(days=lag_days(grain))
    middle, start = through - timedelta(days=RECENT_DAYS), through - timedelta(days=2 * RECENT_DAYS)
    used = rolled_up(view, "usage_recent", through=through, middle=middle, start=start)
    used = used.astype({"account_id": "str", "first_on": "datetime64[us]", "last_used_on": "datetime64[us]"})
    used = used.set_index("account_id").sort_index().astype({"recent": "float64", "prior": "float64"})
    prior = used["prior"].fillna(0.0).where(used["first_on"] <= pd.Timestamp(middle))
    kept = used[["first_on", "last_used_on", "n_users", "n_counts"]]
    return kept.assign(usage_90d=used["recent"].fillna(0.0), usage_prior_90d=prior)


@dataclass(frozen=True)
class Core:
    """The core features of accounts. entitled: text of a SELECT of account_id, feature; takes `parameters`.

    of_all: core features that every account has. features: those that are core for anybody.
    """

    entitled: str
    parameters: Mapping[str, Value]
    of_all: tuple[str, ...]
    features: tuple[str, ...]


def core_of(view: View) -> Core:
    """The core each account bought: of its entitlements those marked as core or named in the settings.

    Where no entitlement is core, the core of the settings is everybody's.
    """
    named = tuple(dict.fromkeys(view.settings.adoption.core_features))
    if view.has("entitlements"):
        text, parameters = query_text("core_entitled"), {"core": named or _NOWHERE}
        found = view.sql(f"SELECT DISTINCT c.feature FROM ({text}) AS c", **parameters)["feature"]
        if len(found):
            return Core(text, parameters, (), tuple(map(str, found)))
    return Core(_NO_CORE, {}, named, named)
