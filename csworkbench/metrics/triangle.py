"""The cohort triangle: retained accounts or money per cohort and period, from a matrix of account × period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import UnknownName
from .calendar import Period
from .intervals import wilson

Unit = Literal["logo", "revenue", "gross_revenue", "usage"]
Rule = Literal["on", "on_or_after", "rolling"]
UNITS: tuple[Unit, ...] = ("logo", "revenue", "gross_revenue", "usage")
MONEY: tuple[Unit, ...] = ("revenue", "gross_revenue")
RULES: tuple[Rule, ...] = ("on", "on_or_after", "rolling")
COLUMNS = ["cohort", "period", "n", "n_mature", "value", "share", "low", "high", "mature"]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Members = Any


@dataclass(frozen=True)
class Activity:
    """What each account did in each period.

    accounts: ids. periods: calendar periods, ascending. start: place of the period in which each account started.
    value: account × period, money or use; active: account × period. n_complete: how many of the periods are over.
    """

    accounts: pd.Index
    periods: tuple[Period, ...]
    start: NDArray[np.int64]
    value: Floats
    active: Flags
    n_complete: int


@dataclass(frozen=True)
class Aligned:
    """What each account did k periods after its start, from k = 0: value, active, and whether that period is over."""

    value: Floats
    active: Flags
    mature: Flags


@dataclass(frozen=True)
class Cells:
    """Sums per group × k, over the accounts for which period k is over: how many, what is left of them, and of what."""

    n_mature: Floats
    value: Floats
    base: Floats


def aligned(activity: Activity, periods: int | None = None) -> Aligned:
    """The activity counted from each account's own start; nothing is active where the period is not over.

    periods: how many k, from 0; default all.
    """
    width = activity.value.shape[1]
    places = activity.start[:, None] + np.arange(width if periods is None else min(width, periods))
    mature = places < activity.n_complete
    at = np.where(mature, places, 0)
    value = np.take_along_axis(activity.value, at, axis=1) * mature
    return Aligned(value, np.take_along_axis(activity.active, at, axis=1) & mature, mature)


def retained(active: Flags, rule: Rule) -> Flags:
    """Which accounts count as retained. active: account × period from their own start; the same shape comes back."""
    if rule == "rolling":
        return np.logical_and.accumulate(active, axis=1)
    if rule == "on_or_after":
        return np.logical_or.accumulate(active[:, ::-1], axis=1)[:, ::-1]
    return active


def cells(since: Aligned, group: NDArray[np.int64], n_groups: int, unit: Unit) -> Cells:
    """The sums of one unit; `active` in since is who counts as retained.

    group: of each account, 0 to n_groups − 1; −1 for one that is left out.
    """
    members = members_of(group, n_groups)
    n_mature = summed(members, since.mature)
    if unit not in MONEY:
        return Cells(n_mature, summed(members, since.active), n_mature)
    first = since.value[:, :1]
    amount = since.active * (np.minimum(since.value, first) if unit == "gross_revenue" else since.value)
    return Cells(n_mature, summed(members, amount), summed(members, since.mature * first))


def members_of(group: NDArray[np.int64], n_groups: int) -> Members:
    """Which accounts are in each group, as a sparse matrix of group × account. group: see `cells`."""
    from scipy.sparse import csr_array

    known = np.flatnonzero(group >= 0)
    return csr_array((np.ones(len(known)), (group[known], known)), shape=(n_groups, len(group)))


def summed(members: Members, values: Floats | Flags) -> Floats:
    """Column sums of each group: group × k, each in the order of the accounts. values: account × k."""
    found: Floats = members @ np.ascontiguousarray(values, dtype=np.float64)
    return found


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
    names, of = np.unique(_group_of(activity, groups).to_numpy(dtype=object).astype(str), return_inverse=True)
    wide = max(len(activity.periods), 1)
    keys, row = np.unique(of * wide + activity.start, return_inverse=True)
    since = aligned(activity)
    found = cells(replace(since, active=retained(since.active, rule)), row, len(keys), unit)
    n_periods = periods or len(activity.periods)
    group, start = np.divmod(np.repeat(keys, n_periods), wide)
    cohort = np.array([period.label for period in activity.periods], dtype=object)[start]
    long = _long(found, np.bincount(row, minlength=len(keys)), n_periods)
    frame = pd.DataFrame({"cohort": pd.Series(cohort, dtype="str"), **long, **_limits(long, unit)})
    return frame.assign(**{by: pd.Series(names[group], dtype="str")})[[by, *COLUMNS]] if by else frame[COLUMNS]


def _group_of(activity: Activity, groups: pd.Series | None) -> pd.Series:
    if groups is None:
        return pd.Series("", index=activity.accounts)
    return groups.astype("str").reindex(activity.accounts).fillna("unassigned")


def _long(found: Cells, sizes: NDArray[np.int64], periods: int) -> dict[str, NDArray[Any]]:
    """One value per cohort × period: period, n, n_mature, value, share, mature; what is not over has no value."""
    known, value, base = (_padded(part, periods) for part in (found.n_mature, found.value, found.base))
    n, mature = np.repeat(sizes, periods), known > 0
    value = np.where(mature, value, np.nan).round(4)
    share = np.divide(value, base, out=np.full(len(n), np.nan), where=mature & (base > 0))
    period = np.tile(np.arange(periods), len(sizes))
    n_mature = np.where(mature, n, 0)
    return {"period": period, "n": n, "n_mature": n_mature, "value": value, "share": share, "mature": mature}


def _padded(part: Floats, periods: int) -> Floats:
    """The first periods of every cohort in a row, not a number where there are fewer."""
    wide = np.full((len(part), periods), np.nan)
    wide[:, : part.shape[1]] = part[:, :periods]
    return wide.ravel()


def _limits(long: Mapping[str, NDArray[Any]], unit: Unit) -> dict[str, Floats | float]:
    if unit in MONEY:
        return {"low": np.nan, "high": np.nan}
    low, high = wilson(long["value"], long["n_mature"])
    return {"low": low, "high": high}
