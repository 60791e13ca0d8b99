"""Early signs, factors and named reasons: what is proven, where it fires, and what may be chance."""

from __future__ import annotations

from typing import Any

import pytest
from reader import body
from small_scores import factor_row, signal_row, small_scores, with_scores

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.factors import factors
from csworkbench.story.exhibits.signals import signals
from csworkbench.story.scene import Scene, scene_of


def known(measures: QuarterMeasures, name: str, *rows: dict[str, Any], lang: str = "en") -> Scene:
    return scene_of(measures, lang, scores=with_scores(small_scores(), name, rows))


def test_every_cell_of_the_register_is_the_number_of_the_frame(measures: QuarterMeasures) -> None:
    assert body(signals(scene_of(measures, scores=small_scores()))) == [
        ["usage fell by half", "2", "$4.5K", "30% (20–40%)", "40", "3.0", "yes", "40%", "61", "2.3", "$9K"],
        ["a detractor in the last survey", "1", "$1K", "12% (2–22%)", "40", "1.2", "no", "40%", "61", "7.3", "$9K"],
        ["no use for 30 days", "0", "–", "–", "3", "–", "too few", "–", "–", "–", "$0"],
        ["seats at the limit (growth)", "1", "$12K", "25% (15–35%)", "40", "2.5", "yes", "40%", "61", "3.0", "$9K"],
    ]  # fmt: skip


def test_the_title_is_the_sharpest_proven_sign_and_where_it_fires(measures: QuarterMeasures) -> None:
    en, ja = (signals(scene_of(measures, lang, scores=small_scores())).title for lang in ("en", "ja"))
    assert en == (
        "Sharpest sign of churn: usage fell by half; 30% of the accounts left, 3.0 times the usual; it fires on 2"
        " accounts now"
    )
    assert ja == "解約の兆候で最も的中率が高いのは「利用が半減」：30%が解約し、通常の3.0倍。現在2アカウントで発生中"


def test_where_proven_signs_fire_is_counted_once_per_account(measures: QuarterMeasures) -> None:
    assert signals(scene_of(measures, scores=small_scores())).so_what == (
        "A proven sign of churn fires on 2 accounts with $4.5K of MRR. 1 sign of 3 is not shown to beat chance: do not"
        " steer by it."
    )


def test_in_the_pack_of_a_segment_signs_fire_on_its_own_accounts(measures: QuarterMeasures) -> None:
    rows = body(signals(scene_of(measures, "en", "smb", small_scores())))
    assert [row[1:3] for row in rows] == [["1", "$500"], ["1", "$1K"], ["0", "$0"], ["0", "$0"]]


def test_without_a_proven_sign_the_title_says_so(measures: QuarterMeasures) -> None:
    chance = known(measures, "signals", signal_row("usage_halved", q=0.2), signal_row("silent", share=0.05, q=0.01))
    assert signals(chance).title == "No early sign is proven: none is right more often than chance would explain"


def test_a_sign_of_growth_leads_when_no_sign_of_churn_is_proven(measures: QuarterMeasures) -> None:
    scene = known(measures, "signals", signal_row("promoter", "upsell", share=0.25))
    assert signals(scene).title == (
        "Sharpest sign of growth: a promoter in the last survey; 25% of the accounts grew, 2.5 times the usual"
    )


def test_the_strongest_proven_factors_make_the_title(measures: QuarterMeasures) -> None:
    assert factors(scene_of(measures, scores=small_scores())).title == (
        "The champion left (Live): leaving 2.4 times as likely; a business review was held (Live): growing 1.8 times as"
        " likely"
    )


def test_factors_on_fewer_than_five_accounts_are_left_out_and_chance_is_named(measures: QuarterMeasures) -> None:
    exhibit = factors(scene_of(measures, scores=small_scores()))
    assert exhibit.data["factor"].tolist() == ["champion_left", "review_held", "detractor"]
    assert exhibit.so_what == (
        "2 of 3 factors are apart from chance. Try it on a few accounts before you make it a rule."
    )
    assert "Observed, not tried: the factor need not be the cause." in exhibit.caption
    chance = known(measures, "factors", factor_row("detractor", 3.0, q=0.2))
    assert factors(chance).title == "No factor is apart from chance: nothing here is safe to act on"


def test_a_factor_that_protects_is_as_strong_as_its_inverse(measures: QuarterMeasures) -> None:
    scene = known(
        measures, "factors", factor_row("review_held", 0.1, "success"), factor_row("promoter", 4.0, "success")
    )
    assert factors(scene).title.startswith("A business review was held (Live): growing 0.10 times as likely")


def test_a_factor_of_which_little_is_known_does_not_make_the_title_by_a_lucky_ratio(measures: QuarterMeasures) -> None:
    lucky = factor_row("detractor", 13.0, low=1.1, high=150.0)
    assert factors(known(measures, "factors", lucky, factor_row("champion_left", 2.4))).title.startswith("The champion")


@pytest.mark.parametrize("show", [factors, signals])
def test_an_empty_register_is_one_line(show: Any, measures: QuarterMeasures) -> None:
    assert show(known(measures, show.__name__)).is_absent
