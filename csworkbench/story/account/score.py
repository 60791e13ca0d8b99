"""What is expected of the account: probabilities, money at risk, and the reasons."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pandas as pd

from ..exhibit import Exhibit, absent
from ..exhibits.reason_words import OF_STAFF, said
from ..exhibits.scored import has_left, model_line
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from .listing import listing

_TABLES = ["subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "milestones", "activities"]
_HORIZONS = (3, 6, 12)
N_REASONS = 6
SLIGHT = 0.05


def score(scene: Scene) -> Exhibit:
    """Probability of leaving and of growing, health, and the money that hangs on it."""
    if not scene.has("scores"):
        return scene.missing("score", "scores")
    found = scene.frame("scores")
    if found.empty:
        return absent("score", scene.say("This account was not scored: it does not pay."), scene.language)
    row = found.iloc[0]
    if has_left(found).iloc[0]:
        return absent("score", scene.say("This account has said that it leaves."), scene.language)
    if is_missing(row["p_churn_12"]):
        return scene.missing("score", "survival")
    shown = pd.DataFrame([*_rows(scene, row)], columns=["what", "value", "raw"])
    columns = [Column("what", scene.say("Measure")), Column("value", scene.say("Value"), "interval")]
    return listing(
        scene, "score", score_title(scene, row), shown, columns, _TABLES,
        caption=scene.noted(model_line(scene), scene.defined("churn_probability", "money_at_risk", "health")),
    )  # fmt: skip


def _rows(scene: Scene, row: pd.Series) -> list[tuple[str, str, float]]:
    language = scene.language
    leaves = [
        (
            language.count("Leaves within {n} month", "Leaves within {n} months", months),
            language.chance(row[f"p_churn_{months}"]),
            float(row[f"p_churn_{months}"]),
        )
        for months in _HORIZONS
    ]
    one = partial(language.number, digits=1)
    rest: list[tuple[str, str, Callable[[float], str]]] = [
        ("money_at_risk", scene.say("At risk in 12 months"), language.money),
        ("expected_months", scene.say("Expected months until it leaves, of the next 36"), one),
        ("health", scene.say("Health (0–100): chance of staying the next 3 months"), one),
        ("p_expansion", scene.say("Grows within 3 months"), language.chance),
        ("expected_expansion_mrr", scene.say("Expected expansion MRR"), language.money),
        ("coverage", scene.say("Seen: share of the score’s inputs that were measured"), language.percent),
    ]
    return [*leaves, *((words, write(row[name]), row[name]) for name, words, write in rest)]


def score_title(scene: Scene, row: pd.Series) -> str:
    """The probability of leaving within a year and the money that hangs on it."""
    share = scene.language.chance(row["p_churn_12"])
    if is_missing(row["money_at_risk"]):
        return scene.say("{share} chance of leaving within 12 months", share=share)
    amount = scene.language.money(row["money_at_risk"])
    return scene.say("{share} chance of leaving within 12 months: {amount} at risk", share=share, amount=amount)


def reasons(scene: Scene) -> Exhibit:
    """What raises and what lowers the probability of leaving, the strongest first."""
    if not scene.has("reasons"):
        return scene.missing("reasons", "reasons" if scene.scores else "scores")
    found = scene.frame("reasons")
    found = found[(found["kind"] == "churn") & ~found["feature"].isin(OF_STAFF)].drop_duplicates("code")
    found = found[found["contribution"].abs() >= SLIGHT].sort_values("rank").head(N_REASONS)
    if found.empty:
        return absent("reasons", scene.say("No reason stands out."), scene.language)
    values = [None if is_missing(value) else str(value) for value in found["value"]]
    shown = found.assign(
        why=[said(scene, feature, value) for feature, value in zip(found["feature"], values, strict=True)],
        way=[scene.say("raises it") if x > 0 else scene.say("lowers it") for x in found["contribution"]],
        factor=found["contribution"].map(math.exp),
    )
    columns = [
        Column("why", scene.say("Reason"), "long"),
        Column("way", scene.say("Probability of leaving"), "short"),
        Column("factor", scene.say("Odds of leaving ×"), "number"),
    ]
    return listing(
        scene, "reasons", _reasons_title(scene, shown), shown.reset_index(drop=True), columns, _TABLES,
        caption=scene.say(
            "Each reason multiplies the odds of leaving; below 5% it is not told, and of signs that say the same only"
            " the strongest is."
        ),
    )  # fmt: skip


def _reasons_title(scene: Scene, shown: pd.DataFrame) -> str:
    raises = shown[shown["contribution"] > 0]
    if raises.empty:
        return scene.say("Nothing that was measured raises the probability of leaving")
    return scene.say("What raises it most: {reasons}", reasons=scene.language.listed(list(raises["why"].head(2))))
