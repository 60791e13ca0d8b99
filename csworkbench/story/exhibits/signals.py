"""The register of early signs: how often each was right, how early, on how much money, and where it fires now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..catalogue import marked
from ..exhibit import Exhibit, absent
from ..language import MISSING, Language, is_missing
from ..scene import Scene
from ..tables import Column, table
from .signal_names import signal_name
from .wording import is_small, sentences, with_cause

SURE = 0.05
HORIZON_MONTHS = 6
KINDS: Mapping[str, str] = {"churn": marked("churn"), "upsell": marked("growth")}


def signals(scene: Scene) -> Exhibit:
    """Every sign that ever fired, the signs of churn first, by lift: precision, recall, lead time, money, now."""
    if not scene.has("signals"):
        return scene.missing("signals", "signals")
    shown = _described(scene)
    if shown.empty:
        return absent("signals", scene.say("No early sign has fired yet."), scene.language)
    title, columns = _title(scene, shown), _columns(scene)
    return Exhibit(
        "signals",
        title,
        scene.language,
        so_what=sentences(_now(scene, shown), _not_proven(scene, shown)),
        caption=_caption(scene, shown),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "milestones"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=[c for c in columns if c.name not in ("right", "proof")] + _more(scene),
    )


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("name", scene.say("Sign")),
        Column("accounts_now", scene.say("Firing now"), "count"),
        Column("mrr_now", scene.say("MRR now"), "money"),
        Column("right", scene.say("Right"), "interval"),
        Column("n_fired", scene.say("of n"), "count"),
        Column("lift", scene.say("Lift"), "one"),
        Column("proof", scene.say("Beyond chance"), "short"),
        Column("recall", scene.say("Caught"), "share0"),
        Column("median_lead_days", scene.say("Days ahead"), "count"),
        Column("false_per_true", scene.say("False per true"), "one"),
        Column("mrr_attached", scene.say("MRR it announced"), "money"),
    ]


def _more(scene: Scene) -> list[Column]:
    return [
        Column("of", scene.say("Sign of")),
        Column("precision", scene.say("Right"), "share"),
        Column("low", scene.say("95% from"), "share"),
        Column("high", scene.say("95% to"), "share"),
        Column("base_rate", scene.say("Base rate"), "share"),
        Column("q_value", scene.say("q-value"), "fine"),
    ]


def _described(scene: Scene) -> pd.DataFrame:
    frame = scene.frame("signals")
    known = frame[(frame["n_fired"] > 0) | (frame["accounts_now"] > 0)]
    shown = _firing_here(scene, known).assign(
        name=[_name(scene, *sign) for sign in zip(known["signal"], known["kind"], strict=True)],
        of=[scene.say(KINDS[kind]) if kind in KINDS else kind for kind in known["kind"]],
        right=[_right(scene.language, row) for row in known.to_dict("records")],
        proof=[_proof(scene, row) for row in known.to_dict("records")],
    )
    order = ["kind", "lift", "signal"]
    return shown.sort_values(order, ascending=[True, False, True], na_position="last", ignore_index=True)


def _name(scene: Scene, code: str, kind: str) -> str:
    """A sign as read; one of growth says so."""
    name = signal_name(scene, code)
    return scene.say("{sign} (growth)", sign=name) if kind == "upsell" else name


def _firing_here(scene: Scene, known: pd.DataFrame) -> pd.DataFrame:
    """The signs with the accounts and MRR of the segment that fire now; those of the whole book in its own pack."""
    if scene.segment is None or not scene.has("signals_now", "scores"):
        return known
    mine = scene.frame("signals_now").merge(scene.mine("scores")[["account_id", "mrr"]], on="account_id")
    counted = mine.groupby(["kind", "signal"])["mrr"].agg(["size", "sum"])
    keys = pd.MultiIndex.from_frame(known[["kind", "signal"]])
    here = counted.reindex(keys).fillna(0.0)
    return known.assign(accounts_now=here["size"].to_numpy(dtype="int64"), mrr_now=here["sum"].to_numpy())


def _right(language: Language, row: Mapping[Any, Any]) -> str:
    if is_missing(row["precision"]):
        return MISSING
    return f"{language.percent(row['precision'], 0)} ({language.interval(row['low'], row['high'], 0)})"


def _proof(scene: Scene, row: Mapping[Any, Any]) -> str:
    if is_missing(row["q_value"]):
        return scene.say("too few")
    return scene.say("yes") if is_proven(row) else scene.say("no")


def is_proven(row: Mapping[Any, Any]) -> bool:
    """Whether a sign is right more often than chance, after correcting for how many signs were tried."""
    return not is_missing(row["q_value"]) and bool(row["q_value"] < SURE and row["lift"] > 1)


def _proven(shown: pd.DataFrame, kind: str) -> pd.DataFrame:
    mine = shown[shown["kind"] == kind]
    return mine[pd.Series([is_proven(row) for row in mine.to_dict("records")], index=mine.index, dtype=bool)]


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    """The sharpest proven sign of churn; else of growth; else that none is proven."""
    for kind in KINDS:
        proven = _proven(shown, kind)
        if len(proven):
            best = proven.iloc[0].to_dict()
            return sign_title(scene.language, kind, {**best, "sign": signal_name(scene, best["signal"])})
    return scene.say("No early sign is proven: none is right more often than chance would explain")


def sign_title(language: Language, kind: str, row: Mapping[Any, Any]) -> str:
    """The sharpest sign, how often it was right, against how many would have come anyway."""
    values = {
        "sign": row["sign"],
        "share": language.percent(row["precision"], 0),
        "lift": language.number(row["lift"], 1),
    }
    first = (
        language.say("Sharpest sign of churn: {sign}; {share} of the accounts left, {lift} times the usual", **values)
        if kind == "churn"
        else language.say(
            "Sharpest sign of growth: {sign}; {share} of the accounts grew, {lift} times the usual", **values
        )
    )
    n = int(row["accounts_now"])
    now = language.count("it fires on {n} account now", "it fires on {n} accounts now", n) if n else ""
    return with_cause(language, first, now)


def _now(scene: Scene, shown: pd.DataFrame) -> str:
    """Where proven signs of churn fire now, and how much MRR hangs on them."""
    proven = _proven(shown, "churn")
    codes = set(proven["signal"])
    if not codes or not scene.has("signals_now", "scores"):
        return ""
    now = scene.frame("signals_now")
    firing = now.loc[(now["kind"] == "churn") & now["signal"].isin(codes), "account_id"].unique()
    mine = scene.mine("scores")
    hit = mine[mine["account_id"].isin(firing)]
    if hit.empty:
        return scene.say("No proven sign of churn fires now.")
    return scene.language.count(
        "A proven sign of churn fires on {n} account with {amount} of MRR.",
        "A proven sign of churn fires on {n} accounts with {amount} of MRR.",
        len(hit), amount=scene.language.money(hit["mrr"].sum()),
    )  # fmt: skip


def _not_proven(scene: Scene, shown: pd.DataFrame) -> str:
    tried = shown["q_value"].notna()
    n = int(tried.sum()) - sum(len(_proven(shown, kind)) for kind in KINDS)
    if not n:
        return ""
    return scene.language.count(
        "{n} sign of {of} is not shown to beat chance: do not steer by it.",
        "{n} signs of {of} are not shown to beat chance: do not steer by them.",
        n, of=scene.language.number(int(tried.sum())),
    )  # fmt: skip


def _caption(scene: Scene, shown: pd.DataFrame) -> str:
    whole = scene.say(
        "Firing now: accounts of {subject}; all else over the whole book.", subject=scene.name(scene.segment)
    )
    few = scene.say("Signs that fired under 5 times have no rates.") if shown["n_fired"].map(is_small).any() else ""
    return sentences(
        scene.say(
            "Right: share of alarms after which the account left or grew within {n} months. Lift: that share over"
            " that of all accounts. Caught: share of the decisions that the sign announced. Beyond chance: false"
            " discovery rate under 5% by Benjamini and Hochberg.",
            n=HORIZON_MONTHS,
        ),
        scene.say("Signs are of churn unless marked as of growth."),
        few,
        whole if scene.segment else "",
    )
