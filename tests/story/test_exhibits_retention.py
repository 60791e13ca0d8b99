"""GRR and NRR over eight quarters: words for every direction, small books, and the numbers behind them."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from small_quarter import frame_of, with_frame

from csworkbench.metrics.frames import empty
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.retention import Rate, against_book, retention_title, retention_trend
from csworkbench.story.language import Language
from csworkbench.story.scene import scene_of

EN, JA = Language("en"), Language("ja")


@pytest.mark.parametrize(
    ("rate", "title"),
    [
        (Rate("NRR", 1.0394, 1.0096, 1.012), "NRR rose 3.0 points to 103.9%, 2.7 points above plan"),
        (Rate("NRR", 0.95, 0.96, 1.0), "NRR fell 1.0 point to 95.0%, 5.0 points below plan"),
        (Rate("NRR", 0.95, 0.9504, None), "NRR held at 95.0%"),
        (Rate("NRR", 0.95, 0.9506, 0.9504), "NRR fell 0.1 points to 95.0%, on plan"),
        (Rate("GRR", 0.95, None, None), "GRR is 95.0%"),
        (Rate("GRR", 0.95, None, 0.97), "GRR is 95.0%, 2.0 points below plan"),
    ],
)
def test_titles(rate: Rate, title: str) -> None:
    assert retention_title(EN, rate) == title


def test_the_title_in_japanese() -> None:
    title = retention_title(JA, Rate("NRR", 1.0394, 1.0096, 1.012))
    assert title == "NRRは3.0ポイント上昇し103.9%、計画を2.7ポイント上回る"


@pytest.mark.parametrize(
    ("mine", "words"),
    [
        (1.05, "NRR is 5.0 points above the whole book’s (100.0%)."),
        (0.99, "NRR is 1.0 point below the whole book’s (100.0%)."),
        (1.0004, "NRR is the same as the whole book’s (100.0%)."),
    ],
)
def test_a_segment_beside_the_book(mine: float, words: str) -> None:
    assert against_book(EN, mine, 1.0) == words


def test_the_small_company(measures: QuarterMeasures) -> None:
    exhibit = retention_trend(scene_of(measures))
    assert exhibit.title == "NRR fell 13.7 points to 88.6%, 12.4 points below plan"
    assert exhibit.so_what == (
        "GRR fell 17.0 points to 83.0%, 12.0 points below plan: 17.0% of opening MRR was lost."
        " NRR is highest in SMB (100.0%) and lowest in Mid-market (87.5%)."
    )
    assert "11 accounts at the start of Q3 2026" in exhibit.caption
    assert "grr v1, nrr v1" in exhibit.caption
    assert "from Q2 2026 to Q3 2026: NRR from 102.3% to 88.6%, GRR from 100.0% to 83.0%" in exhibit.alt


@pytest.mark.parametrize("segment", [None, "mid", "smb"])
def test_every_share_that_is_said_is_in_the_data(measures: QuarterMeasures, segment: str | None) -> None:
    scene = scene_of(measures, segment=segment)
    exhibit = retention_trend(scene)
    said = set(re.findall(r"([\d.]+%) ?(?!of opening)", exhibit.title + exhibit.so_what + exhibit.alt))
    rates = exhibit.data[["grr", "nrr", "grr_plan", "nrr_plan"]].to_numpy().ravel()
    known = {scene.language.percent(rate) for rate in rates} | {scene.language.percent(1 - rate) for rate in rates}
    assert said <= known


def test_rates_at_the_ends_and_the_plans_are_written(measures: QuarterMeasures, written: list[str]) -> None:
    retention_trend(scene_of(measures))
    assert {"NRR 88.6%", "GRR 83.0%", "plan 101.0%", "plan 95.0%", "102.3%", "100%"} <= set(written)


def _of_quarters(rows: list[tuple[str, int, float]]) -> pd.DataFrame:
    known = [
        {"quarter": q, "segment": s, "n_open": n, "grr": rate, "nrr": rate, "mrr_open": 100.0, "mrr_close": 100 * rate}
        for q, n, rate in rows
        for s in ("all", "mid")
    ]
    return frame_of("mrr_trend", known)


def test_quarters_of_fewer_than_five_accounts_have_no_rate(measures: QuarterMeasures, written: list[str]) -> None:
    trend = _of_quarters([("2026Q1", 4, 0.5), ("2026Q2", 5, 0.9), ("2026Q3", 6, 0.8)])
    exhibit = retention_trend(scene_of(with_frame(measures, "mrr_trend", trend)))
    assert exhibit.data["nrr"].isna().tolist() == [True, False, False, False]
    assert exhibit.data["n_open"].tolist() == [4, 5, 6, 6]
    assert "Quarters with fewer than 5 accounts are left out." in exhibit.caption
    assert not [word for word in written if "50.0%" in word]


@pytest.mark.parametrize(
    ("n", "title"),
    [
        (0, "All accounts: retention is not shown (no accounts at the start)."),
        (1, "All accounts: retention is not shown (1 account, too few for a rate at the start)."),
        (4, "All accounts: retention is not shown (4 accounts, too few for a rate at the start)."),
    ],
)
def test_a_small_book_gets_a_line_instead(measures: QuarterMeasures, n: int, title: str) -> None:
    exhibit = retention_trend(scene_of(with_frame(measures, "mrr_trend", _of_quarters([("2026Q3", n, 0.8)]))))
    assert exhibit.title == title
    assert exhibit.is_absent


def test_a_first_quarter_stands_alone(measures: QuarterMeasures) -> None:
    trend = _of_quarters([("2026Q3", 9, 0.8)])
    exhibit = retention_trend(scene_of(with_frame(with_frame(measures, "targets", None), "mrr_trend", trend)))
    assert exhibit.title == "NRR is 80.0%"
    assert exhibit.figure_svg


def test_a_skipped_quarter_is_a_gap_not_a_zero(measures: QuarterMeasures) -> None:
    trend = _of_quarters([("2026Q1", 9, 0.9), ("2026Q3", 9, 0.8)])
    exhibit = retention_trend(scene_of(with_frame(measures, "mrr_trend", trend)))
    assert exhibit.data["quarter"].tolist()[:3] == ["2026Q1", "2026Q2", "2026Q3"]
    assert pd.isna(exhibit.data["nrr"].iloc[1])
    assert exhibit.title.startswith("NRR is 80.0%")


def test_without_its_frame_there_is_one_line(measures: QuarterMeasures) -> None:
    assert retention_trend(scene_of(with_frame(measures, "mrr_trend", None))).is_absent
    assert retention_trend(scene_of(with_frame(measures, "mrr_trend", empty("mrr_trend")))).is_absent
