"""What the account could still take up."""

from __future__ import annotations

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column
from ..text import shown as safe
from .listing import listing


def whitespace(scene: Scene) -> Exhibit:
    """Products that peers hold and the account does not, by expected MRR."""
    if not scene.has("whitespace"):
        return scene.missing("whitespace", "whitespace" if scene.scores else "scores")
    found = scene.frame("whitespace")
    if found.empty:
        return absent("whitespace", scene.say("It holds every product that its peers hold."), scene.language)
    shown = found.assign(peers=found["peers"].where(found["n_peers"] >= SMALLEST_GROUP))
    order = ["expected_mrr", "mrr", "product"]
    shown = shown.sort_values(order, ascending=[False, False, True], ignore_index=True)
    columns = [
        Column("product", scene.say("Product")),
        Column("peers", scene.say("Peers that hold it"), "share0"),
        Column("n_peers", scene.say("Peers"), "count"),
        Column("p", scene.say("Probability within 12 months"), "share"),
        Column("mrr", scene.say("MRR if taken"), "money"),
        Column("expected_mrr", scene.say("Expected MRR"), "money"),
        Column("dropped_on", scene.say("Given up on"), "date"),
    ]
    return listing(
        scene, "whitespace", whitespace_title(scene, shown), shown, columns, ["subscriptions", "entitlements"],
        caption=scene.say("Peers: accounts of the same segment and of similar MRR; under 5 no share is shown."),
    )  # fmt: skip


def whitespace_title(scene: Scene, shown: pd.DataFrame) -> str:
    """The product that comes first and what it would bring."""
    best = shown.iloc[0]
    values = {"product": safe(best["product"]), "amount": scene.language.money(best["mrr"])}
    if not best["expected_mrr"] > 0:
        return scene.language.count(
            "{n} product is not held; how likely it is taken up cannot be told yet",
            "{n} products are not held; how likely they are taken up cannot be told yet", len(shown),
        )  # fmt: skip
    p = scene.language.percent(best["p"], 0)
    return scene.say("{product} would bring {amount} of MRR, with a probability of {p} within 12 months", p=p, **values)
