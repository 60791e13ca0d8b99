"""What the items of a subscription add up to on many days at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..data.snapshot import View
from .rollup import rolled_up

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def items_held(view: View, days: Sequence[date]) -> pd.DataFrame:
    """The items that hold on any of the days: account_id, product, starts_on, ends_on, mrr, seats; sorted."""
    items = rolled_up(view, "items_held", first=min(days), last=max(days))
    return items.astype({"account_id": "str", "starts_on": "datetime64[us]", "ends_on": "datetime64[us]"})


def sums_on(items: pd.DataFrame, row: Ints, amount: str, days: pd.DatetimeIndex) -> Floats:
    """The sum of an amount per row × day; not a number where no item holds that has any.

    row: of each item, from 0. days: ascending. An item holds from starts_on until the day before ends_on.
    """
    value = items[amount].to_numpy(dtype=np.float64, na_value=np.nan)
    said = np.isfinite(value) & (value != 0 if amount == "mrr" else True)
    start, end = (_places(items[edge], days)[said] for edge in ("starts_on", "ends_on"))
    shape = int(row.max(initial=-1)) + 1, len(days)
    n_held = _running(row[said], start, end, np.ones(len(start)), shape)
    return np.where(n_held > 0, _running(row[said], start, end, value[said], shape), np.nan)


def _places(edges: pd.Series, days: pd.DatetimeIndex) -> Ints:
    """The place of the first day on or after each edge; behind the last one where there is none."""
    known: NDArray[np.datetime64] = edges.to_numpy(dtype="datetime64[us]")
    place = np.searchsorted(days.to_numpy(dtype="datetime64[us]"), known)
    return np.where(np.isnat(known), len(days), place)


def _running(row: Ints, start: Ints, end: Ints, amount: Floats, shape: tuple[int, int]) -> Floats:
    """Sums of what has begun and is not over."""
    edges = np.zeros((shape[0], shape[1] + 1))
    np.add.at(edges, (row, start), amount)
    np.subtract.at(edges, (row, np.maximum(start, end)), amount)
    return np.cumsum(edges, axis=1, out=edges)[:, :-1]
