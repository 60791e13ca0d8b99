"""Contributions as a table that a person can read and sort."""

from __future__ import annotations

import numpy as np
import pandas as pd


def explanation(frame: pd.DataFrame, contributions: np.ndarray) -> pd.DataFrame:
    """One row per account × feature: account (the frame's index label), feature, value as it was, contribution."""
    n_rows, n_features = contributions.shape
    features = pd.Categorical.from_codes(np.tile(np.arange(n_features), n_rows), categories=frame.columns)
    return pd.DataFrame(
        {
            "account": frame.index.repeat(n_features),
            "feature": features,
            "value": frame.to_numpy(dtype=object).ravel(),
            "contribution": contributions.ravel(),
        }
    )
