"""Hours inside and outside of the work that policy foresees."""

from __future__ import annotations

import pandas as pd

from ...metrics.team.work import coverage as hours_by_policy
from ..exhibit import Exhibit, absent
from ..tables import Column, table
from .scene import TeamScene
from .words import FUNCTIONS, TIERS, word


def policy_hours(scene: TeamScene) -> Exhibit:
    """Hours per touch tier inside and outside of the work that policy foresees for it."""
    if not scene.has("work"):
        return scene.missing("policy_hours", "work")
    policy = scene.measures.settings.team.work
    if not policy:
        title = scene.say("Hours out of policy are not shown: workspace.toml has no [team.work].")
        return absent("policy_hours", title, scene.language)
    found = hours_by_policy(scene.frame("work").query("quarter == @scene.quarter.label"), policy)
    if not found["hours"].sum() > 0:
        return absent("policy_hours", scene.say("No hours were recorded this quarter."), scene.language)
    shown = _tiers(scene, found)
    columns = [
        Column("name", scene.say("Touch tier")),
        Column("hours", scene.say("Hours"), "one"),
        Column("out", scene.say("Out of policy, h"), "one"),
        Column("share", scene.say("Share out"), "share0"),
        Column("most", scene.say("Mostly"), "long"),
    ]
    title = _policy_title(scene, found)
    return Exhibit(
        "policy_hours",
        title,
        scene.language,
        so_what=scene.say(
            "Either the work has a reason that policy should name, or the hours are free for other work."
        ),
        caption=scene.say("Out of policy: functions that [team.work] does not name for the account’s touch tier."),
        source=scene.source("activities", "accounts"),
        table_html=table(shown, columns, scene.language, title, total=len(shown) - 1),
        data=found.assign(
            tier=[word(scene, TIERS, tier) for tier in found["touch_tier"]],
            what=[word(scene, FUNCTIONS, name) for name in found["function"]],
            meant=[scene.say("yes") if meant else scene.say("no") for meant in found["is_meant"]],
        ),
        columns=[
            Column("tier", scene.say("Touch tier")),
            Column("what", scene.say("Function")),
            Column("hours", scene.say("Hours"), "one"),
            Column("meant", scene.say("In policy")),
        ],
    )


def _tiers(scene: TeamScene, found: pd.DataFrame) -> pd.DataFrame:
    order = [tier for tier in scene.measures.settings.team.work if tier in set(found["touch_tier"])]
    parts = [(word(scene, TIERS, tier), found[found["touch_tier"] == tier]) for tier in order]
    rows = [_tier(scene, name, part) for name, part in [*parts, (scene.say("All"), found)]]
    return pd.DataFrame(rows)


def _tier(scene: TeamScene, name: str, part: pd.DataFrame) -> dict[str, object]:
    out = part[~part["is_meant"]]
    by = out.groupby("function")["hours"].sum().sort_values(ascending=False, kind="stable")
    most = [
        scene.say("{what} {hours} h", what=word(scene, FUNCTIONS, what), hours=scene.language.number(hours, 1))
        for what, hours in by.head(2).items()
    ]
    hours = part["hours"].sum()
    return {
        "name": name,
        "hours": hours,
        "out": out["hours"].sum(),
        "share": out["hours"].sum() / hours if hours else float("nan"),
        "most": scene.language.listed(most) or None,
    }


def _policy_title(scene: TeamScene, found: pd.DataFrame) -> str:
    out = found[~found["is_meant"]]
    if not out["hours"].sum() > 0:
        return scene.say("Every hour went into work that policy foresees")
    row = out.sort_values(["hours", "function"], ascending=[False, True]).iloc[0]
    return scene.say(
        "{share} of hours went into work that policy does not foresee; largest part: {what} for {tier}",
        share=scene.language.percent(out["hours"].sum() / found["hours"].sum(), 0),
        what=word(scene, FUNCTIONS, row["function"]),
        tier=word(scene, TIERS, row["touch_tier"]),
    )
