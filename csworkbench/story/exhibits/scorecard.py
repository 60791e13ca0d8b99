"""The score's own scorecard: how well it ranked and predicted, beside the scores and rules it competes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..charts.dots import Dot, Scale, dots
from ..exhibit import Exhibit, absent
from ..language import Language, is_missing
from ..scene import Scene
from ..tables import Column
from .score_names import MODEL, NAIVE, VENDOR, WEIGHTED, rule_name, score_name
from .wording import sentences, series

BEATS, NOT_BETTER = "beats_naive", "not_better"
CHANCE = 0.5


@dataclass(frozen=True)
class Verdict:
    """What the model's backtest came to, beside the best simple rule. auc: None where it could not be estimated."""

    verdict: str
    n_events: int
    auc: float | None
    low: float | None
    high: float | None
    rule: str = ""
    rule_auc: float | None = None


def scorecard(scene: Scene) -> Exhibit:
    """ROC-AUC with interval of the churn model, the weighted score, vendors' scores and the best simple rule."""
    if not scene.has("scorecard"):
        return scene.missing("scorecard", "scorecard")
    data = _data(scene)
    if data.empty:
        return absent("scorecard", scene.say("No score could be tested."), scene.language)
    return Exhibit(
        "scorecard",
        verdict_title(scene.language, _verdict(scene, data)),
        scene.language,
        so_what=sentences(_gain(scene, data), _green(scene, data), _against_weighted(scene, data)),
        caption=_caption(scene, data),
        alt=_alt(scene, data),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "vendor_health"),
        figure_svg=_figure(scene, data),
        data=data,
        columns=_columns(scene),
    )


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("name", scene.say("Score")),
        Column("n", scene.say("Scored"), "count"),
        Column("n_events", scene.say("Left"), "count"),
        Column("roc_auc", "ROC-AUC", "number"),
        Column("roc_auc_low", scene.say("95% from"), "number"),
        Column("roc_auc_high", scene.say("95% to"), "number"),
        Column("pr_auc", "PR-AUC", "number"),
        Column("lift_10", scene.say("Lift at 10%"), "one"),
        Column("brier", scene.say("Brier score"), "fine"),
        Column("calibration_slope", scene.say("Calibration slope"), "number"),
        Column("share_green_churners", scene.say("Green 90 days before"), "share0"),
        Column("n_churners", scene.say("of n"), "count"),
    ]


def _data(scene: Scene) -> pd.DataFrame:
    """The model first, then the weighted score, vendors' scores, and the simple rule that ranks best."""
    frame = scene.frame("scorecard")
    mine = frame[frame["segment"] == scene.unit]
    naive = mine["score"].str.startswith(NAIVE)
    rules = mine[naive].sort_values(["roc_auc", "score"], ascending=[False, True], na_position="last")
    others = mine[~naive].assign(order=lambda f: f["score"].map(_place)).sort_values(["order", "score"])
    data = pd.concat([others.drop(columns="order"), _best_rule(rules, others)], ignore_index=True)
    few = data["n_churners"] < SMALLEST_GROUP
    data["share_green_churners"] = data["share_green_churners"].mask(few)
    return data.assign(name=[score_name(scene, score) for score in data["score"]])


def _best_rule(rules: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The rule that the model was compared with, else the one that ranks best."""
    named = others.loc[others["score"] == MODEL, "best_naive"].dropna()
    compared = rules[rules["score"].isin(named)]
    return compared if len(compared) else rules.head(1)


def _place(score: str) -> int:
    return 0 if score == MODEL else 2 if score.startswith(VENDOR) else 1


def _verdict(scene: Scene, data: pd.DataFrame) -> Verdict:
    model, rules = data[data["score"] == MODEL], data[data["score"].str.startswith(NAIVE)]
    if model.empty:
        return Verdict("not_tested", int(data["n_events"].max()), None, None, None)
    row = model.iloc[0]
    auc, low, high = (_known(row[name]) for name in ("roc_auc", "roc_auc_low", "roc_auc_high"))
    rule = rules.iloc[0] if len(rules) else None
    name = "" if rule is None else rule_name(scene, str(rule["score"]))
    rule_auc = None if rule is None else _known(rule["roc_auc"])
    return Verdict(str(row["verdict"]), int(row["n_events"]), auc, low, high, name, rule_auc)


def _known(value: Any) -> float | None:
    return None if is_missing(value) else float(value)


def verdict_title(language: Language, found: Verdict) -> str:
    """Whether the model is worth having, in plain words."""
    if found.verdict == "not_tested":
        return language.say("The churn model was not put to the test")
    if found.auc is None or found.verdict not in (BEATS, NOT_BETTER):
        return language.count(
            "The churn model cannot be judged: only {n} decision to leave in the quarters that were tested",
            "The churn model cannot be judged: only {n} decisions to leave in the quarters that were tested",
            found.n_events,
        )
    values = {"auc": language.number(found.auc, 2), "rule": found.rule, "rule_auc": language.number(found.rule_auc, 2)}
    if found.verdict == BEATS:
        if found.rule_auc is None:
            return language.say("The churn model ranks better than chance: ROC-AUC {auc}", **values)
        return language.say(
            "The churn model beats the best simple rule: ROC-AUC {auc} against {rule_auc} (“{rule}”)", **values
        )
    if found.rule_auc is None:
        return language.say("The churn model does not rank better than chance: ROC-AUC {auc}", **values)
    return language.say(
        "The churn model does not beat a simple rule: ROC-AUC {auc} against {rule_auc} (“{rule}”). Use the rule",
        **values,
    )


def _gain(scene: Scene, data: pd.DataFrame) -> str:
    """What the model gains over the rule, with its interval."""
    row = data[data["score"] == MODEL]
    if row.empty or row[["over_naive", "over_naive_low", "over_naive_high"]].isna().any(axis=None):
        return ""
    names = ("over_naive", "over_naive_low", "over_naive_high")
    gain, low, high = (scene.language.change(row[name].iloc[0], 2) for name in names)
    return scene.say(
        "Difference to the rule on the same accounts: {gain} ({low} to {high}).", gain=gain, low=low, high=high
    )


def _green(scene: Scene, data: pd.DataFrame) -> str:
    """How many of those who left the model had called green."""
    row = data[data["score"] == MODEL]
    if row.empty or is_missing(row["share_green_churners"].iloc[0]):
        return ""
    share, n = float(row["share_green_churners"].iloc[0]), int(row["n_churners"].iloc[0])
    if not share:
        return scene.say(
            "None of the {n} accounts that left had been green 90 days before.", n=scene.language.number(n)
        )
    return scene.say(
        "Of {n} accounts that left, {share} had been green 90 days before: the score does not see everything.",
        n=scene.language.number(n),
        share=scene.language.percent(share, 0),
    )


def _against_weighted(scene: Scene, data: pd.DataFrame) -> str:
    """The weighted score beside the model, when their intervals are apart."""
    rows = {row["score"]: row for row in data.dropna(subset=["roc_auc"]).to_dict("records")}
    if not {MODEL, WEIGHTED} <= set(rows):
        return ""
    model, weighted = rows[MODEL], rows[WEIGHTED]
    values = {"auc": scene.language.number(weighted["roc_auc"], 2)}
    if weighted["roc_auc_high"] < model["roc_auc_low"]:
        return scene.say("The weighted score ranks worse (ROC-AUC {auc}), by more than chance would explain.", **values)
    if weighted["roc_auc_low"] > model["roc_auc_high"]:
        return scene.say("The weighted score ranks better (ROC-AUC {auc}): use it instead.", **values)
    return scene.say("The weighted score (ROC-AUC {auc}) is not apart from it by more than chance.", **values)


def _figure(scene: Scene, data: pd.DataFrame) -> str:
    language = scene.language
    ends = [CHANCE, *data["roc_auc_low"].dropna(), *data["roc_auc"].dropna()]
    low = min(0.45, max(0.0, min(ends) - 0.02))
    ticks = [(at / 10, language.number(at / 10, 1)) for at in range(11) if at / 10 >= low]
    scale = Scale(low, 1.0, ticks, CHANCE, scene.say("chance"))
    return dots([_dot(scene, row) for row in data.to_dict("records")], scale, language.lang)


def _dot(scene: Scene, row: dict[Any, Any]) -> Dot:
    number = scene.language.number
    auc, low, high = (_known(row[name]) for name in ("roc_auc", "roc_auc_low", "roc_auc_high"))
    words = f"{number(auc, 2)} ({number(low, 2)}–{number(high, 2)})" if auc is not None else scene.say("not estimable")
    return Dot(str(row["name"]), auc, words, low, high, _remark(scene, row),
               "good" if row["score"] == MODEL else "plain")  # fmt: skip


def _remark(scene: Scene, row: dict[Any, Any]) -> str:
    """Lift, Brier score and share of green churners, as far as the score has them."""
    language, parts = scene.language, []
    if not is_missing(row["lift_10"]):
        parts.append(scene.say("lift {lift}", lift=language.number(row["lift_10"], 1)))
    if not is_missing(row["brier"]):
        parts.append(scene.say("Brier {brier}", brier=language.number(row["brier"], 3)))
    if not is_missing(row["share_green_churners"]):
        parts.append(scene.say("{share} of churners green", share=language.percent(row["share_green_churners"], 0)))
    return " · ".join(parts)


def _caption(scene: Scene, data: pd.DataFrame) -> str:
    return sentences(
        scene.language.count(
            "Backtest: at the end of each quarter the scores saw only what was known then; {n} decision to leave"
            " within three months came after.",
            "Backtest: at the end of each quarter the scores saw only what was known then; {n} decisions to leave"
            " within three months came after.",
            int(data["n_events"].max()),
        ),
        scene.say(
            "ROC-AUC: probability that an account that leaves is ranked above one that stays; 0.5 is chance, thin line:"
            " 95% interval. Lift: churn in the tenth ranked riskiest over that of all. Brier: mean squared error of the"
            " probabilities, lower is better."
        ),
    )


def _alt(scene: Scene, data: pd.DataFrame) -> str:
    parts = [f"{row['name']} {_dot(scene, row).words}" for row in data.to_dict("records")]
    return scene.say("ROC-AUC with interval by score: {parts}.", parts=series(scene.language, parts))
