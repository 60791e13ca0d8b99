"""Segments side by side: the numbers of the frame, small groups hidden, and what the title says."""

from __future__ import annotations

import pandas as pd
import pytest
from reader import body, csv_rows
from small_quarter import with_book, with_frame

from csworkbench.metrics.intervals import wilson
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.segments import segments
from csworkbench.story.scene import scene_of


def book(
    sizes: dict[str, int], closing: dict[str, float] | None = None
) -> list[tuple[str, str, str, float, float, float]]:
    """A book of accounts with 100 of MRR each at the start."""
    return [
        (f"{segment}{i}", f"{segment} {i}", segment, 100.0, 100.0, (closing or {}).get(segment, 100.0))
        for segment, n in sizes.items()
        for i in range(n)
    ]


def hidden(measures: QuarterMeasures) -> set[str]:
    return {row[0] for row in body(segments(scene_of(measures))) if row[4] == "–"}


def test_every_cell_is_the_number_of_the_frame(measures: QuarterMeasures) -> None:
    # mid: 40,000 → 35,000 with 2,000 gained and 7,000 lost, 1 of 6 left. smb: 4,000 of 5 → 4,500 … see BOOK.
    assert body(segments(scene_of(measures))) == [
        ["Mid-market", "5", "$35K", "−12.5%", "87.5%", "82.5%", "16.7%", "–", "6"],
        ["SMB", "6", "$5.5K", "+37.5%", "100.0%", "87.5%", "20.0%", "–", "5"],
        ["All accounts", "11", "$40.5K", "−8.0%", "88.6%", "83.0%", "18.2%", "–", "11"],
    ]


def test_japanese_shows_the_same_numbers(measures: QuarterMeasures) -> None:
    en, ja = (segments(scene_of(measures, lang)) for lang in ("en", "ja"))
    assert [row[3:] for row in body(ja)] == [row[3:] for row in body(en)]
    assert [row[0] for row in body(ja)] == ["中堅企業", "中小企業", "全アカウント"]
    pd.testing.assert_frame_equal(ja.data.drop(columns="name"), en.data.drop(columns="name"))


def test_the_csv_holds_the_interval_as_two_numbers(measures: QuarterMeasures) -> None:
    trend = measures.frame("mrr_trend")
    low, high = wilson(trend["n_churned"], trend["n_open"])
    known = with_frame(measures, "mrr_trend", trend.assign(logo_churn_low=low, logo_churn_high=high))
    exhibit = segments(scene_of(known))
    rows = csv_rows(exhibit)
    assert rows[0][-2:] == ["95% from", "95% to"]
    assert [float(cell) for cell in rows[1][-2:]] == pytest.approx([0.0301, 0.5635], abs=1e-4)  # Wilson, 1 of 6
    assert body(exhibit)[0][7] == "3.0–56.4%"


# accounts at the start by segment → the segments whose rates are hidden
SUPPRESSED = {
    (("big", 9), ("mid", 6), ("smb", 5)): set(),
    (("big", 9), ("mid", 6), ("smb", 4)): {"mid", "smb"},  # alone, smb could be computed back from the total
    (("big", 9), ("mid", 2), ("smb", 4)): {"mid", "smb"},
    (("big", 9), ("mid", 1), ("smb", 2)): {"big", "mid", "smb"},  # together 3: still too few
    (("big", 1), ("mid", 1), ("smb", 2)): {"big", "mid", "smb", "All accounts"},
}


@pytest.mark.parametrize("sizes", SUPPRESSED)
def test_small_groups_are_hidden_with_what_would_give_them_away(
    sizes: tuple[tuple[str, int], ...], measures: QuarterMeasures
) -> None:
    known = with_book(measures, book(dict(sizes)))
    names = {"mid": "Mid-market", "smb": "SMB"}
    assert hidden(known) == {names.get(segment, segment) for segment in SUPPRESSED[sizes]}


def test_a_hidden_group_shows_no_rate_of_any_kind(measures: QuarterMeasures) -> None:
    known = with_book(measures, book({"big": 9, "mid": 6, "smb": 4}, {"smb": 50.0}))
    exhibit = segments(scene_of(known))
    assert body(exhibit)[2] == ["SMB", "4", "$200", "–", "–", "–", "–", "–", "4"]
    assert csv_rows(exhibit)[3][3:7] == ["", "", "", ""]


# MRR at the end per account of five in mid and five in smb → title in English, in Japanese
TITLES = {
    (300.0, 100.0): (
        "Mid-market holds 75% of MRR; Mid-market grew most (+200.0%)",
        "MRRの75%は中堅企業。最も伸びたのは中堅企業（+200.0%）",
    ),
    (100.0, 90.0): ("Mid-market holds 53% of MRR; no segment grew", "MRRの53%は中堅企業。成長したセグメントはなし"),
}


@pytest.mark.parametrize("closing", TITLES)
def test_the_title_says_where_the_money_is_and_what_grew(
    closing: tuple[float, float], measures: QuarterMeasures
) -> None:
    known = with_book(measures, book({"mid": 5, "smb": 5}, {"mid": closing[0], "smb": closing[1]}))
    assert tuple(segments(scene_of(known, lang)).title for lang in ("en", "ja")) == TITLES[closing]


def test_the_title_claims_no_growth_of_hidden_groups(measures: QuarterMeasures) -> None:
    known = with_book(measures, book({"mid": 9, "smb": 3}, {"smb": 900.0}))
    assert segments(scene_of(known)).title == "SMB holds 75% of MRR"
    assert segments(scene_of(known, "ja")).title == "MRRの75%は中小企業"
    assert segments(scene_of(with_book(measures, book({"mid": 9})))).title == "The segments of the book"


def with_churn(measures: QuarterMeasures, mid: tuple[float, float], smb: tuple[float, float]) -> QuarterMeasures:
    """Intervals of logo churn; that of the book is 18.2%."""
    trend = measures.frame("mrr_trend").set_index("segment")
    for segment, (low, high) in {"mid": mid, "smb": smb}.items():
        trend.loc[segment, ["logo_churn_low", "logo_churn_high"]] = low, high
    return with_frame(measures, "mrr_trend", trend.reset_index())


def test_only_a_difference_beyond_chance_is_told(measures: QuarterMeasures) -> None:
    def said(mid: tuple[float, float], smb: tuple[float, float], lang: str = "en") -> str:
        return segments(scene_of(with_churn(measures, mid, smb), lang)).so_what

    assert said((0.1, 0.5), (0.1, 0.5)) == (
        "No segment’s logo churn is apart from the book’s by more than chance would explain."
    )
    assert said((0.2, 0.5), (0.1, 0.5)) == (
        "Logo churn of Mid-market is above the book’s by more than chance would explain."
    )
    assert said((0.2, 0.5), (0.19, 0.5)).startswith("Logo churn of Mid-market and SMB is above")
    assert said((0.2, 0.5), (0.0, 0.1)).endswith(
        "Logo churn of SMB is below the book’s by more than chance would explain."
    )
    assert said((0.2, 0.5), (0.0, 0.1), "ja") == (
        "中堅企業のロゴ解約率は、偶然では説明できないほど全体を上回っています。"
        "中小企業のロゴ解約率は、偶然では説明できないほど全体を下回っています。"
    )


def test_nothing_is_said_of_chance_when_no_segment_has_a_rate(measures: QuarterMeasures) -> None:
    known = with_book(measures, book({"big": 2, "mid": 1, "smb": 2}))
    assert segments(scene_of(known)).so_what == ""


def test_the_segment_of_the_pack_is_marked_and_the_total_stands_last(measures: QuarterMeasures) -> None:
    html = str(segments(scene_of(measures, "en", "smb")).table_html)
    assert html.count("cs-this") == 1
    assert '<th scope="row" class="cs-this">SMB</th>' in html
    assert html.count('<tr class="cs-total"><th scope="row">All accounts</th>') == 1
