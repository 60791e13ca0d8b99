"""How MRR moved in the quarter: the bridge from opening to closing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..catalogue import marked
from ..charts.bridge import Step, bridge
from ..exhibit import Exhibit, absent
from ..language import Language
from ..scene import Scene
from ..tables import Column
from ..text import shown
from .wording import (
    amount_against_plan,
    fewest_that_explain,
    is_flat,
    is_small,
    joined,
    sentences,
    series,
    with_cause,
)

OPENING, CLOSING, LOST_BY = "mrr_open", "mrr_close", "lost_by"
NAMES = {
    "new": marked("New"),
    "expansion": marked("Expansion"),
    "reactivation": marked("Won back"),
    "contraction": marked("Contraction"),
    "churn": marked("Churn"),
}
GAINS, LOSSES = ("new", "expansion", "reactivation"), ("contraction", "churn")
_ALWAYS = ("new", "expansion", "churn")
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


def mrr_bridge(scene: Scene) -> Exhibit:
    """The quarter's MRR from opening to closing, the plan drawn in, and who lost most."""
    for frame in ("mrr_trend", "movements"):
        if not scene.has(frame):
            return scene.missing("mrr_bridge", frame)
    rows = scene.mine("mrr_trend", scene.quarter)
    if rows.empty or not (rows[[OPENING, CLOSING]].iloc[0] > 0).any():
        title = scene.say("{subject}: no MRR in {quarter}.", subject=scene.subject, quarter=_quarter(scene))
        return absent("mrr_bridge", title, scene.language)
    return _exhibit(scene, rows.iloc[0], _movement(scene, rows.iloc[0]))


def _exhibit(scene: Scene, row: pd.Series, movement: Movement) -> Exhibit:
    plan_words = _plan_words(scene.language, movement.plan)
    return Exhibit(
        "mrr_bridge",
        bridge_title(scene.language, movement),
        scene.language,
        so_what=loss_sentence(scene.language, movement),
        caption=_caption(scene, row),
        alt=_alt(scene, movement),
        source=scene.source("subscriptions", "accounts", *(["targets"] if movement.plan is not None else [])),
        figure_svg=bridge(_steps(scene, movement), scene.language.lang, movement.plan, plan_words),
        data=_data(scene, movement),
        columns=(
            Column("what", scene.say("Movement")),
            Column("mrr", scene.say("MRR"), "money"),
            Column("plan", scene.say("Plan"), "money"),
        ),
    )


def _movement(scene: Scene, row: pd.Series) -> Movement:
    return Movement(
        subject="" if scene.segment is None else scene.name(scene.segment),
        opening=float(row[OPENING]),
        closing=float(row[CLOSING]),
        n_open=int(row["n_open"]),
        by_kind={kind: float(row[kind]) for kind in NAMES},
        losses=_losses(scene),
        plan=scene.target(CLOSING),
        churn_plan=scene.target("churn"),
    )


def _losses(scene: Scene) -> list[Loss]:
    """Accounts that lost MRR in the quarter, the largest first."""
    moves = scene.mine("movements", scene.quarter)
    moves = moves.assign(lost=moves["contraction"] + moves["churn"])
    moves = moves[moves["lost"] > 0].sort_values(["lost", "account_id"], ascending=[False, True])
    names = scene.frame("accounts").set_index("account_id")["name"].to_dict() if scene.has("accounts") else {}
    pairs = zip(moves["account_id"], moves["lost"], strict=True)
    return [Loss(shown(names.get(account, account), 40), float(lost)) for account, lost in pairs]


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
    where = {"subject": movement.subject, "closing": language.money(closing)}
    if not opening:
        return _of(
            language,
            movement,
            "MRR started from zero and reached {closing}",
            "{subject}: MRR started from zero and reached {closing}",
            where,
        )
    share = closing / opening - 1
    if is_small(movement.n_open):
        where["change"] = language.money_change(closing - opening)
        return _of(
            language,
            movement,
            "MRR of a few accounts ended at {closing} ({change})",
            "{subject}: MRR of a few accounts ended at {closing} ({change})",
            where,
        )
    where["change"] = language.percent(abs(share))
    if is_flat(share):
        return _of(language, movement, "MRR held at {closing}", "{subject}: MRR held at {closing}", where)
    if share > 0:
        return _of(
            language, movement, "MRR grew {change} to {closing}", "{subject} MRR grew {change} to {closing}", where
        )
    return _of(
        language, movement, "MRR fell {change} to {closing}", "{subject} lost {change} of MRR, now {closing}", where
    )


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
    if not movement.losses:
        return language.say("No account left or shrank in the quarter.")
    return sentences(_lost(language, movement), _who(language, movement))


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
        return language.say("All of it: {names}.", names=names)
    part = language.percent(sum(loss.amount for loss in movement.losses[:n]) / movement.lost, 0)
    total = language.money(movement.lost)
    return language.count(
        "{names} make up {part} of the {total} that {n} account lost.",
        "{names} make up {part} of the {total} that {n} accounts lost.",
        len(movement.losses),
        names=names,
        part=part,
        total=total,
    )


def _kinds(movement: Movement) -> list[str]:
    return [kind for kind in NAMES if kind in _ALWAYS or movement.by_kind[kind]]


def _signed(movement: Movement, kind: str) -> float:
    return movement.by_kind[kind] * (-1 if kind in LOSSES else 1) + 0.0


def _steps(scene: Scene, movement: Movement) -> list[Step]:
    language = scene.language
    first = Step(
        language.quarter(scene.quarter.previous.label), movement.opening, language.money(movement.opening), True
    )
    last = Step(language.quarter(scene.quarter.label), movement.closing, language.money(movement.closing), True)
    changes = [(kind, _signed(movement, kind)) for kind in _kinds(movement)]
    return [
        first,
        *(Step(scene.say(NAMES[kind]), value, language.money_change(value)) for kind, value in changes),
        last,
    ]


def _data(scene: Scene, movement: Movement) -> pd.DataFrame:
    """One row per bar, and under them the accounts that lost most."""
    opening, closing = scene.say("MRR at the start"), scene.say("MRR at the end")
    rows = [{"what": opening, "mrr": movement.opening}]
    for kind in _kinds(movement):
        plan = movement.churn_plan if kind == "churn" else None
        rows.append({"what": scene.say(NAMES[kind]), "mrr": _signed(movement, kind), "plan": -plan if plan else None})
    rows.append({"what": closing, "mrr": movement.closing, "plan": movement.plan})
    n = fewest_that_explain([loss.amount for loss in movement.losses])
    rows += [{"what": scene.say("Lost by {name}", name=loss.name), "mrr": -loss.amount} for loss in movement.losses[:n]]
    return pd.DataFrame(rows, columns=["what", "mrr", "plan"]).astype({"mrr": float, "plan": float})


def _quarter(scene: Scene) -> str:
    return scene.language.quarter(scene.quarter.label)


def _plan_words(language: Language, plan: float | None) -> str:
    return "" if plan is None else language.say("Plan {amount}", amount=language.money(plan))


def _caption(scene: Scene, row: pd.Series) -> str:
    counted = scene.say(
        "{subject}, {quarter}: {n_open} accounts at the start, {n_close} at the end. Monthly recurring revenue (MRR).",
        subject=scene.name(scene.segment),
        quarter=_quarter(scene),
        n_open=scene.language.number(row["n_open"]),
        n_close=scene.language.number(row["n_close"]),
    )
    return sentences(counted, scene.defined("mrr", "movements"))


def _alt(scene: Scene, movement: Movement) -> str:
    steps = [f"{step.name} {step.words}" for step in _steps(scene, movement)]
    plan = _plan_words(scene.language, movement.plan)
    return sentences(
        scene.say(
            "Waterfall chart of MRR: {steps}.", steps=series(scene.language, [*steps, *([plan] if plan else [])])
        ),
    )
