"""What the account says against what it does."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..exhibits.voice import PRAISES
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from .listing import listing


def say_do(scene: Scene) -> Exhibit:
    """The last NPS score beside the change in use."""
    if not {"surveys", "usage"} & set(scene.measures.tables):
        what = scene.language.listed(["surveys", "usage"])
        return absent("say_do", scene.say("Not shown: the workspace has no {what}.", what=what), scene.language)
    shown = scene.frame("standing")
    row = shown.iloc[0]
    if is_missing(row["nps"]) and is_missing(row["usage_change"]):
        return absent("say_do", scene.say("It has answered no survey, and no use was measured."), scene.language)
    columns = [
        Column("nps", scene.say("Last NPS score"), "count"),
        Column("usage_change", scene.say("Change in use"), "share_change"),
        Column("usage_90d", scene.say("Use, last 90 days"), "count"),
        Column("usage_prior_90d", scene.say("Use, 90 days before"), "count"),
    ]
    return listing(
        scene, "say_do", say_do_title(scene, row), shown, columns, ["surveys", "usage"], caption=scene.defined("say_do")
    )  # fmt: skip


def say_do_title(scene: Scene, row: pd.Series) -> str:
    """What it says and what it does, and whether they agree."""
    if is_missing(row["nps"]):
        change = scene.language.percent_change(row["usage_change"], 0)
        return scene.say("It has answered no NPS survey; its use changed by {change}", change=change)
    score = scene.language.number(row["nps"])
    if is_missing(row["usage_change"]):
        return scene.say("Its last NPS score is {score}; there is no earlier use to compare", score=score)
    values = {"score": score, "change": scene.language.percent_change(row["usage_change"], 0)}
    if is_missing(row["gap"]):
        return scene.say("What it says (NPS score {score}) and does (use {change}) agree", **values)
    if row["gap"] == PRAISES:
        return scene.say("It praises (NPS score {score}) but uses less ({change})", **values)
    return scene.say("It complains (NPS score {score}) but uses more ({change})", **values)
