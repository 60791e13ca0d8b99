"""What a chance of growth is worth: probability times amount, and the signs that come before."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..charts.bars import Bar, bars
from ..charts.dots import Dot, Scale, dots
from ..exhibit import Exhibit, absent
from ..exhibits.scored import ranked
from ..exhibits.signal_names import signal_name
from ..exhibits.signals import is_proven
from ..exhibits.wording import joined
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from ..text import shown

N_SHOWN = 8
STEP = 0.1


def worth(scene: Scene) -> Exhibit:
    """The accounts with most expected expansion MRR, each as probability × amount."""
    if not scene.has("scores"):
        return scene.missing("worth", "scores")
    data = ranked(scene.frame("scores"), "expected_expansion_mrr").head(N_SHOWN)
    if data.empty:
        return scene.missing("worth", "expansion") if _is_known_absent(scene) else _nothing(scene)
    data = data.assign(amount=data["expected_expansion_mrr"] / data["p_expansion"])
    rows = [_worth(scene, row) for row in data.to_dict("records")]
    said = scene.language.listed([f"{row.name} {row.words} ({row.remark})" for row in rows])
    return Exhibit(
        "worth",
        scene.say(
            "Expected MRR is probability × amount: a likely small step can be worth less than an unlikely large"
            " one"),
        scene.language,
        caption=scene.say(
            "Expansion within three months. Amount: the growth that accounts of the segment had, applied to the"
            " account’s MRR."),
        alt=scene.say("Expected expansion MRR: {parts}.", parts=said),
        source=scene.source("subscriptions", "usage", "entitlements", "opportunities", "activities"),
        figure_svg=bars(rows, scene.language.lang, float(data["expected_expansion_mrr"].max())),
        data=data,
        columns=(
            Column("name", scene.say("Account")),
            Column("p_expansion", scene.say("Grows within 3 months"), "share"),
            Column("amount", scene.say("Amount"), "money"),
            Column("expected_expansion_mrr", scene.say("Expected expansion MRR"), "money"),
        ),
    )  # fmt: skip


def _is_known_absent(scene: Scene) -> bool:
    return scene.scores is not None and "expansion" in scene.scores.absent


def _nothing(scene: Scene) -> Exhibit:
    return absent("worth", scene.say("No expansion could be estimated."), scene.language)


def _worth(scene: Scene, row: dict[Any, Any]) -> Bar:
    money, percent = scene.language.money, scene.language.percent
    expected = float(row["expected_expansion_mrr"])
    remark = f"{percent(row['p_expansion'], 0)} × {money(row['amount'])}"
    return Bar(shown(row["name"]), expected, money(expected), remark=remark)


def signs(scene: Scene, kind: str = "upsell") -> Exhibit:
    """How often each sign of growth ("upsell") or leaving ("churn") was right, beside how often it comes anyway."""
    if not scene.has("signals"):
        return scene.missing("signs", "signals")
    frame = scene.frame("signals")
    data = frame[(frame["kind"] == kind) & frame["precision"].notna()]
    data = data.sort_values(["precision", "signal"], ascending=[False, True], ignore_index=True)
    if data.empty:
        return absent("signs", scene.say("No early sign has fired yet."), scene.language)
    data = data.assign(name=[signal_name(scene, code) for code in data["signal"]])
    rows = [_dot(scene, row) for row in data.to_dict("records")]
    said = scene.language.listed([f"{row.name} {row.words}" for row in rows])
    return Exhibit(
        "signs",
        _title(scene, data),
        scene.language,
        caption=scene.say(
            "Share of alarms after which the decision came within six months, with 95% interval; round and blue:"
            " beyond chance after correcting for how many signs were tried."),
        alt=scene.say("Signs and how often they were right: {parts}.", parts=said),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "milestones"),
        figure_svg=dots(rows, _scale(scene, data), scene.language.lang),
        data=data,
        columns=(
            Column("name", scene.say("Sign")),
            Column("n_fired", scene.say("of n"), "count"),
            Column("precision", scene.say("Right"), "share"),
            Column("low", scene.say("95% from"), "share"),
            Column("high", scene.say("95% to"), "share"),
            Column("base_rate", scene.say("Base rate"), "share"),
            Column("q_value", scene.say("q-value"), "fine"),
            Column("accounts_now", scene.say("Firing now"), "count"),
        ),
    )  # fmt: skip


def _title(scene: Scene, data: pd.DataFrame) -> str:
    n = sum(is_proven(row) for row in data.to_dict("records"))
    if not n:
        return scene.say("None of {of} signs is proven to be right more often than chance", of=len(data))
    return scene.say("{n} of {of} signs are right more often than chance", n=n, of=len(data))


def _dot(scene: Scene, row: dict[Any, Any]) -> Dot:
    language = scene.language
    words = f"{language.percent(row['precision'], 0)} ({language.interval(row['low'], row['high'], 0)})"
    now = language.count("{n} account now", "{n} accounts now", int(row["accounts_now"]))
    remark = joined(language, f"n = {language.number(row['n_fired'])}", now)
    reference = None if is_missing(row["base_rate"]) else float(row["base_rate"])
    ends = float(row["precision"]), words, float(row["low"]), float(row["high"])
    return Dot(str(row["name"]), *ends, remark, "good" if is_proven(row) else "plain", reference)


def _scale(scene: Scene, data: pd.DataFrame) -> Scale:
    high = min(1.0, STEP * (int(float(data["high"].max()) / STEP) + 1))
    n = round(high / STEP)
    ticks = [(at * STEP, scene.language.percent(at * STEP, 0)) for at in range(0, n + 1, 2 if n > 5 else 1)]
    return Scale(0.0, high, ticks, reference_words=scene.say("Base rate"))
