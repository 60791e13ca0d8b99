"""The true probabilities are those by which the facts came about, and nobody finds them by reading the workspace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from company import final_items, mapped, paying, truth
from scipy import stats

pytestmark = pytest.mark.xdist_group("simulate")

PAIRS = [("p_churn", "churned"), ("p_expansion", "expanded"), ("p_contraction", "contracted")]


@pytest.mark.parametrize("event", ["churn", "expansion"])
def test_contributions_add_up_to_the_log_odds(big: Path, event: str) -> None:
    rows = truth(big)
    chance = rows[f"p_{event}"].clip(1e-6, 1 - 1e-6)
    parts = [c for c in rows if c.startswith(f"{event}_")]
    off = rows[parts].sum(axis=1) - np.log(chance / (1 - chance))
    assert off[rows[f"p_{event}"] > 0.001].abs().max() < 1e-3


@pytest.mark.parametrize(("chance", "happened"), PAIRS)
def test_events_happen_as_often_as_their_probability_says(big: Path, chance: str, happened: str) -> None:
    rows = at_stake(truth(big), chance)
    by = rows.groupby(pd.qcut(rows[chance], 10, duplicates="drop"), observed=True)
    expected, variance = by[chance].sum(), by[chance].apply(lambda p: (p * (1 - p)).sum())
    statistic = ((by[happened].sum() - expected) ** 2 / variance).sum()
    assert stats.chi2.sf(statistic, len(expected)) > 0.01
    largest = by[[chance, happened]].mean().iloc[-1]
    assert largest[happened] == pytest.approx(largest[chance], rel=0.05)


def at_stake(rows: pd.DataFrame, chance: str) -> pd.DataFrame:
    """Growth is drawn for those who stay, shrinking for those who stay and do not grow."""
    if chance == "p_churn":
        return rows
    stayed = rows[rows["churned"] == 0]
    return stayed if chance == "p_expansion" else stayed[stayed["expanded"] == 0]


def test_every_true_departure_is_in_the_subscriptions_and_no_other(big: Path) -> None:
    items = final_items(big)
    left = items[(items["product"] == "Hibiori") & items["decided_on"].notna()]
    months = left["decided_on"] + pd.offsets.MonthEnd(0)
    rows = truth(big)
    gone = rows[rows["churned"] == 1]
    assert set(zip(left["account_id"], months, strict=True)) == set(
        zip(gone["account_id"], gone["month_end"], strict=True)
    )


def test_only_paying_customers_who_have_not_decided_are_at_risk(big: Path) -> None:
    rows = truth(big)
    assert set(rows["account_id"]) <= set(paying(big)["account_id"])
    assert not rows.duplicated(["account_id", "month_end"]).any()
    assert not (rows[["churned", "expanded", "contracted"]].sum(axis=1) > 1).any()


def test_drivers_differ_between_accounts_and_months(big: Path) -> None:
    parts = truth(big).filter(like="churn_")
    assert (parts.std() > 0.05).all()


def test_the_truth_is_not_part_of_the_workspace(sample: Path) -> None:
    assert (sample / "truth").is_dir()
    assert not any("truth" in path for path in mapped(sample).values())
    assert "p_churn" not in (sample / "workspace.toml").read_text(encoding="utf-8")
