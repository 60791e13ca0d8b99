"""A difference as tables of text: the first row of each is its heading."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...data.asof import ALL
from ..language import Language
from .compare import Difference
from .moved import FORECAST
from .words import KINDS, LISTS, changed, measure_name, move_name, text_of, written

Rows = list[list[str]]


def tables(found: Difference, language: Language) -> Iterator[Rows]:
    """What moved, in the segments too, which accounts entered and left which list, and what the numbers rest on."""
    moved, restated = found.frames["moved"], found.frames["restated"]
    quarters = [language.quarter(label) for label in (found.old, found.new)]
    names = moved["segment"].drop_duplicates()
    for segment in names:
        part = moved[(moved["segment"] == segment) & moved[["old", "new"]].notna().any(axis=1)]
        yield [[_segment(language, segment), *quarters, language.say("Change")], *_moved(part, language)]
    yield [[language.say("Account"), language.say("Segment"), language.say("List"), language.say("Change"),
            language.say("MRR")], *_lists(found.frames["lists"], language)]  # fmt: skip
    heading = [language.say("What"), language.say("Kind"), language.say("Before"), language.say("Now")]
    yield [heading, *_basis(found.frames["basis"], language), *_restated(restated, language)]


def nothing(found: Difference, language: Language) -> str:
    """That the two say the same."""
    old, new = (language.quarter(label) for label in (found.old, found.new))
    return language.say("Nothing differs between {old} and {new}.", old=old, new=new)


def _segment(language: Language, segment: str) -> str:
    return language.say("All accounts") if segment == ALL else text_of(segment)


def _moved(part: pd.DataFrame, language: Language) -> Iterator[list[str]]:
    for row in part.to_dict("records"):
        values = [written(language, row["kind"], row[name]) for name in ("old", "new")]
        change = changed(language, row["kind"], row["change"])
        if row["measure"] == FORECAST:
            inside = row["low"] <= row["new"] <= row["high"]
            where = language.say("inside the interval") if inside else language.say("outside the interval")
            change = f"{change} ({where})"
        yield [measure_name(language, row["measure"]), *values, change]


def _lists(rows: pd.DataFrame, language: Language) -> Iterator[list[str]]:
    for row in rows.to_dict("records"):
        move = move_name(language, row["move"], row["pays"])
        who = [text_of(row["name"]), text_of(row["segment"])]
        yield [*who, language.say(LISTS[row["list"]]), move, language.money(row["mrr"])]


def _basis(rows: pd.DataFrame, language: Language) -> Iterator[list[str]]:
    for row in rows.to_dict("records"):
        yield [text_of(row["what"]), language.say(KINDS[row["kind"]]), text_of(row["old"]), text_of(row["new"])]


def _restated(rows: pd.DataFrame, language: Language) -> Iterator[list[str]]:
    for row in rows.to_dict("records"):
        name = language.say(
            "{name}, {quarter}",
            name=measure_name(language, row["measure"]),
            quarter=language.quarter(row["quarter"]),
        )
        values = [written(language, row["kind"], row[side]) for side in ("old", "new")]
        yield [f"{_segment(language, row['segment'])}: {name}", language.say("Told anew"), *values]
