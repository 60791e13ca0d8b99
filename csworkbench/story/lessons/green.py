"""How many of the accounts that left each score had called green."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP, wilson
from ..charts.bars import Bar, bars
from ..exhibit import Exhibit, absent
from ..exhibits.score_names import NAIVE, score_name
from ..scene import Scene
from ..tables import Column


def green(scene: Scene) -> Exhibit:
    """Share of leavers that were green 90 days before, with its interval, by score."""
    if not scene.has("scorecard"):
        return scene.missing("green", "scorecard")
    data = _data(scene)
    if data.empty:
        return absent("green", scene.say("Too few accounts left to say how they had looked."), scene.language)
    rows = [_bar(scene, row) for row in data.to_dict("records")]
    said = scene.language.listed([f"{row.name} {row.words}" for row in rows])
    return Exhibit(
        "green",
        _title(scene, data),
        scene.language,
        so_what=_chance(scene, data),
        caption=scene.say("Accounts that decided to leave, by their band 90 days before; thin line: 95% interval."),
        alt=scene.say("Green 90 days before: {parts}.", parts=said),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "vendor_health"),
        figure_svg=bars(rows, scene.language.lang),
        data=data,
        columns=(
            Column("name", scene.say("Score")),
            Column("share_green_churners", scene.say("Green 90 days before"), "share"),
            Column("n_churners", scene.say("of n"), "count"),
            Column("low", scene.say("95% from"), "share"),
            Column("high", scene.say("95% to"), "share"),
        ),
    )


def _data(scene: Scene) -> pd.DataFrame:
    card = scene.frame("scorecard")
    kept = card[(card["segment"] == scene.unit) & ~card["score"].str.startswith(NAIVE)]
    kept = kept[kept["share_green_churners"].notna() & (kept["n_churners"] >= SMALLEST_GROUP)]
    n_green = (kept["share_green_churners"] * kept["n_churners"]).round()
    low, high = wilson(n_green.to_numpy(), kept["n_churners"].to_numpy())
    names = [score_name(scene, score) for score in kept["score"]]
    return kept.assign(name=names, low=low, high=high).sort_values("share_green_churners", ignore_index=True)


def _title(scene: Scene, data: pd.DataFrame) -> str:
    best, worst = data.iloc[0], data.iloc[-1]
    share = {id: scene.language.percent(row["share_green_churners"], 0) for id, row in (("a", best), ("b", worst))}
    if share["a"] == share["b"]:
        return scene.say("{share} of the leavers had been green by every score", share=share["a"])
    return scene.say(
        "Of those who left, {best} had called {a} green and {worst} {b}",
        best=best["name"],
        worst=worst["name"],
        **share,
    )


def _chance(scene: Scene, data: pd.DataFrame) -> str:
    """Whether the scores are told apart at all."""
    if len(data) < 2 or data["high"].iloc[0] < data["low"].iloc[-1]:
        return ""
    return scene.say("The intervals overlap: the difference between the scores may be chance.")


def _bar(scene: Scene, row: dict[Any, Any]) -> Bar:
    share = float(row["share_green_churners"])
    n = scene.say("of {n}", n=scene.language.number(float(row["n_churners"])))
    words = scene.language.percent(share, 0)
    return Bar(str(row["name"]), share, words, float(row["low"]), float(row["high"]), remark=n)
