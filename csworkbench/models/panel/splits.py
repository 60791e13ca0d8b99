"""Train and test rows of a panel that share neither an account nor a window of time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from .months import anchor, month_no
from .panel import Panel


def by_time(panel: Panel, cut: date, horizon_months: int, lead_months: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Masks over `panel.rows`: train, whose windows are over by `cut`, and test, the month-ends from `cut` on."""
    day = anchor(panel.until)
    place = month_no(cut, day) - month_no(panel.until, day)
    return panel.month + lead_months + horizon_months <= place, panel.month >= place


def by_account(panel: Panel, n_folds: int, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of masks (train, test) over `panel.rows`, one per fold; each account is in the test part of exactly one."""
    fold = account_folds(panel.rows["account_id"], n_folds, seed)
    return [(fold != number, fold == number) for number in range(n_folds)]


def account_folds(account_ids: pd.Series, n_folds: int, seed: int = 0) -> np.ndarray:
    """The fold (0 … n_folds − 1) of each row, the same for all rows of an account, whatever the order of rows."""
    codes, known = pd.factorize(account_ids, sort=True)
    order = np.random.default_rng(seed).permutation(len(known))
    return np.asarray(order[codes] % n_folds)
