"""Ratios: against lifelines, resampling and numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.models.trial.hazard_ratio import hazard_ratio, risk_ratio


def months_at_risk(seed: int, n: int = 150, n_months: int = 30, again: bool = False) -> pd.DataFrame:
    """Account × month until the event (or all months): exposed switches on and off and doubles the hazard."""
    generator, rows = np.random.default_rng(seed), []
    for account in range(n):
        exposed, own = generator.random() < 0.5, generator.gamma(0.5, 2) if again else 1.0
        for month in range(n_months):
            exposed = exposed ^ (generator.random() < (0.02 if again else 0.1))
            event = generator.random() < 0.03 * own * (2 if exposed else 1)
            rows.append((account, month, exposed, event))
            if event and not again:
                break
    return pd.DataFrame(rows, columns=["account", "month", "exposed", "event"])


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_the_ratio_is_that_of_lifelines_when_no_two_events_share_a_month():
    from lifelines import CoxTimeVaryingFitter

    rows = months_at_risk(1)
    first = rows[rows["event"]].drop_duplicates("month")["account"]
    rows.loc[~rows["account"].isin(first), "event"] = False
    spans = rows.assign(start=rows["month"], stop=rows["month"] + 1, exposed=rows["exposed"].astype(float))
    fitted = CoxTimeVaryingFitter().fit(spans.drop(columns="month"), event_col="event", id_col="account")
    expected = fitted.summary.loc["exposed"]
    found = hazard_ratio(rows["month"], rows["exposed"], rows["event"])
    assert found.value == pytest.approx(expected["exp(coef)"], rel=1e-5)
    assert (found.low, found.high) == pytest.approx(
        (expected["exp(coef) lower 95%"], expected["exp(coef) upper 95%"]), rel=1e-4
    )
    assert found.p_value == pytest.approx(expected["p"], rel=1e-3)


def test_robust_limits_are_as_wide_as_drawing_accounts_again_and_again_says():
    rows = months_at_risk(4, n=200, again=True)
    parts = dict(iter(rows.groupby("account")))
    generator, logs = np.random.default_rng(0), []
    for _ in range(150):
        drawn = pd.concat([parts[account] for account in generator.choice(200, 200)])
        logs.append(np.log(hazard_ratio(drawn["month"], drawn["exposed"], drawn["event"]).value))
    found = hazard_ratio(rows["month"], rows["exposed"], rows["event"], rows["account"])
    naive = hazard_ratio(rows["month"], rows["exposed"], rows["event"])
    width = np.log(found.high / found.low) / 3.92
    assert width == pytest.approx(np.std(logs), rel=0.2)
    assert width > 1.2 * np.log(naive.high / naive.low) / 3.92
    assert found.value == naive.value


def test_intervals_cover_the_truth_as_often_as_they_say():
    held = []
    for seed in range(40):
        rows = months_at_risk(seed)
        found = hazard_ratio(rows["month"], rows["exposed"], rows["event"], rows["account"])
        held.append(found.low <= 2 <= found.high)
    assert 0.87 <= np.mean(held) <= 1


def test_two_strata_worked_out_by_hand():
    # one event among 2 exposed and 2 others, twice: once an exposed one, once another; the ratio is 1 by symmetry
    strata, exposed = [1] * 4 + [2] * 4, [1, 1, 0, 0] * 2
    found = hazard_ratio(strata, exposed, [1, 0, 0, 0, 0, 0, 1, 0])
    assert found.value == pytest.approx(1)
    assert np.log(found.high) == pytest.approx(1.959964 / np.sqrt(2 * 0.25), rel=1e-6)  # information: 2 × ½ × ½


SOME = months_at_risk(7, n=15)


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(random):
    rows = SOME
    mixed = rows.iloc[random.sample(range(len(rows)), len(rows))]
    found = hazard_ratio(mixed["month"], mixed["exposed"], mixed["event"], mixed["account"])
    assert found == pytest.approx(hazard_ratio(rows["month"], rows["exposed"], rows["event"], rows["account"]))


def test_a_ratio_that_is_not_finite_is_not_given():
    assert np.isnan(hazard_ratio([1, 1, 1], [1, 1, 0], [1, 0, 0])).all()
    assert np.isnan(hazard_ratio([1, 1], [1, 0], [0, 0])).all()
    assert np.isnan(risk_ratio(3, 10, 0, 10)).all()
    assert np.isnan(risk_ratio(0, 0, 3, 10)).all()


def test_the_published_risk_ratio_of_aspirin():
    # Physicians' Health Study (1989), heart attacks: 139 of 11,037 with aspirin, 239 of 11,034 with placebo
    found = risk_ratio(139, 11_037, 239, 11_034)
    assert found.value == pytest.approx(0.58, abs=0.005)
    assert (found.low, found.high) == pytest.approx((0.47, 0.71), abs=0.01)
    assert found.p_value < 1e-5


def test_shares_of_all_and_of_none_have_honest_limits():
    every, none = risk_ratio(6, 6, 90, 129), risk_ratio(0, 6, 90, 129)
    assert every.value == pytest.approx(129 / 90)
    assert every.low < 1 < every.high
    assert none.value == none.low == 0
    assert 0.2 < none.high < 1


def test_limits_of_the_risk_ratio_cover_the_truth_as_often_as_they_say():
    generator = np.random.default_rng(0)
    hits, others = generator.binomial(20, 0.6, 2000), generator.binomial(60, 0.3, 2000)
    found = [risk_ratio(int(a), 20, int(b), 60) for a, b in zip(hits, others, strict=True)]
    assert 0.93 <= np.mean([ratio.low <= 2 <= ratio.high for ratio in found]) <= 0.97
