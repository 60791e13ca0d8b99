from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_panel import UNTIL, month_ends, panel_of

from csworkbench.models.forecasts.expansion import by_more_than_price, expansion, past_amounts
from csworkbench.models.panel import Panel
from csworkbench.models.panel.labels import label

ENDS = month_ends(8)


def rows_of(accounts: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(account, end, mrr) for account, mrr in accounts.items() for end in ENDS],
        columns=["account_id", "month_end", "mrr"],
    )


def growing(n: int = 60, seed: int = 0) -> Panel:
    """Accounts that grow by a tenth when their seats are full, and hardly ever otherwise."""
    rng = np.random.default_rng(seed)
    ends, rows, events = month_ends(18), [], []
    for k in range(n):
        account, full = f"A{k:03}", rng.random()
        for end in ends:
            full = float(np.clip(full + rng.normal(0, 0.15), 0, 1))
            rows.append((account, end, 100.0 * (1 + k % 5), full, "SMB" if k % 2 else "Mid"))
            if rng.random() < (0.3 if full > 0.8 else 0.01):
                events.append((account, "expansion", end + pd.Timedelta(days=9), 10.0 * (1 + k % 5)))
    told = pd.DataFrame(events, columns=["account_id", "kind", "on", "mrr_change"])
    columns = ["account_id", "month_end", "mrr", "seat_utilisation", "segment"]
    panel = panel_of(pd.DataFrame(rows, columns=columns), told[told["on"] <= pd.Timestamp(UNTIL)])
    return replace(panel, features=("mrr", "seat_utilisation"))


def test_an_account_with_full_seats_is_likelier_to_buy_more_and_that_is_the_reason() -> None:
    panel = growing()
    found = expansion(panel)
    both = found.scores.merge(panel.now, on="account_id")
    full = both["seat_utilisation"] > 0.8
    assert both.loc[full, "p_expansion"].mean() > 2 * both.loc[~full, "p_expansion"].mean()
    first = found.reasons[found.reasons["rank"] == 1].set_index("account_id")
    assert (first.loc[both.loc[full, "account_id"], "code"] == "adoption").all()


def test_the_expected_amount_is_the_tenth_that_such_accounts_grew_by() -> None:
    scores = expansion(growing()).scores
    assert scores["expected_expansion_mrr"].to_numpy() == pytest.approx(
        (scores["p_expansion"] * scores["amount"]).to_numpy()
    )
    mrr = growing().now["mrr"].to_numpy()
    assert (scores["amount"] / mrr).between(0.1, 0.13).all()
    assert ((scores["amount_low"] <= scores["amount"]) & (scores["amount"] <= scores["amount_high"])).all()


def test_probabilities_add_up_to_about_what_happened() -> None:
    panel = growing(120)
    happened = label(panel, "expansion")
    rate = happened.dropna().astype(float).mean()
    assert expansion(panel).scores["p_expansion"].mean() == pytest.approx(rate, abs=0.12)


def test_growth_within_three_months_is_added_up_and_set_against_what_was_paid() -> None:
    events = pd.DataFrame(
        {
            "account_id": ["a", "a", "b"],
            "kind": "expansion",
            "on": [ENDS[4] + pd.Timedelta(days=3), ENDS[5] + pd.Timedelta(days=3), ENDS[7] - pd.Timedelta(days=1)],
            "mrr_change": [10.0, 5.0, 40.0],
        }
    )
    panel = panel_of(rows_of({"a": 100.0, "b": 200.0}), events)
    grown = past_amounts(panel, label(panel, "expansion"))
    every = grown.values[grown.starts[-1] :]
    assert sorted(every.round(4)) == [0.1, 0.15, 0.15, 0.2]


def test_a_rise_of_price_alone_is_no_expansion() -> None:
    events = pd.DataFrame({"account_id": ["a"], "kind": "expansion", "on": [ENDS[4]]})
    panel = panel_of(rows_of({"a": 100.0}), events)
    assert len(by_more_than_price(panel).events) == 1
    assert by_more_than_price(replace(panel, events=panel.events.assign(by_price=True))).events.empty


def test_with_few_expansions_there_are_no_scores_but_a_reason() -> None:
    found = expansion(panel_of(rows_of({"a": 100.0}), pd.DataFrame({"account_id": [], "kind": [], "on": []})))
    assert (len(found.scores), len(found.reasons)) == (0, 0)
    assert found.absent == "only 0 accounts ever bought more; 20 are needed"
