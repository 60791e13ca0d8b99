"""An order, a sample and folds of rows that depend on what the rows hold, never on where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pandas as pd

MIN_COPIES = 40


def content_keys(frame: pd.DataFrame, *others: np.ndarray) -> np.ndarray:
    """One 64-bit number per row from all its values; equal rows have equal numbers."""
    return keys_with(value_keys(frame), *others)


def value_keys(frame: pd.DataFrame) -> np.ndarray:
    """The same for the columns of a frame, before others are added with `keys_with`."""
    columns = (frame.iloc[:, place] for place in range(frame.shape[1]))
    return reduce(_mixed, columns, np.zeros(len(frame), dtype=np.uint64))


def keys_with(keys: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Keys of rows that hold these further values too."""
    return np.asarray(pd.util.hash_array(reduce(_mixed, map(pd.Series, others), keys)))


def _mixed(keys: np.ndarray, column: pd.Series) -> np.ndarray:
    plain = column.astype(str) if column.dtype == object else column
    hashed = pd.util.hash_pandas_object(plain, index=False).to_numpy()
    return np.asarray((keys ^ pd.util.hash_array(keys)) * np.uint64(1099511628211) + hashed)


def copied(keys: np.ndarray, event: np.ndarray) -> np.ndarray | None:
    """The number of each row's original where a frame holds copies of rows, else None.

    Accounts that are alike by chance go different ways; copies go the same. So equal rows count as copies if there are
    at least 40 among those with the event, and next to none of their likes (1%) went the other way.
    """
    _, original, n = np.unique(keys, return_inverse=True, return_counts=True)
    n_events = np.bincount(original, event)
    of_one_mind = n[(n > 1) & (n_events == n)].sum()
    of_two = n[(n_events > 0) & (n_events < n)].sum()
    return original if of_one_mind >= MIN_COPIES and of_two <= of_one_mind / 100 else None


def sampled(keys: np.ndarray, event: np.ndarray, max_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from in canonical order, and how many rows each stands for.

    Where there are more than max_rows, the rarer class is kept up to half of them (a case-control sample).
    """
    order = np.argsort(keys, kind="stable")
    stands_for = np.ones(len(keys))
    if len(keys) <= max_rows:
        return order, stands_for
    rare, common = sorted((order[event[order]], order[~event[order]]), key=len)
    rare_kept = rare[: max_rows // 2]
    common_kept = common[: max_rows - len(rare_kept)]
    stands_for[rare_kept] = len(rare) / max(len(rare_kept), 1)
    stands_for[common_kept] = len(common) / max(len(common_kept), 1)
    kept = np.zeros(len(keys), dtype=bool)
    kept[rare_kept] = kept[common_kept] = True
    return order[kept[order]], stands_for


def folds(event: np.ndarray, groups: np.ndarray, n_folds: int, seed: int) -> np.ndarray:
    """The fold of every row, 0 … n_folds − 1: groups stay whole, those with an event are spread evenly."""
    _, group = np.unique(groups, return_inverse=True)
    has_event = np.zeros(group.max() + 1, dtype=bool)
    np.logical_or.at(has_event, group, event)
    rng = np.random.default_rng(seed)
    fold = np.empty(len(has_event), dtype=np.int64)
    start = 0
    for members in (np.flatnonzero(has_event), np.flatnonzero(~has_event)):
        fold[rng.permutation(members)] = (start + np.arange(len(members))) % n_folds
        start += len(members)
    return fold[group]


def splits(fold: np.ndarray) -> Sequence[tuple[np.ndarray, np.ndarray]]:
    """Pairs of rows to learn from and rows to judge on, one per fold."""
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(int(fold.max()) + 1)]
