"""Time to value: how long customers wait for the first result."""

from __future__ import annotations

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..exhibit import Exhibit, absent
from ..language import MISSING, is_missing
from ..scene import ALL, Scene
from ..tables import Column, table


def time_to_value(scene: Scene) -> Exhibit:
    """Days from start to the first value milestone, accounts that still wait included."""
    if not scene.has("time_to_value"):
        return scene.missing("time_to_value", "time_to_value")
    frame = scene.frame("time_to_value").set_index("segment")
    order = [scene.unit] if scene.segment else [*scene.segments]
    units = [unit for unit in [*dict.fromkeys([*order, ALL])] if unit in frame.index]
    shown = frame.loc[units].reset_index()
    if shown.empty or not shown["n"].sum():
        return absent("time_to_value", scene.say("No account started in the last 24 months."), scene.language)
    small = shown["n"] < SMALLEST_GROUP
    shown.loc[small, ["median_days", "p75_days", "p90_days", "low_days", "high_days"]] = float("nan")
    shown = shown.assign(name=[scene.name(unit) for unit in shown["segment"]], interval=_intervals(scene, shown))
    columns = [
        Column("name", scene.say("Segment")),
        Column("n", scene.say("Accounts started"), "count"),
        Column("n_reached", scene.say("Reached it"), "count"),
        Column("median_days", scene.say("Median days"), "count"),
        Column("interval", scene.say("95% interval"), "interval"),
        Column("p75_days", scene.say("75% within"), "count"),
        Column("p90_days", scene.say("90% within"), "count"),
    ]
    title = _title(scene, shown)
    return Exhibit(
        "time_to_value",
        title,
        scene.language,
        so_what=scene.noted(_waiting(scene, shown), _spread(scene, shown)),
        caption=scene.noted(
            scene.say(
                "Kaplan–Meier over accounts that started in the last 24 months; those still waiting count as waiting, "
                "not as lost. A dash: not reached by enough accounts yet, or under 5 accounts."
            ),
            scene.defined("time_to_value"),
        ),
        source=scene.source("milestones", "accounts"),
        table_html=table(shown, columns, scene.language, title, total=len(shown) - 1 if len(shown) > 1 else None),
        data=shown,
        columns=[c for c in columns if c.name != "interval"] + _bounds(scene),
    )


def _bounds(scene: Scene) -> list[Column]:
    """The interval as two columns of numbers, for the data."""
    return [Column("low_days", scene.say("95% from"), "count"), Column("high_days", scene.say("95% to"), "count")]


def _intervals(scene: Scene, shown: pd.DataFrame) -> list[str]:
    """The interval of each median; open where too few accounts have reached it to close it."""
    number = scene.language.number
    bounds = zip(shown["low_days"], shown["high_days"], strict=True)
    return [
        scene.say("{low} or more", low=number(low)) if is_missing(high) and not is_missing(low)
        else MISSING if is_missing(low) else f"{number(low)}–{number(high)}"
        for low, high in bounds
    ]  # fmt: skip


def _waiting(scene: Scene, shown: pd.DataFrame) -> str:
    mine = shown[shown["segment"] == scene.unit]
    n, waiting = int(mine["n"].sum()), int((mine["n"] - mine["n_reached"]).sum())
    if not waiting:
        return ""
    return scene.language.count(
        "{n} of {of} accounts has not reached it.", "{n} of {of} accounts have not reached it.",
        waiting, of=scene.language.number(n),
    )  # fmt: skip


def _spread(scene: Scene, shown: pd.DataFrame) -> str:
    """The fastest and the slowest segment when their intervals are apart; else that they are not."""
    known = shown[(shown["segment"] != ALL) & shown["low_days"].notna()]
    if len(known) < 2:
        return ""
    by_days = known.sort_values("median_days", kind="stable")
    fast, slow = by_days.iloc[0], by_days.iloc[-1]
    if is_missing(fast["high_days"]) or slow["low_days"] <= fast["high_days"]:
        return scene.say("The difference between segments may be chance.")
    return scene.say(
        "Fastest: {fast} ({few} days); slowest: {slow} ({many} days).",
        fast=fast["name"], few=scene.language.number(fast["median_days"]),
        slow=slow["name"], many=scene.language.number(slow["median_days"]),
    )  # fmt: skip


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    mine = shown[shown["segment"] == scene.unit]
    if mine.empty or is_missing(mine["median_days"].iloc[0]):
        return scene.say("Too few accounts reached first value to say how long it takes")
    days = scene.language.number(mine["median_days"].iloc[0])
    return scene.say("Half of the new accounts reach first value within {days} days", days=days)
