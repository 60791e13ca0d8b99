"""Accounts at risk: where money may leave within a year, and why the model says so."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import Language, is_missing
from ..scene import Scene
from ..tables import Column, table
from .reason_words import feature_name, reasons_of, said
from .renewals import N_SHOWN
from .wording import sentences, with_cause

RENEWS_SOON_DAYS = 92
SEEN_LITTLE = 0.5


def at_risk(scene: Scene) -> Exhibit:
    """The ten accounts with most money at risk: probabilities, reasons, owner, renewal, and how much was seen."""
    if not scene.has("scores"):
        return scene.missing("at_risk", "scores")
    found = scene.mine("scores")
    scored = found[found["money_at_risk"].notna()]
    if scored.empty:
        return absent("at_risk", scene.say("No account could be scored."), scene.language)
    shown = _described(scene, scored)
    title = _title(scene, shown)
    columns = _columns(scene)
    return Exhibit(
        "at_risk",
        title,
        scene.language,
        so_what=scene.noted(*_follows(scene, shown.head(N_SHOWN))),
        caption=_caption(scene, found, shown),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts",
                            "invoices", "milestones", "activities", "assignments"),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=[*(column for column in columns if column.name != "chances"), *_chances(scene)],
    )  # fmt: skip


def _described(scene: Scene, scored: pd.DataFrame) -> pd.DataFrame:
    ranked = scored.sort_values(["money_at_risk", "account_id"], ascending=[False, True], ignore_index=True)
    reasons = reasons_of(scene, "churn")
    return ranked.assign(
        name=ranked["name"].where(ranked["name"].notna(), ranked["account_id"]),
        segment=[scene.name(None if is_missing(segment) else segment) for segment in ranked["segment"]],
        chances=[
            both_chances(scene.language, *both) for both in zip(ranked["p_churn_3"], ranked["p_churn_12"], strict=True)
        ],
        why=[scene.language.listed([said(scene, *r) for r in reasons.get(id, ())]) for id in ranked["account_id"]],
        features=[tuple(r[0] for r in reasons.get(id, ())) for id in ranked["account_id"]],
    )


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("name", scene.say("Account")),
        *([] if scene.segment else [Column("segment", scene.say("Segment"), "short")]),
        Column("money_at_risk", scene.say("At risk in 12 months"), "money"),
        Column("why", scene.say("Why"), "long"),
        Column("csm", scene.say("Owner"), "short"),
        Column("renews_on", scene.say("Renews on"), "date"),
        Column("mrr", scene.say("MRR"), "money"),
        Column("chances", scene.say("Leaves within 3 / 12 months"), "interval"),
        Column("coverage", scene.say("Seen"), "share0"),
    ]


def _chances(scene: Scene) -> list[Column]:
    """Both probabilities as numbers, for the data."""
    return [
        Column("p_churn_3", scene.say("Leaves within 3 months"), "share"),
        Column("p_churn_12", scene.say("Leaves within 12 months"), "share"),
    ]


def both_chances(language: Language, soon: float, year: float) -> str:
    """The probabilities of leaving within 3 and 12 months, small ones with a decimal."""
    return " / ".join(language.percent(p, 1 if p < 0.1 else 0) for p in (soon, year))


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    """The money at risk, its share of the year's revenue, and how much of it the first accounts hold."""
    total, yearly = float(shown["money_at_risk"].sum()), 12 * float(shown["mrr"].sum())
    if not total or not yearly:
        return scene.say("No money is at risk in the next 12 months")
    values = {"amount": scene.language.money(total), "share": scene.language.percent(total / yearly)}
    title = scene.say("{amount} is at risk over the next 12 months, {share} of revenue", **values)
    return with_cause(scene.language, title, _held(scene, shown, total))


def _held(scene: Scene, shown: pd.DataFrame, total: float) -> str:
    top = shown.head(N_SHOWN)
    if len(top) == len(shown):
        return ""
    return held_by(scene.language, len(top), float(top["money_at_risk"].sum()) / total)


def held_by(language: Language, n: int, share: float) -> str:
    """How much of a sum the first n accounts hold."""
    if share >= 0.995:
        return language.count("{n} account holds nearly all of it", "{n} accounts hold nearly all of it", n)
    part = language.percent(share, 0)
    return language.count("{n} account holds {part} of it", "{n} accounts hold {part} of it", n, part=part)


def _follows(scene: Scene, top: pd.DataFrame) -> list[str]:
    """Who renews soon, the most frequent reason, and for whom little was seen."""
    return [_soon(scene, top), _most_frequent(scene, top), _seen_little(scene, top)]


def _soon(scene: Scene, top: pd.DataFrame) -> str:
    days = (top["renews_on"] - pd.Timestamp(scene.measures.as_of)).dt.days
    soon = top[days.between(0, RENEWS_SOON_DAYS)]
    if soon.empty:
        return scene.say("None of them renews in the next three months.")
    return scene.language.count(
        "{n} of them renews in the next three months, with {amount} of MRR: talk to it first.",
        "{n} of them renew in the next three months, with {amount} of MRR: talk to them first.",
        len(soon), amount=scene.language.money(soon["mrr"].sum()),
    )  # fmt: skip


def _most_frequent(scene: Scene, top: pd.DataFrame) -> str:
    counts = Counter(feature for features in top["features"] for feature in features)
    if not counts or max(counts.values()) < 2:
        return ""
    feature, n = min(counts.items(), key=lambda item: (-item[1], item[0]))
    what = feature_name(scene, feature)
    return scene.say("The most frequent reason: {reason} ({n} of {of}).", reason=what, n=n, of=len(top))


def _seen_little(scene: Scene, top: pd.DataFrame) -> str:
    n = int((top["coverage"] < SEEN_LITTLE).sum())
    if not n:
        return ""
    return scene.language.count(
        "Of {n} account less than half of the inputs could be seen: what is missing counts neither for nor against it.",
        "Of {n} accounts less than half of the inputs could be seen: what is missing counts neither for nor against"
        " them.",
        n,
    )


def _caption(scene: Scene, found: pd.DataFrame, shown: pd.DataFrame) -> str:
    unscored = len(found) - len(shown)
    left = (
        scene.language.count("{n} account could not be scored.", "{n} accounts could not be scored.", unscored)
        if unscored
        else ""
    )
    return sentences(
        scene.language.count(
            "{n} paying account scored, the largest amounts first.",
            "{n} paying accounts scored, the largest amounts first.",
            len(shown),
        ),
        left,
        scene.say(
            "At risk: probability of a decision to leave within 12 months × renewable MRR × 12, an expected loss. Seen:"
            " share of the score’s inputs that were measured. Reasons: what raises the risk most, largest first."
        ),
        model_line(scene),
    )


def model_line(scene: Scene) -> str:
    """Which version of the model made the scores; empty when there is none."""
    models = scene.frame("scores")["model"].dropna().unique() if scene.has("scores") else []
    return scene.say("Model: {model}.", model=", ".join(sorted(models))) if len(models) else ""
