"""A question over cohorts, as a person chooses it and as a pin keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, get_args

from ...errors import CsworkbenchError, UnknownName
from ..calendar import Grain
from ..triangle import RULES, UNITS, Rule, Unit

START, PAID = "start", "paid"
ADOPTION, HEALTH = "adoption_index", "health"
MEANS = (ADOPTION, HEALTH)
FEATURE, EVENT, AMOUNT = "feature:", "event:", "amount:"
OF_FEATURES = (FEATURE, EVENT, AMOUNT)
EARLY, EARLY_DAYS = "early_", 90
MEASURES = ("logo", "gross_revenue", "revenue", "usage", *MEANS)
GRAINS: tuple[Grain, ...] = get_args(Grain)
LONGEST = 60


@dataclass(frozen=True)
class Question:
    """What is asked.

    measure: logo (accounts that pay), gross_revenue (GRR), revenue (NRR), usage (accounts that use the product),
    adoption_index or health (the mean over accounts that pay and were measured), "feature:NAME" (accounts that use that
    feature), or, where events of a feature are the activity itself, such as purchases, "event:NAME" (accounts that come
    back, counted from their first event) and "amount:NAME" (sum of counts against that of period 0). rule: see
    `cohorts.retention`.
    grain: month or quarter, of the starts and of the periods since. by: "start" (when an account started), a column of
    `Population.known` (one of numbers is cut into quarters of the accounts), or a condition over these columns, which
    makes two cohorts. where: a condition, in the language of derived columns; empty for all. since: the earliest day of
    start, ISO, or empty. periods: how many periods since the start are shown.
    """

    measure: str = "logo"
    rule: Rule = "on"
    grain: Grain = "quarter"
    by: str = START
    where: str = ""
    since: str = ""
    periods: int = 12

    def __post_init__(self) -> None:
        if self.measure not in MEASURES and not self.feature:
            raise UnknownName("measure", self.measure, (*MEASURES, *(f"{kind}NAME" for kind in OF_FEATURES)))
        _known("rule of retention", self.rule, RULES)
        _known("grain", self.grain, GRAINS)
        if isinstance(self.periods, bool) or not 1 <= self.periods <= LONGEST:
            raise CsworkbenchError(f"periods is {self.periods!r}. It is a whole number from 1 to {LONGEST}.")
        if self.since:
            _day(self.since)

    @property
    def feature(self) -> str:
        """The feature whose use or events are asked for; empty for every other measure."""
        return self.measure.partition(":")[2] if self.measure.startswith(OF_FEATURES) else ""

    @property
    def is_mean(self) -> bool:
        """Whether the mean of a score is asked for, not what is left of a cohort."""
        return self.measure in MEANS

    @property
    def counted(self) -> Rule:
        """The rule that applies: means take what was measured in the period."""
        return "on" if self.is_mean else self.rule

    @property
    def unit(self) -> Unit:
        """What is summed in the cells; means have no unit of their own and are read as use."""
        if self.measure.startswith(AMOUNT):
            return "revenue"
        return next((unit for unit in UNITS if unit == self.measure), "usage")

    @property
    def activity(self) -> str:
        """The kind of activity that is looked at; money and logos share one."""
        if self.measure.startswith((EVENT, AMOUNT)):
            return EVENT + self.feature
        return PAID if self.unit != "usage" else self.measure

    @property
    def table(self) -> str:
        """The canonical table without which there is no answer."""
        return "subscriptions" if self.activity in (PAID, HEALTH) else "usage"

    @property
    def parameters(self) -> dict[str, Any]:
        """The question as plain values; `question_of` reads them back."""
        return asdict(self)


def question_of(parameters: Mapping[str, Any]) -> Question:
    """The question with these parameters; CsworkbenchError or UnknownName for one that cannot be asked."""
    known = {field.name: field.type for field in fields(Question)}
    for name, value in parameters.items():
        if name not in known:
            raise UnknownName("parameter of a question", name, tuple(known))
        if not isinstance(value, int if name == "periods" else str):
            raise CsworkbenchError(f"{name} is {value!r}. It is {'a whole number' if name == 'periods' else 'text'}.")
    return Question(**parameters)


def _known(kind: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UnknownName(kind, value, choices)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CsworkbenchError(f'since is "{text}". Write a day as 2025-01-31.') from None
