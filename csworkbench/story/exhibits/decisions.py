"""The decisions that the pack asks for, in words: what, why, whose, and by when."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column, table
from ..text import shown as safe
from .decision_rules import GAP, MORE_RENEWALS, NO_OWNER, NO_PLAN, OVERDUE, RENEWAL, TWICE, Decision
from .decision_rules import decisions as found_by_rules
from .renewals import calls
from .wording import sentences, with_cause

RENEWALS = (RENEWAL, MORE_RENEWALS)
_TABLES = ("subscriptions", "opportunities", "targets", "assignments", "reviews", "success_plans")


def decisions(scene: Scene) -> Exhibit:
    """What is to be decided: renewals first, then plans, then care."""
    found = found_by_rules(scene)
    if not found:
        said = scene.say("No decision is asked for: no renewal in doubt, no gap to plan, nothing overdue.")
        return absent("decisions", said, scene.language)
    data = _data(scene, found)
    columns = [
        Column("what", scene.say("To decide"), "long"),
        Column("by", scene.say("By"), "date"),
        Column("whose", scene.say("Who"), "short"),
        Column("why", scene.say("Because"), "long"),
        Column("money", scene.say("MRR behind it"), "money"),
    ]
    title = _title(scene, data)
    return Exhibit(
        "decisions",
        title,
        scene.language,
        so_what=_on_renewals(scene, data),
        caption=_caption(scene),
        source=scene.source(*_TABLES),
        table_html=table(data, columns, scene.language, title),
        data=data,
        columns=[
            *columns,
            Column("n", scene.say("How many"), "count"),
            Column("p", scene.say("Chance of leaving"), "share"),
        ],
    )


def _data(scene: Scene, found: list[Decision]) -> pd.DataFrame:
    rows = [
        {
            "kind": one.kind,
            "what": _what(scene, one),
            "why": _why(scene, one),
            "whose": _whose(scene, one),
            "by": pd.Timestamp(one.by),
            "money": one.money,
            "n": one.n,
            "p": one.p,
        }
        for one in found
    ]
    return pd.DataFrame(rows).astype({"money": "float64", "p": "float64"})


def _what(scene: Scene, one: Decision) -> str:
    language, next_ = scene.language, scene.language.quarter(scene.quarter.next.label)
    if one.kind == RENEWAL:
        return scene.say(
            "What to offer {name} before its renewal on {day}", name=safe(one.about, 40), day=language.date(one.on)
        )
    if one.kind == MORE_RENEWALS:
        return language.count("How to hold {n} more renewal in doubt", "How to hold {n} more renewals in doubt", one.n)
    if one.kind == GAP:
        return scene.say("How to close the gap to the plan of {quarter}, or to change the plan", quarter=next_)
    if one.kind == TWICE:
        return scene.say("What to change in {segment}", segment=scene.name(one.about))
    if one.kind == NO_OWNER:
        return language.count(
            "Who takes {n} account without an owner", "Who takes {n} accounts without an owner", one.n
        )
    if one.kind == OVERDUE:
        return language.count(
            "Whether to keep or withdraw {n} overdue promise", "Whether to keep or withdraw {n} overdue promises", one.n
        )
    return scene.say("The plan of {quarter}", quarter=next_)


def _why(scene: Scene, one: Decision) -> str:
    language = scene.language
    if one.kind == RENEWAL:
        return _doubt(scene, one)
    if one.kind == MORE_RENEWALS:
        return scene.say("The first is due on {day}", day=language.date(one.on))
    if one.kind == GAP:
        return scene.say(
            "Expected net new MRR: {value}, plan: {plan}",
            value=language.money_change(one.value), plan=language.money(one.plan),
        )  # fmt: skip
    if one.kind == TWICE:
        return scene.say(
            "NRR {value} is below the plan of {plan}, as it was last quarter",
            value=language.percent(one.value), plan=language.percent(one.plan),
        )  # fmt: skip
    if one.kind == NO_OWNER:
        return scene.say("They show signs that need a person; the largest is {name}", name=safe(one.about, 40))
    if one.kind == OVERDUE:
        return scene.say("The largest account that waits is {name}", name=safe(one.about, 40))
    return scene.say("There is none yet")


def _doubt(scene: Scene, one: Decision) -> str:
    """What the CSM calls and what the score says, and that they disagree where they do."""
    call = calls(scene).get(one.call, one.call)
    said = scene.say("called “{call}” by its CSM", call=call) if one.call else ""
    if one.p is None or is_missing(one.p):
        return said
    share = scene.language.chance(one.p)
    chance = (
        scene.say("has said that it leaves")
        if one.p >= 1
        else scene.say("{share} chance of leaving by then", share=share)
    )
    return with_cause(scene.language, said, chance) if said else chance


def _whose(scene: Scene, one: Decision) -> str:
    if one.kind == RENEWAL:
        return safe(one.whose) if one.whose else scene.say("no owner yet")
    if one.kind in (GAP, NO_PLAN):
        return scene.say("Executives")
    return scene.say("Head of CS") if one.kind != TWICE else scene.say("Head of the segment")


def _title(scene: Scene, data: pd.DataFrame) -> str:
    first = scene.language.date(data["by"].min(), "long")
    return scene.language.count(
        "{n} decision is asked for, by {day}", "{n} decisions are asked for, the first by {day}", len(data), day=first
    )


def _on_renewals(scene: Scene, data: pd.DataFrame) -> str:
    rows = data[data["kind"].isin(RENEWALS)]
    if rows.empty:
        return ""
    return scene.language.count(
        "{n} renewal of next quarter is in doubt, with {amount} of MRR.",
        "{n} renewals of next quarter are in doubt, with {amount} of MRR.",
        int(rows["n"].sum()), amount=scene.language.money(rows["money"].sum()),
    )  # fmt: skip


def _caption(scene: Scene) -> str:
    return sentences(
        scene.say(
            "By fixed rules: renewals of next quarter called at risk or lost, or with a 30% chance of leaving, 30 days"
            " before they are due; a forecast below plan; NRR below plan twice; signs without an owner; overdue"
            " promises; a missing plan. Roles are named by the rule, owners by the data."
        ),
    )
