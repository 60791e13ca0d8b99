"""Proactive work and firefighting: who reacts."""

from __future__ import annotations

import pandas as pd

from ...metrics.calendar import Quarter
from ...metrics.intervals import SMALLEST_GROUP
from ...metrics.team.work import loads
from ..charts.bars import Bar, bars
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..tables import Column
from .scene import TeamScene

_TEAM = ""


def shares(scene: TeamScene, quarter: Quarter) -> pd.DataFrame:
    """Reactive share of hours in a quarter by CSM and of the team (csm_id empty): share, hours, n; null under 5."""
    work = scene.frame("work")
    found = loads(work[work["quarter"] == quarter.label])
    numbers = ["n", "n_known", "hours", "known_hours", "reactive_hours"]
    both = pd.concat([found, found[numbers].sum().to_frame().T.assign(csm_id=_TEAM)], ignore_index=True)
    known = both["known_hours"].where((both["n_known"] >= SMALLEST_GROUP) & (both["known_hours"] > 0))
    return both.assign(share=(both["reactive_hours"] / known).astype(float)).set_index("csm_id")


def firefighting(scene: TeamScene) -> Exhibit:
    """Share of hours on reactive work per CSM, last quarter as a mark, the team first."""
    if not scene.has("work"):
        return scene.missing("firefighting", "work")
    now, before = shares(scene, scene.quarter), shares(scene, scene.quarter.previous)
    if is_missing(now.loc[_TEAM, "share"]):
        title = scene.say("Firefighting is not shown: fewer than {n} activities have a direction.", n=SMALLEST_GROUP)
        return absent("firefighting", title, scene.language)
    known = now["share"].dropna().drop(index=_TEAM).sort_values(ascending=False, kind="stable")
    order = [_TEAM, *known.index]
    data = now.loc[order].assign(
        name=[_name(scene, csm_id) for csm_id in order], before=before["share"].reindex(order).to_numpy()
    )
    return Exhibit(
        "firefighting",
        fire_title(scene, now, before),
        scene.language,
        so_what=_highest(scene, known, float(now["share"].loc[_TEAM])),
        caption=scene.noted(
            scene.say(
                "Hours of reactive activities over hours of all activities whose direction is known; n: activities."
            ),
            scene.defined("proactive_share"),
        ),
        alt=scene.say(
            "Bars of the reactive share of hours: {values}.",
            values=scene.language.listed(
                [f"{row['name']} {scene.language.percent(row['share'], 0)}" for row in data.to_dict("records")]
            ),
        ),
        source=scene.source("activities"),
        figure_svg=_figure(scene, data),
        data=data.reset_index(),
        columns=(
            Column("name", scene.say("CSM")),
            Column("n", scene.say("Activities"), "count"),
            Column("hours", scene.say("Hours"), "one"),
            Column("reactive_hours", scene.say("Reactive hours"), "one"),
            Column("share", scene.say("Reactive share"), "share"),
            Column("before", scene.say("Last quarter"), "share"),
        ),
    )


def _name(scene: TeamScene, csm_id: str) -> str:
    return scene.person(csm_id) if csm_id != _TEAM else scene.say("Team")


def fire_title(scene: TeamScene, now: pd.DataFrame, before: pd.DataFrame) -> str:
    """The team's reactive share of hours and how it moved."""
    share, past = (float(frame["share"].get(_TEAM, float("nan"))) for frame in (now, before))
    words = scene.language.percent(share, 0)
    if is_missing(past):
        return scene.say("Firefighting takes {share} of the team’s hours", share=words)
    size = scene.language.points_size(share - past, 0)
    if abs(share - past) < 0.005:
        return scene.say("Firefighting takes {share} of the team’s hours, as last quarter", share=words)
    return scene.say(
        "Firefighting takes {share} of the team’s hours, {size} more than last quarter"
        if share > past
        else "Firefighting takes {share} of the team’s hours, {size} less than last quarter",
        share=words,
        size=size,
    )


def _highest(scene: TeamScene, known: pd.Series, team: float) -> str:
    if known.empty or known.iloc[0] < team + 0.005:
        return ""
    return scene.say(
        "{name} has the largest share ({share}); {rest} of the team’s hours are proactive.",
        name=scene.person(known.index[0]),
        share=scene.language.percent(known.iloc[0], 0),
        rest=scene.language.percent(1 - team, 0),
    )


def _figure(scene: TeamScene, data: pd.DataFrame) -> str:
    longest = max(0.1, float(data[["share", "before"]].max().max()) * 1.15)
    rows = [
        Bar(
            row["name"],
            min(row["share"], longest),
            scene.language.percent(row["share"], 0),
            marked=csm_id == _TEAM,
            remark=scene.say("n = {n}", n=scene.language.number(row["n"])),
            reference=None if is_missing(row["before"]) else float(row["before"]),
        )
        for csm_id, row in zip(data.index, data.to_dict("records"), strict=True)
    ]
    has_past = any(row.reference is not None for row in rows)
    return bars(rows, scene.language.lang, min(1.0, longest), scene.say("last quarter") if has_past else "")
