"""The customer's own goals: target, actual, status, and where each value comes from."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import MISSING, Language, is_missing
from ..scene import Scene
from ..tables import Column
from .listing import listing
from .names import named

ASSESSED = ("met", "partly", "missed")


def goals(scene: Scene) -> Exhibit:
    """Every agreed goal with target, actual, status, due date, and the source and day of its value."""
    if not scene.has("goals"):
        return scene.missing("goals", "goals")
    found = scene.frame("goals")
    if found.empty:
        return absent(
            "goals", scene.say("No goal is agreed yet: agree on one or two that can be measured."), scene.language
        )
    shown = found.assign(
        goal=[named(scene, "criterion", text) for text in found["criterion"]],
        wanted=[_amount(scene, *pair) for pair in zip(found["target"], found["unit"], strict=True)],
        reached=[_amount(scene, *pair) for pair in zip(found["actual"], found["unit"], strict=True)],
        status_words=[named(scene, "status", text) for text in found["status"].fillna("open")],
        source_words=[named(scene, "source", text) for text in found["source"]],
    )
    columns = [
        Column("goal", scene.say("Agreed goal")),
        Column("wanted", scene.say("Target value"), "short"),
        Column("reached", scene.say("Actual"), "short"),
        Column("status_words", scene.say("Status"), "short"),
        Column("due_on", scene.say("Due on"), "date"),
        Column("assessed_on", scene.say("Assessed on"), "date"),
        Column("source_words", scene.say("Source of the value"), "short"),
    ]
    return listing(
        scene, "goals", goals_title(scene.language, found["status"]), shown, columns, ["success_plans"],
        so_what=_so_what(scene, shown),
        caption=scene.say("Status as assessed together; a dash: no value yet."),
    )  # fmt: skip


def _amount(scene: Scene, value: float, unit: object) -> str:
    if is_missing(value):
        return MISSING
    number = scene.language.number(value, 0 if float(value).is_integer() else 1)
    return number if is_missing(unit) else scene.say("{n} {unit}", n=number, unit=named(scene, "unit", unit))


def goals_title(language: Language, statuses: pd.Series) -> str:
    """How many of the agreed goals are met, and how many are missed or not assessed."""
    counts = {name: int((statuses == name).sum()) for name in ASSESSED}
    n, assessed = len(statuses), sum(counts.values())
    if not assessed:
        return language.count(
            "{n} goal is agreed; it is not assessed yet", "{n} goals are agreed; none is assessed yet", n
        )
    if counts["met"] == n:
        return language.count("The {n} agreed goal is met", "All {n} agreed goals are met", n)
    met = language.number(counts["met"])
    title = language.count("{met} of {n} agreed goal met", "{met} of {n} agreed goals met", n, met=met)
    return _and_others(language, title, counts, n - assessed)


def _and_others(language: Language, title: str, counts: dict[str, int], n_open: int) -> str:
    parts = [
        language.count("{n} in part", "{n} in part", counts["partly"]) if counts["partly"] else "",
        language.count("{n} missed", "{n} missed", counts["missed"]) if counts["missed"] else "",
        language.count("{n} not assessed yet", "{n} not assessed yet", n_open) if n_open else "",
    ]
    return language.say("{title}: {others}", title=title, others=language.listed([p for p in parts if p]))


def _so_what(scene: Scene, shown: pd.DataFrame) -> str:
    """The goal to talk about first: one that was missed, else one met in part, else one due and not assessed."""
    closing = pd.Timestamp(scene.quarter.closing)
    missed, partly = (shown[shown["status"] == status] for status in ("missed", "partly"))
    due = shown[~shown["status"].isin(ASSESSED) & (shown["due_on"] <= closing)]
    if len(missed):
        return scene.say("To talk about first: {goal}, {reached} against a target of {wanted}.", **_first(missed))
    if len(partly):
        return scene.say("Not yet there: {goal}, {reached} against a target of {wanted}.", **_first(partly))
    if len(due):
        return scene.say("{goal} was due and has no value yet: assess it together.", **_first(due))
    return ""


def _first(rows: pd.DataFrame) -> dict[str, str]:
    return {name: str(rows.iloc[0][name]) for name in ("goal", "reached", "wanted")}
