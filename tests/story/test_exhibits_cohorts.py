"""Cohorts: who is counted together, what is said of them, and what is never shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_quarter import cohorts, with_frame

from csworkbench.metrics.frames import empty
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.cohort_groups import Group, Together, pooled
from csworkbench.story.exhibits.cohort_words import logo_sentence, logo_title, revenue_sentence, revenue_title
from csworkbench.story.exhibits.cohorts import logo_cohorts, revenue_cohorts
from csworkbench.story.language import Language
from csworkbench.story.scene import scene_of

EN, JA = Language("en"), Language("ja")


def group(n: int, *kept: float, base: float | None = None) -> Group:
    return Group(("2025Q1",), n, float(n) if base is None else base, np.array([*kept], dtype=float))


ALL_KEPT = Together(4, group(20, 20, 20, 20, 20, 20))
SOME_LEFT = Together(4, group(20, 20, 20, 18, 18, 17))
BESIDE = Together(4, group(20, 20, 20, 18, 18, 17), group(100, 100, 100, 100, 100, 95))
FAR_APART = Together(4, group(100, 100, 90, 60, 55, 50), group(100, 100, 100, 100, 100, 95))
YOUNG = Together(1, group(8, 8, 7))


@pytest.mark.parametrize(
    ("together", "title"),
    [
        (ALL_KEPT, "All 20 customers who started at least 4 quarters ago were still paying after 4 quarters"),
        (SOME_LEFT, "Of 20 customers who started at least 4 quarters ago, 85% were still paying after 4 quarters"),
        (BESIDE, "Of 20 customers who started at least 4 quarters ago, 85% were still paying after 4 quarters,"
                 " against 95% in the rest of the book"),
        (YOUNG, "Of 8 customers who started at least 1 quarter ago, 88% were still paying after 1 quarter"),
    ],
)  # fmt: skip
def test_titles_of_customers(together: Together, title: str) -> None:
    assert logo_title(EN, together) == title


@pytest.mark.parametrize(
    ("together", "words"),
    [
        (ALL_KEPT, ""),
        (SOME_LEFT, "The largest loss came in quarter 2 after the start."),
        (BESIDE, "The largest loss came in quarter 2 after the start."
                 " The difference to the rest of the book may be chance."),
        (FAR_APART, "The largest loss came in quarter 2 after the start."
                    " The difference to the rest of the book is more than chance."),
    ],
)  # fmt: skip
def test_where_customers_leave(together: Together, words: str) -> None:
    assert logo_sentence(EN, together) == words


AFTER = "After 4 quarters, 20 customers paid "


def revenue(*kept: float, rest: float | None = None) -> Together:
    other = None if rest is None else group(30, 100, 100, 100, 100, rest, base=100)
    return Together(4, group(20, 100, 100, 100, 100, *kept, base=100), other)


@pytest.mark.parametrize(
    ("together", "title", "so_what"),
    [
        (revenue(114), AFTER + "14% more MRR than in the quarter they started", "outweighs"),
        (revenue(86), AFTER + "14% less MRR than in the quarter they started", "does not"),
        (revenue(100.4), AFTER + "as much MRR as in the quarter they started", "just makes"),
        (revenue(114, rest=105),
         AFTER + "14% more MRR than in the quarter they started; the rest of the book 5% more", "outweighs"),
    ],
)  # fmt: skip
def test_titles_of_money(together: Together, title: str, so_what: str) -> None:
    assert revenue_title(EN, together) == title
    assert so_what in revenue_sentence(EN, together)


def test_titles_in_japanese() -> None:
    assert logo_title(JA, BESIDE) == "4四半期以上前に開始した20社のうち、4四半期後も継続したのは85%、他セグメントは95%"
    assert revenue_title(JA, revenue(86)) == "開始から4四半期後、20社のMRRは開始時より14%減"


def test_neighbours_are_taken_together_until_they_hold_five() -> None:
    groups = [group(n, n) for n in (3, 2, 9, 1, 1, 4, 2)]
    assert [each.n for each in pooled(groups)] == [5, 9, 6, 2]


@given(st.lists(st.integers(1, 12), max_size=14))
def test_pooling_loses_nobody_and_only_the_last_may_be_small(sizes: list[int]) -> None:
    found = pooled([group(n, n) for n in sizes])
    assert sum(each.n for each in found) == sum(sizes)
    assert all(each.n >= 5 for each in found[:-1])


def test_taken_together_a_period_counts_only_when_it_is_over_for_all() -> None:
    both = group(3, 3, 2, 2) + group(2, 2, 1, np.nan)
    assert both.shares.tolist()[:2] == [1.0, 0.6]
    assert np.isnan(both.shares[2])


def test_a_group_of_four_has_no_rate() -> None:
    assert np.isnan(group(4, 4, 3).shares).all()


def test_the_small_company(measures: QuarterMeasures) -> None:
    exhibit = logo_cohorts(scene_of(measures))
    assert exhibit.title == (
        "Of 30 customers who started at least 4 quarters ago, 90% were still paying after 4 quarters"
    )
    assert exhibit.so_what == "The largest loss came in quarter 4 after the start."
    assert "70 customers by quarter of start" in exhibit.caption
    assert "cohort_retention v1" in exhibit.caption
    together = exhibit.data.set_index("cohort").loc["Together"]
    assert (together["n"], together["after_4"]) == (30, 0.9)


def test_the_rest_of_the_book_is_all_without_the_segment(measures: QuarterMeasures) -> None:
    exhibit = logo_cohorts(scene_of(measures, segment="mid"))
    rows = exhibit.data.set_index("cohort")
    assert (rows.loc["Together", "n"], rows.loc["Rest of book", "n"]) == (18, 12)
    assert rows.loc["Together", "after_4"] == pytest.approx(15 / 18)
    assert rows.loc["Rest of book", "after_4"] == pytest.approx((27 - 15) / 12)
    assert "83% were still paying after 4 quarters, against 100% in the rest of the book" in exhibit.title


def test_money_of_the_cohorts(measures: QuarterMeasures) -> None:
    exhibit = revenue_cohorts(scene_of(measures))
    assert exhibit.title == "After 4 quarters, 30 customers paid 10% more MRR than in the quarter they started"
    assert exhibit.data.set_index("cohort").loc["Together", "after_4"] == pytest.approx(1.1)


def test_cells_that_are_not_over_are_empty_never_zero(measures: QuarterMeasures, written: list[str]) -> None:
    data = logo_cohorts(scene_of(measures)).data.set_index("cohort")
    assert data.loc["Q3 2026", "after_0"] == 1.0
    assert data.loc["Q3 2026"].filter(like="after_").iloc[1:].isna().all()
    assert "not over yet" in written
    assert "0" not in written


def test_small_cohorts_of_a_segment_are_taken_together_and_named_so(measures: QuarterMeasures) -> None:
    exhibit = logo_cohorts(scene_of(measures, segment="smb"))
    assert exhibit.data["cohort"].tolist()[:4] == ["Q1–Q2 2025", "Q3–Q4 2025", "Q1–Q2 2026", "Q3 2026"]
    assert exhibit.data["n"].tolist()[:4] == [8, 8, 8, 4]
    assert "Neighbouring quarters are taken together" in exhibit.caption
    assert exhibit.data.iloc[3].filter(like="after_").isna().all()


def test_with_four_customers_in_all_no_rate_is_shown(measures: QuarterMeasures) -> None:
    frame = cohorts({"all": 4, "mid": 4})
    frame = frame[frame["cohort"] == "2025Q1"]
    exhibit = logo_cohorts(scene_of(with_frame(measures, "cohorts", frame)))
    assert exhibit.title == "All accounts: cohorts are not shown (4 accounts, too few for a rate)."


def test_when_all_started_this_quarter_there_is_nothing_to_say_yet(measures: QuarterMeasures) -> None:
    frame = cohorts()
    frame = frame[frame["cohort"] == "2026Q3"]
    exhibit = revenue_cohorts(scene_of(with_frame(measures, "cohorts", frame)))
    assert exhibit.title == (
        "All accounts: cohorts are not shown (fewer than 5 customers started a quarter ago or earlier)."
    )


@pytest.mark.parametrize("exhibit", [logo_cohorts, revenue_cohorts])
def test_without_its_frame_there_is_one_line(measures: QuarterMeasures, exhibit) -> None:  # type: ignore[no-untyped-def]
    assert exhibit(scene_of(with_frame(measures, "cohorts", None))).is_absent
    nobody = exhibit(scene_of(with_frame(measures, "cohorts", empty("cohorts"))))
    assert nobody.title == "All accounts: cohorts are not shown (no customer started in the last 12 quarters)."


def test_numbers_of_the_title_are_those_of_the_data(measures: QuarterMeasures) -> None:
    for segment in (None, "mid", "smb"):
        scene = scene_of(measures, segment=segment)
        for exhibit in (logo_cohorts(scene), revenue_cohorts(scene)):
            row = exhibit.data.set_index("cohort").loc["Together"]
            share = row["after_4"] if exhibit.id == "logo_cohorts" else abs(row["after_4"] - 1)
            assert f"{int(row['n'])} customers" in exhibit.title
            assert scene.language.percent(float(share), 0) in exhibit.title
            assert pd.notna(row["after_4"])
