"""The score's own scorecard: a model that does not beat a simple rule says so."""

from __future__ import annotations

from typing import Any

import pytest
from small_scores import CALIBRATION, SCORECARD, card_row, small_scores, with_scores

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.calibration import calibration
from csworkbench.story.exhibits.scorecard import scorecard
from csworkbench.story.scene import Scene, scene_of

RULE = card_row("naive:usage_halved", 0.71)


def judged(measures: QuarterMeasures, *rows: dict[str, Any], lang: str = "en") -> Scene:
    return scene_of(measures, lang, scores=with_scores(small_scores(), "scorecard", rows))


# the model's row and the rule's → title in English, in Japanese
VERDICTS = {
    "beats": (
        [card_row("churn_model", 0.82, "beats_naive"), RULE],
        "The churn model beats the best simple rule: ROC-AUC 0.82 against 0.71 (“usage fell by 50% or more”)",
        "解約予測モデルは最良の単純ルールに優る：ROC-AUC 0.82、ルール「利用が50%以上減少」は0.71",
    ),
    "not better": (
        [card_row("churn_model", 0.72, "not_better"), RULE],
        "The churn model does not beat a simple rule: ROC-AUC 0.72 against 0.71 (“usage fell by 50% or more”). Use the"
        " rule",
        "解約予測モデルは単純ルールに優らない：ROC-AUC 0.72、ルール「利用が50%以上減少」は0.71。ルールの利用を推奨",
    ),
    "too few": (
        [card_row("churn_model", 0.9, "not_estimable", n_events=7), RULE | {"n_events": 7}],
        "The churn model cannot be judged: only 7 decisions to leave in the quarters that were tested",
        "検証期間の解約決定が7件のみのため、解約予測モデルは評価できません",
    ),
    "one": (
        [card_row("churn_model", None, "not_estimable", n_events=1)],
        "The churn model cannot be judged: only 1 decision to leave in the quarters that were tested",
        "検証期間の解約決定が1件のみのため、解約予測モデルは評価できません",
    ),
    "not tested": ([RULE], "The churn model was not put to the test", "解約予測モデルは検証されていません"),
    "no rule": (
        [card_row("churn_model", 0.55, "not_better")],
        "The churn model does not rank better than chance: ROC-AUC 0.55",
        "解約予測モデルは偶然に優らない：ROC-AUC 0.55",
    ),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_the_title_is_the_verdict(case: str, measures: QuarterMeasures) -> None:
    rows, en, ja = VERDICTS[case]
    assert tuple(scorecard(judged(measures, *rows, lang=lang)).title for lang in ("en", "ja")) == (en, ja)


def test_the_model_stands_first_and_of_the_rules_only_the_one_it_was_compared_with(measures: QuarterMeasures) -> None:
    assert scorecard(judged(measures, *SCORECARD)).data["score"].tolist() == [
        "churn_model", "weighted", "vendor:pottos", "naive:usage_halved",
    ]  # fmt: skip
    named = [SCORECARD[0] | {"best_naive": "naive:last_rate"}, *SCORECARD[1:]]
    assert scorecard(judged(measures, *named)).data["score"].iloc[-1] == "naive:last_rate"


def test_the_picture_says_each_area_with_its_interval_and_what_else_is_known(
    measures: QuarterMeasures, written: list[str]
) -> None:
    scorecard(judged(measures, *SCORECARD))
    assert {"0.82 (0.77–0.87)", "lift 3.0 · Brier 0.031 · 20% of churners green", "0.71 (0.66–0.76)"} <= set(written)


def test_green_churners_are_confessed_unless_they_are_too_few(measures: QuarterMeasures) -> None:
    said = scorecard(judged(measures, *SCORECARD)).so_what
    assert "Of 30 accounts that left, 20% had been green 90 days before" in said
    none = scorecard(judged(measures, card_row("churn_model", 0.8, "beats_naive", share_green_churners=0.0))).so_what
    assert none == "None of the 30 accounts that left had been green 90 days before."
    few = card_row("churn_model", 0.8, "beats_naive", share_green_churners=0.5, n_churners=4)
    assert scorecard(judged(measures, few)).so_what == ""


@pytest.mark.parametrize(
    ("auc", "words"),
    [(0.7, "ranks worse"), (0.8, "is not apart from it"), (0.95, "ranks better (ROC-AUC 0.95): use it instead.")],
)
def test_the_weighted_score_is_recommended_where_it_is_better(
    auc: float, words: str, measures: QuarterMeasures
) -> None:
    rows = (card_row("churn_model", 0.82, "beats_naive"), card_row("weighted", auc))
    assert words in scorecard(judged(measures, *rows)).so_what


def test_the_gain_over_the_rule_is_said_with_its_interval(measures: QuarterMeasures) -> None:
    row = card_row("churn_model", 0.82, "beats_naive", over_naive=0.11, over_naive_low=0.04, over_naive_high=0.18)
    assert scorecard(judged(measures, row, RULE)).so_what == (
        "Difference to the rule on the same accounts: +0.11 (+0.04 to +0.18)."
    )


def test_calibration_counts_the_groups_that_came_true_and_leaves_small_ones_out(measures: QuarterMeasures) -> None:
    exhibit = calibration(scene_of(measures, scores=small_scores()))
    assert exhibit.title == "The probabilities came true: in every group the prediction lies in the interval"
    assert exhibit.so_what == "Over all, 4.5% were predicted to leave and 5.2% left."
    assert len(exhibit.data) == 2
    wrong = [CALIBRATION[0] | {"mean_predicted": 0.2}, CALIBRATION[1]]
    scores = with_scores(small_scores(), "calibration", wrong)
    assert (
        calibration(scene_of(measures, scores=scores)).title == "The prediction lies in the interval in 1 of 2 groups"
    )


@pytest.mark.parametrize(("slope", "words"), [(0.5, "too extreme"), (1.0, ""), (1.5, "too timid")])
def test_a_slope_away_from_one_tells_how_to_read_the_predictions(
    slope: float, words: str, measures: QuarterMeasures
) -> None:
    said = calibration(judged(measures, card_row("churn_model", 0.8, "beats_naive", calibration_slope=slope))).so_what
    assert words in said
    assert said.endswith("left.") is (not words)
