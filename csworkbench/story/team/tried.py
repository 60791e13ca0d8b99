"""What was tried: each change of the log with what came before and after."""

from __future__ import annotations

import pandas as pd

from ...metrics.team.tried import CHURN, STEP
from ..catalogue import marked
from ..exhibit import Exhibit, absent
from ..exhibits.wording import joined
from ..language import MISSING
from ..scene import ALL
from ..tables import Column, table
from .scene import TeamScene
from .words import word

_MEASURES = {CHURN: marked("leaving per month"), STEP: marked("step in time")}


def tried(scene: TeamScene) -> Exhibit:
    """Changes by day with their scope, measure before and after, and the interval of the difference."""
    if not scene.has("tried"):
        return scene.missing("tried", "tried")
    frame = scene.frame("tried")
    if frame.empty:
        return absent("tried", scene.say("No change was recorded yet."), scene.language)
    data = _described(scene, frame)
    columns = [
        Column("name", scene.say("What was tried")),
        Column("changed_on", scene.say("Changed on"), "date"),
        Column("of", scene.say("Where and measure"), "long"),
        Column("before", scene.say("Year before"), "share"),
        Column("after", scene.say("Since, at most a year"), "share"),
        Column("difference", scene.say("Difference"), "points"),
    ]
    title = _title(scene, frame)
    return Exhibit(
        "tried",
        title,
        scene.language,
        so_what=_largest(scene, data),
        caption=scene.say(
            "Leaving: accounts that left per account-month. Step in time: of the steps begun then whose due days are"
            " over. Under 5 accounts or steps on a side nothing is shown. Nothing else is held constant: this is no"
            " proof, and of 20 changes one is expected to look apart by chance."
        ),
        source=scene.source("changes", "subscriptions", "milestones"),
        table_html=table(
            data, [*columns, Column("interval", scene.say("95% interval"), "interval")], scene.language, title
        ),
        data=data,
        columns=[
            *columns,
            Column("low", scene.say("95% from"), "points"),
            Column("high", scene.say("95% to"), "points"),
            Column("n_before", scene.say("Account-months or steps before"), "count"),
            Column("n_after", scene.say("and since"), "count"),
        ],
    )  # fmt: skip


def _described(scene: TeamScene, frame: pd.DataFrame) -> pd.DataFrame:
    points = scene.language.points
    newest = frame.sort_values(["changed_on", "what"], ascending=[False, True], ignore_index=True)
    return newest.assign(
        name=[word(scene, {}, what) for what in newest["what"]],
        of=[_of(scene, scope, measure) for scope, measure in zip(newest["scope"], newest["measure"], strict=True)],
        interval=[
            MISSING if pd.isna(low) else scene.say("{low} to {high}", low=points(low), high=points(high))
            for low, high in zip(newest["low"], newest["high"], strict=True)
        ],
    )


def _of(scene: TeamScene, scope: str, measure: str) -> str:
    """What was measured where; only the scope where nothing was."""
    if not measure:
        return word(scene, {}, scope)
    where = scene.milestone(scope) if measure == STEP else scene.name(None if scope == ALL else scope)
    return joined(scene.language, where, scene.say(_MEASURES[measure]))


def _apart(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame["low"] > 0) | (frame["high"] < 0)]


def _title(scene: TeamScene, frame: pd.DataFrame) -> str:
    n, of = len(_apart(frame)), len(frame)
    if not n:
        return scene.language.count(
            "{n} change was tried; no difference after it beyond chance",
            "{n} changes were tried; no difference after any of them beyond chance",
            of,
        )
    return scene.language.count(
        "After {n} of {of} changes its measure differs beyond chance",
        "After {n} of {of} changes their measure differs beyond chance",
        n,
        of=scene.language.number(of),
    )


def _largest(scene: TeamScene, data: pd.DataFrame) -> str:
    """The difference that is least likely chance, and whether it is for the better."""
    apart = _apart(data)
    if apart.empty:
        return scene.say("Keep what costs little; judge the rest again when more has been seen.")
    width = (apart["high"] - apart["low"]).clip(lower=1e-9)
    first = apart.iloc[int((apart["difference"].abs() / width).to_numpy().argmax())]
    values = {
        "what": first["name"], "of": first["of"],
        "before": scene.language.percent(first["before"]), "after": scene.language.percent(first["after"]),
    }  # fmt: skip
    better = (first["difference"] < 0) == (first["measure"] == CHURN)
    if better:
        return scene.say("Better after {what} ({of}): {before} → {after}.", **values)
    return scene.say("Worse after {what} ({of}): {before} → {after}. Ask what else changed then.", **values)
