"""Capacity: the size of books against policy, and the hours that go into them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.team.books import NEW_DAYS
from ..charts.dots import Dot, Scale, dots
from ..exhibit import Exhibit, absent
from ..tables import Column
from .scene import TeamScene

WEEKS = 13


def sizes(scene: TeamScene) -> pd.DataFrame:
    """CSMs at work now with accounts and hours a week of one full-time CSM, the fullest first."""
    frame = scene.frame("csms")
    day = pd.Timestamp(scene.quarter.closing)
    new = (day - frame["joined_on"]).dt.days.between(0, NEW_DAYS)
    there = frame[(frame["n_accounts"] > 0) | new]
    fte = there["fte"].fillna(1.0)
    found = there.assign(fte=fte, per=there["n_accounts"] / fte.where(fte > 0), hours=_hours(scene, there) / WEEKS)
    ordered: pd.DataFrame = found.sort_values(["per", "csm_id"], ascending=[False, True], ignore_index=True)
    return ordered


def _hours(scene: TeamScene, there: pd.DataFrame) -> pd.Series:
    if not scene.has("work"):
        return pd.Series(float("nan"), there.index)
    work = scene.frame("work")
    sums = work[work["quarter"] == scene.quarter.label].groupby("csm_id")["hours"].sum()
    found: pd.Series = there["csm_id"].map(sums).astype(float)
    return found


def capacity(scene: TeamScene) -> Exhibit:
    """Accounts of one full-time CSM in each book, the policy as a line, hours a week beside it."""
    if not scene.has("csms"):
        return scene.missing("capacity", "csms")
    data = sizes(scene)
    if data["per"].dropna().empty:
        return absent("capacity", scene.say("No CSM looks after a paying account."), scene.language)
    limit = scene.measures.settings.team.accounts_per_csm
    data = data.assign(name=[scene.person(csm_id) for csm_id in data["csm_id"]], limit=limit or math.nan)
    return Exhibit(
        "capacity",
        capacity_title(scene, data, limit),
        scene.language,
        so_what=_spare(scene, data, limit),
        caption=scene.say(
            "Paying accounts in charge at the end of the quarter ÷ full-time share; hours with customers as recorded."
        ),
        alt=scene.say(
            "Points of accounts per full-time CSM: {values}.",
            values=scene.language.listed(
                [f"{row['name']} {scene.language.number(row['per'])}" for row in data.to_dict("records")]
            ),
        ),
        source=scene.source("assignments", "csms", "activities"),
        figure_svg=_figure(scene, data, limit),
        data=data,
        columns=(
            Column("name", scene.say("CSM")),
            Column("n_accounts", scene.say("Accounts"), "count"),
            Column("mrr", scene.say("MRR"), "money"),
            Column("fte", scene.say("Full-time share"), "one"),
            Column("per", scene.say("Accounts per full-time CSM"), "one"),
            Column("limit", scene.say("Policy"), "one"),
            Column("hours", scene.say("Hours a week"), "one"),
        ),
    )


def capacity_title(scene: TeamScene, data: pd.DataFrame, limit: float | None) -> str:
    """How many CSMs look after more than policy foresees, and who most."""
    top = data.iloc[0]
    words = {"name": top["name"], "per": scene.language.number(top["per"]), "of": scene.language.number(len(data))}
    if limit is None:
        return scene.say(
            "{name} looks after most accounts: {per} per full-time CSM", name=words["name"], per=words["per"]
        )
    over = int((data["per"] > limit).sum())
    words["limit"] = scene.language.number(limit)
    if not over:
        return scene.say("No CSM looks after more than the {limit} accounts of the policy", limit=words["limit"])
    return scene.language.count(
        "{n} of {of} CSMs is above the policy of {limit} accounts; {name} is at {per} per full-time CSM",
        "{n} of {of} CSMs are above the policy of {limit} accounts; {name} is at {per} per full-time CSM",
        over,
        **words,
    )  # fmt: skip


def _spare(scene: TeamScene, data: pd.DataFrame, limit: float | None) -> str:
    parts = []
    if limit is not None:
        room = (limit * data["fte"] - data["n_accounts"]).clip(lower=0).sum()
        over = (data["n_accounts"] - limit * data["fte"]).clip(lower=0).sum()
        parts.append(
            scene.say(
                "Books above policy hold {over} accounts too many; the others have room for {room}.",
                over=scene.language.number(over),
                room=scene.language.number(room),
            )
        )
    hours, weekly = data["hours"].sum(), scene.measures.settings.team.hours_per_week
    if weekly is not None and hours > 0:
        full = weekly * data["fte"].sum()
        parts.append(
            scene.say(
                "Recorded with customers: {hours} hours a week, {share} of what policy foresees.",
                hours=scene.language.number(hours),
                share=scene.language.percent(hours / full, 0),
            )
        )
    return scene.noted(*parts)


def _figure(scene: TeamScene, data: pd.DataFrame, limit: float | None) -> str:
    longest = 1.1 * max(float(data["per"].max()), limit or 0.0)
    step = max(1, 5 * round(longest / 4 / 5)) if longest > 8 else 2
    ticks = [(float(at), scene.language.number(at)) for at in range(0, int(longest) + 1, step)]
    words = "" if limit is None else scene.say("policy {n}", n=scene.language.number(limit))
    rows = [_dot(scene, row, limit) for row in data.to_dict("records")]
    return dots(rows, Scale(0.0, longest, ticks, limit, words), scene.language.lang)


def _dot(scene: TeamScene, row: Mapping[Any, Any], limit: float | None) -> Dot:
    per, fte = float(row["per"]), float(row["fte"])
    parts = [scene.language.count("{n} account", "{n} accounts", int(row["n_accounts"]))]
    parts += [scene.say("full-time share {fte}", fte=scene.language.number(fte, 1))] if fte != 1 else []
    hours = float(row["hours"])
    parts += [] if math.isnan(hours) else [scene.say("{n} h a week", n=scene.language.number(hours, 1))]
    tone = "bad" if limit is not None and per > limit else "plain"
    remark = " · ".join(parts)
    known = None if math.isnan(per) else per
    return Dot(str(row["name"]), known, scene.language.number(per), remark=remark, tone=tone)
