"""White space: products that an account's peers hold and the account does not."""

from __future__ import annotations

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column, table
from ..text import shown as safe
from .renewals import N_SHOWN
from .wording import sentences, with_cause


def whitespace(scene: Scene) -> Exhibit:
    """Per product: accounts without it, the share of their peers that hold it, and the MRR to be expected."""
    if not scene.has("whitespace", "scores"):
        return scene.missing("whitespace", "whitespace" if scene.has("scores") else "scores")
    offers = _offers(scene)
    if offers.empty:
        return absent("whitespace", scene.say("Every account holds every product that its peers hold."), scene.language)
    shown = _by_product(offers).merge(_best(offers), on="product")
    title, columns = _title(scene, shown), _columns(scene)
    return Exhibit(
        "whitespace",
        title,
        scene.language,
        so_what=_first(scene, shown),
        caption=sentences(_order(scene, len(shown)), _meaning(scene)),
        source=scene.source("subscriptions", "entitlements", "accounts"),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=[
            *columns,
            Column("best_name", scene.say("Begin with")),
            Column("best_mrr", scene.say("MRR"), "money"),
            Column("best_p", scene.say("Probability"), "share"),
        ],
    )


def _best(offers: pd.DataFrame) -> pd.DataFrame:
    """Of each product the account with most expected MRR: best_name, best_mrr, best_p."""
    named = offers.assign(name=offers["name"].where(offers["name"].notna(), offers["account_id"]))
    order = named.sort_values(["expected_mrr", "account_id", "product"], ascending=[False, True, True])
    first = order.drop_duplicates("product")[["product", "name", "mrr", "p"]]
    return first.rename(columns={"name": "best_name", "mrr": "best_mrr", "p": "best_p"})


def _offers(scene: Scene) -> pd.DataFrame:
    """The rows of the pack's accounts; with the name of each account."""
    accounts = scene.mine("scores")[["account_id", "name"]]
    return scene.frame("whitespace").merge(accounts, on="account_id", how="inner")


def _by_product(offers: pd.DataFrame) -> pd.DataFrame:
    """One row per product, the largest expected MRR first; the share of peers is null with too few peers."""
    known = offers["n_peers"] >= SMALLEST_GROUP
    offers = offers.assign(peers=offers["peers"].where(known))
    found = offers.groupby("product", as_index=False).agg(
        n_accounts=("account_id", "nunique"), peers=("peers", "mean"), n_peers=("n_peers", "max"), p=("p", "mean"),
        mrr=("mrr", "sum"), expected_mrr=("expected_mrr", _known_sum),
    )  # fmt: skip
    order = ["expected_mrr", "mrr", "product"]
    return found.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _known_sum(values: pd.Series) -> float:
    return float(values.sum(min_count=1))


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("product", scene.say("Product")),
        Column("n_accounts", scene.say("Accounts that lack it"), "count"),
        Column("peers", scene.say("Peers that hold it"), "share0"),
        Column("n_peers", scene.say("Peers"), "count"),
        Column("p", scene.say("Mean probability"), "share"),
        Column("mrr", scene.say("MRR if all took it"), "money"),
        Column("expected_mrr", scene.say("Expected MRR"), "money"),
    ]


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    first = shown.iloc[0]
    total = _known_sum(shown["expected_mrr"])
    if not total > 0:
        return scene.say("How likely any product is to be taken up cannot be told yet")
    title = scene.say("White space is worth {amount} of expected MRR", amount=scene.language.money(total))
    if len(shown) == 1:
        return scene.say("{title}, all of it in {product}", title=title, product=safe(first["product"]))
    share = scene.language.percent(float(first["expected_mrr"]) / total, 0)
    most = scene.say("{share} of it is in {product}", share=share, product=safe(first["product"]))
    return with_cause(scene.language, title, most)


def _first(scene: Scene, shown: pd.DataFrame) -> str:
    """The one account and product to begin with."""
    expected = shown["best_p"] * shown["best_mrr"]
    if not expected.max() > 0:
        return ""
    best = shown.loc[expected.sort_values(ascending=False, kind="stable").index[0]]
    return scene.say(
        "Begin with {name}: {product} would bring {amount} of MRR, with a probability of {p} within 12 months.",
        name=safe(best["best_name"]),
        product=safe(best["product"]),
        amount=scene.language.money(best["best_mrr"]),
        p=scene.language.percent(best["best_p"], 0),
    )


def _order(scene: Scene, n: int) -> str:
    if n <= N_SHOWN:
        return scene.say("Products by expected MRR.")
    return scene.say("The {n} largest of {of} products by expected MRR.", n=N_SHOWN, of=n)


def _meaning(scene: Scene) -> str:
    return scene.say(
        "Peers: accounts of the same segment and of similar MRR. Expected MRR: probability of taking the product up"
        " within 12 months × its price for the account; a dash where too few ever took it up. Under 5 peers no share is"
        " shown."
    )
