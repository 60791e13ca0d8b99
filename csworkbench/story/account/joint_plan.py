"""What comes next, for both sides."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column
from .listing import listing
from .names import named

_TABLES = ["milestones", "success_plans", "reviews", "subscriptions"]


def joint_plan(scene: Scene) -> Exhibit:
    """The next milestone, goals to assess, the next review and the renewal, by date."""
    if not scene.has("joint_plan"):
        return scene.missing("joint_plan", "joint_plan")
    found = scene.frame("joint_plan")
    if found.empty:
        return absent(
            "joint_plan", scene.say("Nothing is planned yet: agree on a date for the next review."), scene.language
        )
    shown = described(scene, found)
    columns = [
        Column("what", scene.say("What"), "long"),
        Column("due_on", scene.say("By"), "date"),
        Column("words", scene.say("Status"), "short"),
    ]
    return listing(
        scene, "joint_plan", plan_title(scene, shown), shown, columns, _TABLES, so_what=_no_review(scene, found)
    )  # fmt: skip


def described(scene: Scene, found: pd.DataFrame) -> pd.DataFrame:
    """The steps of the plan in words."""
    return found.assign(
        what=[_what(scene, *pair) for pair in zip(found["kind"], found["name"], strict=True)],
        words=[scene.say("overdue") if late else scene.say("ahead") for late in found["overdue"]],
    )


def _what(scene: Scene, kind: str, name: object) -> str:
    words = named(scene, "kind", kind)
    if kind == "milestone":
        return scene.say("{kind}: {name}", kind=words, name=scene.milestone(str(name)))
    if kind == "goal":
        return scene.say("{kind}: {name}", kind=words, name=named(scene, "criterion", name))
    return words


def plan_title(scene: Scene, shown: pd.DataFrame) -> str:
    """What comes next and when, and how much is overdue."""
    ahead, late = shown[~shown["overdue"]], int(shown["overdue"].sum())
    if ahead.empty:
        return scene.language.count("{n} agreed step is overdue", "{n} agreed steps are overdue", late)
    row = ahead.iloc[0]
    title = scene.say("Next: {what}, {day}", what=row["what"], day=scene.language.date(row["due_on"], "long"))
    if not late:
        return title
    return scene.language.count("{title}; {n} step is overdue", "{title}; {n} steps are overdue", late, title=title)


def _no_review(scene: Scene, found: pd.DataFrame) -> str:
    if "reviews" not in scene.measures.tables or (found["kind"] == "review").any():
        return ""
    return scene.say("No next business review is planned: agree on a date.")
