"""Capacity: the size of books against policy, growth against the team, and new CSMs on their way to a full book."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.calendar import Quarter
from ...metrics.team.books import NEW_DAYS
from ..charts.dots import Dot, Scale, dots
from ..charts.lines import Line, lines
from ..charts.paths import Path, paths
from ..exhibit import Exhibit, absent
from ..exhibits.retention import _ticks as quarter_ticks
from ..language import is_missing
from ..tables import Column
from .scene import TeamScene

WEEKS = 13
FULL = 0.8
_HORIZON = 12
_LONGEST, _NEWEST = 18, 3


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


def growth_line(scene: TeamScene) -> Exhibit:
    """Accounts in charge over eight quarters against what the team can look after, and when they meet."""
    if not scene.has("growth"):
        return scene.missing("growth_line", "growth")
    frame = scene.frame("growth")
    frame = frame[frame["quarter"].isin([label for label in frame["quarter"] if label <= scene.quarter.label])]
    if frame.empty or frame["n_accounts"].iloc[-1] == 0:
        return absent("growth_line", scene.say("No CSM looks after a paying account."), scene.language)
    per = frame["n_accounts"] / frame["fte"].where(frame["fte"] > 0)
    data = frame.assign(per=per).reset_index(drop=True)
    return Exhibit(
        "growth_line",
        growth_title(scene, data),
        scene.language,
        so_what=_per_csm(scene, data),
        caption=scene.say(
            "Paying accounts in the charge of CSMs at the end of each quarter; capacity: full-time CSMs × accounts of "
            "the policy. A straight line of the last four quarters, not a forecast."
        ),
        alt=_growth_alt(scene, data),
        source=scene.source("assignments", "csms", "subscriptions"),
        figure_svg=_growth_figure(scene, data),
        data=data,
        columns=(
            Column("quarter", scene.say("Quarter"), "quarter"),
            Column("n_accounts", scene.say("Accounts"), "count"),
            Column("fte", scene.say("Full-time CSMs"), "one"),
            Column("capacity", scene.say("Capacity"), "count"),
            Column("per", scene.say("Accounts per full-time CSM"), "one"),
        ),
    )


def added_per_quarter(data: pd.DataFrame) -> float:
    """Accounts added per quarter over the last four."""
    back = min(4, len(data) - 1)
    return float(data["n_accounts"].iloc[-1] - data["n_accounts"].iloc[-1 - back]) / back if back else 0.0


def quarters_until_full(data: pd.DataFrame) -> int | None:
    """Quarters until the accounts pass today's capacity at that pace: 0 now, None never or without a capacity."""
    now, full, added = float(data["n_accounts"].iloc[-1]), float(data["capacity"].iloc[-1]), added_per_quarter(data)
    if math.isnan(full):
        return None
    if now > full:
        return 0
    return math.floor((full - now) / added) + 1 if added > 0 else None


def growth_title(scene: TeamScene, data: pd.DataFrame) -> str:
    """When the book outgrows the team."""
    n, added = quarters_until_full(data), added_per_quarter(data)
    words = {"added": scene.language.change(added, 1), "full": scene.language.number(data["capacity"].iloc[-1])}
    if n == 0:
        now = scene.language.number(data["n_accounts"].iloc[-1])
        return scene.say("The book has outgrown the team: {now} accounts against a capacity of {full}", now=now,
                         full=words["full"])  # fmt: skip
    if n is not None and n <= _HORIZON:
        quarter = scene.language.quarter(_later(scene.quarter, n).label)
        return scene.say("At {added} accounts a quarter the book outgrows the team’s capacity of {full} in {quarter}",
                         quarter=quarter, **words)  # fmt: skip
    if is_missing(data["capacity"].iloc[-1]):
        return scene.say("The book changes by {added} accounts a quarter", added=words["added"])
    return scene.say("At {added} accounts a quarter the team’s capacity of {full} lasts for years", **words)


def _later(quarter: Quarter, n: int) -> Quarter:
    for _ in range(n):
        quarter = quarter.next
    return quarter


def _per_csm(scene: TeamScene, data: pd.DataFrame) -> str:
    first, last = data.iloc[0], data.iloc[-1]
    if is_missing(first["per"]) or is_missing(last["per"]):
        return ""
    return scene.say(
        "A full-time CSM looked after {first} accounts in {start} and {last} now; the team went from {before} to {now} "
        "full-time CSMs.",
        first=scene.language.number(first["per"]),
        start=scene.language.quarter(first["quarter"]),
        last=scene.language.number(last["per"]),
        before=scene.language.number(first["fte"], 1),
        now=scene.language.number(last["fte"], 1),
    )


def _growth_alt(scene: TeamScene, data: pd.DataFrame) -> str:
    return scene.say(
        "Line chart of accounts in charge from {start} to {end}: from {first} to {last}; capacity {full}.",
        start=scene.language.quarter(data["quarter"].iloc[0]),
        end=scene.language.quarter(data["quarter"].iloc[-1]),
        first=scene.language.number(data["n_accounts"].iloc[0]),
        last=scene.language.number(data["n_accounts"].iloc[-1]),
        full=scene.language.number(data["capacity"].iloc[-1]),
    )


def _growth_figure(scene: TeamScene, data: pd.DataFrame) -> str:
    names = {"n_accounts": scene.say("Accounts"), "capacity": scene.say("Capacity")}
    series = [
        Line(
            words,
            tuple(data[name].astype(float)),
            scene.language.number(data[name].iloc[0]),
            scene.language.number(data[name].iloc[-1]),
        )
        for name, words in names.items()
        if data[name].notna().any()
    ]
    return lines(series, quarter_ticks(scene.language, list(data["quarter"])), scene.language.lang)


def ramp(scene: TeamScene) -> Exhibit:
    """The share of a full book that new CSMs hold, month by month since they joined."""
    if not scene.has("ramp"):
        return scene.missing("ramp", "ramp")
    frame = scene.frame("ramp")
    frame = frame[frame["month"] <= _LONGEST]
    if frame["share"].dropna().empty:
        title = scene.say("Ramp-up is not shown: no CSM joined in the last three years.")
        return absent("ramp", title, scene.language)
    newest = frame.drop_duplicates("csm_id").sort_values(["joined_on", "csm_id"], ascending=[False, True])["csm_id"]
    data = frame.assign(name=[scene.person(csm_id) for csm_id in frame["csm_id"]])
    return Exhibit(
        "ramp",
        ramp_title(scene, frame, str(newest.iloc[0])),
        scene.language,
        so_what=_others(scene, frame),
        caption=scene.noted(
            scene.say(
                "Accounts in charge at the end of each month since joining ÷ a full book: the median of CSMs who "
                "joined a year or more before, by full-time share. Full from {share}. The three who joined last.",
                share=scene.language.percent(FULL, 0),
            ),
            scene.defined("full_book"),
        ),
        alt=scene.say(
            "Lines of the share of a full book by month since joining: {values}.",
            values=scene.language.listed(
                [_ramp_words(scene, frame[frame["csm_id"] == csm_id]) for csm_id in newest.head(_NEWEST)]
            ),
        ),
        source=scene.source("csms", "assignments"),
        figure_svg=_ramp_figure(scene, frame, list(newest.head(_NEWEST))),
        data=data,
        columns=(
            Column("name", scene.say("CSM")),
            Column("joined_on", scene.say("Joined on"), "date"),
            Column("month", scene.say("Months since joining"), "count"),
            Column("n_accounts", scene.say("Accounts"), "count"),
            Column("full", scene.say("A full book"), "one"),
            Column("share", scene.say("Share of a full book"), "share0"),
        ),
    )


def months_to_full(rows: pd.DataFrame) -> int | None:
    """The first month in which a CSM held a full book; None when none was. rows: of one CSM."""
    full = rows.loc[rows["share"] >= FULL, "month"]
    return int(full.min()) if len(full) else None


def ramp_title(scene: TeamScene, frame: pd.DataFrame, newest: str) -> str:
    """How far the CSM who joined last has come."""
    rows = frame[frame["csm_id"] == newest].sort_values("month")
    months, name = months_to_full(rows), scene.person(newest)
    if months is not None:
        return scene.language.count(
            "{name} had a full book after {n} month", "{name} had a full book after {n} months", months, name=name
        )
    return scene.language.count(
        "{name} holds {share} of a full book after {n} month",
        "{name} holds {share} of a full book after {n} months",
        int(rows["month"].iloc[-1]),
        name=name,
        share=scene.language.percent(rows["share"].iloc[-1], 0),
    )


def _others(scene: TeamScene, frame: pd.DataFrame) -> str:
    known = [
        scene.language.count("{name} {n} month", "{name} {n} months", months, name=scene.person(csm_id))
        for csm_id, rows in frame.groupby("csm_id")
        if (months := months_to_full(rows)) is not None
    ]
    return scene.say("Months to a full book so far: {values}.", values=scene.language.listed(known)) if known else ""


def _ramp_words(scene: TeamScene, rows: pd.DataFrame) -> str:
    last = rows.sort_values("month").iloc[-1]
    return f"{scene.person(last['csm_id'])} {scene.language.percent(last['share'], 0)}"


def _ramp_figure(scene: TeamScene, frame: pd.DataFrame, csm_ids: list[str]) -> str:
    rows = []
    for csm_id in csm_ids:
        shares = frame[frame["csm_id"] == csm_id].sort_values("month")["share"].fillna(0.0)
        rows.append(Path(scene.person(csm_id), tuple(shares), scene.language.percent(shares.iloc[-1], 0)))
    ticks = [(share, scene.language.percent(share, 0)) for share in (0.0, 0.5, 1.0)]
    return paths(rows, scene.say("months since joining"), scene.language.lang, FULL, scene.say("full"), ticks)
