"""The scorecard: who is compared with whom, what small groups hide, and how green those were who left."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from csworkbench.models.trial.calibration import calibration_slope
from csworkbench.models.trial.scorecard import calibration, drift, green_churners, scorecard

CLOSINGS = pd.to_datetime(["2025-12-31", "2026-03-31"]).astype("datetime64[us]")
NOBODY = pd.DataFrame({"account_id": [], "on": pd.to_datetime([])})
SEGMENTS = {"SMB": 150, "Enterprise": 60, "Public": 7, "Bank": 3}


def trial(scores, n_of=SEGMENTS, seed=0):
    """Two quarters of a company; each score is a function of (the probabilities to leave, a generator)."""
    generator, parts = np.random.default_rng(seed), []
    segment = np.repeat(list(n_of), list(n_of.values()))
    accounts = [f"{name}{number}" for number, name in enumerate(segment)]
    for quarter, closing in zip(("2025Q4", "2026Q1"), CLOSINGS, strict=True):
        p = generator.beta(1, 6, len(segment))
        facts = {"account_id": accounts, "segment": segment, "quarter": quarter, "closing": closing}
        facts |= {"month_end": closing, "mrr": 10.0, "y": (generator.random(len(p)) < p).astype(float)}
        parts += [pd.DataFrame(facts | {"score": name, "risk": made(p, generator)}) for name, made in scores.items()]
    return pd.concat(parts, ignore_index=True).assign(band=None, green=pd.NA, psi=np.nan)


SCORES = {
    "churn_model": lambda p, _: p,
    "weighted": lambda p, draw: draw.random(len(p)),
    "naive:usage_halved": lambda p, draw: (p + draw.normal(size=len(p)) / 3 > 0.4).astype(float),
    "naive:last_rate": lambda p, _: np.full(len(p), 0.14),
}
PROBABILITIES = {"churn_model", "naive:last_rate"}


def card(frame, decisions=NOBODY):
    return scorecard(frame, decisions, PROBABILITIES).set_index(["score", "segment"])


def test_figures_are_those_of_scikit_learn_on_the_same_rows():
    frame = trial(SCORES)
    own = frame[frame["score"] == "churn_model"]
    found = card(frame).loc[("churn_model", "all")]
    assert found["roc_auc"] == pytest.approx(roc_auc_score(own["y"], own["risk"]))
    assert found["brier"] == pytest.approx(brier_score_loss(own["y"], own["risk"]))
    assert (found["n"], found["n_accounts"], found["n_events"]) == (440, 220, own["y"].sum())
    limits = found[["calibration_slope", "calibration_slope_low", "calibration_slope_high"]]
    assert limits.tolist() == pytest.approx(list(calibration_slope(own["y"], own["risk"])))


def test_the_truth_beats_the_naive_rule_and_noise_does_not():
    found = card(trial(SCORES))
    assert found.loc[("churn_model", "all"), "verdict"] == "beats_naive"
    assert found.loc[("churn_model", "all"), "best_naive"] == "naive:usage_halved"
    assert found.loc[("churn_model", "all"), "over_naive_low"] > 0
    assert found.loc[("weighted", "all"), "verdict"] == "not_better"
    assert found.loc["naive:last_rate", "verdict"].isna().all()


def test_pure_noise_beats_the_naive_rules_about_as_seldom_as_it_should():
    noise = {
        "churn_model": lambda p, draw: draw.random(len(p)),
        "naive:usage_halved": lambda p, draw: (draw.random(len(p)) < 0.1).astype(float),
        "naive:last_rate": lambda p, _: np.full(len(p), 0.14),
    }
    verdicts = [card(trial(noise, {"SMB": 150}, seed)).loc[("churn_model", "all"), "verdict"] for seed in range(15)]
    assert verdicts.count("beats_naive") <= 2


def test_a_gain_that_is_certain_but_too_small_to_use_is_not_called_better():
    def rule(p, _):
        return (p > 0.2).astype(float)

    little = {"churn_model": lambda p, draw: rule(p, draw) + 0.1 * (p > 0.5), "naive:usage_halved": rule}
    found = card(trial(little, {"SMB": 6000})).loc[("churn_model", "all")]
    assert 0 < found["over_naive_low"] < 0.02
    assert found["roc_auc_low"] > 0.5
    assert found["verdict"] == "not_better"


def test_a_verdict_needs_twenty_who_left():
    found = card(trial(SCORES, {"SMB": 40}))
    assert found.loc[("churn_model", "all"), "n_events"] < 20
    assert found.loc[("churn_model", "all"), "verdict"] == "not_estimable"


def test_only_probabilities_are_calibrated():
    frame = trial(SCORES)
    found = card(frame)
    assert found.loc["weighted", ["brier", "ece", "calibration_slope"]].isna().all(axis=None)
    assert set(calibration(frame, PROBABILITIES)["score"]) == PROBABILITIES


def test_a_segment_of_three_is_hidden_with_the_next_smallest():
    hidden = card(trial(SCORES)).loc["churn_model", "roc_auc"].isna()
    assert hidden.to_dict() == {"Bank": True, "Public": True, "Enterprise": False, "SMB": False, "all": False}


def leaving(n_green, n_red, segment="SMB"):
    """Accounts that were green or red on the last two days of 2025 and leave in April 2026."""
    n = n_green + n_red
    ids = [f"{segment}{account}" for account in range(n)]
    greens = [True] * n_green + [False] * n_red
    before = pd.DataFrame({"account_id": ids, "month_end": CLOSINGS[0], "green": greens})
    later = before.assign(month_end=pd.Timestamp("2026-01-31"), green=False)
    frame = pd.concat([before, later.head(0)]).assign(score="weighted", segment=segment, risk=0.5, band="x")
    return frame, pd.DataFrame({"account_id": ids, "on": pd.Timestamp("2026-04-10")})


def test_green_is_read_at_least_ninety_days_before():
    frame, decisions = leaving(6, 4)
    assert green_churners(frame, decisions)["share_green_churners"].tolist() == [0.6, 0.6]
    late = frame.assign(month_end=pd.Timestamp("2026-01-31"))  # 69 days before
    early = frame.assign(month_end=pd.Timestamp("2025-11-30"))  # 131 days before
    assert green_churners(pd.concat([late, early]), decisions).empty
    both = pd.concat([frame.assign(month_end=pd.Timestamp("2025-12-31")), late.assign(green=False)])
    assert green_churners(both, decisions)["share_green_churners"].tolist() == [0.6, 0.6]


def test_few_who_left_are_not_told_apart():
    frame, decisions = leaving(2, 1)
    judged = trial({"weighted": SCORES["weighted"]})
    whole = pd.concat([judged, frame.assign(quarter="2025Q4", closing=CLOSINGS[0], mrr=1.0, y=np.nan)])
    found = card(whole, decisions).loc["weighted"]
    assert found["n_churners"].to_dict()["SMB"] == 3
    assert found["share_green_churners"].isna().all()


def test_drift_tells_each_quarter():
    frame = trial(SCORES)
    first = frame["quarter"] == "2025Q4"
    moved = frame.assign(risk=frame["risk"].where(first, frame["risk"] / 4), psi=np.where(first, np.nan, 0.3))
    found = drift(moved, PROBABILITIES).set_index(["score", "quarter"])
    own = frame[(frame["score"] == "churn_model") & (frame["quarter"] == "2026Q1")]
    assert found.loc[("churn_model", "2026Q1"), "roc_auc"] == pytest.approx(roc_auc_score(own["y"], own["risk"]))
    assert found.loc[("churn_model", "2026Q1"), "share_observed"] == pytest.approx(own["y"].mean())
    assert found.loc[("churn_model", "2026Q1"), "mean_predicted"] == pytest.approx(own["risk"].mean() / 4)
    assert np.isnan(found.loc[("churn_model", "2025Q4"), "psi"])
    assert found.loc[("churn_model", "2026Q1"), "psi"] == 0.3


def test_the_order_of_rows_changes_nothing():
    frame = trial(SCORES)
    mixed = frame.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(card(mixed), card(frame))
    pd.testing.assert_frame_equal(drift(mixed, PROBABILITIES), drift(frame, PROBABILITIES))


def test_rows_without_a_score_are_not_judged_and_the_rivals_are_compared_on_the_same_rows():
    frame = trial(SCORES)
    half = frame["account_id"].str[-1].isin(list("02468")) & (frame["score"] == "churn_model")
    found = card(frame.assign(risk=frame["risk"].mask(half))).loc[("churn_model", "all")]
    own = frame[~half & (frame["score"] == "churn_model")].merge(
        frame[frame["score"] == "naive:usage_halved"], on=["month_end", "account_id"], suffixes=("", "_naive")
    )
    gain = roc_auc_score(own["y"], own["risk"]) - roc_auc_score(own["y"], own["risk_naive"])
    assert found["n"] == len(own) < 440
    assert found["over_naive"] == pytest.approx(gain)
