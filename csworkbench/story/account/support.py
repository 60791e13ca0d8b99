"""Support over the last quarters: how much, how fast, how well."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from .listing import listing


def support(scene: Scene) -> Exhibit:
    """Tickets of the account by quarter: number, median hours, satisfaction."""
    if not scene.has("support"):
        return scene.missing("support", "support")
    found = scene.frame("support")
    if not found["tickets"].sum():
        title = scene.language.count(
            "No support ticket in {n} quarter.", "No support ticket in {n} quarters.", len(found)
        )
        return absent("support", title, scene.language)
    shown = found.sort_values("quarter", ascending=False, ignore_index=True)
    columns = [
        Column("quarter", scene.say("Quarter"), "quarter"),
        Column("tickets", scene.say("Tickets"), "count"),
        Column("median_first_response_hours", scene.say("First response, h"), "one"),
        Column("median_resolution_hours", scene.say("Resolution, h"), "one"),
        Column("csat", scene.say("CSAT (1–5)"), "one"),
        Column("n_csat", scene.say("CSAT answers"), "count"),
    ]
    return listing(
        scene, "support", support_title(scene, shown), shown, columns, ["tickets"],
        so_what=_speed(scene, shown.iloc[0]),
        caption=scene.say("Medians over the tickets opened in the quarter; CSAT: mean of the answers to them."),
    )  # fmt: skip


def support_title(scene: Scene, shown: pd.DataFrame) -> str:
    """Tickets of the quarter against the quarter before. shown: the latest quarter first."""
    n, before = (int(n) for n in shown["tickets"].iloc[:2]) if len(shown) > 1 else (int(shown["tickets"].iloc[0]), 0)
    title = scene.language.count("{n} support ticket this quarter", "{n} support tickets this quarter", n)
    if len(shown) < 2:
        return title
    if n == before:
        return scene.say("{title}, as many as the quarter before", title=title)
    size = abs(n - before)
    if n > before:
        return scene.language.count("{title}, {n} more than the quarter before",
                                    "{title}, {n} more than the quarter before", size, title=title)  # fmt: skip
    return scene.language.count("{title}, {n} fewer than the quarter before",
                                "{title}, {n} fewer than the quarter before", size, title=title)  # fmt: skip


def _speed(scene: Scene, now: pd.Series) -> str:
    if is_missing(now["median_first_response_hours"]):
        return ""
    hours = scene.language.number(now["median_first_response_hours"], 1)
    if now["tickets"] == 1:
        return scene.say("It had a first response within {hours} hours.", hours=hours)
    return scene.say("Half of the tickets had a first response within {hours} hours.", hours=hours)
