"""How long accounts take to first value, by the quarter in which they started."""

from __future__ import annotations

import pandas as pd

from ..metrics.calendar import Quarter
from ..metrics.intervals import SMALLEST_GROUP
from ..metrics.journey import time_to_value, value_step
from .exhibit import Exhibit, absent
from .exhibits.wording import too_few
from .journey_pictures import days_picture
from .scene import ALL, Scene
from .tables import Column

N_STARTS = 12
_DAYS = ["median_days", "p75_days", "low_days", "high_days"]


def value_by_start(scene: Scene, journey: pd.DataFrame, paid_until: pd.Series) -> Exhibit:
    """Median days from start to first value (Kaplan–Meier) per quarter of start, the last twelve and all together.

    journey: as `metrics.journey.journey` returns it. paid_until: see `metrics.book.paid_spans`.
    """
    step = value_step(scene.measures.settings.journey)
    if step is None:
        return absent("value_by_start", scene.say("No step of the journey is marked as first value."), scene.language)
    data = _data(scene, journey, step.id, paid_until)
    told = data[data["median_days"].notna()]
    if told.empty:
        words = too_few(scene.language, int(data["n"].max()) if len(data) else 0)
        return absent("value_by_start", scene.say("Time to value is not shown ({words}).", words=words), scene.language)
    say, rows = scene.say, data.to_dict("records")
    return Exhibit(
        "value_by_start",
        _title(scene, scene.milestone(step.id), told),
        scene.language,
        caption=say(
            "Half of the accounts reach first value within so many days from their start; thin line: 95% interval."
            " Accounts that still wait are counted as far as they came."
        ),
        alt=say("Median days by quarter of start: {parts}.", parts=_said(scene, told)),
        source=scene.source("milestones", "subscriptions"),
        figure_svg=days_picture(scene, rows),
        data=data,
        columns=(
            Column("name", say("Started in")),
            Column("n", say("n"), "count"),
            Column("n_reached", say("Reached it"), "count"),
            Column("median_days", say("Median days"), "count"),
            Column("low_days", say("95% from"), "count"),
            Column("high_days", say("95% to"), "count"),
            Column("p75_days", say("P75 days"), "count"),
        ),
    )


def _data(scene: Scene, journey: pd.DataFrame, milestone: str, paid_until: pd.Series) -> pd.DataFrame:
    """One row per quarter of start, in order, then all of them; days of fewer than five accounts are null."""
    rows = journey[journey["milestone"] == milestone]
    begins = scene.measures.settings.company.fiscal_year_start
    labels = {day: Quarter.of(day, begins).label for day in rows["started_on"].dt.date.unique()}
    rows = rows.assign(segment=rows["started_on"].dt.date.map(labels))
    last = sorted(set(labels.values()))[-N_STARTS:]
    found = time_to_value(rows[rows["segment"].isin(last)], milestone, scene.measures.as_of, paid_until)
    if found.empty:
        return found.reindex(columns=["name", "n", "n_reached", *_DAYS, "why"])
    few = found["n"] < SMALLEST_GROUP
    found = found.assign(**{name: found[name].where(~few) for name in _DAYS})
    found = found.assign(
        name=[scene.say("All") if each == ALL else scene.language.quarter(each) for each in found["segment"]],
        why=[too_few(scene.language, int(n)) if n < SMALLEST_GROUP else scene.say("not half yet") for n in found["n"]],
        together=found["segment"] == ALL,
    )
    return found.sort_values(["together", "segment"], ignore_index=True)


def _title(scene: Scene, step: str, told: pd.DataFrame) -> str:
    number, starts = scene.language.number, told[~told["together"]]
    if len(starts) < 2:
        return scene.say("{step}: half reach it within {n} days", step=step, n=number(told["median_days"].iloc[-1]))
    first, last = starts.iloc[0], starts.iloc[-1]
    return scene.say(
        "{step}: half of those who started in {first} reached it within {a} days, of {last} within {b}",
        step=step,
        first=first["name"],
        a=number(first["median_days"]),
        last=last["name"],
        b=number(last["median_days"]),
    )


def _said(scene: Scene, told: pd.DataFrame) -> str:
    return scene.language.listed(
        [f"{row['name']} {scene.language.number(row['median_days'])}" for row in told.to_dict("records")]
    )
