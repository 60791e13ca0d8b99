"""Training frames whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd


def customers(n: int = 600, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """A frame with every kind of column; churn falls with usage and tenure and is higher on the free plan."""
    rng = np.random.default_rng(seed)
    usage, tenure = rng.normal(size=n), rng.integers(0, 60, n)
    plan = rng.choice(["free", "team", "enterprise"], n)
    nps = np.where(rng.random(n) < 0.4, np.nan, rng.integers(0, 11, n))
    log_odds = -1.0 - 1.2 * usage - 0.03 * tenure + 1.0 * (plan == "free") + 0.8 * (np.nan_to_num(nps, nan=10) < 5)
    frame = pd.DataFrame(
        {
            "usage": usage,
            "tenure_months": tenure,
            "plan": plan,
            "nps": nps,
            "champion_left": pd.array(np.where(rng.random(n) < 0.1, None, rng.random(n) < 0.2), dtype="boolean"),
            "renews_on": pd.Timestamp("2026-01-01", tz="Asia/Tokyo") + pd.to_timedelta(rng.integers(0, 365, n), "D"),
            "country": "JP",
            "never_measured": pd.Series([None] * n, dtype=object),
        },
        index=[f"A{number:05}" for number in range(n)],
    )
    churned = pd.Series((rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int), index=frame.index, name="churned")
    return frame, churned
