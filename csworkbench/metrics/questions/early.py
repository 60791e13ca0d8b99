"""Use of each feature in the first days of an account, as columns to make cohorts of."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...data.snapshot import View
from ..rollup import query_text, rolled_up
from .question import EARLY, EARLY_DAYS


def early_use(view: View, first_paid_on: pd.Series, features: Sequence[str]) -> pd.DataFrame:
    """The amount of use (count, else users, else rows) of each feature in the first 90 days from the first paid day.

    first_paid_on: by account_id. Returns one column early_NAME per feature, with that index: 0 for no use; null where
    the 90 days are not over, for accounts never measured, and for those that began before use was measured at all.
    """
    names = [EARLY + feature for feature in features]
    if not names or not view.has("subscriptions"):
        return pd.DataFrame(index=first_paid_on.index)
    starts = query_text("paid_spans")
    found = rolled_up(view, "early_use", {"starts": starts}, through=view.as_of, n_days=EARLY_DAYS)
    wide = found.astype({"account_id": "str"}).pivot(index="account_id", columns="feature", values="value")
    wide = wide.add_prefix(EARLY).reindex(index=first_paid_on.index, columns=names).rename_axis(columns=None)
    return wide.astype("float64").fillna(0.0).where(_measured(view, first_paid_on), axis=0)


def _measured(view: View, first_paid_on: pd.Series) -> pd.Series:
    """Whether the first 90 days are over and use was measured in them."""
    over = first_paid_on + pd.Timedelta(days=EARLY_DAYS - 1) <= pd.Timestamp(view.as_of)
    seen = view.sql("SELECT u.account_id, min(u.day) AS day FROM usage AS u GROUP BY u.account_id")
    ever = first_paid_on.index.isin(seen["account_id"].astype("str"))
    return over & ever & (first_paid_on >= pd.Timestamp(seen["day"].min()).replace(day=1))
