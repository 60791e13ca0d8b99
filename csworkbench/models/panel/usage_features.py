"""How much an account uses what it pays for, against its seats and its own past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...data.sql import literal
from .grid import Arrays, Floats, Grid, as_numbers, ratio
from .known import Months, Reader
from .months import anchor, month_no, month_numbers

LAGS = 12
MOST_FEATURES = 60


@dataclass(frozen=True)
class Measured:
    """What the export counts.

    features: one row per feature in the order in which they became known: feature, known_from, zero_from, users_from
    (first day with a measured zero, with users), bit (0 after the first 60). rates: feature, month, rate: events per
    user of the feature over all accounts and time, as known at the end of the month.
    """

    features: pd.DataFrame
    rates: pd.DataFrame


def read_measured(reader: Reader) -> Measured:
    """See panel_usage_features.sql. reader: of all accounts."""
    day = anchor(reader.months.until)
    found = reader.rows("panel_usage_features", anchor=day, last=month_no(reader.months.until, day))
    since = found.groupby("feature", as_index=False)[["known_from", "zero_from", "users_from"]].min()
    since = since.sort_values(["known_from", "feature"], ignore_index=True)
    bits = [1 << place if place < MOST_FEATURES else 0 for place in range(len(since))]
    return Measured(since.assign(bit=bits), _rates(found))


def _rates(found: pd.DataFrame) -> pd.DataFrame:
    """What became known and what no longer was, summed up to every month in which something became known."""
    begun = found.set_index(["feature", "known_in"])[["users", "events"]].rename_axis(["feature", "month"])
    over = -found.set_index(["feature", "gone_in"])[["users", "events"]].rename_axis(["feature", "month"])
    total = pd.concat([begun, over]).fillna(0.0).groupby(level=[0, 1]).sum().groupby(level=0).cumsum()
    known = total[(total["users"] > 0) & total.index.isin(begun.index)]
    return (known["events"] / known["users"]).rename("rate").reset_index()


def read_usage(reader: Reader, months: Months, measured: Measured) -> pd.DataFrame:
    """Usage by account, month of use, and months between which it was known; see panel_usage.sql."""
    features, rates = measured.features, measured.rates
    numbered = [{"feature": f, "bit": b} for f, b in zip(features["feature"], features["bit"].tolist(), strict=True)]
    day = anchor(months.until)
    earliest = min(months.days.values()) - timedelta(days=31 * (LAGS + 1))
    return reader.rows(
        "panel_usage",
        {"numbered": numbered or [{"feature": None, "bit": 0}], "rates": _relation(rates)},
        anchor=day,
        last=month_no(months.until, day),
        after=earliest,
    )


def _relation(rates: pd.DataFrame) -> str:
    rows = ", ".join(f"({literal(f)}, {m}, {r:.9g})" for f, m, r in rates.itertuples(index=False, name=None))
    return f"SELECT * FROM (VALUES {rows or '(NULL, 0, 0.0)'}) AS given (feature, month, rate)"


class _Known:
    """Account × month × lag: what was known in the month of the use `lag` months before."""

    def __init__(self, usage: pd.DataFrame, grid: Grid) -> None:
        self.grid = grid
        row = grid.ids.get_indexer(pd.Index(usage["account_id"]))
        used = usage["used_in"].to_numpy(dtype=np.int64)
        known, gone = usage["known_in"].to_numpy(dtype=np.int64), usage["gone_in"].to_numpy(dtype=np.int64)
        self.places = []
        for lag in range(LAGS):
            month = used + lag
            here = (row >= 0) & (month >= np.maximum(known, grid.first)) & (month < gone) & (month <= 0)
            at = np.flatnonzero(here)
            self.places.append((at, (row[at], month[at] - grid.first)))

    def total(self, values: pd.Series) -> Floats:
        """Sums; NaN where nothing is known."""
        numbers = as_numbers(values)
        found = np.full((*self.grid.shape, LAGS), np.nan, np.float32)
        for lag, (at, place) in enumerate(self.places):
            said = ~np.isnan(numbers[at])
            where = (place[0][said], place[1][said])
            layer = np.full(self.grid.shape, np.nan, np.float64)
            layer[where] = 0.0
            np.add.at(layer, where, numbers[at][said])
            found[:, :, lag] = layer
        return found

    def extreme(self, values: pd.Series, ufunc: np.ufunc) -> Floats:
        """The greatest (np.fmax) or smallest (np.fmin) value."""
        numbers = as_numbers(values)
        found = np.full((*self.grid.shape, LAGS), np.nan, np.float32)
        for lag, (at, place) in enumerate(self.places):
            layer = np.full(self.grid.shape, np.nan, np.float64)
            ufunc.at(layer, place, numbers[at])
            found[:, :, lag] = layer
        return found

    def bits(self, values: pd.Series) -> npt.NDArray[np.int64]:
        """The union of bit sets; 0 where nothing is known."""
        numbers = values.to_numpy(dtype=np.int64)
        found = np.zeros((*self.grid.shape, LAGS), np.int64)
        for lag, (at, place) in enumerate(self.places):
            layer = np.zeros(self.grid.shape, np.int64)
            np.bitwise_or.at(layer, place, numbers[at])
            found[:, :, lag] = layer
        return found


def usage_features(usage: pd.DataFrame, numbers: pd.DataFrame, grid: Grid, seats: Floats, until: date) -> Arrays:
    """Features of `code` adoption, usage_trend, silence and breadth.

    A month without rows is not measured, unless the export never had a row of zero use until then: then it is no use.
    """
    known = _Known(usage, grid)
    days = np.bitwise_count(known.bits(usage["days"])).astype(np.float32)
    peak_users = known.extreme(usage["users"], np.fmax)
    heads, amount = known.total(usage["users_sum"]), known.total(usage["amount"])
    amount = np.where(np.isnan(amount) & np.isnan(heads), np.where(days > 0, days, np.nan), amount)
    silent = _silent(numbers, days, grid, until)
    heads_said = silent & (np.arange(grid.first, 1) >= _first_month(numbers["users_from"], until))[None, :, None]
    peak_users, heads = (np.where(heads_said, np.float32(0), values) for values in (peak_users, heads))
    amount = np.where(silent, np.float32(0), amount)
    days = np.maximum(days, silent.astype(np.float32))
    used_days = np.bitwise_count(known.bits(usage["used_days"])).astype(np.float32)
    level = np.where(np.isnan(amount[..., 0:1]), heads, amount) / np.where(days > 0, days, np.nan)
    used = known.bits(usage["features"])
    recent_use = np.bitwise_count(used[..., 0] | used[..., 1] | used[..., 2]).astype(np.float32)
    seen = (days[..., :3] > 0).any(axis=-1)
    return {
        "seat_utilisation": ratio(peak_users[..., 0], seats),
        "seat_utilisation_3m": ratio(_mean(peak_users[..., :3]), seats),
        "users_per_seat": ratio(_mean(_per(heads, days)[..., :1]), seats),
        "users_per_seat_3m": ratio(_mean(_per(heads, days)[..., :3]), seats),
        "usage_per_seat": ratio(level[..., 0], seats),
        "events_vs_usual_12m": ratio(_sum(known.total(usage["events"])), _sum(known.total(usage["usual_events"]))),
        "usage_trend_3m": ratio(level[..., 0], _mean(level[..., 1:4])),
        "usage_vs_peak": ratio(level[..., 0], _greatest(level)),
        "days_silent": _days_silent(known, usage, grid),
        "idle_share_6m": 1 - ratio(_sum(used_days[..., :6]), _sum(days[..., :6])),
        "feature_breadth": np.where(seen, recent_use, np.nan) / _n_known(numbers, grid, until),
    }


def _per(values: Floats, days: Floats) -> Floats:
    return np.asarray(values / np.where(days > 0, days, np.nan), dtype=np.float32)


def _sum(values: Floats) -> Floats:
    return np.asarray(np.nansum(values, axis=-1), dtype=np.float32)


def _mean(values: Floats) -> Floats:
    n = (~np.isnan(values)).sum(axis=-1)
    return np.asarray(np.where(n > 0, np.nansum(values, axis=-1) / np.maximum(n, 1), np.nan), dtype=np.float32)


def _greatest(values: Floats) -> Floats:
    found: Floats = np.fmax.reduce(values, axis=-1)
    return found


def _silent(numbers: pd.DataFrame, days: Floats, grid: Grid, until: date) -> npt.NDArray[np.bool_]:
    """Account × month × lag: a month without rows that counts as no use."""
    months = np.arange(grid.first, 1)
    no_zeros = (months < _first_month(numbers["zero_from"], until))[None, :, None]
    begun = np.flip(np.logical_or.accumulate(np.flip(days > 0, axis=-1), axis=-1), axis=-1)
    return np.asarray(no_zeros & begun & (days == 0))


def _first_month(days: pd.Series, until: date) -> int:
    """The first month by whose end one of the days had come; 1 for none of them."""
    known = days.dropna()
    return int(month_numbers(known, until).min()) if len(known) else 1


def _days_silent(known: _Known, usage: pd.DataFrame, grid: Grid) -> Floats:
    last = _greatest(known.extreme(usage["last_used_on"], np.fmax))
    first = np.asarray(np.fmin.reduce(known.extreme(usage["first_on"], np.fmin), axis=-1))
    return grid.days_since(np.where(np.isnan(last), first, last))


def _n_known(numbers: pd.DataFrame, grid: Grid, until: date) -> Floats:
    """How many counted features were known in each month, at least 1."""
    since = month_numbers(numbers.loc[numbers["bit"] > 0, "known_from"], until)
    months = np.arange(grid.first, 1)
    known_features: Floats = np.maximum((since[None, :] <= months[:, None]).sum(axis=1), 1).astype(np.float32)[None, :]
    return known_features
