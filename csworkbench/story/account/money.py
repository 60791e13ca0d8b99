"""What the account pays, and how that moved."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit
from ..scene import Scene
from ..tables import Column
from .listing import listing


def moves(scene: Scene) -> Exhibit:
    """MRR by quarter with its movements, the latest first."""
    if not scene.has("moves"):
        return scene.missing("moves", "moves")
    shown = scene.frame("moves").sort_values("quarter", ascending=False, ignore_index=True)
    columns = [
        Column("quarter", scene.say("Quarter"), "quarter"),
        Column("mrr_open", scene.say("MRR at the start"), "money"),
        Column("new", scene.say("New"), "money"),
        Column("expansion", scene.say("Expansion"), "money"),
        Column("contraction", scene.say("Contraction"), "money"),
        Column("mrr_close", scene.say("MRR at the end"), "money"),
    ]
    return listing(
        scene, "moves", moves_title(scene, shown), shown, columns, ["subscriptions"],
        caption=scene.defined("mrr", "movements"),
    )  # fmt: skip


def moves_title(scene: Scene, shown: pd.DataFrame) -> str:
    """MRR now, and its change over the quarters shown. shown: the latest quarter first."""
    now = scene.frame("standing")["mrr"].iloc[0]
    amount, started = scene.language.money(now), shown[shown["mrr_open"] > 0]
    if started.empty:
        return scene.say("Pays {amount} of MRR; it began in these quarters", amount=amount)
    first = started.iloc[-1]
    change, quarter = now / first["mrr_open"] - 1, scene.language.quarter(first["quarter"])
    share = scene.language.percent(abs(change), 0)
    if abs(change) < 0.005:
        return scene.say("Pays {amount} of MRR, as at the start of {quarter}", amount=amount, quarter=quarter)
    if change > 0:
        return scene.say("Pays {amount} of MRR, {share} more than at the start of {quarter}",
                         amount=amount, share=share, quarter=quarter)  # fmt: skip
    return scene.say("Pays {amount} of MRR, {share} less than at the start of {quarter}",
                     amount=amount, share=share, quarter=quarter)  # fmt: skip
