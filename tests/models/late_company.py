"""A small company whose facts are recorded late, corrected, and taken back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from databases import snapshot_of
from small_company import SETTINGS, company

from csworkbench.data.settings import parse_settings
from csworkbench.data.snapshot import Snapshot

JOURNEY_SETTINGS = parse_settings(SETTINGS)
_OCCURRED = {
    "subscriptions": "starts_on",
    "usage": "day",
    "tickets": "opened_at",
    "surveys": "answered_on",
    "contacts": "joined_on",
    "invoices": "issued_on",
    "milestones": "reached_on",
    "assignments": "starts_on",
    "activities": "at",
    "accounts": "started_on",
}
_CORRECTED = {"subscriptions": "mrr", "invoices": "failures", "tickets": "escalated", "usage": "users"}


def late_company(n: int = 25, seed: int = 3) -> dict[str, pd.DataFrame]:
    """Tables in which a fifth of the rows became known late, and some have a second version recorded later still."""
    rng = np.random.default_rng(seed)
    tables = {name: frame for name, frame in company(n, seed, date(2024, 1, 1), 700).items() if name != "targets"}
    tables["invoices"] = tables["invoices"].assign(failures=rng.integers(0, 3, len(tables["invoices"])))
    tables["activities"] = _activities(rng, tables["accounts"]["account_id"])
    for name, occurred in _OCCURRED.items():
        tables[name] = _late(rng, tables[name], occurred, _CORRECTED.get(name))
    return tables


def _activities(rng: np.random.Generator, ids: pd.Series) -> pd.DataFrame:
    n = len(ids) * 12
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700 * 1440, n), unit="min")
    directions = rng.choice(np.array(["proactive", "reactive", None], dtype=object), n)
    return pd.DataFrame(
        {
            "activity_id": [f"a{k}" for k in range(n)],
            "account_id": rng.choice(ids.to_numpy(dtype=object), n),
            "at": at,
            "direction": directions,
        }
    )


def _late(rng: np.random.Generator, frame: pd.DataFrame, occurred: str, corrected: str | None) -> pd.DataFrame:
    day = pd.to_datetime(frame[occurred]).dt.normalize()
    delay = pd.to_timedelta(np.where(rng.random(len(frame)) < 0.2, rng.integers(1, 80, len(frame)), 0), unit="D")
    dated = frame.assign(recorded_at=day + delay)
    if corrected is None:
        return dated
    again = dated[rng.random(len(dated)) < 0.1].copy()
    again["recorded_at"] += pd.to_timedelta(rng.integers(1, 120, len(again)), unit="D")
    if corrected == "escalated":
        again[corrected] = ~again[corrected].astype(bool)
    else:
        again[corrected] = again[corrected] + 1
    return pd.concat([dated, again], ignore_index=True)


def snapshot(tables: dict[str, pd.DataFrame]) -> Snapshot:
    """The snapshot of the tables."""
    return snapshot_of(tables, JOURNEY_SETTINGS)
