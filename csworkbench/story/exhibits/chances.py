"""The chance that an account has decided to leave by a day ahead, read from its scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..scene import Scene
from .scored import has_left

MONTH_DAYS = 30.4375
LAST_MONTH = 12


def chance_of_leaving(scene: Scene, due: pd.DataFrame) -> pd.Series:
    """The probability of a decision to leave by `due_on` of each row; null for an account without a score.

    due: one row per account_id and due_on. Read at the first whole month that reaches the day, 1 to 12 months ahead;
    1 for an account that has said that it leaves.
    """
    if not scene.has("scores"):
        return pd.Series(float("nan"), due.index)
    scores = scene.frame("scores").set_index("account_id")
    days = (due["due_on"] - pd.Timestamp(scene.measures.as_of)).dt.days
    month = np.clip(np.ceil(days.to_numpy() / MONTH_DAYS), 1, LAST_MONTH).astype(int)
    known = scores.reindex(due["account_id"])
    table = known[[f"p_churn_{m}" for m in range(1, LAST_MONTH + 1)]].to_numpy(dtype=float)
    found = pd.Series(table[np.arange(len(due)), month - 1], due.index)
    return found.mask(has_left(known).to_numpy(), 1.0)
