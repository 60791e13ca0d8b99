"""How much an account uses what it pays for, against its seats and its own past."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from .grid import Arrays, Floats, Grid, as_numbers, ratio
from .known import Months, Reader
from .months import anchor, month_no, month_numbers

LAGS = 12
MOST_FEATURES = 60


def read_numbers(reader: Reader) -> pd.DataFrame:
    """Features in the order in which they became known; see panel_usage_features.sql. bit: 0 after the first 60."""
    found = reader.rows("panel_usage_features").sort_values(["known_from", "feature"], ignore_index=True)
    return found.assign(bit=[1 << place if place < MOST_FEATURES else 0 for place in range(len(found))])


def read_usage(reader: Reader, months: Months, numbers: pd.DataFrame) -> pd.DataFrame:
    """Usage by account, month of use, and months between which it was known; see panel_usage.sql."""
    numbered = [{"feature": f, "bit": b} for f, b in zip(numbers["feature"], numbers["bit"].tolist(), strict=True)]
    day = anchor(months.until)
    earliest = min(months.days.values()) - timedelta(days=31 * (LAGS + 1))
    return reader.rows(
        "panel_usage",
        {"numbered": numbered or [{"feature": None, "bit": 0}]},
        anchor=day,
        last=month_no(months.until, day),
        after=earliest,
    )


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
        "usage_trend_3m": ratio(level[..., 0], _mean(level[..., 1:4])),
        "usage_vs_peak": ratio(level[..., 0], _greatest(level)),
        "days_silent": _days_silent(known, usage, grid),
        "feature_breadth": np.where(seen, recent_use, np.nan) / _n_known(numbers, grid, until),
    }


def _per(values: Floats, days: Floats) -> Floats:
    return np.asarray(values / np.where(days > 0, days, np.nan), dtype=np.float32)


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
