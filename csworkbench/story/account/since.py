"""What changed for a customer since last quarter: its own use, support and journey, both quarters as known today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from ..catalogue import marked
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from .listing import listing
from .names import named

USE = ("adoption_index", "seats", "breadth", "regularity")
# column of the frame support → its name, and with how many decimals it is written
SUPPORT = {
    "tickets": (marked("Tickets"), 0),
    "median_first_response_hours": (marked("First response, h"), 1),
    "median_resolution_hours": (marked("Resolution, h"), 1),
    "csat": (marked("CSAT (1–5)"), 1),
}


@dataclass(frozen=True)
class Pair:
    """A measure in the last quarter and in this one; NaN where it was not measured. digits: None for a share."""

    name: str
    digits: int | None
    old: float
    new: float


def since(scene: Scene) -> Exhibit:
    """Every measure of the customer beside that of the last quarter."""
    pairs = [*_use(scene), *_support(scene), *_steps(scene)]
    last, now = (scene.language.quarter(quarter.label) for quarter in (scene.quarter.previous, scene.quarter))
    if all(is_missing(pair.old) for pair in pairs):
        said = scene.say("{since}: nothing to compare", since=scene.say("Since {quarter}", quarter=last))
        return absent("since", said, scene.language)
    known = [pair for pair in pairs if not (is_missing(pair.old) and is_missing(pair.new))]
    shown = pd.DataFrame([_row(scene, pair) for pair in known])
    columns = [
        Column("name", scene.say("Measure")),
        Column("old_words", last, "interval"),
        Column("new_words", now, "interval"),
        Column("change_words", scene.say("Change"), "interval"),
    ]
    title = scene.language.count(
        "{n} of {of} measures differs from {quarter}", "{n} of {of} measures differ from {quarter}",
        int((shown["old_words"] != shown["new_words"]).sum()), of=scene.language.number(len(shown)), quarter=last,
    )  # fmt: skip
    made = listing(
        scene, "since", title, shown, columns, ["usage", "subscriptions", "tickets", "milestones"],
        caption=scene.say("Both quarters as known today; the last pack may have said otherwise."),
    )  # fmt: skip
    numbers = [replace(column, name=column.name.removesuffix("_words"), kind="number") for column in columns[1:]]
    return replace(made, columns=[columns[0], *numbers])


def _row(scene: Scene, pair: Pair) -> dict[str, object]:
    language, change = scene.language, pair.new - pair.old
    if pair.digits is None:
        words = [language.percent(pair.old, 0), language.percent(pair.new, 0), language.points(change, 0)]
    else:
        numbers = [language.number(value, pair.digits) for value in (pair.old, pair.new)]
        words = [*numbers, language.change(change, pair.digits)]
    values = {"old": pair.old, "new": pair.new, "change": change}
    return {"name": pair.name, **values, **dict(zip(("old_words", "new_words", "change_words"), words, strict=True))}


def _use(scene: Scene) -> Iterator[Pair]:
    if not scene.has("use"):
        return
    frame = scene.frame("use")
    for measure in USE:
        rows = frame[frame["measure"] == measure].set_index("quarter")["value"]
        yield Pair(named(scene, "measure", measure), 0 if measure == USE[0] else None, *_both(scene, rows))


def _support(scene: Scene) -> Iterator[Pair]:
    if not scene.has("support"):
        return
    frame = scene.frame("support").set_index("quarter")
    for column, (name, digits) in SUPPORT.items():
        yield Pair(scene.say(name), digits, *_both(scene, frame[column]))


def _both(scene: Scene, values: pd.Series) -> tuple[float, float]:
    """The values of the last quarter and of this one. values: by quarter."""
    labels = (scene.quarter.previous.label, scene.quarter.label)
    old, new = (float(values.get(label, float("nan"))) for label in labels)
    return old, new


def _steps(scene: Scene) -> Iterator[Pair]:
    if not scene.has("steps") or scene.frame("steps").empty:
        return
    reached = scene.frame("steps")["reached_on"]
    days = (scene.quarter.opening, scene.quarter.closing)
    old, new = (float((reached <= pd.Timestamp(day)).sum()) for day in days)
    yield Pair(scene.say("Milestones reached so far"), 0, old, new)
