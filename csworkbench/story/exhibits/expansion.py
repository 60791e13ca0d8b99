"""Accounts that may grow: expected expansion, why, and the product to offer first."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import MISSING
from ..scene import Scene
from ..tables import Column, table
from ..text import shown as safe
from .renewals import N_SHOWN
from .scored import BOTH, apart, counted, described, held_by, placed, ranked
from .wording import sentences, with_cause


def expansion(scene: Scene) -> Exhibit:
    """The ten accounts with most expansion MRR to expect in three months, with reasons and the next product."""
    if not scene.has("scores"):
        return scene.missing("expansion", "scores")
    accounts = ranked(scene.mine("scores"), "expected_expansion_mrr")
    if accounts.empty:
        return _without(scene)
    shown = _described(scene, accounts)
    title, columns = _title(scene, accounts), _columns(scene)
    return Exhibit(
        "expansion",
        title,
        scene.language,
        so_what=_so_what(scene, shown.head(N_SHOWN)),
        caption=_caption(scene, len(accounts)),
        source=scene.source("subscriptions", "usage", "entitlements", "opportunities", "activities"),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=[*(c for c in columns if c.name != BOTH), *apart(scene)],
    )


def _without(scene: Scene) -> Exhibit:
    """Why nothing is expected: as the scores say it, else that no account has an estimate."""
    if scene.scores is not None and "expansion" in scene.scores.absent:
        return scene.missing("expansion", "expansion")
    return absent("expansion", scene.say("No expansion could be estimated."), scene.language)


def _described(scene: Scene, accounts: pd.DataFrame) -> pd.DataFrame:
    shown, products = described(scene, accounts, "expansion"), _next_products(scene)
    return shown.assign(product=[products.get(id, MISSING) for id in shown["account_id"]])


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
        Column("expected_expansion_mrr", scene.say("Expected expansion MRR"), "money"),
        Column("p_expansion", scene.say("Grows within 3 months"), "chance"),
        Column("why", scene.say("Why"), "long"),
        *([Column("product", scene.say("Product to offer"), "short")] if scene.has("whitespace") else []),
        *placed(scene),
        Column("mrr", scene.say("MRR"), "money"),
        Column("p_churn_3", scene.say("Leaves within 3 months"), "chance"),
    ]


def _title(scene: Scene, accounts: pd.DataFrame) -> str:
    """What expansion is to be expected of the whole book, its share of MRR, and how much the first accounts hold."""
    total, mrr = float(accounts["expected_expansion_mrr"].sum()), float(accounts["mrr"].sum())
    if not total or not mrr:
        return scene.say("No expansion is to be expected in the next three months")
    values = {"amount": scene.language.money(total), "share": scene.language.percent(total / mrr)}
    title = scene.say("{amount} of MRR is to be expected from expansion in three months, {share} of MRR", **values)
    if len(accounts) <= N_SHOWN:
        return title
    top = float(accounts["expected_expansion_mrr"].head(N_SHOWN).sum())
    return with_cause(scene.language, title, held_by(scene.language, N_SHOWN, top / total))


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


def _caption(scene: Scene, n_scored: int) -> str:
    return sentences(
        counted(scene, n_scored),
        scene.say(
            "Expected expansion MRR: probability of an expansion within three months × its expected size. Reasons: what"
            " raises the probability most, largest first."
        ),
    )
