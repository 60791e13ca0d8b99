"""Accounts that may grow: expected expansion, why, and the product to offer first."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import MISSING, is_missing
from ..scene import Scene
from ..tables import Column, table
from ..text import shown as safe
from .at_risk import held_by, model_line
from .reason_words import reasons_of, said
from .renewals import N_SHOWN
from .wording import sentences, with_cause


def expansion(scene: Scene) -> Exhibit:
    """The ten accounts with most expansion MRR to expect in three months, with reasons and the next product."""
    if not scene.has("scores"):
        return scene.missing("expansion", "scores")
    known = scene.mine("scores").dropna(subset=["expected_expansion_mrr"])
    if known.empty:
        return _without(scene)
    shown = _described(scene, known)
    title, columns = _title(scene, shown), _columns(scene)
    return Exhibit(
        "expansion",
        title,
        scene.language,
        so_what=_so_what(scene, shown.head(N_SHOWN)),
        caption=_caption(scene, shown),
        source=scene.source("subscriptions", "usage", "entitlements", "opportunities", "activities"),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def _without(scene: Scene) -> Exhibit:
    """Why nothing is expected: as the scores say it, else that no account has an estimate."""
    if scene.scores is not None and "expansion" in scene.scores.absent:
        return scene.missing("expansion", "expansion")
    return absent("expansion", scene.say("No expansion could be estimated."), scene.language)


def _described(scene: Scene, known: pd.DataFrame) -> pd.DataFrame:
    ranked = known.sort_values(["expected_expansion_mrr", "account_id"], ascending=[False, True], ignore_index=True)
    reasons, products = reasons_of(scene, "expansion"), _next_products(scene)
    return ranked.assign(
        name=ranked["name"].where(ranked["name"].notna(), ranked["account_id"]),
        segment=[scene.name(None if is_missing(segment) else segment) for segment in ranked["segment"]],
        why=[scene.language.listed([said(scene, *r) for r in reasons.get(id, ())]) for id in ranked["account_id"]],
        product=[products.get(id, MISSING) for id in ranked["account_id"]],
    )


def _next_products(scene: Scene) -> dict[str, str]:
    """Account → the product with the largest expected MRR among those it does not hold."""
    if not scene.has("whitespace"):
        return {}
    offers = scene.frame("whitespace").sort_values(["expected_mrr", "product"], ascending=[False, True], kind="stable")
    first = offers.drop_duplicates("account_id")
    return {str(id): safe(product) for id, product in zip(first["account_id"], first["product"], strict=True)}


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("name", scene.say("Account")),
        *([] if scene.segment else [Column("segment", scene.say("Segment"), "short")]),
        Column("expected_expansion_mrr", scene.say("Expected expansion MRR"), "money"),
        Column("p_expansion", scene.say("Grows within 3 months"), "share"),
        Column("why", scene.say("Why"), "long"),
        *([Column("product", scene.say("Product to offer"), "short")] if scene.has("whitespace") else []),
        Column("csm", scene.say("Owner"), "short"),
        Column("mrr", scene.say("MRR"), "money"),
        Column("p_churn_3", scene.say("Leaves within 3 months"), "share"),
    ]


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    """What expansion is to be expected of the whole book, its share of MRR, and how much the first accounts hold."""
    total, mrr = float(shown["expected_expansion_mrr"].sum()), float(shown["mrr"].sum())
    if not total or not mrr:
        return scene.say("No expansion is to be expected in the next three months")
    values = {"amount": scene.language.money(total), "share": scene.language.percent(total / mrr)}
    title = scene.say("{amount} of MRR is to be expected from expansion in three months, {share} of MRR", **values)
    top = shown.head(N_SHOWN)
    if len(top) == len(shown):
        return title
    held = held_by(scene.language, len(top), float(top["expected_expansion_mrr"].sum()) / total)
    return with_cause(scene.language, title, held)


def _so_what(scene: Scene, top: pd.DataFrame) -> str:
    """How many of the list are also at risk, so that the first talk is not about selling."""
    both = top[top["p_churn_3"] > top["p_expansion"]]
    if both.empty:
        return scene.say("Each of them is more likely to grow than to leave within three months.")
    names = scene.language.listed([safe(name) for name in both["name"].head(3)])
    return scene.language.count(
        "{n} of them is more likely to leave than to grow within three months ({names}): secure it before you offer.",
        "{n} of them are more likely to leave than to grow within three months ({names}): secure them before you"
        " offer.",
        len(both), names=names if len(both) <= 3 else f"{names} …",
    )  # fmt: skip


def _caption(scene: Scene, shown: pd.DataFrame) -> str:
    return sentences(
        scene.language.count(
            "{n} paying account scored, the largest amounts first.",
            "{n} paying accounts scored, the largest amounts first.",
            len(shown),
        ),
        scene.say(
            "Expected expansion MRR: probability of an expansion within three months × its expected size. Reasons: what"
            " raises the probability most, largest first."
        ),
        model_line(scene),
    )
