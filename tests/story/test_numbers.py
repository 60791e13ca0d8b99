"""Every number of a title and of a so-what can be read off the exhibit's own data, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numerals import Numeral, given, said, without_days
from small_business import small_before, small_business
from small_quarter import frame_of, small_measures, with_frame
from small_scores import small_scores

from csworkbench.story.exhibit import Exhibit
from csworkbench.story.pack import EXHIBITS
from csworkbench.story.scene import Scene, scene_of

pytestmark = pytest.mark.xdist_group("numbers")

# numbers of the rule itself, which no data gives: months and days ahead, the level of an interval
OF_THE_RULE = {
    "at_risk": (12, 10), "whitespace": (12,), "responses": (30,), "post_mortem": (90,), "renewals_due": (2,),
    "forecast_error": (0.9,), "tenure_hazard": (24,),
}  # fmt: skip


def scene(lang: str, segment: str) -> Scene:
    book = [("all", "company"), ("segment", "mid"), ("segment", "smb")]
    rows = [
        {"quarter": quarter, "owner_kind": kind, "owner": owner, "nnmrr": nnmrr}
        for quarter, nnmrr in (("2026Q2", 500.0), ("2026Q3", -5000.0))
        for kind, owner in book
    ]
    measures = with_frame(small_measures(), "nnmrr", frame_of("nnmrr", rows))
    return scene_of(measures, lang, segment, small_scores(), small_business(), small_before())


@cache
def shown(lang: str, segment: str) -> list[tuple[Exhibit, list[Numeral], Mapping[str, np.ndarray]]]:
    """Each exhibit that is there, the numbers of its sentences, and those that its data gives."""
    place = scene(lang, segment)
    exhibits = [exhibit for exhibit in (show(place) for show in EXHIBITS.values()) if not exhibit.is_absent]
    return [(exhibit, numerals(place, exhibit), known(exhibit)) for exhibit in exhibits]


def numerals(place: Scene, exhibit: Exhibit) -> list[Numeral]:
    return list(said(without_days(f"{exhibit.title} {exhibit.so_what}", exhibit, place)))


def known(exhibit: Exhibit) -> Mapping[str, np.ndarray]:
    rule = OF_THE_RULE.get(exhibit.id, ())
    return {kind: np.array([*values, *rule]) for kind, values in given(exhibit).items()}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("segment", ["", "mid"])
def test_every_number_of_a_sentence_is_one_of_the_data(segment: str, lang: str) -> None:
    wrong = {
        exhibit.id: (unread, exhibit.title, exhibit.so_what)
        for exhibit, numbers, values in shown(lang, segment)
        if (unread := [number.text for number in numbers if not number.is_among(values)])
    }
    assert wrong == {}


def test_another_number_would_be_found_out() -> None:
    found = {}
    for exhibit, numbers, values in shown("en", ""):
        wrong = [replace(n, size=1.37 * n.size + 3 * n.half) for n in numbers]
        if wrong:
            found[exhibit.id] = not all(number.is_among(values) for number in wrong)
    assert len(found) > 25
    assert sum(found.values()) / len(found) > 0.8, found
