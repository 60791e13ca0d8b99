"""How many others of the same kind left lately, from what was known in each month."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from .account_features import Texts
from .grid import Floats

SHRINK_MONTHS = 200.0


def peer_churn(here: npt.NDArray[np.bool_], group: Texts, months: int) -> Floats:
    """Monthly rate at which the accounts of the same group left in the last `months`, shrunk to that of all.

    here: account × month, the account pays and has not said that it leaves. group: account × month, None for no group
    (NaN). A rate from few account-months is drawn towards that of all accounts with the weight of 200 account-months.
    The first month has no past: NaN.
    """
    flat, names = pd.factorize(group.ravel())
    codes = flat.reshape(group.shape)
    at_risk, left = here[:, :-1], here[:, :-1] & ~here[:, 1:]
    risks, losses = (_by_group(flags, codes[:, :-1], len(names)) for flags in (at_risk, left))
    found = np.full(here.shape, np.nan, np.float32)
    for month in range(1, here.shape[1]):
        window = slice(max(0, month - months), month)
        risk, lost = risks[:, window].sum(axis=1), losses[:, window].sum(axis=1)
        overall = lost.sum() / max(risk.sum(), 1)
        rate = (lost + SHRINK_MONTHS * overall) / (risk + SHRINK_MONTHS)
        found[:, month] = np.append(rate, np.nan)[codes[:, month]]
    return found


def _by_group(flags: npt.NDArray[np.bool_], codes: npt.NDArray[np.int64], n_groups: int) -> npt.NDArray[np.float64]:
    found = np.zeros((n_groups, flags.shape[1]))
    for month in range(flags.shape[1]):
        chosen = codes[flags[:, month], month]
        found[:, month] = np.bincount(chosen[chosen >= 0], minlength=n_groups)
    return found
