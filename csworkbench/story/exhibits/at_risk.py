"""Accounts at risk: where money may leave within a year, and why the model says so."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import Language
from ..scene import Scene
from ..tables import Column, table
from .reason_words import feature_name
from .renewals import N_SHOWN
from .scored import BOTH, apart, counted, described, has_left, held_by, model_line, not_estimated, placed, ranked
from .wording import sentences, with_cause

RENEWS_SOON_DAYS = 92
SEEN_LITTLE = 0.5
_TABLES = [
    "subscriptions",
    "usage",
    "tickets",
    "surveys",
    "contacts",
    "invoices",
    "milestones",
    "activities",
    "assignments",
]


def at_risk(scene: Scene) -> Exhibit:
    """The ten accounts with most money at risk: probabilities, reasons, owner, renewal, and how much was seen."""
    if not scene.has("scores"):
        return scene.missing("at_risk", "scores")
    found = scene.mine("scores")
    if not_estimated(scene):
        return scene.missing("at_risk", "survival")
    accounts = ranked(found, "money_at_risk")
    if accounts.empty:
        return absent("at_risk", scene.say("No account could be scored."), scene.language)
    shown = _described(scene, accounts)
    title, columns = _title(scene, accounts), _columns(scene)
    return Exhibit(
        "at_risk",
        title,
        scene.language,
        so_what=_so_what(scene, shown.head(N_SHOWN)),
        caption=_caption(scene, len(accounts), len(found) - len(accounts)),
        source=scene.source(*_TABLES),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=[*(c for c in columns if c.name not in ("chances", BOTH)), *_in_data(scene)],
    )


def _described(scene: Scene, accounts: pd.DataFrame) -> pd.DataFrame:
    shown = described(scene, accounts, "churn")
    both = zip(shown["p_churn_3"], shown["p_churn_12"], strict=True)
    return shown.assign(chances=[_chances(scene.language, *pair) for pair in both])


def _chances(language: Language, soon: float, year: float) -> str:
    """The probabilities of leaving within 3 and 12 months."""
    return " / ".join(map(language.chance, (soon, year)))


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("name", scene.say("Account")),
        Column("money_at_risk", scene.say("At risk in 12 months"), "money"),
        Column("why", scene.say("Why"), "long"),
        *placed(scene),
        Column("renews_on", scene.say("Renews on"), "date"),
        Column("mrr", scene.say("MRR"), "money"),
        Column("chances", scene.say("Leaves within 3 / 12 months"), "interval"),
        Column("coverage", scene.say("Seen"), "share0"),
    ]


def _in_data(scene: Scene) -> list[Column]:
    """What shares a cell in the table, apart for the data."""
    return [
        *apart(scene),
        Column("p_churn_3", scene.say("Leaves within 3 months"), "share"),
        Column("p_churn_12", scene.say("Leaves within 12 months"), "share"),
    ]


def _title(scene: Scene, accounts: pd.DataFrame) -> str:
    """The money at risk, its share of the year's revenue, and how much of it the first accounts hold."""
    total, yearly = float(accounts["money_at_risk"].sum()), 12 * float(accounts["mrr"].sum())
    if not total or not yearly:
        return scene.say("No money is at risk in the next 12 months")
    values = {"amount": scene.language.money(total), "share": scene.language.percent(total / yearly)}
    title = scene.say("{amount} is at risk over the next 12 months, {share} of revenue", **values)
    if len(accounts) <= N_SHOWN:
        return title
    top = float(accounts["money_at_risk"].head(N_SHOWN).sum())
    return with_cause(scene.language, title, held_by(scene.language, N_SHOWN, top / total))


def _so_what(scene: Scene, top: pd.DataFrame) -> str:
    """Who renews soon, the most frequent reason, and for whom little was seen."""
    return scene.noted(_leaving(scene, top), _soon(scene, top), _most_frequent(scene, top), _seen_little(scene, top))


def _leaving(scene: Scene, top: pd.DataFrame) -> str:
    gone = top[has_left(top)]
    if gone.empty:
        return ""
    return scene.language.count(
        "{n} of them, with {amount} of MRR, has said that it leaves.",
        "{n} of them, with {amount} of MRR, have said that they leave.",
        len(gone), amount=scene.language.money(gone["mrr"].sum()),
    )  # fmt: skip


def _soon(scene: Scene, top: pd.DataFrame) -> str:
    days = (top["renews_on"] - pd.Timestamp(scene.measures.as_of)).dt.days
    soon = top[days.between(0, RENEWS_SOON_DAYS) & ~has_left(top)]
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
    reason = feature_name(scene, feature)
    return scene.say("The most frequent reason: {reason} ({n} of {of}).", reason=reason, n=n, of=len(top))


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


def _caption(scene: Scene, n_scored: int, n_unscored: int) -> str:
    left = (
        scene.language.count("{n} account could not be scored.", "{n} accounts could not be scored.", n_unscored)
        if n_unscored
        else ""
    )
    return sentences(
        counted(scene, n_scored),
        left,
        scene.say(
            "At risk: probability of a decision to leave within 12 months × renewable MRR × 12, an expected loss. Seen:"
            " share of the score’s inputs that were measured. Reasons: what raises the risk most, against the other"
            " accounts or against itself three months before, largest first."
        ),
        model_line(scene),
        scene.defined("churn_probability", "money_at_risk"),
    )
