"""How readers call what a difference shows, and how its values are written."""

from __future__ import annotations

from collections.abc import Mapping

from ..catalogue import marked
from ..language import MISSING, Language, is_missing
from ..text import shown
from .basis import DEFINITION, MODEL, SETTING, STALE, TABLE
from .lists import AT_RISK, ATTENTION, ENTERED, EXPANSION
from .moved import BAND, FORECAST, MONEY, SHARE

MEASURES: Mapping[str, str] = {
    "mrr_close": marked("MRR"),
    "n_close": marked("Paying accounts"),
    "nrr": marked("Net revenue retention"),
    "grr": marked("Gross revenue retention"),
    "logo_churn": marked("Logo churn"),
    "nnmrr": marked("Net new MRR of the book"),
    "gross_rate": marked("Renewed, gross, by MRR"),
    "money_at_risk": marked("Money at risk in 12 months"),
    FORECAST: marked("Forecast of net new MRR against what came"),
}
LISTS: Mapping[str, str] = {
    ATTENTION: marked("Needs a person"),
    AT_RISK: marked("Ten most at risk"),
    EXPANSION: marked("Ten best for expansion"),
}
KINDS: Mapping[str, str] = {
    DEFINITION: marked("Definition"),
    MODEL: marked("Model"),
    SETTING: marked("Setting"),
    TABLE: marked("Table"),
    STALE: marked("No newer facts"),
}


def measure_name(language: Language, measure: str) -> str:
    """A measure as read; a band of adoption by its name."""
    if measure.startswith(BAND):
        return language.say("Accounts in the band “{band}”", band=shown(measure.removeprefix(BAND)))
    return language.say(MEASURES[measure]) if measure in MEASURES else measure


def move_name(language: Language, move: str, pays: bool) -> str:
    """Whether an account entered a list, left it, or left the company."""
    if move == ENTERED:
        return language.say("entered")
    return language.say("left") if pays else language.say("left: pays no more")


def written(language: Language, kind: str, value: float | None) -> str:
    """A value of that kind."""
    if is_missing(value):
        return MISSING
    if kind == MONEY:
        return language.money(value)
    return language.percent(value) if kind == SHARE else language.number(value)


def changed(language: Language, kind: str, value: float | None) -> str:
    """A difference of two values of that kind, with its sign."""
    if is_missing(value):
        return MISSING
    if kind == MONEY:
        return language.money_change(value)
    return language.points(value) if kind == SHARE else language.change(value)


def text_of(value: object) -> str:
    """A text of the data, or the sign for nothing."""
    return MISSING if is_missing(value) else shown(value)
