"""How many others of the same kind left lately, from what was known in each month."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from .grid import Floats
from .account_features import Texts

SHRINK_MONTHS = 200.0


def peer_churn(here: npt.NDArray[np.bool_], group: Texts, months: int) -> Floats:
    """Monthly rate at which the accounts of the same group left in the last `months`, shrunk to that of all.

    here: account × month, the account pays and has not said that it leaves. group: account × month, None for no group
    (NaN). The account itself is left out. A rate from few account-months is drawn towards that of all accounts with
    the weight of 200 account-months. The first month has no past: NaN.
    """
    codes, names = pd.factorize(group.ravel())
    codes = codes.reshape(group.shape)
    at_risk, left = here[:, :-1], here[:, :-1] & ~here[:, 1:]
    n, m = here.shape
    found = np.full((n, m), np.nan, np.float32)
    risk_of, left_of = (_by_group(flags, codes[:, :-1], len(names)) for flags in (at_risk, left))
    for month in range(1, m):
        window = slice(max(0, month - months), month)
        risks, losses = risk_of[:, window].sum(axis=1), left_of[:, window].sum(axis=1)
        overall = losses.sum() / max(risks.sum(), 1)
        code = codes[:, month]
        own_risk, own_left = at_risk[:, window].sum(axis=1), left[:, window].sum(axis=1)
        same = codes[:, month - 1] == code
        risk, lost = np.append(risks, 0)[code] - own_risk * same, np.append(losses, 0)[code] - own_left * same
        rate = (lost + SHRINK_MONTHS * overall) / (np.maximum(risk, 0) + SHRINK_MONTHS)
        found[:, month] = np.where(code < 0, np.nan, np.maximum(rate, 0))
    return found


def _by_group(flags: npt.NDArray[np.bool_], codes: npt.NDArray[np.int64], n_groups: int) -> npt.NDArray[np.float64]:
    found = np.zeros((n_groups, flags.shape[1]))
    for month in range(flags.shape[1]):
        chosen = codes[flags[:, month], month]
        found[:, month] = np.bincount(chosen[chosen >= 0], minlength=n_groups)
    return found
