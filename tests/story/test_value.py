"""Time to value: days as in the frame, small groups hidden, and an honest title."""

from __future__ import annotations

from typing import Any

import pytest
from reader import body, csv_rows
from small_quarter import frame_of, with_frame

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.value import time_to_value
from csworkbench.story.scene import scene_of


def known(measures: QuarterMeasures, **rows: dict[str, Any]) -> QuarterMeasures:
    return with_frame(
        measures,
        "time_to_value",
        frame_of("time_to_value", [{"segment": segment, **row} for segment, row in rows.items()]),
    )


FULL = {"n": 12, "n_reached": 9, "median_days": 40.0, "p75_days": 61.0, "p90_days": 88.0}
MID = {**FULL, "low_days": 30.0, "high_days": 55.0}
OPEN = {"n": 9, "n_reached": 5, "median_days": 47.0, "low_days": 28.0}
FEW = {**MID, "n": 4, "n_reached": 4}


def test_every_cell_is_the_number_of_the_frame(measures: QuarterMeasures) -> None:
    exhibit = time_to_value(scene_of(known(measures, mid=MID, smb=OPEN, all={**MID, "n": 21, "n_reached": 14})))
    assert body(exhibit) == [
        ["Mid-market", "12", "9", "40", "30–55", "61", "88"],
        ["SMB", "9", "5", "47", "28 or more", "–", "–"],
        ["All accounts", "21", "14", "40", "30–55", "61", "88"],
    ]
    assert csv_rows(exhibit)[2] == ["SMB", "9", "5", "47", "", "", "28", ""]


def test_an_open_interval_is_said_in_japanese(measures: QuarterMeasures) -> None:
    assert body(time_to_value(scene_of(known(measures, all=OPEN), "ja")))[0][4] == "28以上"


def test_under_five_accounts_no_days_are_shown(measures: QuarterMeasures) -> None:
    exhibit = time_to_value(scene_of(known(measures, mid=FEW, all=FEW)))
    assert body(exhibit) == [
        ["Mid-market", "4", "4", "–", "–", "–", "–"],
        ["All accounts", "4", "4", "–", "–", "–", "–"],
    ]
    assert exhibit.title == "Too few accounts reached first value to say how long it takes"


TITLES = {
    "reached": (
        MID,
        "Half of the new accounts reach first value within 40 days",
        "新規アカウントの半数が40日以内に初回価値へ到達",
    ),
    "not yet": (
        {"n": 12, "n_reached": 3},
        "Too few accounts reached first value to say how long it takes",
        "初回価値に到達したアカウントが少なく、所要日数はまだ示せません",
    ),
    "nobody": (
        {"n": 0, "n_reached": 0},
        "No account started in the last 24 months.",
        "直近24か月に開始したアカウントはありません。",
    ),
}


@pytest.mark.parametrize("case", TITLES)
def test_the_title_says_how_long_it_takes_or_why_that_is_not_known(case: str, measures: QuarterMeasures) -> None:
    row, en, ja = TITLES[case]
    both = (time_to_value(scene_of(known(measures, all=row), lang)).title for lang in ("en", "ja"))
    assert tuple(both) == (en, ja)


def test_a_pack_of_a_segment_compares_itself_with_all(measures: QuarterMeasures) -> None:
    exhibit = time_to_value(scene_of(known(measures, mid=MID, smb=OPEN, all={**MID, "median_days": 42.0}), "en", "smb"))
    assert [row[0] for row in body(exhibit)] == ["SMB", "All accounts"]
    assert exhibit.title == "Half of the new accounts reach first value within 47 days"


def test_what_follows_counts_those_who_have_not_reached_it(measures: QuarterMeasures) -> None:
    one, two, none = (
        time_to_value(scene_of(known(measures, all={**MID, "n_reached": n}))).so_what for n in (11, 10, 12)
    )
    assert one == "1 of 12 accounts has not reached it."
    assert two == "2 of 12 accounts have not reached it."
    assert none == ""


SLOW = {**MID, "median_days": 70.0, "low_days": 60.0, "high_days": 80.0}
EVEN = {**SLOW, "low_days": 55.0}
ENDLESS = {**MID, "high_days": None}


@pytest.mark.parametrize(
    ("mid", "smb", "words"),
    [
        (MID, SLOW, "Fastest: Mid-market (40 days); slowest: SMB (70 days)."),
        (MID, EVEN, "The difference between segments may be chance."),
        (ENDLESS, SLOW, "The difference between segments may be chance."),
        (MID, FEW, ""),
    ],
)
def test_segments_differ_only_when_their_intervals_are_apart(
    mid: dict[str, Any], smb: dict[str, Any], words: str, measures: QuarterMeasures
) -> None:
    together = {**MID, "n": 20, "n_reached": 20}
    assert time_to_value(scene_of(known(measures, mid=mid, smb=smb, all=together))).so_what == words
