"""The hazard of leaving: honest probabilities that never fall with the horizon, and reasons that add up."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from csworkbench.models.leaving.additive import fit_additive
from csworkbench.models.leaving.hazard import Hazard, fit_hazard, reason_against
from csworkbench.models.leaving.periods import MONTHS_AHEAD, ahead_features, periods
from csworkbench.models.leaving.reasons import Earlier, churn_reasons, reasons_of
from csworkbench.models.panel import Panel

UNTIL = date(2025, 12, 31)
MONTHS = pd.date_range("2023-07-31", periods=30, freq="ME").astype("datetime64[us]")


def true_hazard(rows: pd.DataFrame) -> np.ndarray:
    renewing = (rows["months_to_renewal"] <= 2).to_numpy(dtype=float)
    return expit(-4.6 - 1.0 * rows["level"].to_numpy(dtype=float) + 1.5 * renewing)


def invented(n: int = 500, seed: int = 0, level: bool = True) -> Panel:
    """Accounts whose hazard depends on a level of use and on the renewal; `noise` tells nothing."""
    rng = np.random.default_rng(seed)
    ids = [f"{k:04d}" for k in range(n)]
    rows, events = [], []
    use, renewal = rng.normal(0, 1, n) * level, rng.integers(0, 12, n)
    for k, account in enumerate(ids):
        for place, month in enumerate(MONTHS):
            left = float((renewal[k] - place) % 12) + 0.5
            row = (account, month, left, 12.0, float(place), use[k], rng.normal())
            rows.append(row)
            chance = expit(-4.6 - use[k] + 1.5 * (left <= 2))
            if rng.random() < chance:
                events.append((account, "churn", month + pd.Timedelta(days=10), 5.0, False))
                break
    columns = ["account_id", "month_end", "months_to_renewal", "billing_months", "tenure_months", "level", "noise"]
    frame = pd.DataFrame(rows, columns=columns).rename(columns={"level": "seat_utilisation", "noise": "nps_last"})
    frame = frame.astype(dict.fromkeys(frame.columns[2:], np.float32)).assign(segment="smb", csm_id=None, mrr=10.0)
    found = pd.DataFrame(events, columns=["account_id", "kind", "on", "mrr_change", "by_price"])
    found = found.astype({"on": "datetime64[us]"})
    features = ("months_to_renewal", "billing_months", "tenure_months", "seat_utilisation", "nps_last")
    return Panel(frame, found[found["on"] <= pd.Timestamp(UNTIL)], pd.DataFrame(), UNTIL, features)


@pytest.fixture(scope="module")
def panel() -> Panel:
    return invented()


@pytest.fixture(scope="module")
def hazard(panel) -> Hazard:
    return fit_hazard(panel)


def test_predicted_hazards_are_close_to_the_true_ones(panel, hazard):
    rows = panel.now
    true = true_hazard(rows.rename(columns={"seat_utilisation": "level"}))
    error = np.log(hazard.hazards(rows, 1)[:, 0]) - np.log(true)
    assert abs(error.mean()) < 0.25
    assert error.std() < 0.4


def test_as_many_accounts_leave_as_expected(panel, hazard):
    past = panel.rows[panel.month == -12]
    left = panel.events[panel.events["on"] > pd.Timestamp("2024-12-31")]
    expected = hazard.p_churn(past)[:, 11].sum()
    assert expected == pytest.approx(len(left), rel=0.25)


def test_probabilities_never_fall_with_the_horizon_and_are_those_of_the_survival_curve(panel, hazard):
    p, curve = hazard.p_churn(panel.now), hazard.survival(panel.now)
    assert (np.diff(p, axis=1) >= 0).all()
    assert ((p > 0) & (p < 1)).all()
    np.testing.assert_allclose(1 - p, curve[:, :12])
    assert (np.diff(curve, axis=1) <= 0).all()
    assert curve.shape[1] == 36


def test_contributions_of_one_month_add_up_to_its_log_odds(panel, hazard):
    added = hazard.contributions(panel.now, 1).sum(axis=1)
    chance = hazard.hazards(panel.now, 1)[:, 0]
    np.testing.assert_allclose(added + hazard.near.shift, np.log(chance / (1 - chance)), atol=1e-6)


def test_the_next_three_months_are_the_same_with_or_without_what_comes_after_them(panel, hazard):
    soon = fit_hazard(panel, months_ahead=3)
    np.testing.assert_array_equal(soon.p_churn(panel.now, 3), hazard.p_churn(panel.now)[:, :3])
    pd.testing.assert_frame_equal(soon.contributions(panel.now), hazard.contributions(panel.now))
    assert soon.far is soon.near


def test_what_passes_within_months_counts_for_the_next_ones_and_hardly_after_them():
    panel = invented(1500, seed=4, level=False)
    rng, rows = np.random.default_rng(2), panel.rows.copy()
    left = panel.events.set_index("account_id")["on"]
    until_then = rows["account_id"].map(left) - rows["month_end"]
    told = (until_then.dt.days.between(1, 31) & (rng.random(len(rows)) < 0.8)) | (rng.random(len(rows)) < 0.05)
    rows["nps_last"] = told.astype(np.float32)
    found = fit_hazard(Panel(rows, panel.events, panel.leaving, UNTIL, panel.features))
    asked = panel.now.assign(nps_last=np.float32(1)), panel.now.assign(nps_last=np.float32(0))
    ratio = np.mean(found.hazards(asked[0]) / found.hazards(asked[1]), axis=0)
    assert ratio[0] > 10
    assert ratio[0] > 3 * ratio[2]
    assert ratio[3:].max() < 2.5


def test_what_tells_nothing_is_shrunk_to_almost_nothing(panel, hazard):
    added = hazard.contributions(panel.now).std()
    assert added["seat_utilisation"] > 0.6
    assert added["nps_last"] < 0.15


def test_the_renewal_moves_on_with_the_months_ahead_and_starts_again_after_it(panel):
    rows = panel.now.head(1).assign(months_to_renewal=np.float32(2.5))
    ahead = [ahead_features(rows, np.array([k]), panel.features) for k in (1, 3, 4, 15)]
    assert [float(x["months_to_renewal"].iloc[0]) for x in ahead] == [2.5, 0.5, 11.5, 0.5]
    assert [float(x["tenure_months"].iloc[0]) - float(rows["tenure_months"].iloc[0]) for x in ahead] == [0, 2, 3, 14]


def test_rows_are_at_risk_until_they_leave_or_the_data_end(panel):
    every = periods(panel, 10**9, 0)
    assert (every.ahead <= np.minimum(-panel.month[every.row], MONTHS_AHEAD)).all()
    left_on = dict(zip(panel.events["account_id"], panel.events["on"], strict=True))
    assert every.left.sum() == sum(
        1
        for account, month in zip(panel.rows["account_id"], panel.rows["month_end"], strict=True)
        if account in left_on and month < left_on[account] <= month + pd.offsets.MonthEnd(12)
    )


def test_sampled_rows_stand_for_all(panel):
    every, some = periods(panel, 10**9, 0), periods(panel, 3000, 1)
    assert some.weight.sum() == pytest.approx(len(every.row))
    assert len(some.row) <= 3000


def test_the_same_seed_and_any_order_of_rows_give_the_same_model(panel, hazard):
    np.testing.assert_array_equal(fit_hazard(panel).p_churn(panel.now), hazard.p_churn(panel.now))


def test_too_few_leavers_are_refused_with_a_bound(panel):
    few = panel.events.head(3)
    said = reason_against(Panel(panel.rows, few, panel.leaving, UNTIL, panel.features))
    assert said.startswith("only 3 accounts ever decided to leave, at most 0.1% a month (95%); 20 are needed")


def test_with_no_leaver_the_bound_is_that_of_the_rule_of_three(panel):
    said = reason_against(Panel(panel.rows[panel.month >= -1], panel.events.head(0), panel.leaving, UNTIL, ()))
    n = int((panel.month == -1).sum())
    assert f"in {n:,} months" in said
    assert f"{1 - 0.05 ** (1 / n):.1%} a month" in said


def test_reasons_that_raise_the_risk_come_first_and_name_the_feature(panel, hazard):
    worst = panel.now.sort_values("seat_utilisation").head(1)
    now = pd.concat([worst, panel.now.drop(worst.index)])
    reasons = churn_reasons(hazard, now)
    first = reasons[reasons["account_id"] == worst["account_id"].iloc[0]].sort_values("rank")
    assert {"adoption", "renewal"} >= {first["code"].iloc[0]}
    assert "seat_utilisation" in set(first["feature"])
    assert (np.diff(first["contribution"]) <= 0).all()


def test_a_rise_against_the_own_past_counts_eight_times_and_is_named_as_such():
    now = pd.DataFrame({"account_id": ["a", "b", "c"], "seats": [5.0, 6.0, 7.0], "tickets_30d": [1.0, 4.0, 0.0]})
    added = pd.DataFrame({"seats": [1.0, -0.5, -0.5], "tickets_30d": [0.3, -0.2, -0.1]})
    before = pd.DataFrame({"account_id": ["b", "a"], "seats": [6.0, 5.0], "tickets_30d": [4.0, 0.0]})
    earlier = Earlier(before, pd.DataFrame({"seats": [-0.5, 1.0], "tickets_30d": [-0.2, -0.1]}))
    found = reasons_of(added, now, "churn", earlier).set_index(["account_id", "rank"])
    assert found.loc[("a", 1), ["code", "versus", "value", "value_before"]].tolist() == [
        "support",
        "own_past",
        "1",
        "0",
    ]
    assert found.loc[("a", 1), "rise"] == pytest.approx(0.4)
    assert found.loc[("a", 1), "contribution"] == pytest.approx(0.3)
    assert found.loc[("a", 2), ["code", "versus"]].tolist() == ["size", "book"]
    assert found.loc["c", "rise"].isna().all()
    assert found.loc["c", "value_before"].isna().all()
    assert set(found.loc["c", "versus"]) == {"book"}


def test_contributions_of_all_reasons_sum_to_the_log_odds_against_the_mean_whatever_their_rank():
    rng = np.random.default_rng(3)
    now = pd.DataFrame({"account_id": [f"{k}" for k in range(9)], "seats": 1.0, "tickets_30d": 2.0, "nps_last": 3.0})
    added, then = (
        pd.DataFrame(rng.normal(size=(9, 3)), columns=["seats", "tickets_30d", "nps_last"]) for _ in range(2)
    )
    found = reasons_of(added, now, "churn", Earlier(now.sample(frac=1, random_state=1), then))
    total = found.groupby("account_id")["contribution"].sum()
    np.testing.assert_allclose(total, (added - added.mean()).sum(axis=1))
    weight = np.maximum(found["contribution"], 8 * found["rise"])
    assert (weight.groupby(found["account_id"]).diff().dropna() <= 0).all()
    assert ((found["versus"] == "own_past") == (8 * found["rise"] > found["contribution"])).all()


def test_the_strength_of_shrinkage_is_learned():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(4000, 6)), columns=[*"abcdef"])
    event = rng.random(4000) < expit(-1.5 + 1.2 * frame["a"])
    model = fit_additive(frame, event)
    size = np.abs(model.parts(frame)[0] + model.parts(frame)[1]).mean(axis=0)
    assert size[0] > 0.7
    assert size[1:].max() < 0.12
