"""What is still open between the customer and us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from ..text import shown as safe
from .listing import listing
from .names import named

N_SHOWN = 12
_TABLES = {"ticket": "tickets", "action": "reviews", "risk": "risks"}


def open_points(scene: Scene) -> Exhibit:
    """Open tickets, actions promised in reviews, and the risks that we share, the oldest first."""
    if not scene.has("open_points"):
        return scene.missing("open_points", "open_points")
    found = scene.frame("open_points").sort_values(["since", "kind"], ignore_index=True)
    seen = [table for table in _TABLES.values() if table in scene.measures.tables]
    if found.empty:
        return absent("open_points", scene.say("Nothing is open on {day}.", day=_day(scene)), scene.language)
    closing = pd.Timestamp(scene.quarter.closing)
    shown = found.assign(
        kind_words=[named(scene, "point", kind) for kind in found["kind"]],
        what=[_what(scene, row) for row in found.to_dict("records")],
        days=(closing - found["since"]).dt.days,
    )
    columns = [
        Column("kind_words", scene.say("Open point")),
        Column("what", scene.say("What"), "long"),
        Column("since", scene.say("Since"), "date"),
        Column("days", scene.say("Days open"), "count"),
    ]
    title, caption = points_title(scene, found), _caption(scene, found)
    return listing(scene, "open_points", title, shown.head(N_SHOWN), columns, seen, caption=caption)


def _day(scene: Scene) -> str:
    return scene.language.date(scene.quarter.closing, "long")


def _what(scene: Scene, row: Mapping[Any, Any]) -> str:
    if row["kind"] == "ticket":
        return named(scene, "ticket", row["name"])
    if row["kind"] == "action":
        return scene.language.count("{n} action of this review", "{n} actions of this review", int(row["n"]))
    return scene.say("no description") if is_missing(row["name"]) else safe(row["name"], 400)


def points_title(scene: Scene, found: pd.DataFrame) -> str:
    """How many points are open, by kind."""
    n = {kind: int(found.loc[found["kind"] == kind, "n"].sum()) for kind in _TABLES}
    count = scene.language.count
    parts = [
        count("{n} support ticket", "{n} support tickets", n["ticket"]) if n["ticket"] else "",
        count("{n} action promised", "{n} actions promised", n["action"]) if n["action"] else "",
        count("{n} shared risk", "{n} shared risks", n["risk"]) if n["risk"] else "",
    ]
    return scene.say("Open: {points}", points=scene.language.listed([part for part in parts if part]))


def _caption(scene: Scene, found: pd.DataFrame) -> str:
    order = scene.say("The oldest first, as of {day}.", day=_day(scene))
    rest = len(found) - N_SHOWN
    if rest <= 0:
        return order
    return scene.noted(order, scene.language.count("{n} more is not shown.", "{n} more are not shown.", rest))
