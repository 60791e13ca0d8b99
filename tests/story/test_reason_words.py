"""Every feature has a name and a phrase, and every reason why something is missing has its words."""

from __future__ import annotations

import pandas as pd
import pytest
from small_quarter import small_measures
from small_scores import small_scores, with_scores

from csworkbench.models.panel.features import CODES, FEATURES, HAZARD_FEATURES
from csworkbench.models.trial.rules import SIGNALS
from csworkbench.story.exhibits.factor_names import factor_name
from csworkbench.story.exhibits.feature_names import CODE_NAMES, FEATURE_NAMES
from csworkbench.story.exhibits.phrases import CATEGORIES, COUNTED, MEASURED
from csworkbench.story.exhibits.reason_words import OF_STAFF, reasons_of, said
from csworkbench.story.exhibits.signal_names import SIGNAL_NAMES
from csworkbench.story.language import Language
from csworkbench.story.reasons import said_again
from csworkbench.story.scene import Scene, scene_of

KNOWN = {**FEATURES, **HAZARD_FEATURES}


@pytest.fixture(params=["en", "ja"])
def scene(request: pytest.FixtureRequest) -> Scene:
    return scene_of(small_measures(), request.param)


def test_every_feature_and_code_has_a_name_and_no_name_is_left_over() -> None:
    assert set(FEATURE_NAMES) == set(KNOWN)
    assert set(CODE_NAMES) == set(CODES)
    assert set(SIGNAL_NAMES) == set(SIGNALS)


def test_every_feature_has_a_phrase_or_is_never_told() -> None:
    assert set(KNOWN) - set(COUNTED) - set(MEASURED) - set(CATEGORIES) == OF_STAFF


@pytest.mark.parametrize("value", ["0", "1", "2.4", "high", "nan"])
def test_every_feature_is_said_in_the_language_of_the_pack_whatever_its_value(scene: Scene, value: str) -> None:
    for feature in KNOWN:
        words = said(scene, feature, value)
        assert "_" not in words
        assert "nan" not in words


# feature, value → phrase in English, in Japanese
PHRASES = {
    ("usage_trend_3m", "0.58"): ("usage fell by 42% against the three months before", "利用が直前3か月比で42%減"),
    ("usage_trend_3m", "1.01"): ("usage as in the three months before", "利用は直前3か月並み"),
    ("usage_trend_3m", "1.5"): ("usage rose by 50% against the three months before", "利用が直前3か月比で50%増"),
    ("months_to_renewal", "2.1"): ("renewal in 2 months", "更新まで2か月"),
    ("months_to_renewal", "0.3"): ("renewal within a month", "1か月以内に更新"),
    ("tickets_90d", "1.0"): ("1 ticket in 90 days", "90日間の問い合わせ1件"),
    ("tickets_90d", "0.0"): ("no ticket in 90 days", "90日間問い合わせなし"),
    ("champion_left_180d", "1.0"): ("the champion left", "推進者が退職"),
    ("champion_left_180d", "0.0"): ("the champion is still there", "推進者は在籍"),
    ("nps_last", "6"): ("detractor: NPS score 6", "批判者（NPS 6点）"),
    ("nps_last", "7"): ("last NPS score 7", "直近のNPS 7点"),
    ("n_spells", "1"): ("never left before", "再契約の履歴なし"),
    ("n_spells", "3"): ("came back 2 times", "過去に2回の再契約"),
    ("segment", "mid"): ("segment Mid-market", "中堅企業セグメント"),
    ("touch_tier", "low"): ("low touch", "ロータッチ"),
    ("csat_90d", None): ("satisfaction with support: not measured", "サポート満足度は未測定"),
    ("brand_new", "3"): ("brand new: 3", "brand new：3"),
}  # fmt: skip


@pytest.mark.parametrize("reason", PHRASES)
def test_a_reason_is_written_from_the_value_of_the_account(reason: tuple[str, str | None]) -> None:
    both = tuple(said(scene_of(small_measures(), lang), *reason) for lang in ("en", "ja"))
    assert both == PHRASES[reason]


ABSENT = {
    "only 3 accounts ever left; 5 are needed": "解約したアカウントが3件のみです（5件必要）",
    "no account ever decided to leave in 1,234 months of accounts, so at most 0.2% a month (95%); 20 are needed":
        "延べ1,234か月に解約の決定がなく、月次解約率は最大0.2%（95%）。推定には20件必要です",
    "no account pays": "契約中のアカウントがありません",
    "something nobody foresaw": "something nobody foresaw",
}  # fmt: skip


@pytest.mark.parametrize("text", ABSENT)
def test_why_something_is_missing_is_said_again_in_japanese_and_never_lost(text: str) -> None:
    assert said_again(Language("en"), text) == text
    assert said_again(Language("ja"), text) == ABSENT[text]


def test_factors_that_teams_name_themselves_are_shown_as_they_are() -> None:
    scene = scene_of(small_measures())
    codes = ("champion_left", "touch_training", "asset_video", "our_own_word")
    names = ["the champion left", "contact on training", "use of the video", "our own word"]
    assert [factor_name(scene, code) for code in codes] == names


def test_what_was_not_measured_is_a_reason_only_where_nothing_else_is_known() -> None:
    told = [("m1", 1, "usage_trend_3m", None), ("m1", 2, "n_seats", "40"), ("m2", 1, "usage_trend_3m", "nan")]
    rows = [
        {"account_id": id, "kind": "churn", "rank": rank, "feature": name, "code": name, "value": value}
        | {"contribution": 1.0, "rise": 0.0, "versus": "book"}
        for id, rank, name, value in told
    ]
    scene = scene_of(small_measures(), scores=with_scores(small_scores(), "reasons", rows))
    found = reasons_of(scene, "churn", pd.Series(["m1", "m2"]))
    assert [name for name, _ in found["m1"]] == ["n_seats"]
    assert [name for name, _ in found["m2"]] == ["usage_trend_3m"]
