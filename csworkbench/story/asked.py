"""A question over cohorts in words: what it measures, what makes its cohorts, and what each is called."""

from __future__ import annotations

import re

from ..metrics.questions import START, Question
from ..metrics.questions.answer import FULFILLED, OTHERWISE
from ..metrics.questions.question import ADOPTION, AMOUNT, EARLY, EVENT, HEALTH
from .catalogue import marked
from .scene import Scene
from .text import shown

_OWN = {
    "not known": marked("not known"),
    "other": marked("other"),
    "in time": marked("in time"),
    "not in time": marked("not in time"),
    OTHERWISE: marked("otherwise"),
}


COLUMNS = (
    *("segment", "touch_tier", "industry", "country", "language", "employees"),
    *("plan_at_start", "product_at_start", "csm_at_start", "first_value", "health"),
)
_RANGE = re.compile(r"(over )?(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)")


def _decimals(number: str) -> int:
    return min(len(number.partition(".")[2]), 1)


def measure_name(scene: Scene, question: Question) -> str:
    """What a question measures, in words."""
    named = {
        "logo": scene.say("Logo retention"),
        "gross_revenue": scene.say("GRR"),
        "revenue": scene.say("NRR"),
        "usage": scene.say("Accounts in use"),
        ADOPTION: scene.say("Adoption Index"),
        HEALTH: scene.say("Weighted health score"),
    }
    if question.measure in named:
        return named[question.measure]
    feature = shown(question.feature)
    if question.measure.startswith(EVENT):
        return scene.say("Accounts back with {feature}", feature=feature)
    if question.measure.startswith(AMOUNT):
        return scene.say("{feature} against period 0", feature=feature)
    return scene.say("Use of {feature}", feature=feature)


def column_name(scene: Scene, column: str) -> str:
    """What readers call a column that makes cohorts."""
    named = {
        START: scene.say("Start"),
        "segment": scene.say("Segment"),
        "touch_tier": scene.say("Touch tier"),
        "industry": scene.say("Industry"),
        "country": scene.say("Country"),
        "language": scene.say("Language"),
        "employees": scene.say("Employees"),
        "plan_at_start": scene.say("Plan at the start"),
        "product_at_start": scene.say("Product at the start"),
        "csm_at_start": scene.say("First CSM"),
        "csm_id": scene.say("CSM now"),
        "first_value": scene.say("First value"),
        "health": scene.say("Health"),
    }
    if column.startswith(EARLY) and column.isidentifier():
        return scene.say("{feature}, first 90 days", feature=shown(column.removeprefix(EARLY)))
    return named.get(column) or shown(column)


def cohort_name(scene: Scene, question: Question, cohort: str) -> str:
    """What readers call a cohort of that question."""
    if question.by == START:
        return scene.language.quarter(cohort) if question.grain == "quarter" else cohort
    if cohort == FULFILLED:
        return shown(question.by)
    if cohort in _OWN:
        return scene.say(_OWN[cohort])
    if bounds := _RANGE.fullmatch(cohort):
        low, high = (scene.language.number(float(each), _decimals(each)) for each in bounds.group(2, 3))
        return scene.say("over {low} to {high}" if bounds[1] else "{low} to {high}", low=low, high=high)
    return scene.name(cohort) if question.by == "segment" else shown(cohort)
