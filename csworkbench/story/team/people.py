"""Competencies of the team, and what each CSM may work on next."""

from __future__ import annotations

import pandas as pd

from ...metrics.team.people import SMALLEST_SIDE
from ..charts.dots import Dot, Scale, dots
from ..exhibit import Exhibit, absent
from ..language import MISSING
from ..tables import Column, table
from .scene import TeamScene
from .steps import weakest
from .words import word


def competencies(scene: TeamScene) -> Exhibit:
    """Ratings of the better half against the rest in standard deviations, with intervals; no claim under 5 a side."""
    if not scene.has("competencies"):
        return scene.missing("competencies", "competencies")
    frame = scene.frame("competencies").dropna(subset=["effect"])
    if frame.empty:
        title = scene.say("Competencies of the best are not compared: it needs 3 rated CSMs on either side.")
        return absent("competencies", title, scene.language)
    data = frame.sort_values(["effect", "competency"], ascending=[False, True], ignore_index=True)
    data = data.assign(name=[word(scene, {}, name) for name in data["competency"]])
    return Exhibit(
        "competencies",
        competency_title(scene, data),
        scene.language,
        so_what=_why(scene, data),
        caption=scene.noted(
            scene.say(
                "Mean ratings of a year, better half by adjusted NNMRR minus the rest, in standard deviations (Hedges’ "
                "g); line: 90% interval."
            ),
            scene.defined("competency_effect"),
        ),
        alt=scene.say(
            "Points of the difference in ratings: {values}.",
            values=scene.language.listed(
                [f"{row['name']} {scene.language.change(row['effect'], 1)}" for row in data.to_dict("records")]
            ),
        ),
        source=scene.source("competencies", "assignments", "subscriptions"),
        figure_svg=_figure(scene, data),
        data=data,
        columns=(
            Column("name", scene.say("Competency")),
            Column("n_top", scene.say("CSMs, better half"), "count"),
            Column("n_rest", scene.say("CSMs, rest"), "count"),
            Column("top", scene.say("Rating, better half"), "one"),
            Column("rest", scene.say("Rating, rest"), "one"),
            Column("effect", scene.say("Difference, SD"), "number"),
            Column("low", scene.say("90% from"), "number"),
            Column("high", scene.say("90% to"), "number"),
        ),
    )


def claimed(data: pd.DataFrame) -> pd.DataFrame:
    """The competencies of which something can be said: 5 CSMs a side and an interval without zero."""
    enough = data[["n_top", "n_rest"]].min(axis=1) >= SMALLEST_SIDE
    return data[enough & ((data["low"] > 0) | (data["high"] < 0))]


def competency_title(scene: TeamScene, data: pd.DataFrame) -> str:
    """What sets the best apart, or why nothing can be said."""
    n = int(data[["n_top", "n_rest"]].min(axis=1).max())
    if n < SMALLEST_SIDE:
        return scene.say(
            "No claim yet what sets the best apart: {n} CSMs on the smaller side, {least} are needed",
            n=n,
            least=SMALLEST_SIDE,
        )
    sure = claimed(data)
    if sure.empty:
        return scene.say("No rating sets the better half of the CSMs apart by more than chance would explain")
    row = sure.iloc[int(sure["effect"].abs().to_numpy().argmax())]
    return scene.say(
        "The better half is rated higher in {name} (by {size} standard deviations)"
        if row["effect"] > 0
        else "The better half is rated lower in {name} (by {size} standard deviations)",
        name=row["name"],
        size=scene.language.number(abs(row["effect"]), 1),
    )


def _why(scene: TeamScene, data: pd.DataFrame) -> str:
    if claimed(data).empty:
        return scene.say("Do not hire or judge by these differences.")
    return scene.say("Raters may know the results: a rating is not their cause.")


def _figure(scene: TeamScene, data: pd.DataFrame) -> str:
    reach = 1.05 * float(data[["low", "high"]].abs().max().max())
    sure = set(claimed(data)["competency"])
    rows = [
        Dot(
            row["name"],
            row["effect"],
            scene.language.change(row["effect"], 1),
            row["low"],
            row["high"],
            tone="plain" if row["competency"] not in sure else "good" if row["effect"] > 0 else "bad",
        )
        for row in data.to_dict("records")
    ]
    words = scene.say("no difference")
    ticks = [(float(at), scene.language.change(at)) for at in range(-int(reach), int(reach) + 1)]
    return dots(rows, Scale(-reach, reach, ticks, 0.0, words), scene.language.lang)


def development(scene: TeamScene) -> Exhibit:
    """For each CSM where development could begin: the weakest step against the team, and the lowest rating."""
    if not scene.has("csms"):
        return scene.missing("development", "csms")
    if not (scene.has("steps") or scene.has("ratings")):
        return scene.missing("development", "ratings")
    rows = [_development(scene, csm_id) for csm_id in scene.frame("csms")["csm_id"]]
    shown = pd.DataFrame([row for row in rows if row["step"] != MISSING or row["rating"] != MISSING])
    if shown.empty:
        return absent("development", scene.say("No CSM has a weakest step or a rating yet."), scene.language)
    columns = [
        Column("name", scene.say("CSM")),
        Column("step", scene.say("Weakest step against the team")),
        Column("rating", scene.say("Lowest rating")),
        Column("n", scene.say("Ratings"), "count"),
    ]
    title = development_title(scene, shown["step"])
    return Exhibit(
        "development",
        title,
        scene.language,
        caption=scene.say("A start for a talk, not a judgement. Ratings: mean of a year, 1 to 5."),
        source=scene.source("milestones", "assignments", "competencies"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def development_title(scene: TeamScene, steps: pd.Series) -> str:
    """The weakest step that several CSMs share, or that they differ."""
    counts = steps[steps != MISSING].value_counts().sort_index(kind="stable")
    if counts.empty:
        return scene.say("Where each CSM’s development could begin")
    step, n = counts.idxmax(), int(counts.max())
    if n == 1:
        return scene.say("Every CSM has another weakest step: develop one by one")
    return scene.say("{step} is the weakest step of {n} CSMs: one training for them together", step=step, n=n)


def _development(scene: TeamScene, csm_id: str) -> dict[str, object]:
    step, rating, n = MISSING, MISSING, 0
    if scene.has("steps"):
        frame = scene.frame("steps")
        frame = frame.assign(gap=(frame["shrunk"] - frame["team"]).where(frame["n_eligible"] >= SMALLEST_SIDE))
        weak = weakest(frame).get(csm_id)
        found = frame[(frame["csm_id"] == csm_id) & (frame["step"] == weak)]
        step = scene.milestone(found["milestone"].iloc[0]) if len(found) else MISSING
    if scene.has("ratings"):
        own = scene.frame("ratings").query("csm_id == @csm_id").sort_values(["score", "competency"])
        n = int(own["n_ratings"].sum())
        rating = _rating(scene, own.iloc[0]) if len(own) else MISSING
    return {"name": scene.person(csm_id), "step": step, "rating": rating, "n": n}


def _rating(scene: TeamScene, row: pd.Series) -> str:
    return scene.say(
        "{name} ({score})", name=word(scene, {}, row["competency"]), score=scene.language.number(row["score"], 1)
    )
