"""What the teaching pictures say is what the models say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.metrics import roc_auc_score

from csworkbench.errors import UnknownName
from csworkbench.story.study import Study, open_study

pytestmark = pytest.mark.xdist_group("sample")


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study()


def test_the_sample_opens_on_the_last_month_end_before_its_exports(study: Study) -> None:
    assert study.as_of.isoformat() == "2026-09-30"
    assert "as of September 30, 2026" in study._repr_html_()


def test_the_reasons_of_every_account_add_up_to_its_log_odds_to_leave(study: Study) -> None:
    scores = study.parts.churn.frame("scores").set_index("account_id")
    for account in study.parts.panel.now["account_id"]:
        base, by_reason = study.parts.pushes(account)
        assert base + by_reason.sum() == pytest.approx(logit(scores["p_churn_1"][account]), abs=1e-9)


def test_no_reason_is_lost_in_the_picture(study: Study) -> None:
    account = str(study.parts.panel.now["account_id"].iloc[0])
    shown = study.why_leave(account).data["log_odds"]
    assert shown.sum() == pytest.approx(study.parts.pushes(account)[1].sum(), abs=1e-12)


def test_a_planted_column_is_named_and_an_honest_frame_has_none(study: Study) -> None:
    features, left, _ = study.parts.examples()
    leaky = study.leaks(features.assign(exit_calls=2.0 * left), left)
    assert leaky.title == "Leak found: exit_calls"
    assert leaky.data["column"].iloc[0] == "exit_calls"
    assert study.leaks(features, left).data["rule"].isna().all()


def test_the_discrimination_of_a_single_column_is_that_of_scikit_learn(study: Study) -> None:
    features, left, _ = study.parts.examples()
    for row in study.leaks(features, left).data.to_dict("records"):
        known = features[row["column"]].notna()
        auc = roc_auc_score(left[known], features.loc[known, row["column"]])
        assert row["roc_auc"] == pytest.approx(max(auc, 1 - auc), abs=1e-9)


def test_parts_by_weight_are_the_weighted_score_of_every_account(study: Study) -> None:
    weights = pd.Series(study.workspace.settings.health.weights)
    parts, scored = study.parts.health_parts, study.parts.weighted
    by_hand = [np.average(row.dropna(), weights=weights[row.dropna().index]) for _, row in parts.iterrows()]
    np.testing.assert_allclose(by_hand, scored["score"], rtol=1e-9)


def test_examples_are_quarters_whose_outcome_is_known(study: Study) -> None:
    features, left, ids = study.parts.examples()
    days = study.parts.panel.rows.loc[features.index, "month_end"]
    assert set(left) == {0, 1} and len(ids) == len(left) == len(features)
    assert set(days.dt.month) == {3, 6, 9, 12} and days.max() == pd.Timestamp("2026-06-30")


def test_an_account_that_does_not_pay_is_refused_by_name(study: Study) -> None:
    with pytest.raises(UnknownName, match="account that pays"):
        study.why_leave("A9999")


def test_questions_are_answered_in_the_language_asked_for(study: Study) -> None:
    other = Study(study.workspace, study.as_of, "ja")
    assert study.coverage().data["share"].tolist() == other.coverage().data["share"].tolist()
    assert "測定済み" in other.coverage().title and "measured" in study.coverage().title
