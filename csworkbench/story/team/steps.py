"""Step × CSM: who brings customers to the next step in time, and each CSM's weakest step."""

from __future__ import annotations

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..exhibit import Exhibit, absent
from ..language import MISSING, is_missing
from ..scene import ALL
from ..tables import Column, table
from .scene import TeamScene


def step_matrix(scene: TeamScene) -> Exhibit:
    """Share of steps in time per CSM and step, drawn to the team's; the weakest of each CSM marked and named."""
    if not scene.has("steps"):
        return scene.missing("step_matrix", "steps")
    frame = scene.frame("steps")
    if frame["n_eligible"].sum() < SMALLEST_GROUP:
        return absent("step_matrix", scene.say("Too few steps were due to compare CSMs."), scene.language)
    frame = frame.assign(gap=(frame["shrunk"] - frame["team"]).where(frame["n_eligible"] >= SMALLEST_GROUP))
    shown = _rows(scene, frame)
    steps = frame.drop_duplicates("step").sort_values("step")
    columns = [
        Column("name", scene.say("CSM")),
        *(
            Column(f"step{row['step']}", scene.milestone(row["milestone"]), "interval")
            for row in steps.to_dict("records")
        ),
        Column("weakest", scene.say("Weakest against the team")),
    ]  # fmt: skip
    weak = weakest(frame)
    marks = {(at, f"step{weak[csm_id]}"): "cs-bad" for at, csm_id in enumerate(shown["csm_id"]) if csm_id in weak.index}
    title = steps_title(scene, frame)
    return Exhibit(
        "step_matrix",
        title,
        scene.language,
        so_what=_team_weakest(scene, frame),
        caption=scene.noted(
            scene.say(
                "Share of customers that reached the step in time while the CSM was in charge, drawn to the team’s by "
                "beta-binomial shrinkage; in brackets n. Started in the last 24 months; steps under {n} are not shown.",
                n=SMALLEST_GROUP,
            ),
            scene.defined("step_conversion"),
        ),
        source=scene.source("milestones", "assignments"),
        table_html=table(shown, columns, scene.language, title, marks, total=len(shown) - 1),
        data=_data(scene, frame),
        columns=_data_columns(scene),
    )


def weakest(frame: pd.DataFrame) -> pd.Series:
    """The step of each CSM that lies furthest below the team's share of the same step; csm_id → step."""
    below = frame[frame["gap"] < 0].sort_values(["gap", "step"])
    return below.drop_duplicates("csm_id").set_index("csm_id")["step"]


def _rows(scene: TeamScene, frame: pd.DataFrame) -> pd.DataFrame:
    weak = weakest(frame)
    rows = []
    for csm_id, group in frame.groupby("csm_id"):
        cells = {
            f"step{row['step']}": _cell(scene, row["shrunk"], row["n_eligible"]) for row in group.to_dict("records")
        }
        step = group.loc[group["step"] == weak.get(csm_id, -1)]
        words = _weak_words(scene, step.iloc[0]) if len(step) else MISSING
        rows.append({"csm_id": csm_id, "name": scene.person(csm_id), **cells, "weakest": words})
    team = {}
    for step, group in frame.groupby("step"):
        team[f"step{step!s}"] = _cell(scene, group["team"].iloc[0], int(group["n_eligible"].sum()))
    rows.append({"csm_id": ALL, "name": scene.say("Team"), **team, "weakest": MISSING})
    return pd.DataFrame(rows).fillna(MISSING)


def _cell(scene: TeamScene, share: float, n: int) -> str:
    if is_missing(share) or n < SMALLEST_GROUP:
        return MISSING
    return scene.say("{share} ({n})", share=scene.language.percent(share, 0), n=scene.language.number(n))


def _weak_words(scene: TeamScene, row: pd.Series) -> str:
    name = scene.milestone(row["milestone"])
    return scene.say("{step} ({gap})", step=name, gap=scene.language.points(row["gap"], 0))


def steps_title(scene: TeamScene, frame: pd.DataFrame) -> str:
    """The CSM × step that is furthest below the team beyond chance, or the team's weakest step."""
    sure = frame[(frame["high"] < frame["team"]) & frame["gap"].notna()].sort_values(["gap", "csm_id"])
    if len(sure):
        row = sure.iloc[0]
        return scene.say(
            "{name} is furthest below the team at {step}: {share} in time against {team}",
            name=scene.person(row["csm_id"]),
            step=scene.milestone(row["milestone"]),
            share=scene.language.percent(row["shrunk"], 0),
            team=scene.language.percent(row["team"], 0),
        )
    return scene.say("At no step is a CSM below the team by more than chance would explain")


def _team_weakest(scene: TeamScene, frame: pd.DataFrame) -> str:
    row = frame.sort_values(["team", "step"]).iloc[0]
    return scene.say(
        "The team as a whole is weakest at {step}: {share} in time. That is a matter of the step, not of a person.",
        step=scene.milestone(row["milestone"]),
        share=scene.language.percent(row["team"], 0),
    )


def _data(scene: TeamScene, frame: pd.DataFrame) -> pd.DataFrame:
    few = frame["n_eligible"] < SMALLEST_GROUP
    rates = {name: frame[name].mask(few) for name in ("share", "shrunk", "low", "high")}
    return frame.assign(
        name=[scene.person(csm_id) for csm_id in frame["csm_id"]],
        what=[scene.milestone(milestone) for milestone in frame["milestone"]],
        **rates,
    )


def _data_columns(scene: TeamScene) -> list[Column]:
    return [
        Column("name", scene.say("CSM")),
        Column("what", scene.say("Step")),
        Column("n_eligible", scene.say("Customers"), "count"),
        Column("n_reached", scene.say("In time"), "count"),
        Column("share", scene.say("Share in time"), "share"),
        Column("shrunk", scene.say("Drawn to the team"), "share"),
        Column("low", scene.say("90% from"), "share"),
        Column("high", scene.say("90% to"), "share"),
        Column("team", scene.say("Team"), "share"),
    ]
