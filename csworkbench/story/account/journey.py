"""Where the account stands in the success journey."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column
from .listing import listing
from .names import named

REACHED = ("reached", "late")


def steps(scene: Scene) -> Exhibit:
    """Every milestone with its day, or the day on which it is due."""
    if not scene.has("steps"):
        return scene.missing("steps", "steps")
    found = scene.frame("steps")
    if found.empty:
        return absent("steps", scene.say("The journey has not begun yet."), scene.language)
    shown = found.assign(
        name=[scene.milestone(id) for id in found["milestone"]],
        words=[named(scene, "state", state) for state in found["state"]],
    )
    columns = [
        Column("name", scene.say("Milestone")),
        Column("words", scene.say("Status"), "short"),
        Column("reached_on", scene.say("Reached on"), "date"),
        Column("due_on", scene.say("Due on"), "date"),
        Column("days", scene.say("Days taken"), "count"),
        Column("due_days", scene.say("Days planned"), "count"),
    ]
    return listing(
        scene, "steps", journey_title(scene, shown), shown, columns, ["milestones"],
        caption=scene.say("Days from the milestone before, for the first one from the start."),
    )  # fmt: skip


def journey_title(scene: Scene, shown: pd.DataFrame) -> str:
    """How many milestones are reached, and which one is next or overdue."""
    n, reached = len(shown), int(shown["state"].isin(REACHED).sum())
    if reached == n:
        return scene.language.count("The {n} milestone is reached", "All {n} milestones are reached", n)
    title = scene.language.count(
        "{reached} of {n} milestone reached", "{reached} of {n} milestones reached", n,
        reached=scene.language.number(reached),
    )  # fmt: skip
    ahead = shown[shown["state"].isin(["waiting", "overdue"])]
    if ahead.empty:
        return title
    row, closing = ahead.iloc[0], pd.Timestamp(scene.quarter.closing)
    if row["state"] == "overdue":
        late = int((closing - row["due_on"]).days)
        return scene.language.count(
            "{title}; {name} is {n} day overdue", "{title}; {name} is {n} days overdue", late,
            title=title, name=row["name"],
        )  # fmt: skip
    day = scene.language.date(row["due_on"], "long")
    return scene.say("{title}; next is {name}, due on {day}", title=title, name=row["name"], day=day)
