"""What comes again: categories of tickets whose cause is still there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP, wilson
from ..charts.bars import Bar, bars
from ..exhibit import Exhibit, absent
from ..tables import Column
from .scene import TeamScene
from .words import word


def repeat_causes(scene: TeamScene) -> Exhibit:
    """Share of tickets per category that had been there within 90 days, with interval and n."""
    if not scene.has("fires"):
        return scene.missing("repeat_causes", "fires")
    frame = scene.frame("fires")
    frame = frame[frame["n_tickets"] >= SMALLEST_GROUP].reset_index(drop=True)
    if frame.empty:
        title = scene.say("Repeat causes are not shown: no category has {n} tickets.", n=SMALLEST_GROUP)
        return absent("repeat_causes", title, scene.language)
    low, high = wilson(frame["n_repeated"], frame["n_tickets"])
    rated = frame.assign(share=frame["n_repeated"] / frame["n_tickets"], low=low, high=high)
    rated = rated.sort_values(["share", "n_tickets"], ascending=False, ignore_index=True)
    rated = rated.assign(name=[word(scene, {}, category) for category in rated["category"]])
    return Exhibit(
        "repeat_causes",
        _repeat_title(scene, rated),
        scene.language,
        so_what=_saved(scene, rated),
        caption=scene.noted(
            scene.say(
                "Tickets opened in the quarter whose account had another of the same category in the 90 days before; "
                "line: 95% interval; categories under {n} tickets are left out.",
                n=SMALLEST_GROUP,
            ),
            scene.defined("repeat_ticket"),
        ),
        alt=scene.say(
            "Bars of repeated tickets by category: {values}.",
            values=scene.language.listed(
                [f"{row['name']} {scene.language.percent(row['share'], 0)}" for row in rated.to_dict("records")]
            ),
        ),
        source=scene.source("tickets"),
        figure_svg=bars([_bar(scene, row) for row in rated.to_dict("records")], scene.language.lang),
        data=rated,
        columns=(
            Column("name", scene.say("Category")),
            Column("n_tickets", scene.say("Tickets"), "count"),
            Column("n_repeated", scene.say("Repeated"), "count"),
            Column("share", scene.say("Share repeated"), "share"),
            Column("low", scene.say("95% from"), "share"),
            Column("high", scene.say("95% to"), "share"),
            Column("n_accounts", scene.say("Accounts"), "count"),
        ),
    )


def _bar(scene: TeamScene, row: Mapping[Any, Any]) -> Bar:
    share, low, high = (float(row[name]) for name in ("share", "low", "high"))
    words = scene.language.percent(share, 0)
    return Bar(str(row["name"]), share, words, low, high, remark=scene.say("n = {n}", n=row["n_tickets"]))


def _repeat_title(scene: TeamScene, rated: pd.DataFrame) -> str:
    top = rated.iloc[0]
    if not top["n_repeated"]:
        return scene.say("No ticket of the quarter was a repeat")
    return scene.say(
        "{share} of tickets on “{category}” are repeats: {n} of {of}",
        share=scene.language.percent(top["share"], 0),
        category=top["name"],
        n=scene.language.number(top["n_repeated"]),
        of=scene.language.number(top["n_tickets"]),
    )


def _saved(scene: TeamScene, rated: pd.DataFrame) -> str:
    n, of = int(rated["n_repeated"].sum()), int(rated["n_tickets"].sum())
    if not n:
        return ""
    return scene.say(
        "Over all categories {n} of {of} tickets ({share}) came again: removing the cause would spare that work.",
        n=scene.language.number(n),
        of=scene.language.number(of),
        share=scene.language.percent(n / of, 0),
    )
