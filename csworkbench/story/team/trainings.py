"""Trainings: who completed them, and steps in time before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.team.people import SMALLEST_SIDE
from ..exhibit import Exhibit, absent
from ..language import MISSING, is_missing
from ..tables import Column, table
from .scene import TeamScene
from .words import word


def trainings(scene: TeamScene) -> Exhibit:
    """Completion of each training, where people got stuck, and steps in time before and after it."""
    if not scene.has("trainings"):
        return scene.missing("trainings", "trainings")
    frame = scene.frame("trainings")
    if frame.empty:
        return absent("trainings", scene.say("No training was attended yet."), scene.language)
    shown = frame.assign(
        name=[word(scene, {}, name) for name in frame["training"]],
        stuck=[MISSING if is_missing(step) else scene.milestone(step) for step in frame["stuck_at"]],
        around=[_around(scene, row) for row in frame.to_dict("records")],
    )
    columns = [
        Column("name", scene.say("Training")),
        Column("n", scene.say("Attended"), "count"),
        Column("n_completed", scene.say("Completed"), "count"),
        Column("share", scene.say("Share"), "share0"),
        Column("stuck", scene.say("Stuck most at")),
        Column("around", scene.say("Steps in time before → after")),
    ]
    title = _training_title(scene, frame)
    return Exhibit(
        "trainings",
        title,
        scene.language,
        caption=scene.say(
            "Before and after: steps that began in the 180 days before and after the CSM completed it; under {n} steps "
            "on either side nothing is shown. Nothing else is held constant.",
            n=SMALLEST_SIDE,
        ),
        source=scene.source("trainings", "milestones"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=[
            *columns[:4],
            Column("low", scene.say("95% from"), "share"),
            Column("high", scene.say("95% to"), "share"),
            columns[4],
        ],
    )


def _around(scene: TeamScene, row: Mapping[Any, Any]) -> str:
    if min(int(row["n_before"]), int(row["n_after"])) < SMALLEST_SIDE:
        return scene.say("too few to say")
    before, after = (scene.language.percent(float(row[name]), 0) for name in ("before", "after"))
    return scene.say("{before} → {after}", before=before, after=after)


def _training_title(scene: TeamScene, frame: pd.DataFrame) -> str:
    n, of = int(frame["n_completed"].sum()), int(frame["n"].sum())
    if n == of:
        return scene.say("Every training that was begun was completed")
    row = frame.assign(missing=frame["n"] - frame["n_completed"]).sort_values(["missing", "training"]).iloc[-1]
    return scene.say(
        "{n} of {of} trainings were completed; most are open in {name}",
        n=scene.language.number(n),
        of=scene.language.number(of),
        name=word(scene, {}, row["training"]),
    )
