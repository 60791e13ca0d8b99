"""How the accounts that left had looked 90 days before."""

from __future__ import annotations

from typing import Any

import pytest
from reader import body
from small_scores import left_row, small_scores, with_scores

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.post_mortem import post_mortem
from csworkbench.story.scene import Scene, scene_of

GONE = "with $6.5K of MRR decided to leave"


def left(measures: QuarterMeasures, *rows: dict[str, Any], lang: str = "en", segment: str | None = None) -> Scene:
    return scene_of(measures, lang, segment, with_scores(small_scores(), "post_mortem", rows))


# bands of Cedar ($6K) and Iris ($500) → title in English, in Japanese
TITLES = {
    ("green", "red"): (
        f"2 accounts {GONE}; 1 of them had been green 90 days before",
        "2アカウント（MRR $6,500）が解約を決定。うち1件は90日前に緑",
    ),
    ("green", "green"): (
        f"2 accounts {GONE}; all had been green 90 days before",
        "2アカウント（MRR $6,500）が解約を決定。全件が90日前は緑",
    ),
    ("yellow", "red"): (
        f"2 accounts {GONE}; none had been green 90 days before",
        "2アカウント（MRR $6,500）が解約を決定。90日前に緑はなし",
    ),
    ("green", None): (
        f"2 accounts {GONE}; 1 of the 1 scored 90 days before had been green",
        "2アカウント（MRR $6,500）が解約を決定。90日前に評価済みの1件中1件が緑",
    ),
    (None, None): (
        f"2 accounts {GONE}; none had been scored 90 days before",
        "2アカウント（MRR $6,500）が解約を決定。90日前のスコアはなし",
    ),
}


@pytest.mark.parametrize("bands", TITLES)
def test_the_title_counts_those_that_had_been_green(
    bands: tuple[str | None, str | None], measures: QuarterMeasures
) -> None:
    rows = (left_row("m3", "Cedar", 6000.0, bands[0]), left_row("s3", "Iris", 500.0, bands[1], "smb"))
    assert tuple(post_mortem(left(measures, *rows, lang=lang)).title for lang in ("en", "ja")) == TITLES[bands]


def test_every_cell_is_the_number_of_the_frame_and_no_reason_blames_a_csm(measures: QuarterMeasures) -> None:
    assert body(post_mortem(scene_of(measures, scores=small_scores()))) == [
        ["Cedar", "Mid-market", "Aug 20, 2026", "$6K", "95", "green", "green", "usage trend"],
        ["Iris", "SMB", "Aug 20, 2026", "$500", "40", "red", "green", "usage trend"],
    ]


def test_other_scores_are_held_to_the_same_accounts_and_the_unseen_are_named(measures: QuarterMeasures) -> None:
    exhibit = post_mortem(scene_of(measures, scores=small_scores()))
    assert exhibit.so_what == (
        "By the weighted score, 2 of 2 had been green. Not seen coming: Cedar: ask what the data did not show."
    )
    assert "Under 5 accounts say little about a score." in exhibit.caption


def test_a_pack_of_a_segment_tells_of_its_own_and_nobody_left_is_one_line(measures: QuarterMeasures) -> None:
    own = left(measures, left_row("m3", "Cedar", 6000.0, "green"), segment="smb")
    assert post_mortem(own).title == "No account decided to leave this quarter."
    assert post_mortem(left(measures, lang="ja")).title == "この四半期に解約を決めたアカウントはありません。"
