"""Accounts that need a person now: transparent rules, no probabilities."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .service import DETRACTOR, NPS_VALID_DAYS

HALVED = 0.5
FELL_POINTS = 15.0
STORM_TICKETS, STORM_TIMES = 5, 2.0
SILENT_DAYS = 30
RENEWAL_DAYS = 90


def attention(accounts: pd.DataFrame, bands: Mapping[str, float]) -> pd.DataFrame:
    """Paying accounts with at least one reason, ranked by MRR × number of reasons, then MRR, then account_id.

    accounts: one row per account with account_id, name, segment, csm, mrr, renews_on, renewal_in_days, usage_90d,
    usage_prior_90d, days_silent, adoption_index, adoption_index_opening, band, tickets_90d, tickets_prior_90d, nps,
    nps_age_days, overdue_invoices, champion_left, stuck, contraction; null is never a reason. bands: see settings.
    A renewal within 90 days is a reason only beside another one. Returns rank, account_id, name, segment, csm, mrr,
    renews_on, reasons (list of codes in the order of `reasons`), score.
    """
    flags = reasons(accounts, bands)
    urgent = flags.drop(columns="renewal_soon").any(axis=1) & (accounts["mrr"] > 0)
    found = accounts.loc[urgent, ["account_id", "name", "segment", "csm", "mrr", "renews_on"]]
    flags = flags[urgent]
    names = flags.columns.to_numpy()
    found["reasons"] = pd.Series([list(names[row]) for row in flags.to_numpy()], index=found.index, dtype="object")
    found["score"] = (found["mrr"] * flags.sum(axis=1)).round(4)
    ranked = found.sort_values(["score", "mrr", "account_id"], ascending=[False, False, True], ignore_index=True)
    return ranked.assign(rank=np.arange(1, len(ranked) + 1))


def reasons(accounts: pd.DataFrame, bands: Mapping[str, float]) -> pd.DataFrame:
    """Which rule holds for which account: one column of true or false per reason code.

    usage_halved: 90 days' use at most half of the 90 days before. adoption_low: in the lowest band. adoption_fell:
    index 15 points or more below the opening. ticket_storm: 5 tickets or more in 90 days, twice those of the 90 before.
    detractor: last NPS of the year 6 or less. overdue_invoice, champion_left, stuck_step: as the columns say.
    renewal_soon: due within 90 days. silent: measured, and no use for 30 days. contraction: MRR shrank in the quarter.
    """
    a = accounts
    lowest = min(bands, key=lambda name: bands[name], default="")
    storm = (a["tickets_90d"] >= STORM_TICKETS) & (a["tickets_90d"] >= STORM_TIMES * a["tickets_prior_90d"])
    rules = {
        "usage_halved": (a["usage_prior_90d"] > 0) & (a["usage_90d"] <= HALVED * a["usage_prior_90d"]),
        "adoption_low": a["band"] == lowest,
        "adoption_fell": a["adoption_index_opening"] - a["adoption_index"] >= FELL_POINTS,
        "ticket_storm": storm,
        "detractor": (a["nps"] <= DETRACTOR) & (a["nps_age_days"] <= NPS_VALID_DAYS),
        "overdue_invoice": a["overdue_invoices"] > 0,
        "champion_left": a["champion_left"],
        "renewal_soon": (a["renewal_in_days"] >= 0) & (a["renewal_in_days"] <= RENEWAL_DAYS),
        "stuck_step": a["stuck"],
        "silent": a["days_silent"] >= SILENT_DAYS,
        "contraction": a["contraction"] > 0,
    }
    return pd.DataFrame({code: rule.astype("boolean").fillna(False).astype(bool) for code, rule in rules.items()})
