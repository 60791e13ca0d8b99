"""New CSMs on their way to a full book."""

from __future__ import annotations

import pandas as pd

from ..charts.paths import Path, paths
from ..exhibit import Exhibit, absent
from ..tables import Column
from .scene import TeamScene

FULL = 0.8
_LONGEST, _NEWEST = 18, 3


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
                "joined a year or more before, by full-time share. Full from {share}. At most the three who "
                "joined last.",
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
