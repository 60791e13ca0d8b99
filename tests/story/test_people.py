"""Accounts that need a person, and support."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from reader import body, csv_rows
from small_quarter import frame_of, with_frame

from csworkbench.metrics import attention as rules
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.people import attention, reason_words, service
from csworkbench.story.scene import scene_of


def in_need(measures: QuarterMeasures, *reasons: list[str], mrr: float = 1000.0, **more: Any) -> QuarterMeasures:
    rows = [
        {"rank": rank, "account_id": f"a{rank}", "name": f"Name {rank}", "segment": "mid", "mrr": mrr, "reasons": codes}
        | more
        for rank, codes in enumerate(reasons, start=1)
    ]
    return with_frame(measures, "attention", frame_of("attention", rows))


def test_every_reason_of_the_measures_has_words() -> None:
    import pandas as pd

    columns = ("usage_prior_90d", "usage_90d", "band", "adoption_index_opening", "adoption_index", "tickets_90d")
    more = ("tickets_prior_90d", "nps", "nps_age_days", "overdue_invoices", "champion_left", "renewal_in_days", "stuck")
    nobody = pd.DataFrame(columns=[*columns, *more, "days_silent", "contraction"], dtype="float64")
    from small_quarter import small_measures

    for lang in ("en", "ja"):
        assert set(rules.reasons(nobody, {"low": 0})) == set(reason_words(scene_of(small_measures(), lang)))


def test_the_words_of_a_rule_carry_its_threshold(measures: QuarterMeasures) -> None:
    en, ja = reason_words(scene_of(measures)), reason_words(scene_of(measures, "ja"))
    assert (en["usage_halved"], ja["usage_halved"]) == ("usage fell by 50% or more", "利用が50%以上減少")
    assert (en["silent"], ja["silent"]) == ("no use for 30 days", "30日間利用なし")
    assert (en["renewal_soon"], ja["renewal_soon"]) == ("renewal within 90 days", "90日以内に更新期日")


def test_who_needs_a_person_is_listed_with_why_owner_money_and_date(measures: QuarterMeasures) -> None:
    assert body(attention(scene_of(measures))) == [
        ["Dahlia", "adoption in the lowest band and renewal within 90 days", "Aoi K.", "$4K", "Nov 15, 2026"]
    ]
    assert body(attention(scene_of(measures, "ja"))) == [
        ["Dahlia", "定着度が最低区分、90日以内に更新期日", "Aoi K.", "$4,000", "2026/11/15"]
    ]


# number of accounts in need → title and so what in English, in Japanese
NEEDS = {
    1: (
        "The 1 account to call first holds $1K of MRR",
        "The most frequent sign: no use for 30 days (1 of 1).",
        "最初に連絡すべき1アカウントのMRRは$1,000",
        "最も多い兆候：30日間利用なし（1件中1件）。",
    ),
    10: (
        "The 10 accounts to call first hold $10K of MRR",
        "The most frequent sign: no use for 30 days (10 of 10).",
        "最初に連絡すべき10アカウントのMRRは$1万",
        "最も多い兆候：30日間利用なし（10件中10件）。",
    ),
    11: (
        "The 10 accounts to call first hold $10K of MRR",
        "The most frequent sign: no use for 30 days (10 of 10). 1 more account shows a sign.",
        "最初に連絡すべき10アカウントのMRRは$1万",
        "最も多い兆候：30日間利用なし（10件中10件）。ほかに1アカウントで兆候があります。",
    ),
    12: (
        "The 10 accounts to call first hold $10K of MRR",
        "The most frequent sign: no use for 30 days (10 of 10). 2 more accounts show a sign.",
        "最初に連絡すべき10アカウントのMRRは$1万",
        "最も多い兆候：30日間利用なし（10件中10件）。ほかに2アカウントで兆候があります。",
    ),
}


@pytest.mark.parametrize("n", NEEDS)
def test_the_first_ten_are_shown_and_the_rest_is_counted(n: int, measures: QuarterMeasures) -> None:
    known = in_need(measures, *[["silent"]] * n)
    en, ja = attention(scene_of(known)), attention(scene_of(known, "ja"))
    assert (en.title, en.so_what, ja.title, ja.so_what) == NEEDS[n]
    assert (len(body(en)), len(csv_rows(en)) - 1) == (min(n, 10), n)


def test_the_most_frequent_sign_is_counted_over_what_is_shown(measures: QuarterMeasures) -> None:
    known = in_need(measures, ["silent", "detractor"], ["detractor"], ["contraction"])
    assert attention(scene_of(known)).so_what == "The most frequent sign: a detractor in the last survey (2 of 3)."


def test_nothing_to_attend_to_is_one_line(measures: QuarterMeasures) -> None:
    none = attention(scene_of(in_need(measures)))
    assert none.is_absent
    assert none.title == "No account shows a sign that needs a person now."
    assert (
        attention(scene_of(in_need(measures), "ja")).title == "いま人の対応を要する兆候のあるアカウントはありません。"
    )
    assert attention(scene_of(measures, "en", "smb")).title == none.title


def test_an_account_without_a_name_is_called_by_its_id(measures: QuarterMeasures) -> None:
    assert body(attention(scene_of(in_need(measures, ["silent"], name=None))))[0][0] == "a1"


QUIET = {"tickets": 20, "tickets_per_account": 2.0, "csat": 4.25, "n_csat": 9, "nps": -12.0, "n_nps": 8}
HOURS = {"median_first_response_hours": 3.04, "median_resolution_hours": 20.06, "share_escalated": 0.125}


def served(measures: QuarterMeasures, now: dict[str, Any], before: dict[str, Any] | None = None) -> QuarterMeasures:
    rows = [{"quarter": "2026Q3", "segment": "all", **now}]
    rows += [{"quarter": "2026Q2", "segment": "all", **before}] if before else []
    return with_frame(measures, "service", frame_of("service", rows))


def test_every_cell_of_service_is_the_number_of_the_frame(measures: QuarterMeasures) -> None:
    exhibit = service(scene_of(served(measures, {**QUIET, **HOURS})))
    assert body(exhibit) == [["Q3 2026", "20", "2.0", "3.0", "20.1", "12.5%", "4.2", "9", "−12", "8"]]


@pytest.mark.parametrize(("n", "csat", "nps"), [(4, "–", "–"), (5, "4.2", "−12")])
def test_under_five_answers_no_score_is_shown(n: int, csat: str, nps: str, measures: QuarterMeasures) -> None:
    row = body(service(scene_of(served(measures, {**QUIET, "n_csat": n, "n_nps": n}))))[0]
    assert (row[6], row[7], row[8], row[9]) == (csat, str(n), nps, str(n))


# tickets per account now, before → title in English, in Japanese
LOADS = {
    (2.0, 1.5): (
        "Support load rose from 1.5 to 2.0 tickets per account",
        "問い合わせは1社あたり1.5件から2.0件に増加",
    ),
    (1.5, 2.0): (
        "Support load fell from 2.0 to 1.5 tickets per account",
        "問い合わせは1社あたり2.0件から1.5件に減少",
    ),
    (2.0, 2.04): ("Support load stood at 2.0 tickets per account", "問い合わせは1社あたり2.0件で横ばい"),
    (2.0, None): ("Support load is 2.0 tickets per account", "問い合わせは1社あたり2.0件"),
    (None, 2.0): ("NPS is −12", "NPSは−12"),
}


@pytest.mark.parametrize("loads", LOADS)
def test_the_title_of_service_says_how_the_load_moved(
    loads: tuple[float | None, float | None], measures: QuarterMeasures
) -> None:
    now, before = ({**QUIET, "tickets_per_account": load} for load in loads)
    known = served(measures, now, before)
    assert tuple(service(scene_of(known, lang)).title for lang in ("en", "ja")) == LOADS[loads]


def test_without_tickets_their_count_is_not_measured_rather_than_zero(measures: QuarterMeasures) -> None:
    surveys = replace(measures, tables=tuple(name for name in measures.tables if name != "tickets"))
    known = served(surveys, {**QUIET, "tickets": 0, "tickets_per_account": None, "n_nps": 3})
    exhibit = service(scene_of(known))
    assert body(exhibit)[0][1:3] == ["–", "–"]
    assert csv_rows(exhibit)[1][1] == ""
    assert exhibit.title == "No support ticket and too few survey answers this quarter"
    assert exhibit.source == "Source: surveys; as of Sep 30, 2026."


def test_without_a_quarter_of_service_one_line_says_so(measures: QuarterMeasures) -> None:
    none = with_frame(measures, "service", frame_of("service", []))
    assert service(scene_of(none)).is_absent
    assert service(scene_of(none)).title == "No support ticket and no survey this quarter"


def test_what_follows_from_service_compares_it_with_the_quarter_before(measures: QuarterMeasures) -> None:
    slower = {**QUIET, **HOURS, "median_first_response_hours": 2.61, "share_escalated": 0.042}
    both = served(measures, {**QUIET, **HOURS}, slower)
    assert service(scene_of(both)).so_what == (
        "Half of the tickets had a first response within 3.0 hours (2.6 the quarter before). "
        "12.5% were escalated (4.2% the quarter before)."
    )
    assert service(scene_of(both, "ja")).so_what == (
        "問い合わせの半数は3.0時間以内に初回応答（前四半期2.6時間）。エスカレーションは12.5%（前四半期4.2%）。"
    )


# share escalated now, before → what is said of it in English, in Japanese
ESCALATED = {
    (0.0, None): ("None was escalated.", "エスカレーションはなし。"),
    (0.0, 0.125): (
        "None was escalated (12.5% the quarter before).",
        "エスカレーションはなし（前四半期12.5%）。",
    ),
    (0.125, 0.0): ("12.5% were escalated (0.0% the quarter before).", "エスカレーションは12.5%（前四半期0.0%）。"),
}


@pytest.mark.parametrize("shares", ESCALATED)
def test_that_nothing_was_escalated_is_said_in_words(
    shares: tuple[float, float | None], measures: QuarterMeasures
) -> None:
    now, before = (None if share is None else {**QUIET, **HOURS, "share_escalated": share} for share in shares)
    assert now is not None
    known = served(measures, now, before)
    for lang, said in zip(("en", "ja"), ESCALATED[shares], strict=True):
        assert service(scene_of(known, lang)).so_what.endswith(said)


@pytest.mark.parametrize("before", [None, {**QUIET, **HOURS, "tickets": 4}])
def test_a_quarter_of_few_tickets_is_not_compared_with(
    before: dict[str, Any] | None, measures: QuarterMeasures
) -> None:
    said = service(scene_of(served(measures, {**QUIET, **HOURS}, before))).so_what
    assert said == "Half of the tickets had a first response within 3.0 hours. 12.5% were escalated."


def test_of_few_tickets_nothing_is_concluded(measures: QuarterMeasures) -> None:
    assert service(scene_of(served(measures, {**QUIET, **HOURS, "tickets": 4}))).so_what == ""
