"""The forecast, how earlier ones fared, and the segments: numbers of sentences equal those of the frames."""

from __future__ import annotations

from typing import Any

import pytest
from reader import body
from small_quarter import frame_of, with_frame
from small_scores import FORECAST, error_row, forecast_row, small_scores, with_scores

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.forecast import forecast
from csworkbench.story.exhibits.forecast_error import forecast_error
from csworkbench.story.exhibits.forecast_segments import forecast_segments
from csworkbench.story.scene import Scene, scene_of


def came(measures: QuarterMeasures, **nnmrr: float) -> QuarterMeasures:
    rows = [
        {"quarter": quarter, "owner_kind": "all", "owner": "company", "nnmrr": value}
        for quarter, value in (("2026Q2", 1000.0), ("2026Q3", nnmrr.get("now", -5000.0)))
    ]
    return with_frame(measures, "nnmrr", frame_of("nnmrr", rows))


def errors(measures: QuarterMeasures, *rows: dict[str, Any], lang: str = "en") -> Scene:
    return scene_of(measures, lang, scores=with_scores(small_scores(), "forecast_errors", rows))


# net new MRR of this quarter → title in English, in Japanese
TITLES = {
    -5000.0: (
        "Q4 2026: −$1.2K of net new MRR expected, between −$6K and $2.5K, after −$5K this quarter",
        "2026年Q4の純増MRR見込みは−$1,200（−$6,000〜$2,500）、今四半期は−$5,000",
    ),
    -7000.0: (
        "Q4 2026: −$1.2K of net new MRR expected, between −$6K and $2.5K, better than −$7K this quarter",
        "2026年Q4の純増MRR見込みは−$1,200（−$6,000〜$2,500）、今四半期の−$7,000を上回る見込み",
    ),
    3000.0: (
        "Q4 2026: −$1.2K of net new MRR expected, between −$6K and $2.5K, worse than $3K this quarter",
        "2026年Q4の純増MRR見込みは−$1,200（−$6,000〜$2,500）、今四半期の$3,000を下回る見込み",
    ),
}


@pytest.mark.parametrize("now", TITLES)
def test_the_title_holds_the_interval_and_how_it_stands_to_this_quarter(now: float, measures: QuarterMeasures) -> None:
    known = came(measures, now=now)
    assert tuple(forecast(scene_of(known, lang, scores=small_scores())).title for lang in ("en", "ja")) == TITLES[now]


def test_what_is_expected_and_how_the_last_forecast_fared_follow(measures: QuarterMeasures) -> None:
    assert forecast(scene_of(came(measures), scores=small_scores())).so_what == (
        "Expected: $1K of expansion, $200 of contraction, $2K of churn. For Q3 2026 the forecast said −$1K (−$4K to"
        " $2K); −$5K came, outside the interval."
    )


def test_the_data_holds_what_came_what_had_been_forecast_and_what_is_expected(measures: QuarterMeasures) -> None:
    data = forecast(scene_of(came(measures), scores=small_scores())).data
    assert data["quarter"].tolist() == ["2026Q2", "2026Q3", "2026Q4"]
    assert data["actual"].tolist()[:2] == [1000.0, -5000.0]
    assert data["expected"].tolist() == [500.0, -1000.0, -1200.0]
    assert data[["low", "high"]].iloc[-1].tolist() == [-6000.0, 2500.0]


def test_a_forecast_of_a_segment_is_its_own(measures: QuarterMeasures) -> None:
    exhibit = forecast(scene_of(measures, "en", "smb", small_scores()))
    assert exhibit.title == "Q4 2026: −$200 of net new MRR expected, between −$800 and $400"
    assert "6 accounts that pay today" in exhibit.caption


def test_no_csm_is_named_in_the_forecasts_of_these_packs(measures: QuarterMeasures) -> None:
    for show in (forecast, forecast_segments, forecast_error):
        exhibit = show(scene_of(measures, scores=small_scores()))
        told = f"{exhibit.title} {exhibit.so_what} {exhibit.alt} {exhibit.data.to_csv()}"
        assert "c1" not in told
        assert "Aoi" not in told


def test_earlier_forecasts_are_listed_latest_first_and_say_how_they_were_made(measures: QuarterMeasures) -> None:
    exhibit = forecast_error(scene_of(measures, scores=small_scores()))
    assert body(exhibit) == [
        ["Q3 2026", "−$1K", "−$4K", "+$2K", "−$5K", "−$4K", "outside", "sealed"],
        ["Q2 2026", "+$500", "−$2.5K", "+$3.5K", "+$1K", "+$500", "inside", "recomputed"],
    ]
    assert exhibit.title == "Q3 2026 came out $4K below the forecast, outside its interval"
    assert (
        exhibit.so_what == "1 of 2 forecasts ended inside their 90% interval. That is too few to judge the interval by."
    )
    assert "Recomputed: made now, with only what was known at that time." in exhibit.caption


# forecast, what came → title
ERRORS = {
    (0.0, 0.0): ("The forecast for Q3 2026 was met exactly", "2026年Q3は予測どおり"),
    (0.0, 500.0): (
        "Q3 2026 came out $500 above the forecast, inside its interval",
        "2026年Q3の実績は予測を$500上回り、区間内",
    ),
    (0.0, -500.0): (
        "Q3 2026 came out $500 below the forecast, inside its interval",
        "2026年Q3の実績は予測を$500下回り、区間内",
    ),
    (0.0, 9000.0): (
        "Q3 2026 came out $9K above the forecast, outside its interval",
        "2026年Q3の実績は予測を$9,000上回り、区間外",
    ),
}


@pytest.mark.parametrize("numbers", ERRORS)
def test_the_error_of_the_last_forecast_is_the_title(numbers: tuple[float, float], measures: QuarterMeasures) -> None:
    row = error_row("2026Q3", *numbers)
    assert tuple(forecast_error(errors(measures, row, lang=lang)).title for lang in ("en", "ja")) == ERRORS[numbers]


def test_ten_forecasts_are_enough_to_judge_the_interval_by(measures: QuarterMeasures) -> None:
    rows = [error_row(f"{2024 + at // 4}Q{at % 4 + 1}", 0.0, 0.0) for at in range(10)]
    assert forecast_error(errors(measures, *rows)).so_what == "10 of 10 forecasts ended inside their 90% interval."


def test_without_a_forecast_that_came_due_one_line_says_so(measures: QuarterMeasures) -> None:
    assert forecast_error(errors(measures)).title == "No earlier forecast has come due yet."


# low and high of mid, of smb → title
SEGMENTS = {
    ((-5.0, 5.0), (-5.0, 5.0)): "No segment is sure to grow or to shrink next quarter",
    ((1.0, 5.0), (-5.0, 5.0)): "Expected to grow next quarter: Mid-market",
    ((-5.0, 5.0), (-5.0, -1.0)): "Expected to shrink next quarter: SMB",
    ((1.0, 5.0), (-5.0, -1.0)): "Expected to grow next quarter: Mid-market; to shrink: SMB",
    ((1.0, 5.0), (1.0, 5.0)): "Expected to grow next quarter: Mid-market and SMB",
}


@pytest.mark.parametrize("ends", SEGMENTS)
def test_a_segment_grows_or_shrinks_only_when_its_whole_interval_does(
    ends: tuple[tuple[float, float], tuple[float, float]], measures: QuarterMeasures
) -> None:
    rows = [
        forecast_row("segment", unit, "nnmrr", sum(limits) / 2, *limits, 9)
        for unit, limits in zip(("mid", "smb"), ends, strict=True)
    ]
    scores = with_scores(small_scores(), "forecast", [*FORECAST[:1], *rows])
    assert forecast_segments(scene_of(measures, scores=scores)).title == SEGMENTS[ends]
