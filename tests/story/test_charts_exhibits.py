"""What holds for every chart exhibit: bytes, size, languages, descriptions."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from small_quarter import SETTINGS, frame_of, small_measures, with_frame
from small_scores import small_scores

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibit import Exhibit
from csworkbench.story.exhibits.adoption import adoption_bands
from csworkbench.story.exhibits.calibration import calibration
from csworkbench.story.exhibits.cohorts import logo_cohorts, revenue_cohorts
from csworkbench.story.exhibits.factors import factors
from csworkbench.story.exhibits.forecast import forecast
from csworkbench.story.exhibits.forecast_segments import forecast_segments
from csworkbench.story.exhibits.journey import journey_funnel
from csworkbench.story.exhibits.retention import retention_trend
from csworkbench.story.exhibits.revenue import mrr_bridge
from csworkbench.story.exhibits.scorecard import scorecard
from csworkbench.story.scene import Scene
from csworkbench.story.scene import scene_of as bare_scene_of

CHARTS = (
    mrr_bridge, retention_trend, logo_cohorts, revenue_cohorts, adoption_bands, journey_funnel, forecast,
    forecast_segments, scorecard, calibration, factors,
)  # fmt: skip
Chart = Callable[[Scene], Exhibit]


def scene_of(measures: QuarterMeasures, lang: str = "en", segment: str | None = None) -> Scene:
    return bare_scene_of(measures, lang, segment, small_scores())


NAMES = "nnmrr mrr movements grr nrr cohort_retention adoption_index step_conversion ROC-AUC PR-AUC Brier pottos"
TABLES = "subscriptions accounts targets usage entitlements milestones tickets surveys"


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_complete(measures: QuarterMeasures, chart: Chart, lang: str) -> None:
    for segment in (None, "mid", "smb"):
        exhibit = chart(scene_of(measures, lang, segment))
        assert exhibit.id == chart.__name__
        assert min(map(len, (exhibit.title, exhibit.alt, exhibit.caption, exhibit.source))) > 5
        assert {column.name for column in exhibit.columns} <= set(exhibit.data.columns)
        ElementTree.fromstring(exhibit.figure_svg)


@pytest.mark.parametrize("chart", CHARTS)
def test_the_same_numbers_give_the_same_bytes(measures: QuarterMeasures, chart: Chart) -> None:
    first = chart(scene_of(measures, "ja"))
    chart(scene_of(measures, "en"))
    again = chart(scene_of(small_measures(), "ja"))
    assert (again.figure_svg, again.html) == (first.figure_svg, first.html)


@pytest.mark.parametrize("chart", CHARTS)
def test_drawing_warns_of_nothing_in_japanese(measures: QuarterMeasures, chart: Chart) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        svg = chart(scene_of(measures, "ja")).figure_svg
    assert 2_000 < len(svg) < 40_000


@pytest.mark.parametrize("chart", CHARTS)
def test_a_japanese_pack_holds_no_english_sentence(measures: QuarterMeasures, written: list[str], chart: Chart) -> None:
    for segment in (None, "smb"):
        exhibit = chart(scene_of(measures, "ja", segment))
        labels = [column.label for column in exhibit.columns]
        texts = [exhibit.title, exhibit.so_what, exhibit.caption, exhibit.alt, exhibit.source]
        said = " ".join([*texts, *labels, *written])
        for name in [*NAMES.split(), *TABLES.split(), "Cedar", "Dahlia", "Iris"]:
            said = said.replace(name, "")
        assert not re.findall(r"[A-Za-z]*[a-z]{2,}", said)


@pytest.mark.parametrize("chart", CHARTS)
def test_hostile_names_of_segments_and_milestones_are_inert(chart: Chart) -> None:
    hostile = "<img src=x onerror=alert(1)> {EU} $1,200 $ </svg>"
    measures = small_measures(SETTINGS.replace('"SMB"', f"'{hostile}'").replace('"Live"', f"'{hostile}'"))
    for segment in (None, "smb"):
        exhibit = chart(scene_of(measures, segment=segment))
        assert "<img src=x" not in exhibit.html
        assert exhibit.figure_svg.count("</svg>") == 1
        ElementTree.fromstring(exhibit.figure_svg)


def test_another_fiscal_year_names_its_quarters() -> None:
    from dataclasses import replace

    from csworkbench.metrics.calendar import Quarter

    settings = SETTINGS.replace('currency = "USD"', 'currency = "USD"\nfiscal_year_start = 4')
    measures = replace(small_measures(settings), quarter=Quarter.parse("2026Q3", 4))
    assert logo_cohorts(scene_of(measures, segment="smb")).data["cohort"].iloc[0] == "FY2025 Q1–Q2"
    assert logo_cohorts(scene_of(measures, "ja", "smb")).data["cohort"].iloc[0] == "2024年度Q1–Q2"


def test_an_account_of_no_segment_is_drawn_as_unassigned(measures: QuarterMeasures, written: list[str]) -> None:
    none = dict.fromkeys(("expansion", "contraction", "churn", "reactivation"), 0.0)
    row = {
        "quarter": "2026Q3",
        "segment": "unassigned",
        "mrr_open": 5.0,
        "mrr_close": 9.0,
        "new": 4.0,
        "n_open": 6,
        **none,
    }
    trend = frame_of("mrr_trend", [row, {**row, "segment": "all"}])
    exhibit = mrr_bridge(scene_of(with_frame(measures, "mrr_trend", trend), segment="unassigned"))
    assert exhibit.title.startswith("Unassigned MRR grew 80.0% to $9")
    assert "$9" in written
