"""How MRR moved in the quarter: the bridge from opening to closing."""

from __future__ import annotations

import pandas as pd

from ..catalogue import marked
from ..charts.bridge import Step, bridge
from ..exhibit import Exhibit, absent
from ..language import Language
from ..scene import Scene
from ..tables import Column
from ..text import shown
from .bridge_words import LOSSES, Loss, Movement, bridge_title, loss_sentence
from .wording import sentences, series

OPENING, CLOSING = "mrr_open", "mrr_close"
NAMES = {
    "new": marked("New"),
    "expansion": marked("Expansion"),
    "reactivation": marked("Won back"),
    "contraction": marked("Contraction"),
    "churn": marked("Churn"),
}
_ALWAYS = ("new", "expansion", "churn")


def mrr_bridge(scene: Scene) -> Exhibit:
    """The quarter's MRR from opening to closing, the plan drawn in, and who lost most."""
    for frame in ("mrr_trend", "movements"):
        if not scene.has(frame):
            return scene.missing("mrr_bridge", frame)
    rows = scene.mine("mrr_trend", scene.quarter)
    if rows.empty or not (rows[[OPENING, CLOSING]].iloc[0] > 0).any():
        title = scene.say("{subject}: no MRR in {quarter}.", subject=scene.name(scene.segment), quarter=_quarter(scene))
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
    """One row per bar, and under them the accounts that lost some of it, largest first."""
    opening, closing = scene.say("MRR at the start"), scene.say("MRR at the end")
    rows = [{"what": opening, "mrr": movement.opening}]
    for kind in _kinds(movement):
        plan = movement.churn_plan if kind == "churn" else None
        rows.append({"what": scene.say(NAMES[kind]), "mrr": _signed(movement, kind), "plan": -plan if plan else None})
    rows.append({"what": closing, "mrr": movement.closing, "plan": movement.plan})
    if movement.losses:
        rows.append({"what": scene.say("Lost together"), "mrr": -movement.lost})
    rows += [{"what": scene.say("Lost by {name}", name=loss.name), "mrr": -loss.amount} for loss in movement.losses]
    data = pd.DataFrame(rows, columns=["what", "mrr", "plan"]).astype({"mrr": float, "plan": float})
    return data.assign(loses=[False] * (len(data) - len(movement.losses)) + [True] * len(movement.losses))


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
