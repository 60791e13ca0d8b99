"""Proactive work and firefighting: who reacts, what comes again, and what policy does not foresee."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.calendar import Quarter
from ...metrics.intervals import SMALLEST_GROUP, wilson
from ...metrics.team.work import coverage as hours_by_policy
from ...metrics.team.work import loads
from ..charts.bars import Bar, bars
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..tables import Column, table
from .scene import TeamScene
from .words import FUNCTIONS, TIERS, word

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
        "{share} of hours went into work that policy does not foresee, most into {what} for {tier}",
        share=scene.language.percent(out["hours"].sum() / found["hours"].sum(), 0),
        what=word(scene, FUNCTIONS, row["function"]),
        tier=word(scene, TIERS, row["touch_tier"]),
    )
