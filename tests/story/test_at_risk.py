"""Accounts at risk and accounts that may grow: money, order, reasons in words, and who is left out."""

from __future__ import annotations

import pytest
from reader import body, csv_rows
from small_scores import REASONS, reason, score_rows, small_scores, with_scores

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.at_risk import at_risk
from csworkbench.story.exhibits.expansion import expansion
from csworkbench.story.exhibits.whitespace import whitespace
from csworkbench.story.scene import Scene, scene_of


@pytest.fixture
def scene(measures: QuarterMeasures) -> Scene:
    return scene_of(measures, scores=small_scores())


def with_rows(measures: QuarterMeasures, rows: list[dict[str, object]], lang: str = "en") -> Scene:
    return scene_of(measures, lang, scores=with_scores(small_scores(), "scores", rows))


def test_every_cell_is_the_number_of_the_frame_and_the_reasons_are_in_words(scene: Scene) -> None:
    assert body(at_risk(scene))[:2] == [
        ["Dahlia", "$28.8K", "usage fell by 42% against the three months before, renewal in 2 months, and the champion"
         " left", "Mid-market, Aoi K.", "Nov 15, 2026", "$4K", "40% / 60%", "40%"],
        ["Birch", "$14.4K", "usage fell by 20% against the three months before", "Mid-market, Aoi K.", "Mar 1, 2027",
         "$8K", "5.0% / 15%", "100%"],
    ]  # fmt: skip


def test_the_title_holds_the_total_its_share_of_a_year_and_what_ten_accounts_hold(measures: QuarterMeasures) -> None:
    total = sum(row["money_at_risk"] for row in score_rows())
    assert round(total) == 83820
    assert round(total / (12 * 40500), 3) == 0.172
    en, ja = (at_risk(scene_of(measures, lang, scores=small_scores())).title for lang in ("en", "ja"))
    assert en == "$83.8K is at risk over the next 12 months, 17.2% of revenue; 10 accounts hold 98% of it"
    assert ja == "今後12か月の解約リスク額は$8.38万、売上の17.2%。うち98%は上位10アカウント"


def test_what_follows_names_renewals_the_frequent_reason_and_what_was_not_seen(scene: Scene) -> None:
    assert at_risk(scene).so_what == (
        "2 of them renew in the next three months, with $5K of MRR: talk to them first. The most frequent reason: usage"
        " trend (2 of 10). Of 1 account less than half of the inputs could be seen: what is missing counts neither for"
        " nor against it."
    )


def test_a_pack_of_a_segment_lists_its_own_accounts_only(measures: QuarterMeasures) -> None:
    exhibit = at_risk(scene_of(measures, "en", "smb", small_scores()))
    assert [row[0] for row in body(exhibit)] == ["Gorse", "Hazel", "Juniper", "Kerria", "Larch", "Maple"]
    assert exhibit.title == "$14.7K is at risk over the next 12 months, 22.3% of revenue"
    assert "Segment" not in csv_rows(exhibit)[0]


def test_who_has_said_that_it_leaves_is_told_so_and_has_no_reasons(measures: QuarterMeasures) -> None:
    rows = [row | ({"note": "has said that it leaves"} if row["account_id"] == "m4" else {}) for row in score_rows()]
    exhibit = at_risk(with_rows(measures, rows))
    assert body(exhibit)[0][2] == "has said that it leaves"
    assert exhibit.so_what.startswith(
        "1 of them, with $4K of MRR, has said that it leaves. 1 of them renews in the next three months, with $1K"
    )


def test_an_account_without_a_score_is_counted_and_not_called_safe(measures: QuarterMeasures) -> None:
    rows = [row | ({"money_at_risk": None} if row["account_id"] == "m4" else {}) for row in score_rows()]
    exhibit = at_risk(with_rows(measures, rows))
    assert "Dahlia" not in [row[0] for row in body(exhibit)]
    assert "1 account could not be scored." in exhibit.caption


def test_where_nothing_is_scored_one_line_says_so(measures: QuarterMeasures) -> None:
    assert at_risk(with_rows(measures, [])).title == "No account could be scored."
    assert at_risk(with_rows(measures, [], "ja")).title == "スコアを算出できたアカウントはありません。"


def test_where_no_probability_could_be_estimated_nothing_is_called_at_risk(measures: QuarterMeasures) -> None:
    blank = {f"p_churn_{month}": None for month in range(1, 13)} | {"money_at_risk": None}
    scores = with_scores(small_scores(), "scores", [row | blank for row in score_rows()])
    why = "only 3 accounts ever decided to leave, at most 0.9% a month (95%); 20 are needed"
    exhibit = at_risk(scene_of(measures, scores=with_scores(scores, "survival", None, why)))
    assert exhibit.title == f"Not shown: {why}."
    assert exhibit.table_html == ""


def test_what_rose_against_the_own_past_is_told_though_others_have_more_of_it(measures: QuarterMeasures) -> None:
    rose = {"versus": "own_past", "rise": 0.4}
    reasons = [
        reason("m4", "tickets_30d", "5", up=-0.1) | rose,
        reason("m4", "seats", "40", rank=2, up=-0.1) | {"versus": "book", "rise": 0.1},
    ]
    shown = at_risk(scene_of(measures, scores=with_scores(small_scores(), "reasons", reasons)))
    assert body(shown)[0][2] == "5 tickets in 30 days"


def test_only_what_raises_the_risk_is_told_once_per_code_and_nothing_of_how_well_a_csm_does(
    measures: QuarterMeasures,
) -> None:
    reasons = [
        reason("m4", "csm_churn_12m", "0.3"),
        reason("m4", "tickets_30d", "5", rank=2),
        reason("m4", "tickets_90d", "9", rank=3) | {"code": "tickets_30d"},
        reason("m4", "seats", "40", rank=4, up=-0.1),
    ]
    shown = at_risk(scene_of(measures, scores=with_scores(small_scores(), "reasons", reasons)))
    assert body(shown)[0][2] == "5 tickets in 30 days"
    assert csv_rows(shown)[1][2] == "5 tickets in 30 days"


def test_expansion_is_ranked_by_expected_mrr_with_the_product_to_offer(scene: Scene) -> None:
    assert body(expansion(scene))[0] == [
        "Aster", "$360", "30%", "97% of seats in use", "Reports", "Mid-market, Aoi K.", "$12K", "2.0%",
    ]  # fmt: skip
    assert expansion(scene).title == (
        "$576 of MRR is to be expected from expansion in three months, 1.4% of MRR; 10 accounts hold nearly all of it"
    )


def test_expansion_warns_of_accounts_that_are_likelier_to_leave(scene: Scene) -> None:
    assert expansion(scene).so_what == (
        "4 of them are more likely to leave than to grow within three months (Dahlia, Gorse, and Kerria …): secure them"
        " before you offer."
    )


def test_without_an_estimate_of_expansion_one_line_says_so(measures: QuarterMeasures) -> None:
    rows = [row | {"expected_expansion_mrr": None} for row in score_rows()]
    assert expansion(with_rows(measures, rows)).title == "No expansion could be estimated."


def test_white_space_is_summed_by_product_and_hides_small_groups_of_peers(scene: Scene) -> None:
    exhibit = whitespace(scene)
    assert body(exhibit) == [
        ["Reports", "2", "55%", "10", "20.0%", "$1.4K", "$320"],
        ["Alerts", "1", "–", "4", "80.0%", "$100", "$80"],
    ]
    assert exhibit.title == "White space is worth $400 of expected MRR; 80% of it is in Reports"
    assert exhibit.so_what == (
        "Begin with Aster: Reports would bring $900 of MRR, with a probability of 30% within 12 months."
    )


def test_white_space_without_probabilities_promises_nothing(measures: QuarterMeasures) -> None:
    rows = [{"account_id": "m1", "product": "Reports", "mrr": 900.0, "peers": 0.5, "n_peers": 9}]
    exhibit = whitespace(scene_of(measures, scores=with_scores(small_scores(), "whitespace", rows)))
    assert exhibit.title == "How likely any product is to be taken up cannot be told yet"
    assert body(exhibit)[0][-1] == "–"
    assert exhibit.so_what == ""


def test_the_reasons_of_the_small_company_are_all_in_the_catalogue(measures: QuarterMeasures) -> None:
    japanese = at_risk(scene_of(measures, "ja", scores=small_scores()))
    assert body(japanese)[0][2] == "利用が直前3か月比で42%減、更新まで2か月、推進者が退職"
    assert len(REASONS) == 8
