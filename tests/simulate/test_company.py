"""The company looks like one: growth, churn by segment, causes that come before their effects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from company import final_items, mrr, paying, read, truth, year

from csworkbench.data.workspace import Workspace
from csworkbench.metrics.adoption import adoption
from csworkbench.simulate import parameters as p
from csworkbench.simulate.calendar import calendar
from csworkbench.simulate.dynamics import live
from csworkbench.simulate.journey import FASTER_STEP
from csworkbench.simulate.population import arrivals, population
from csworkbench.simulate.world import make_world

pytestmark = pytest.mark.xdist_group("simulate")

YEARS = [("2023-10-31", "2024-09-30"), ("2024-09-30", "2025-09-30"), ("2025-09-30", "2026-09-30")]


@pytest.mark.parametrize("which", ["sample", "big"])
@pytest.mark.parametrize(("opening", "closing"), YEARS[1:])
def test_money_moves_as_in_a_growing_company(
    which: str, opening: str, closing: str, request: pytest.FixtureRequest
) -> None:
    found = year(final_items(request.getfixturevalue(which)), opening, closing)
    assert 0.15 < found["growth"] < 0.35
    assert 0.95 < found["nrr"] < 1.12
    assert 0.8 < found["grr"] < 0.96
    assert found["quick"] > 1


def test_yearly_logo_churn_lies_between_a_twentieth_and_a_fifth_in_every_segment(big: Path) -> None:
    items, segments = final_items(big), paying(big).set_index("account_id")["segment"]
    lost = []
    for opening, closing in YEARS[1:]:
        first, last = mrr(items, opening), mrr(items, closing)
        lost.append(pd.Series(~first.index.isin(last.index), segments.reindex(first.index)))
    shares = pd.concat(lost).groupby(level=0).mean()
    assert shares.between(0.05, 0.21).all(), shares
    assert shares["Enterprise"] < shares["Mid-market"] < shares["SMB"]


def test_annual_contracts_end_at_their_renewal(big: Path) -> None:
    items = final_items(big)
    left = items[items["decided_on"].notna() & (items["product"] == "Hibiori") & (items["billing_months"] == 12)]
    assert (left["ends_on"] == left["renews_on"]).all()
    weeks = (left["ends_on"] - left["decided_on"]).dt.days / 7
    assert weeks.between(0, 16).mean() > 0.6
    assert weeks.median() > 3


def test_some_who_left_come_back(big: Path) -> None:
    core = final_items(big).query("product == 'Hibiori'")
    again = core[core["subscription_id"].str.endswith("C2")]
    assert 0.002 < again["account_id"].nunique() / core["account_id"].nunique() < 0.05
    first_end = core[core["subscription_id"].str.endswith("C1")].groupby("account_id")["ends_on"].max()
    assert (again["starts_on"] > again["account_id"].map(first_end)).all()


def test_the_adoption_index_spreads_over_the_bands(opened: Workspace) -> None:
    found = adoption(opened.as_of("2026-09-30"), [pd.Timestamp("2026-09-30").date()])
    shares = found["band"].value_counts(normalize=True)
    assert (shares.reindex(["low", "medium", "high"]) > 0.12).all(), shares
    assert found["adoption_index"].isna().any()


def test_incidents_departures_and_failed_payments_weigh_only_from_the_next_month_on() -> None:
    world = make_world(2, 600, calendar(12, "2026-09-30"))
    accounts = population(world, arrivals(world, 600), 0, 0, 600)
    history, _ = live(world, accounts)
    for driver, cause in (
        ("support", accounts.incident),
        ("champion", accounts.champion_left),
        ("payment", history.failed),
    ):
        part = history.churn_parts[:, :, p.CHURN_DRIVERS.index(driver)]
        before = np.cumsum(cause, axis=1) - cause
        assert (part[before == 0] == 0).all(), driver
        struck = history.at_risk[:, 1:] & cause[:, :-1]
        assert (part[:, 1:][struck] > 0.3).all(), driver


def test_growth_begins_where_seats_run_out(big: Path) -> None:
    rows = truth(big)
    full = rows["expansion_seats_full"] > 0.3
    assert rows.loc[full, "expanded"].mean() > 2 * rows.loc[~full, "expanded"].mean()


def test_guided_import_makes_its_step_quicker(big: Path) -> None:
    began = read(big, "changes").query("what == 'guided_data_import'")["changed_on"].iloc[0]
    reached = read(big, "milestones").pivot(index="account_id", columns="milestone", values="reached_on")
    days = (reached[p.STEPS[FASTER_STEP]] - reached[p.STEPS[FASTER_STEP - 1]]).dt.days
    started = read(big, "accounts").set_index("account_id")["started_on"].reindex(days.index)
    assert days[started >= began].median() < 0.8 * days[started < began].median()


def test_what_customers_say_and_what_they_do_agree_only_loosely(big: Path) -> None:
    surveys = read(big, "surveys").query("kind == 'nps'")
    rows = truth(big).assign(month=lambda t: t["month_end"].dt.to_period("M"))
    both = surveys.assign(month=surveys["answered_on"].dt.to_period("M")).merge(rows, on=["account_id", "month"])
    assert -0.6 < both["score"].corr(both["churn_adoption"], method="spearman") < -0.1


def test_the_vendor_score_is_weakly_right(big: Path) -> None:
    health = read(big, "vendor_health").rename(columns={"day": "month_end"})
    both = health[health["score"] > 0].merge(truth(big), on=["account_id", "month_end"])
    assert -0.45 < both["score"].corr(both["p_churn"], method="spearman") < -0.05


def test_each_csm_looks_after_about_thirty_accounts(sample: Path) -> None:
    assert len(read(sample, "csms")) == 8
    assigned = read(sample, "assignments").query("ends_on.isna()")
    tiers = read(sample, "accounts").set_index("account_id")["touch_tier"]
    assert assigned["account_id"].map(tiers).ne("tech").mean() > 0.95
    assert assigned["csm_id"].nunique() == 8


def test_the_plan_of_a_year_is_set_before_it(sample: Path) -> None:
    targets = read(sample, "targets")
    assert (targets["set_on"].dt.year < targets["period"].str[:4].astype(int)).all()
    owners = set(targets.loc[targets["period"] == "2026Q3", "owner"])
    assert {"company", *p.SEGMENTS} <= owners
    assert len(owners) > 10
