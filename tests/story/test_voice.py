"""What customers say against what they do."""

from __future__ import annotations

import pytest
from reader import body
from small_quarter import frame_of, with_frame

from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.voice import say_do
from csworkbench.story.scene import scene_of


def saying(measures: QuarterMeasures, *gaps: tuple[str, str, float]) -> QuarterMeasures:
    codes = {"praise": "says_well_uses_less", "complaint": "says_badly_uses_more"}
    rows = [
        {"account_id": account, "segment": "mid", "mrr": mrr, "nps": 9.0, "usage_change": -0.404, "gap": codes[gap]}
        for account, gap, mrr in gaps
    ]
    return with_frame(measures, "say_do", frame_of("say_do", rows))


# gaps → title in English, in Japanese
GAPS = {
    (("m1", "praise", 12000.0),): (
        "1 account praises but uses less: $12K of MRR that surveys call safe",
        "1アカウントは高評価なのに利用が減少（調査では安全に見えるMRR $1.2万）",
    ),
    (("m1", "praise", 12000.0), ("m2", "praise", 500.0), ("m3", "complaint", 9.0)): (
        "2 accounts praise but use less: $12.5K of MRR that surveys call safe",
        "2アカウントは高評価なのに利用が減少（調査では安全に見えるMRR $1.25万）",
    ),
    (("m3", "complaint", 9.0),): (
        "1 account complains but uses more",
        "1アカウントは低評価でも利用が増加",
    ),
    (): ("What accounts say and what they do agree.", "顧客の声と行動は一致しています。"),
}


@pytest.mark.parametrize("gaps", GAPS)
def test_the_title_says_whose_words_and_deeds_differ(
    gaps: tuple[tuple[str, str, float], ...], measures: QuarterMeasures
) -> None:
    known = saying(measures, *gaps)
    assert tuple(say_do(scene_of(known, lang)).title for lang in ("en", "ja")) == GAPS[gaps]


def test_those_that_praise_but_use_less_come_first_also_without_a_name(measures: QuarterMeasures) -> None:
    known = saying(measures, ("m2", "praise", 500.0), ("gone", "complaint", 900.0), ("m1", "praise", 600.0))
    assert [row[0] for row in body(say_do(scene_of(known)))] == ["Aster", "Birch", "gone"]
    assert body(say_do(scene_of(known)))[1:] == [
        ["Birch", "praises, uses less", "9", "−40.4%", "$500"],
        ["gone", "complains, uses more", "9", "−40.4%", "$900"],
    ]


@pytest.mark.parametrize(
    ("gaps", "words"),
    [
        ((("m1", "praise", 1.0),), "Their score hides a loss of use: ask what changed."),
        ((("m1", "complaint", 1.0),), "They need the product and are not content with it: ask what they miss."),
        (
            (("m1", "praise", 1.0), ("m2", "complaint", 1.0)),
            "1 account complains but uses more: ask what it misses.",
        ),
        (
            (("m1", "praise", 1.0), ("m2", "complaint", 1.0), ("m3", "complaint", 1.0)),
            "2 accounts complain but use more: ask what they miss.",
        ),
    ],
)
def test_what_follows_is_a_question_to_ask(
    gaps: tuple[tuple[str, str, float], ...], words: str, measures: QuarterMeasures
) -> None:
    assert say_do(scene_of(saying(measures, *gaps))).so_what == words


@pytest.mark.parametrize(("n", "words"), [(10, "Those that praise"), (11, "10 of 11 accounts: those that praise")])
def test_ten_are_shown_and_the_caption_says_of_how_many(n: int, words: str, measures: QuarterMeasures) -> None:
    exhibit = say_do(scene_of(saying(measures, *[(f"x{at}", "complaint", 1.0) for at in range(n)])))
    assert exhibit.caption.startswith(words)
    assert (len(body(exhibit)), len(exhibit.data)) == (10, n)
