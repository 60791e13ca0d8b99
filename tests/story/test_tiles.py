"""The tiles: numbers as in the frames, plans met or not, and the headline in both languages."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader import csv_rows, text_of_tiles
from small_quarter import BOOK, frame_of, small_measures, with_book, with_frame

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.tiles import Tile, tiles
from csworkbench.story.scene import scene_of

PLANS = ("mrr_close", "nrr", "grr", "logo_churn")


def with_plans(measures: QuarterMeasures, **plans: float) -> QuarterMeasures:
    rows = [{"kpi": k, "owner": "company", "period": "2026Q3", "target": plan} for k, plan in plans.items()]
    return with_frame(measures, "targets", frame_of("targets", rows))


def title(measures: QuarterMeasures, lang: str = "en", segment: str | None = None) -> str:
    return tiles(scene_of(measures, lang, segment)).title


# In BOOK: opening 44,000 of 11 accounts; lost 6,000 + 500 (churn, 2 accounts) + 1,000 (contraction), gained 2,500
# (expansion), 1,000 (new) and 500 (won back).
def test_every_tile_shows_the_number_of_its_frame(measures: QuarterMeasures) -> None:
    opening = sum(row[4] for row in BOOK)
    kept = sum(row[5] for row in BOOK if row[4])
    lost = sum(max(row[4] - row[5], 0) for row in BOOK)
    shown = {lines[0]: lines[1] for lines in text_of_tiles(tiles(scene_of(measures)))}
    assert (opening, kept, lost) == (44000, 39000, 7500)
    assert shown == {
        "MRR": "$40.5K",
        "Net revenue retention": "88.6%",
        "Gross revenue retention": "83.0%",
        "Logo churn": "18.2%",
        "Accounts in the top adoption band": "50.0%",
    }


def test_a_tile_compares_with_the_quarter_before_and_with_the_plan(measures: QuarterMeasures) -> None:
    mrr, nrr, _, churn, _ = text_of_tiles(tiles(scene_of(measures)))
    assert mrr[2:] == ["−8.0% on Q2 2026", "misses the plan of $45K"]
    assert nrr[2:] == ["−13.7 pt on Q2 2026", "misses the plan of 101.0%"]
    assert churn[2:] == ["+18.2 pt on Q2 2026", "misses the plan of 5.0%"]


def test_a_year_ago_is_compared_with_when_it_was_measured(measures: QuarterMeasures) -> None:
    trend = measures.frame("mrr_trend")
    old = trend[(trend["quarter"] == "2026Q2")].assign(quarter="2025Q3", mrr_close=20250.0)
    both = with_frame(measures, "mrr_trend", pd.concat([trend, old]))
    assert text_of_tiles(tiles(scene_of(both)))[0][3] == "+100.0% on Q3 2025"
    assert text_of_tiles(tiles(scene_of(both, "ja")))[0][3] == "2025年Q3比 +100.0%"


def test_the_csv_holds_the_numbers_behind_the_tiles(measures: QuarterMeasures) -> None:
    rows = csv_rows(tiles(scene_of(measures)))
    assert rows[0] == ["Measure", "Q3 2026", "Q2 2026", "Q3 2025", "Plan"]
    assert rows[1] == ["MRR", "40500", "44000", "", "45000"]
    assert float(rows[2][1]) == pytest.approx(39000 / 44000, abs=1e-14)


def test_nnmrr_is_of_the_whole_book_or_of_the_segment(measures: QuarterMeasures) -> None:
    rows = [("all", "all", -5000.0), ("segment", "mid", -4500.0), ("segment", "smb", 0.0), ("csm", "c1", -4500.0)]
    known = with_frame(
        measures,
        "nnmrr",
        frame_of("nnmrr", [{"quarter": "2026Q3", "owner_kind": k, "owner": o, "nnmrr": v} for k, o, v in rows]),
    )
    shown = {
        segment: {lines[0]: lines[1] for lines in text_of_tiles(tiles(scene_of(known, "en", segment)))}
        for segment in (None, "mid", "smb")
    }
    assert [shown[s]["Net new MRR of the book"] for s in shown] == ["−$5K", "−$4.5K", "$0"]


# plans → headline in English, in Japanese
HEADLINES = {
    "none": ({}, "The book shrank 8.0% to $40.5K MRR.", "全体のMRRは8.0%減の$4.05万。"),
    "all": (
        {"mrr_close": 40000.0, "logo_churn": 0.2},
        "The book shrank 8.0% to $40.5K MRR. Every plan was met.",
        "全体のMRRは8.0%減の$4.05万。すべての計画を達成。",
    ),
    "no": (
        {"mrr_close": 41000.0, "logo_churn": 0.1},
        "The book shrank 8.0% to $40.5K MRR. No plan was met.",
        "全体のMRRは8.0%減の$4.05万。計画はいずれも未達。",
    ),
    "some": (
        {"mrr_close": 40000.0, "grr": 0.9, "logo_churn": 0.1},
        "The book shrank 8.0% to $40.5K MRR. 1 of 3 plans were met.",
        "全体のMRRは8.0%減の$4.05万。3件の計画のうち1件を達成。",
    ),
}


@pytest.mark.parametrize("case", HEADLINES)
def test_the_headline_counts_the_plans_that_were_met(case: str, measures: QuarterMeasures) -> None:
    plans, en, ja = HEADLINES[case]
    known = with_plans(measures, **plans)
    assert (title(known), title(known, "ja")) == (en, ja)


# MRR opening, closing of each of five accounts → headline in English, in Japanese
GROWTHS = {
    (100.0, 112.0): ("The book grew 12.0% to $560 MRR.", "全体のMRRは12.0%増の$560。"),
    (100.0, 100.0): ("The book held at $500 MRR.", "全体のMRRは$500で横ばい。"),
    (100000.0, 100040.0): ("The book held at $500K MRR.", "全体のMRRは$50万で横ばい。"),
    (100.0, 99.0): ("The book shrank 1.0% to $495 MRR.", "全体のMRRは1.0%減の$495。"),
    (0.0, 100.0): ("The book stands at $500 MRR.", "全体のMRRは$500。"),
    (100.0, 0.0): ("The book shrank 100.0% to $0 MRR.", "全体のMRRは100.0%減の$0。"),
}


@pytest.mark.parametrize("change", GROWTHS)
def test_the_headline_says_how_mrr_moved(change: tuple[float, float], measures: QuarterMeasures) -> None:
    book = [(f"a{i}", f"A{i}", "mid", change[0], *change) for i in range(5)]
    known = with_frame(with_book(measures, book), "targets", None)
    assert (title(known), title(known, "ja")) == GROWTHS[change]


def test_without_a_quarter_before_the_headline_only_says_where_mrr_stands(measures: QuarterMeasures) -> None:
    trend = measures.frame("mrr_trend")
    first = with_frame(measures, "mrr_trend", trend[trend["quarter"] == "2026Q3"])
    assert title(with_plans(first)) == "The book stands at $40.5K MRR."
    assert text_of_tiles(tiles(scene_of(with_plans(first))))[0][2:] == ["no plan"]


def test_fewer_than_five_accounts_have_no_rates_and_no_growth(measures: QuarterMeasures) -> None:
    book = [(f"a{i}", f"A{i}", "mid", 100.0, 100.0, 150.0) for i in range(4)]
    few = with_frame(with_frame(with_book(measures, book), "targets", None), "adoption_bands", None)
    exhibit = tiles(scene_of(few))
    assert exhibit.title == "The book stands at $600 MRR."
    assert [lines[0] for lines in text_of_tiles(exhibit)] == ["MRR"]
    assert exhibit.caption.startswith("No rates are shown: 4 accounts, too few for a rate at the start.")
    assert tiles(scene_of(few, "ja")).caption.startswith("率は表示しません（期首：4アカウントのみで率を示せません）。")


def test_five_accounts_have_rates(measures: QuarterMeasures) -> None:
    book = [(f"a{i}", f"A{i}", "mid", 100.0, 100.0, 150.0) for i in range(5)]
    exhibit = tiles(scene_of(with_book(measures, book)))
    assert exhibit.title.startswith("The book grew 50.0% to $750 MRR.")
    assert "Rates are over 5 accounts with MRR at the start of the quarter." in exhibit.caption


def test_a_company_without_mrr_says_so(measures: QuarterMeasures) -> None:
    none = with_book(measures, [("a", "A", "mid", 0.0, 0.0, 0.0)])
    assert title(none) == "No account had MRR this quarter"
    assert title(none, "ja") == "この四半期にMRRのあるアカウントはありません"


def tile(kpi: str, kind: str, value: float | None, plan: float | None) -> Tile:
    return Tile(kpi, kpi, kind, value, None, None, plan, lower_is_better=kpi == "logo_churn")


def test_logo_churn_meets_its_plan_from_below_and_every_other_kpi_from_above() -> None:
    assert tile("logo_churn", "share", 0.03, 0.05).meets_plan is True
    assert tile("logo_churn", "share", 0.07, 0.05).meets_plan is False
    assert tile("grr", "share", 0.97, 0.95).meets_plan is True
    assert tile("grr", "share", 0.93, 0.95).meets_plan is False
    assert tile("nnmrr", "money_change", -90.0, -100.0).meets_plan is True
    assert tile("nnmrr", "money_change", -110.0, -100.0).meets_plan is False
    assert tile("mrr_close", "money", 0.0, 0.0).meets_plan is True


@pytest.mark.parametrize("known", [(None, 1.0), (1.0, None), (float("nan"), 1.0), (1.0, float("nan"))])
def test_without_a_plan_or_a_value_nothing_is_met_or_missed(known: tuple[float | None, float | None]) -> None:
    assert tile("grr", "share", *known).meets_plan is None


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_lower_is_better_mirrors_higher_is_better(value: float, plan: float) -> None:
    if abs(value - plan) >= 0.0005:
        assert tile("grr", "share", value, plan).meets_plan is (value > plan)
        assert tile("logo_churn", "share", value, plan).meets_plan is (value < plan)
    else:
        assert (
            tile("grr", "share", value, plan).meets_plan is tile("logo_churn", "share", value, plan).meets_plan is True
        )


def test_a_plan_missed_by_less_than_is_shown_does_not_read_as_a_contradiction(measures: QuarterMeasures) -> None:
    known = with_plans(measures, mrr_close=40540.0, grr=36500 / 44000 + 0.0004)
    mrr, _, grr, *_ = text_of_tiles(tiles(scene_of(known)))
    assert (mrr[1], mrr[-1]) == ("$40.5K", "just misses the plan of $40.5K")
    assert grr[-1] == "meets the plan of 83.0%"


def test_a_good_tile_is_marked_by_words_and_not_by_colour_alone() -> None:
    html = str(tiles(scene_of(with_plans(small_measures(), mrr_close=1.0, grr=0.99))).table_html)
    assert '<span class="cs-good">meets the plan of $1</span>' in html
    assert '<span class="cs-bad">misses the plan of 99.0%</span>' in html
