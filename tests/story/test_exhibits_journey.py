"""The success journey: the weakest step, who is stuck, and steps with too few customers."""

from __future__ import annotations

import pytest
from small_quarter import journey_steps, with_frame

from csworkbench.metrics.frames import empty
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.journey import Weakest, journey_funnel, journey_title, step_against_book
from csworkbench.story.language import Language
from csworkbench.story.scene import scene_of

EN, JA = Language("en"), Language("ja", "JPY")


@pytest.mark.parametrize(
    ("step", "title"),
    [
        (Weakest("Live", 0.612, 30, 49, 8, 3.31e6),
         "Live is the weakest step: 61% reach it within 30 days; 8 accounts with $3.31M of MRR are stuck there"),
        (Weakest("Live", 0.5, 1, 10, 1, 900.0),
         "Live is the weakest step: 50% reach it within 1 day; 1 account with $900 of MRR is stuck there"),
        (Weakest("Live", 0.5, 30, 10, 0, 0.0), "Live is the weakest step: 50% reach it within 30 days"),
        (Weakest("Live", 1.0, 30, 10, 0, 0.0), "Every step of the journey is reached in time by all customers"),
        (Weakest("{EU} $1 $", 0.0, 30, 10, 0, 0.0), "{EU} $1 $ is the weakest step: 0% reach it within 30 days"),
    ],
)  # fmt: skip
def test_titles(step: Weakest, title: str) -> None:
    assert journey_title(EN, step) == title


def test_the_title_in_japanese() -> None:
    title = journey_title(JA, Weakest("稼働", 0.612, 30, 49, 8, 33100))
    assert title == "最も弱いステップは「稼働」、30日以内の到達は61%。8アカウント（MRR 3.31万円）が停滞中"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.5, "That is as many as in the whole book (50%)."),
        (0.55, "In the whole book 50% reach it; the difference may be chance."),
        (0.8, "That is 30 points above the whole book (50%)."),
        (0.3, "That is 20 points below the whole book (50%)."),
    ],
)
def test_a_step_beside_the_book(share: float, words: str) -> None:
    assert step_against_book(EN, share, share - 0.1, share + 0.1, 0.5) == words


def test_the_small_company(measures: QuarterMeasures) -> None:
    exhibit = journey_funnel(scene_of(measures))
    assert exhibit.title == (
        "Live is the weakest step: 50% reach it within 30 days; 3 accounts with $9K of MRR are stuck there"
    )
    assert exhibit.so_what == "Over all steps 4 accounts with $9.5K of MRR are overdue."
    assert "step_conversion v1" in exhibit.caption
    assert "Kick-off 90% (n = 20), Live 50% (n = 16)" in exhibit.alt


def test_a_segment_is_compared_with_the_book(measures: QuarterMeasures, written: list[str]) -> None:
    exhibit = journey_funnel(scene_of(measures, segment="mid"))
    assert exhibit.so_what.endswith("That is 12 points below the whole book (50%).")
    assert exhibit.data["book"].tolist() == [0.9, 0.5]
    assert "whole book" in written


def test_the_bars_carry_share_days_and_n(measures: QuarterMeasures, written: list[str]) -> None:
    journey_funnel(scene_of(measures))
    assert {"Kick-off", "90%", "within 14 days, n = 20", "Live", "50%", "within 30 days, n = 16"} <= set(written)
    assert "whole book" not in written


def test_a_step_with_four_customers_has_no_rate_and_is_never_the_weakest(
    measures: QuarterMeasures, written: list[str]
) -> None:
    frame = journey_steps()
    frame.loc[(frame["segment"] == "all") & (frame["step"] == 2), ["n_eligible", "n_reached", "share"]] = [4, 0, 0.0]
    exhibit = journey_funnel(scene_of(with_frame(measures, "journey_steps", frame)))
    assert exhibit.title.startswith("Kick-off is the weakest step: 90%")
    assert exhibit.data["share"].isna().tolist() == [False, True]
    assert "within 30 days, n = 4: too few" in written
    assert "Steps with fewer than 5 customers have no rate." in exhibit.caption


@pytest.mark.parametrize(
    ("n", "words"), [(0, "no accounts"), (1, "1 account, too few for a rate"), (4, "4 accounts, too few for a rate")]
)
def test_a_small_book_gets_a_line(measures: QuarterMeasures, n: int, words: str) -> None:
    frame = journey_steps().assign(n_eligible=n, n_reached=0)
    exhibit = journey_funnel(scene_of(with_frame(measures, "journey_steps", frame)))
    assert exhibit.title == f"All accounts: the journey is not shown ({words})."


@pytest.mark.parametrize("rows", [None, "empty"])
def test_without_its_frame_there_is_one_line(measures: QuarterMeasures, rows: str | None) -> None:
    frame = None if rows is None else empty("journey_steps")
    assert journey_funnel(scene_of(with_frame(measures, "journey_steps", frame))).is_absent


def test_numbers_said_are_those_of_the_data(measures: QuarterMeasures) -> None:
    for segment in (None, "mid", "smb"):
        scene = scene_of(measures, segment=segment)
        exhibit = journey_funnel(scene)
        row = exhibit.data.loc[exhibit.data["share"].idxmin()]
        for words in (
            scene.language.percent(row["share"], 0),
            scene.language.number(row["due_days"]) + " days",
            scene.language.money(row["mrr_stuck"]),
        ):
            assert words in exhibit.title
