"""Structured interviews: the scorecard, and whether it foretells results."""

from __future__ import annotations

import pandas as pd

from ...metrics.team.people import SMALLEST_SIDE
from ..exhibit import Exhibit, absent
from ..tables import Column, table
from .scene import TeamScene
from .words import word

_MANY_HIRES = 10


def interviews(scene: TeamScene) -> Exhibit:
    """Questions with their weight, scores of those hired and of the others, and how often raters agree."""
    if not scene.has("interviews"):
        return scene.missing("interviews", "interviews")
    frame = scene.frame("interviews")
    if frame.empty:
        return absent("interviews", scene.say("No interview was held yet."), scene.language)
    shown = frame.assign(
        name=[word(scene, {}, question) for question in frame["question"]],
        what=[word(scene, {}, name) for name in frame["competency"]],
    )
    columns = [
        Column("name", scene.say("Question")),
        Column("what", scene.say("Competency")),
        Column("weight", scene.say("Weight"), "share0"),
        Column("hired", scene.say("Hired"), "one"),
        Column("n_hired", scene.say("of n"), "count"),
        Column("others", scene.say("Not hired"), "one"),
        Column("n_others", scene.say("of n"), "count"),
        Column("agreement", scene.say("Raters within 1 point"), "share0"),
    ]
    title = _interview_title(scene, frame)
    return Exhibit(
        "interviews",
        title,
        scene.language,
        so_what=_validity(scene),
        caption=scene.say("Scores from 1 to 5, mean per candidate; agreement: pairs of raters of one candidate."),
        source=scene.source("interviews"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=[*columns, Column("n_pairs", scene.say("Pairs of raters"), "count")],
    )


def _interview_title(scene: TeamScene, frame: pd.DataFrame) -> str:
    pairs = int(frame["n_pairs"].sum())
    if pairs < SMALLEST_SIDE:
        return scene.say("The interview scorecard; too few pairs of raters to say whether they agree")
    share = (frame["agreement"].fillna(0) * frame["n_pairs"]).sum() / pairs
    return scene.say(
        "Interviewers agree within 1 point in {share} of {n} pairs",
        share=scene.language.percent(share, 0),
        n=scene.language.number(pairs),
    )


def _validity(scene: TeamScene) -> str:
    """Whether the scorecard foretold results."""
    if not scene.has("hires"):
        return ""
    known = scene.frame("hires").dropna(subset=["scorecard", "effect"])
    if len(known) < _MANY_HIRES:
        return scene.language.count(
            "Whether the scorecard foretells results cannot be said: {n} hire has results, {least} are needed.",
            "Whether the scorecard foretells results cannot be said: {n} hires have results, {least} are needed.",
            len(known),
            least=_MANY_HIRES,
        )
    r = known["scorecard"].rank().corr(known["effect"].rank())
    return scene.say(
        "Rank correlation of scorecard and adjusted NNMRR over {n} hires: {r}.",
        n=len(known),
        r=scene.language.change(r, 2),
    )
