"""The journey's pictures show the numbers of its frames, in the reader's words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csworkbench.explore import Desk, open_desk
from csworkbench.story.charts.curves import round_levels
from csworkbench.story.study import Study

pytestmark = pytest.mark.xdist_group("explore")


def slow_median(waited: pd.Series, reached: pd.Series) -> float:
    """Kaplan–Meier by the book: the first day on which the curve is at one half or below."""
    alive = 1.0
    for day in sorted(waited[reached].unique()):
        alive *= 1 - (reached & (waited == day)).sum() / (waited >= day).sum()
        if alive <= 0.5 + 1e-12:
            return float(day)
    return float("nan")


def test_days_to_value_of_each_quarter_of_start_are_those_of_a_slow_curve(desk: Desk) -> None:
    journey = desk.journey("pictures")
    step = next(each.id for each in desk.workspace.settings.journey if each.first_value)
    rows = journey.rows[journey.rows["milestone"] == step].copy()
    left = rows["account_id"].map(desk.population.spans["paid_until"])
    until = rows["reached_on"].fillna(left.where(left < pd.Timestamp(desk.as_of), pd.Timestamp(desk.as_of)))
    rows["waited"], rows["reached"] = (until - rows["started_on"]).dt.days.clip(lower=0), rows["reached_on"].notna()
    rows["quarter"] = rows["started_on"].dt.to_period("Q").astype(str)
    shown = journey.value.data
    quarters = shown[~shown["together"]]
    assert list(quarters["segment"]) == sorted(rows["quarter"].unique())[-12:]
    for row in quarters.to_dict("records"):
        mine = rows[rows["quarter"] == row["segment"]]
        assert row["n"] == len(mine)
        if len(mine) >= 5:
            expected = slow_median(mine["waited"], mine["reached"])
            np.testing.assert_equal(row["median_days"], expected)


def test_a_split_draws_the_weakest_step_and_says_every_group(desk: Desk) -> None:
    journey = desk.journey("pictures")
    journey.ask("segment")
    shown = journey.conversion
    weakest = shown.data.loc[shown.data["share"].idxmin()]
    assert shown.title.startswith(f"{weakest['name']}: {weakest['group']}")
    for group in set(shown.data["group"]):
        assert f"{group} " in shown.alt
    journey.ask()
    assert shown.is_picture and journey.conversion.is_picture and journey.late.is_picture


def test_groups_are_named_in_the_readers_language(workspace: Path) -> None:
    journey = open_desk(workspace, lang="ja").journey("pictures")
    journey.ask("segment")
    assert "エンタープライズ" in journey.conversion.title + journey.conversion.alt
    assert not re.search(r"Enterprise|Mid-market", journey.conversion.alt)
    journey.ask("first_value")
    assert set(journey.conversion.data["group"]) <= {"期限内", "期限内でない"}
    journey.ask()


def test_the_first_table_of_a_study_is_in_the_readers_language(desk: Desk) -> None:
    shown = Study(desk.workspace, desk.as_of, "ja")._repr_html_()
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", shown, flags=re.DOTALL)
    assert "契約中のアカウント" in words and set(re.findall(r"[A-Za-z]+", words)) <= {"Hibiori", "Cloud"}


@pytest.mark.parametrize(("low", "high"), [(0.7, 1.0), (-520_000, 2_820_000), (0.991, 1.002), (38, 41)])
def test_levels_are_round_few_and_hold_both_ends(low: float, high: float) -> None:
    levels = round_levels(low, high)
    step = levels[1] - levels[0]
    assert levels[0] <= low + 1e-9 and levels[-1] >= high - 1e-9 and 3 <= len(levels) <= 7
    assert float(f"{step:.1g}") == pytest.approx(step)
    assert str(f"{step:.0e}")[0] in "125"


def test_a_mean_is_coloured_against_all_together_and_a_share_as_it_is(desk: Desk) -> None:
    index = desk.ask(measure="adoption_index", by="start", periods=4)
    whole = dict(zip(index.whole["period"], index.whole["share"], strict=True))
    assert index.against(whole[2], 2) == 1.0 and index.against(whole[2] / 2, 2) == pytest.approx(0.5)
    assert desk.ask(by="segment").against(0.8, 2) == 0.8
