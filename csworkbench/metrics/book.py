"""The book of business: each account's MRR and CSM on given days, and the attributes that split it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from ..data.asof import UNASSIGNED
from ..data.snapshot import View
from .held import items_held, sums_on
from .rollup import days, rolled_up

FOREVER = pd.Timestamp("9999-12-31")
ALL = "all"


def mrr_on(view: View, on: Sequence[date]) -> pd.DataFrame:
    """MRR per account on each of these days.

    Returns a frame indexed by account_id (sorted), one column per day (Timestamp, ascending), in company currency per
    month; 0 where no item holds. Accounts without MRR on any of the days are left out.
    """
    columns = pd.DatetimeIndex(sorted(set(on)))
    items = items_held(view, on)
    row, ids = pd.factorize(items["account_id"], sort=True)
    value = np.nan_to_num(sums_on(items, row, "mrr", columns)).round(4)
    paid = (value != 0).any(axis=1)
    return pd.DataFrame(value[paid], pd.Index(ids, name="account_id")[paid], columns)


def owners_on(view: View, on: Sequence[date]) -> pd.DataFrame:
    """The CSM in charge of each account on each day: indexed by account_id, one column per day; null when nobody."""
    columns = pd.DatetimeIndex(sorted(set(on)))
    if not view.has("assignments"):
        return pd.DataFrame(columns=columns, index=pd.Index([], name="account_id", dtype="str"), dtype="str")
    return _wide(rolled_up(view, "owners_on_days", days(on)), "csm_id").reindex(columns=columns)


def seats_on(view: View, on: Sequence[date]) -> pd.DataFrame:
    """Seats bought per account on each day: indexed by account_id, one column per day; null when not known."""
    columns = pd.DatetimeIndex(sorted(set(on)))
    items = items_held(view, on)
    owner, ids = pd.factorize(items["account_id"], sort=True)
    product, products = pd.factorize(items["product"], use_na_sentinel=False)
    pairs, row = np.unique(owner * len(products) + product, return_inverse=True)
    by_product = sums_on(items, row, "seats", columns)
    first = np.searchsorted(pairs, np.arange(len(ids)) * len(products))
    most = np.fmax.reduceat(by_product, first) if len(ids) else by_product
    return pd.DataFrame(most, pd.Index(ids, name="account_id"), columns).dropna(how="all")


def _wide(long: pd.DataFrame, value: str) -> pd.DataFrame:
    wide = long.astype({"account_id": "str", "day": "datetime64[us]"}).pivot(
        index="account_id", columns="day", values=value
    )
    return wide.sort_index().rename_axis(columns=None)


def paid_spans(view: View, through: date | None = None) -> pd.DataFrame:
    """When each account began and stopped paying, as known.

    Returns a frame indexed by account_id: first_paid_on (first day with MRR above zero) and paid_until (first day
    after the last such day, NaT while it goes on). Accounts that never paid are left out.
    """
    day = through or view.as_of
    return view.keep(f"paid_spans {day}", lambda: _paid_spans(view, day))


def _paid_spans(view: View, through: date) -> pd.DataFrame:
    spans = rolled_up(view, "paid_spans", through=through).astype({"account_id": "str"})
    spans = spans.set_index("account_id").sort_index().astype("datetime64[us]")
    return spans.assign(paid_until=spans["paid_until"].where(spans["paid_until"] < FOREVER))


def attributes(view: View) -> pd.DataFrame:
    """Accounts as known, indexed by account_id: started_on, name and the columns that can split the book."""
    columns = "name, segment, touch_tier, industry, country, language, parent_id, employees, started_on"
    known = view.sql(f"SELECT account_id, {columns} FROM accounts").astype({"account_id": "str"})
    return known.set_index("account_id").sort_index().astype({"started_on": "datetime64[us]"})


def segment_of(view: View, account_ids: pd.Series | pd.Index) -> pd.Series:
    """The segment of each of these accounts, in their order; "unassigned" for one that is not known."""
    ids = pd.Series(account_ids).astype("str")
    return ids.map(view.keep("segments", lambda: _segments(view))).astype("str").fillna(UNASSIGNED)


def _segments(view: View) -> pd.Series:
    known = view.sql("SELECT account_id, segment FROM accounts").astype({"account_id": "str"})
    return known.set_index("account_id")["segment"]


def with_total(frame: pd.DataFrame, column: str = "segment") -> pd.DataFrame:
    """The rows of the frame twice: once under their group, once under "all"."""
    return pd.concat([frame.assign(**{column: ALL}), frame], ignore_index=True)
