"""Cohort retention: who started together, and how much of it is still there k periods later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..data.snapshot import View
from ..data.sql import Value
from ..errors import UnknownName
from .book import attributes, mrr_on, paid_spans
from .calendar import Grain, Period, month_index, periods_between
from .rollup import rolled_up
from .triangle import UNITS, Activity, Rule, Unit, triangle


def retention(
    view: View,
    unit: Unit = "logo",
    rule: Rule = "on",
    cohort: Grain = "month",
    by: str | None = None,
    events: str | Sequence[str] | None = None,
    periods: int | None = None,
) -> pd.DataFrame:
    """Retention of the cohorts of accounts that started in the same month or fiscal quarter.

    unit: logo (accounts), revenue (MRR), gross_revenue (MRR, at most that of period 0) or usage (accounts that use the
    product). An account starts in the period of its first day with MRR above zero; it is active in a period when it
    has MRR on the last day (logo, revenue) or uses the product in it (usage; accounts never measured are left out).
    events: features of `usage` that count as the activity itself, such as purchases: an account then starts with its
    first event and revenue is the sum of counts.
    rule: on (active in period k), on_or_after (in k or later), rolling (in every period through k).
    by: a column of accounts to split by. periods: how many k, from 0; default all up to the day of the view.

    Returns one row per cohort × k (× by): cohort (label), period (k), n (accounts), n_mature (n when period k is over,
    else 0), value (accounts, or money of the retained), share (of n, or of the money in period 0), low, high (Wilson
    95%; null for revenue), mature. value and share are null in immature cells.
    """
    activity = _activity(view, unit, cohort, _features(events))
    groups = _groups(view, by) if by else None
    return triangle(activity, unit, rule, periods, groups, by)


def retention_of(
    activity: pd.DataFrame,
    as_of: date,
    unit: Unit = "logo",
    rule: Rule = "on",
    cohort: Grain = "month",
    periods: int | None = None,
    fiscal_year_start: int = 1,
) -> pd.DataFrame:
    """`retention` of any activity, such as purchases.

    activity: account_id, day, value (money or use; an account is active in a period when it has a row in it).
    Rows after `as_of` are left out. An account starts in the period of its first row.
    """
    known = activity[pd.to_datetime(activity["day"]) <= pd.Timestamp(as_of)]
    if known.empty:
        return triangle(_nothing(), unit, rule, periods)
    day = pd.to_datetime(known["day"])
    spans = periods_between(day.min().date(), as_of, cohort, fiscal_year_start)
    long = pd.DataFrame({"account_id": known["account_id"].astype("str"), "place": _places(day, spans)})
    long = long.assign(value=known["value"].astype(float)).groupby(["account_id", "place"], as_index=False).sum()
    return triangle(_of_long(long, spans, as_of), unit, rule, periods)


def _groups(view: View, by: str) -> pd.Series:
    known = attributes(view)
    if by not in known:
        raise UnknownName("column of accounts to split by", by, tuple(known.columns))
    return known[by]


def _features(events: str | Sequence[str] | None) -> tuple[str, ...]:
    return (events,) if isinstance(events, str) else tuple(events or ())


def _nothing() -> Activity:
    none = np.zeros((0, 0))
    return Activity(pd.Index([], dtype="str"), (), np.zeros(0, dtype=np.int64), none, none.astype(bool), 0)


def _places(days: pd.Series, spans: Sequence[Period]) -> NDArray[np.int64]:
    """The place of the period in which each day lies; −1 before the first."""
    starts = pd.DatetimeIndex([span.starts_on for span in spans]).as_unit("us")
    return np.searchsorted(starts.to_numpy(), days.to_numpy(dtype="datetime64[us]"), side="right") - 1


def _n_complete(spans: Sequence[Period], as_of: date) -> int:
    return sum(span.ends_on <= as_of for span in spans)


def _of_long(long: pd.DataFrame, spans: tuple[Period, ...], as_of: date) -> Activity:
    """Activity from account_id, place, value; each account starts with its first row."""
    ids = pd.Index(sorted(long["account_id"].unique()), dtype="str")
    row, place = ids.get_indexer(pd.Index(long["account_id"])), long["place"].to_numpy()
    value, active = np.zeros((len(ids), len(spans))), np.zeros((len(ids), len(spans)), dtype=bool)
    value[row, place], active[row, place] = long["value"], True
    return Activity(ids, spans, active.argmax(axis=1), value, active, _n_complete(spans, as_of))


def _activity(view: View, unit: Unit, grain: Grain, features: tuple[str, ...]) -> Activity:
    if unit not in UNITS:
        raise UnknownName("unit of retention", unit, UNITS)
    if features:
        return event_activity(view, grain, features)
    spans = paid_spans(view)["first_paid_on"]
    return usage_activity(view, grain, spans) if unit == "usage" else paid_activity(view, grain, spans)


def _started(first_paid_on: pd.Series, since: date | None, through: date) -> pd.Series:
    return first_paid_on[first_paid_on.between(pd.Timestamp(since or date(1, 1, 1)), pd.Timestamp(through))]


def _calendar(view: View, first: date, last: date, grain: Grain) -> tuple[Period, ...]:
    return periods_between(first, last, grain, view.settings.company.fiscal_year_start)


def paid_activity(
    view: View, grain: Grain, first_paid_on: pd.Series, since: date | None = None, through: date | None = None
) -> Activity:
    """MRR on the last day of each period by `through` (default: the day of the view).

    first_paid_on: see `paid_spans`. since: accounts that began before are left out.
    """
    last = through or view.as_of
    started = _started(first_paid_on, since, last)
    if started.empty:
        return _nothing()
    spans = _calendar(view, started.min().date(), last, grain)
    n = _n_complete(spans, last)
    value = np.zeros((len(started), len(spans)))
    if n:
        value[:, :n] = mrr_on(view, [span.ends_on for span in spans[:n]]).reindex(started.index).fillna(0.0)
    return Activity(started.index, spans, _places(started, spans), value, value > 0, n)


def usage_activity(
    view: View, grain: Grain, first_paid_on: pd.Series, since: date | None = None, through: date | None = None
) -> Activity:
    """Use of any feature in each period by `through`, for accounts that pay and were ever measured."""
    last = through or view.as_of
    started = _started(first_paid_on, since, last)
    if started.empty:
        return _nothing()
    spans = _calendar(view, started.min().date(), last, grain)
    used = _used_in(view, spans)
    row = started.index.get_indexer(pd.Index(used["account_id"]))
    measured = np.zeros(len(started), dtype=bool)
    measured[row[row >= 0]] = True
    value = np.zeros((len(started), len(spans)))
    seen = (row >= 0) & (used["used"] > 0).to_numpy() & (used["place"] >= 0).to_numpy()
    value[row[seen], used["place"].to_numpy()[seen]] = 1.0
    started, value = started[measured], value[measured]
    return Activity(started.index, spans, _places(started, spans), value, value > 0, _n_complete(spans, last))


def _used_in(view: View, spans: Sequence[Period]) -> pd.DataFrame:
    """account_id, place of the period (−1 before the first), used (1 or 0)."""
    used = rolled_up(view, "usage_in_periods", {}, **places_of(spans))
    return used.astype({"account_id": "str", "place": "int64"})


def places_of(spans: Sequence[Period]) -> dict[str, Value]:
    """The parameters by which a query finds the place of a day among the periods."""
    first, last = spans[0].starts_on, spans[-1].ends_on
    n_months = (month_index(last) - month_index(first) + 1) // len(spans)
    return {"first_month": month_index(first), "n_months": n_months, "last": last}


def event_activity(view: View, grain: Grain, features: tuple[str, ...]) -> Activity:
    """Events of these features in each period; an account starts with its first event."""
    first = view.sql("SELECT min(u.day) AS day FROM usage AS u WHERE u.feature IN $features", features=features)["day"]
    if first.isna().all():
        return _nothing()
    spans = _calendar(view, pd.Timestamp(first.iloc[0]).date(), view.as_of, grain)
    long = rolled_up(view, "events_in_periods", {}, **places_of(spans), features=features)
    long = long.astype({"account_id": "str", "place": "int64", "value": "float64"})
    return _of_long(long, spans, view.as_of)
