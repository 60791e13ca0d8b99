from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkbench.metrics.attention import attention, reasons

BANDS = {"low": 0.0, "medium": 40.0, "high": 70.0}
CALM = {
    "name": "Acme",
    "segment": "smb",
    "csm": "Ann",
    "mrr": 100.0,
    "renews_on": pd.Timestamp("2027-06-01"),
    "renewal_in_days": 244.0,
    "usage_90d": 100.0,
    "usage_prior_90d": 100.0,
    "days_silent": 1.0,
    "adoption_index": 80.0,
    "adoption_index_opening": 80.0,
    "band": "high",
    "tickets_90d": 1.0,
    "tickets_prior_90d": 1.0,
    "nps": 9.0,
    "nps_age_days": 30.0,
    "overdue_invoices": 0.0,
    "champion_left": False,
    "stuck": False,
    "contraction": 0.0,
}


def frame(**changes: dict[str, object]) -> pd.DataFrame:
    """One row per account, calm but for the changes."""
    rows = [{"account_id": account, **CALM, **change} for account, change in changes.items()]
    return pd.DataFrame(rows).astype({"champion_left": "boolean", "stuck": "boolean", "band": "str"})


@pytest.mark.parametrize(
    ("code", "just", "not_yet"),
    [
        ("usage_halved", {"usage_90d": 50.0}, {"usage_90d": 51.0}),
        ("adoption_low", {"band": "low"}, {"band": "medium"}),
        ("adoption_fell", {"adoption_index": 65.0}, {"adoption_index": 65.1}),
        (
            "ticket_storm",
            {"tickets_90d": 5.0, "tickets_prior_90d": 2.5},
            {"tickets_90d": 5.0, "tickets_prior_90d": 3.0},
        ),
        ("ticket_storm", {"tickets_90d": 5.0}, {"tickets_90d": 4.0}),
        ("detractor", {"nps": 6.0}, {"nps": 6.5}),
        ("detractor", {"nps": 0.0, "nps_age_days": 365.0}, {"nps": 0.0, "nps_age_days": 366.0}),
        ("overdue_invoice", {"overdue_invoices": 1.0}, {"overdue_invoices": 0.0}),
        ("champion_left", {"champion_left": True}, {"champion_left": pd.NA}),
        ("renewal_soon", {"renewal_in_days": 90.0}, {"renewal_in_days": 91.0}),
        ("stuck_step", {"stuck": True}, {"stuck": pd.NA}),
        ("silent", {"days_silent": 30.0}, {"days_silent": 29.0}),
        ("contraction", {"contraction": 0.01}, {"contraction": 0.0}),
    ],
)
def test_a_rule_holds_from_its_threshold_on(code: str, just: dict[str, object], not_yet: dict[str, object]) -> None:
    flags = reasons(frame(just=just, not_yet=not_yet), BANDS)
    assert flags[code].to_list() == [True, False]
    assert flags.drop(columns=code).to_numpy().sum() == 0


def test_what_was_not_measured_is_never_a_reason() -> None:
    unknown = {name: np.nan for name, value in CALM.items() if isinstance(value, float) and name != "mrr"}
    row = frame(a={**unknown, "band": None, "champion_left": pd.NA, "stuck": pd.NA})
    assert attention(row, BANDS).empty


def test_accounts_are_ranked_by_money_times_reasons_and_ties_by_id() -> None:
    ranked = attention(
        frame(
            big={"mrr": 300.0, "days_silent": 40.0},
            two={"mrr": 200.0, "days_silent": 40.0, "nps": 1.0},
            tie_b={"days_silent": 40.0},
            tie_a={"days_silent": 40.0},
            left={"mrr": 0.0, "days_silent": 40.0},
            calm={},
        ),
        BANDS,
    )
    assert ranked["account_id"].to_list() == ["two", "big", "tie_a", "tie_b"]
    assert ranked["rank"].to_list() == [1, 2, 3, 4]
    assert ranked["score"].to_list() == [400.0, 300.0, 100.0, 100.0]
    assert ranked["reasons"].iloc[0] == ["detractor", "silent"]


def test_a_coming_renewal_alone_needs_nobody_but_weighs_beside_a_reason() -> None:
    ranked = attention(frame(alone={"renewal_in_days": 10.0}, both={"renewal_in_days": 10.0, "nps": 0.0}), BANDS)
    assert ranked[["account_id", "score"]].to_numpy().tolist() == [["both", 200.0]]
