"""What a pack says about the quarter's MRR, written from its movements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..catalogue import marked
from ..language import Language
from .wording import (
    amount_against_plan,
    fewest_that_explain,
    is_flat,
    is_small,
    joined,
    sentences,
    with_cause,
)

GAINS, LOSSES = ("new", "expansion", "reactivation"), ("contraction", "churn")
_ACTORS = {
    "new": (marked("new business brought most of it"), marked("new business brought the largest part")),
    "expansion": (marked("expansion brought most of it"), marked("expansion brought the largest part")),
    "reactivation": (
        marked("customers won back brought most of it"),
        marked("customers won back brought the largest part"),
    ),
}


@dataclass(frozen=True)
class Loss:
    """What one account lost in the quarter, as a positive amount."""

    name: str
    amount: float


@dataclass(frozen=True)
class Movement:
    """MRR of one part of the book over a quarter. subject: empty for the whole book; amounts are positive."""

    subject: str
    opening: float
    closing: float
    n_open: int
    by_kind: dict[str, float]
    losses: Sequence[Loss]
    plan: float | None = None
    churn_plan: float | None = None

    @property
    def lost(self) -> float:
        """Contraction and churn together."""
        return sum(self.by_kind[kind] for kind in LOSSES)

    @property
    def gained(self) -> float:
        """New, expansion and reactivation together."""
        return sum(self.by_kind[kind] for kind in GAINS)


def bridge_title(language: Language, movement: Movement) -> str:
    """Direction and size of the change, against plan, and what caused it."""
    change = _change(language, movement)
    return with_cause(
        language,
        joined(language, change, amount_against_plan(language, movement.closing, movement.plan)),
        _cause(language, movement),
    )


def _change(language: Language, movement: Movement) -> str:
    closing, opening = movement.closing, movement.opening
    where = {"subject": movement.subject, "closing": language.money(closing), "opening": language.money(opening)}
    if not opening:
        whole = marked("MRR started from zero and reached {closing}")
        part = marked("{subject}: MRR started from zero and reached {closing}")
        return _of(language, movement, whole, part, where)
    share = closing / opening - 1
    where["change"] = language.percent(abs(share))
    if is_flat(share):
        return _of(
            language, movement, marked("MRR held at {closing}"), marked("{subject}: MRR held at {closing}"), where
        )
    if is_small(movement.n_open):
        whole = marked("MRR went from {opening} to {closing}")
        part = marked("{subject}: MRR went from {opening} to {closing}")
        return _of(language, movement, whole, part, where)
    if share > 0:
        whole = marked("MRR grew {change} to {closing}")
        part = marked("{subject} MRR grew {change} to {closing}")
    else:
        whole = marked("MRR fell {change} to {closing}")
        part = marked("{subject} lost {change} of MRR, now {closing}")
    return _of(language, movement, whole, part, where)


def _of(language: Language, movement: Movement, whole: str, part: str, values: dict[str, str]) -> str:
    return language.say(part if movement.subject else whole, **values)


def _cause(language: Language, movement: Movement) -> str:
    change = movement.closing - movement.opening
    if not movement.opening or is_flat(change / movement.opening):
        return ""
    if change > 0:
        kind = max(GAINS, key=lambda name: movement.by_kind[name])
        most, largest = _ACTORS[kind]
        return language.say(most if movement.by_kind[kind] > 0.5 * movement.gained else largest)
    if not movement.losses:
        return ""
    n = fewest_that_explain([loss.amount for loss in movement.losses])
    share = sum(loss.amount for loss in movement.losses[:n]) / movement.lost
    part = language.percent(share, 0)
    if n == len(movement.losses):
        return language.count("{n} account explains all of the loss", "{n} accounts explain all of the loss", n)
    return language.count(
        "{n} account explains {part} of the loss", "{n} accounts explain {part} of the loss", n, part=part
    )


def loss_sentence(language: Language, movement: Movement) -> str:
    """What was lost, against the plan for churn, and the accounts that explain most of it."""
    if not movement.lost:
        return language.say("No account left or shrank in the quarter.")
    return sentences(_lost(language, movement), _who(language, movement) if movement.losses else "")


def _lost(language: Language, movement: Movement) -> str:
    churn = movement.by_kind["churn"]
    against = amount_against_plan(language, churn, movement.churn_plan)
    shrunk = movement.by_kind["contraction"]
    took = language.say("Contraction took {amount}.", amount=language.money(shrunk)) if shrunk else ""
    if not churn:
        return sentences(language.say("No account left."), took)
    left = language.say("Churn took {amount}", amount=language.money(churn))
    return sentences(language.say("{words}.", words=joined(language, left, against)), took)


def _who(language: Language, movement: Movement) -> str:
    n = fewest_that_explain([loss.amount for loss in movement.losses])
    names = language.listed([loss.name for loss in movement.losses[:n]])
    if n == len(movement.losses):
        return language.say("From {names} came all of it.", names=names)
    part = language.percent(sum(loss.amount for loss in movement.losses[:n]) / movement.lost, 0)
    total = language.money(movement.lost)
    return language.count(
        "From {names} came {part} of the {total} that {n} account lost.",
        "From {names} came {part} of the {total} that {n} accounts lost.",
        len(movement.losses),
        names=names,
        part=part,
        total=total,
    )
