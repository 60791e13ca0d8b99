"""A company drawn month by month from known probabilities, as canonical tables."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from databases import snapshot_of

from csworkbench.data.settings import Settings, parse_settings
from csworkbench.data.snapshot import Snapshot

SETTINGS = """
[company]
name = "Tide"
currency = "EUR"
[tables.accounts]
path = "accounts.csv"
"""
FIRST, N_MONTHS = date(2024, 1, 1), 24
AS_OF = date(2025, 12, 31)
P_CHURN, P_EXPANSION, P_CONTRACTION = 0.02, 0.05, 0.015


def settings() -> Settings:
    return parse_settings(SETTINGS)


def company(n: int = 60, seed: int = 0, factor: int = 1, n_months: int = N_MONTHS) -> dict[str, pd.DataFrame]:
    """Accounts, subscriptions and assignments of n accounts that begin in the first months."""
    rng = np.random.default_rng(seed)
    items = [item for place in range(n) for item in _life(place, rng, factor, n_months)]
    columns = ["subscription_id", "account_id", "product", "starts_on", "ends_on", "mrr", "decided_on", "recorded_at"]
    ids = [f"{place:03d}" for place in range(n)]
    return {
        "accounts": pd.DataFrame({"account_id": ids, "segment": ["smb" if k % 3 else "mid" for k in range(n)]}),
        "subscriptions": pd.DataFrame(items, columns=columns),
        "assignments": pd.DataFrame(
            {"account_id": ids, "csm_id": [f"M{k % 4}" for k in range(n)], "role": "main", "starts_on": FIRST}
        ),
    }


def _life(place: int, rng: np.random.Generator, factor: int, n_months: int) -> list[tuple[object, ...]]:
    """The items of one account: each change of MRR ends one and begins the next."""
    mrr, starts = int(rng.integers(1, 60)) * 10, FIRST + timedelta(days=int(rng.integers(0, 120)))
    items: list[tuple[object, ...]] = []
    account, day = f"{place:03d}", starts
    for _ in range(n_months):
        day = day + timedelta(days=30)
        draw = rng.random()
        if draw < P_CHURN:
            return [*items, (f"s{place}", account, "core", starts, day, mrr * factor, day - timedelta(days=10), starts)]
        if draw < P_CHURN + P_EXPANSION + P_CONTRACTION:
            items.append((f"s{place}", account, "core", starts, day, mrr * factor, None, starts))
            mrr, starts = round(mrr * (1.2 if draw < P_CHURN + P_EXPANSION else 0.7)), day
    return [*items, (f"s{place}", account, "core", starts, None, mrr * factor, None, starts)]


def snapshot(tables: dict[str, pd.DataFrame]) -> Snapshot:
    return snapshot_of(tables, settings())
