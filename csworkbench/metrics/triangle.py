"""The cohort triangle: retained accounts or money per cohort and period, from a matrix of account × period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import UnknownName
from .calendar import Period
from .intervals import wilson

Unit = Literal["logo", "revenue", "usage"]
Rule = Literal["on", "on_or_after", "rolling"]
UNITS: tuple[Unit, ...] = ("logo", "revenue", "usage")
RULES: tuple[Rule, ...] = ("on", "on_or_after", "rolling")
COLUMNS = ["cohort", "period", "n", "n_mature", "value", "share", "low", "high", "mature"]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Activity:
    """What each account did in each period.

    accounts: ids. periods: calendar periods, ascending. start: place of the period in which each account started.
    value: account × period, money or use; active: account × period. n_complete: how many of the periods are over.
    """

    accounts: pd.Index
    periods: tuple[Period, ...]
    start: NDArray[np.int64]
    value: NDArray[np.float64]
    active: NDArray[np.bool_]
    n_complete: int


def triangle(
    activity: Activity,
    unit: Unit,
    rule: Rule,
    periods: int | None = None,
    groups: pd.Series | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """The triangle of one unit under one rule; columns as of `cohorts.retention`, sorted.

    groups: value per account_id to split by, named `by`.
    """
    if rule not in RULES:
        raise UnknownName("rule of retention", rule, RULES)
    n_periods = periods or len(activity.periods)
    of = _group_of(activity, groups)
    cells = [
        cell for start in np.unique(activity.start) for cell in _cohort(activity, int(start), unit, rule, n_periods, of)
    ]
    keys = [by] if by else []
    frame = pd.DataFrame(cells, columns=["group", "place", "period", "n", "mature", "value", "base"])
    frame = _with_shares(frame.sort_values(["group", "place", "period"], ignore_index=True), unit)
    frame["cohort"] = [activity.periods[place].label for place in frame["place"]]
    return frame.rename(columns={"group": by})[[*keys, *COLUMNS]] if by else frame[COLUMNS]


def _group_of(activity: Activity, groups: pd.Series | None) -> pd.Series:
    if groups is None:
        return pd.Series("", index=activity.accounts)
    return groups.astype("str").reindex(activity.accounts).fillna("unassigned")


def _cohort(
    activity: Activity, start: int, unit: Unit, rule: Rule, n_periods: int, of: pd.Series
) -> Iterator[tuple[str, int, int, int, bool, float, float]]:
    """The cells of one cohort, per group and period."""
    rows = activity.start == start
    names, place = np.unique(of[rows].to_numpy(dtype=object).astype(str), return_inverse=True)
    sizes = np.bincount(place)
    kept = retained(activity.active[rows, start : activity.n_complete], rule)
    money = activity.value[rows, start : activity.n_complete]
    amount = money * kept if unit == "revenue" else kept.astype(float)
    sums = [np.bincount(place, weights=column, minlength=len(names)) for column in amount.T]
    base = np.bincount(place, weights=money[:, 0]) if unit == "revenue" and money.shape[1] else sizes
    for group, name in enumerate(names):
        for period in range(n_periods):
            mature = period < kept.shape[1]
            value = float(sums[period][group]) if mature else np.nan
            yield name, start, period, int(sizes[group]), mature, value, float(base[group])


def retained(active: Flags, rule: Rule) -> Flags:
    """Which accounts count as retained. active: account × period from their own start; the same shape comes back."""
    if rule == "rolling":
        return np.logical_and.accumulate(active, axis=1)
    if rule == "on_or_after":
        return np.logical_or.accumulate(active[:, ::-1], axis=1)[:, ::-1]
    return active


def _with_shares(cells: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    cells = cells.astype({"period": "int64", "n": "int64", "mature": "bool", "value": "float64", "base": "float64"})
    cells["n_mature"] = cells["n"].where(cells["mature"], 0)
    cells["value"] = cells["value"].round(4)
    cells["share"] = (cells["value"] / cells["base"].where(cells["base"] > 0)).where(cells["mature"])
    if unit == "revenue":
        return cells.assign(low=np.nan, high=np.nan)
    low, high = wilson(cells["value"], cells["n_mature"])
    return cells.assign(low=low, high=high)
