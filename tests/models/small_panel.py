"""A panel written down by hand or drawn at random, without a snapshot."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from csworkbench.models.panel import Panel

UNTIL = date(2026, 9, 30)


def month_ends(n_months: int, until: date = UNTIL) -> pd.DatetimeIndex:
    return pd.date_range(end=until, periods=n_months, freq="ME").astype("datetime64[us]")


def panel_of(rows: pd.DataFrame, events: pd.DataFrame, until: date = UNTIL) -> Panel:
    """rows: account_id, month_end and features; segment and mrr are filled in. events: account_id, kind, on."""
    filled = rows.assign(**{name: rows.get(name, value) for name, value in (("segment", "SMB"), ("mrr", 100.0))})
    filled = filled.assign(csm_id=None).sort_values(["account_id", "month_end"], ignore_index=True)
    told = events.assign(mrr_change=events.get("mrr_change", 100.0), by_price=False).astype({"on": "datetime64[us]"})
    features = tuple(c for c in rows.columns if c not in ("account_id", "month_end", "segment", "csm_id"))
    leaving = pd.DataFrame({"account_id": [], "decided_on": [], "ends_on": [], "mrr": []})
    return Panel(filled, told.sort_values(["account_id", "on"], ignore_index=True), leaving, until, features)


def drawn(n_accounts: int, n_months: int, hazard: float, seed: int = 0) -> Panel:
    """Accounts that pay until they decide to leave, each month with the same probability."""
    generator, ends = np.random.default_rng(seed), month_ends(n_months)
    rows, events = [], []
    for account in range(n_accounts):
        for end in ends:
            rows.append((f"A{account:04}", end))
            if generator.random() < hazard:
                events.append((f"A{account:04}", "churn", end + pd.Timedelta(days=int(generator.integers(1, 28)))))
                break
    told = pd.DataFrame(events, columns=["account_id", "kind", "on"])
    told = told[told["on"] <= pd.Timestamp(UNTIL)]
    return panel_of(pd.DataFrame(rows, columns=["account_id", "month_end"]), told)
