"""Adjusting for the book: what the same mix of accounts would have given at the company's own rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

SMALLEST_CELL = 20
_BORROWED = 20
TENURE_DAYS = (0, 365, 1095)
TENURES = ("under 1 year", "1 to 3 years", "over 3 years")


def tenure_of(days: pd.Series) -> pd.Series:
    """The band of a time as a customer, in days; null days are in the oldest band."""
    place = np.searchsorted(TENURE_DAYS, days.fillna(10_000).clip(lower=0), side="right") - 1
    return pd.Series(np.array(TENURES, dtype=object)[place], days.index, dtype="str")


def expected(rows: pd.DataFrame, levels: Sequence[Sequence[str]]) -> pd.Series:
    """What each row would have given at the rate of its cell: weight × Σ outcome ÷ Σ weight of the cell.

    rows: csm_id, weight (above 0), outcome (in units of the weight) and the columns of the levels. levels: columns of a
    cell, the finest first. A cell is used when it holds at least 20 rows and two CSMs; rows of others go on to the
    next level. NaN for a row without a cell: nobody else serves accounts of its kind. Within every cell, and so in all,
    the expected sums are those observed.
    """
    result = pd.Series(np.nan, rows.index)
    left = rows
    for columns in levels:
        if left.empty:
            break
        grouped = left.groupby(list(columns), dropna=False)
        usable = (grouped["csm_id"].transform("size") >= SMALLEST_CELL) & (grouped["csm_id"].transform("nunique") >= 2)
        rate = grouped["outcome"].transform("sum") / grouped["weight"].transform("sum")
        result.loc[left.index[usable]] = (rate * left["weight"])[usable]
        left = left[~usable]
    return result


def row_variance(rows: pd.DataFrame) -> pd.Series:
    """Variance of each row's outcome around what was expected, from the residuals of its segment.

    rows: segment, weight, outcome, expected. The variance grows with the square of the weight; a segment borrows 20
    rows of the whole, so that one without a loss is not taken for one without chance.
    """
    if rows.empty:
        return pd.Series(dtype="float64")
    squared, weight = (rows["outcome"] - rows["expected"]) ** 2, rows["weight"] ** 2
    overall = squared.sum() / weight.sum()
    by = rows["segment"]
    sums = pd.DataFrame({"squared": squared, "weight": weight}).groupby(by).agg(["sum", "mean"])
    borrowed = _BORROWED * sums["weight"]["mean"]
    per_weight = (sums["squared"]["sum"] + borrowed * overall) / (sums["weight"]["sum"] + borrowed)
    found: pd.Series = by.map(per_weight).astype(float) * weight
    return found
