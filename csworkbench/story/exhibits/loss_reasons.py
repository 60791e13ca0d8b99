"""Why the accounts of the last four quarters left, and what their CSMs had called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..exhibit import Exhibit, absent
from ..scene import ALL, Scene
from ..tables import Column, table
from .factor_names import factor_name
from .wording import is_small, sentences


def loss_reasons(scene: Scene) -> Exhibit:
    """Reasons named for leaving, with interval, MRR and the whole book beside it."""
    if not scene.has("loss_reasons"):
        return scene.missing("loss_reasons", "loss_reasons")
    data = _data(scene)
    if data.empty:
        return absent("loss_reasons", scene.say("No account left in the last four quarters."), scene.language)
    columns = [
        Column("name", scene.say("Reason")),
        Column("n", scene.say("Named for"), "count"),
        Column("n_lost", scene.say("of n"), "count"),
        Column("share", scene.say("Share"), "share0"),
        Column("low", scene.say("95% from"), "share"),
        Column("high", scene.say("95% to"), "share"),
        Column("mrr", scene.say("MRR lost"), "money"),
        Column("n_preventable", scene.say("Preventable"), "count"),
        *([Column("book", scene.say("Whole book"), "share0")] if scene.segment else []),
    ]
    title, small = _title(scene, data), is_small(int(data["n_lost"].iloc[0]))
    few = [column for column in columns if not small or column.name in ("name", "n", "mrr", "n_preventable")]
    shown = [column for column in few if column.name not in ("low", "high")]
    if not small:
        shown.insert(4, Column("interval", scene.say("95% interval"), "interval"))
    return Exhibit(
        "loss_reasons",
        title,
        scene.language,
        so_what=sentences(_preventable(scene, data), _calls(scene)),
        caption=_caption(scene, small),
        source=scene.source("factors", "subscriptions", "opportunities"),
        table_html=table(data, shown, scene.language, title),
        data=data,
        columns=few,
    )


def _data(scene: Scene) -> pd.DataFrame:
    """One row per reason, the most frequent first; accounts without a named reason last."""
    mine, whole = scene.mine("loss_reasons"), scene.frame("loss_reasons")
    book = whole[whole["segment"] == ALL].set_index("reason")["share"]
    unnamed = mine["reason"].isna() | (mine["reason"] == "")
    mine = mine.assign(unnamed=unnamed, book=mine["reason"].map(book))
    mine = mine.sort_values(["unnamed", "n", "mrr", "reason"], ascending=[True, False, False, True], ignore_index=True)
    bounds = zip(mine["low"], mine["high"], strict=True)
    return mine.assign(
        name=[_name(scene, row) for row in mine.to_dict("records")],
        interval=[scene.language.interval(low, high, 0) for low, high in bounds],
    )


def _name(scene: Scene, row: Mapping[Any, Any]) -> str:
    return scene.say("no reason named") if row["unnamed"] else factor_name(scene, str(row["reason"]))


def _title(scene: Scene, data: pd.DataFrame) -> str:
    n_lost = int(data["n_lost"].iloc[0])
    first = data.iloc[0]
    if first["unnamed"]:
        return scene.language.count(
            "{n} account left in four quarters; no reason was named",
            "{n} accounts left in four quarters; no reason was named",
            n_lost,
        )
    return scene.language.count(
        "{n} account left in four quarters; most often named: {reason} ({named})",
        "{n} accounts left in four quarters; most often named: {reason} ({named})",
        n_lost,
        reason=first["name"],
        named=scene.language.number(first["n"]),
    )


def _preventable(scene: Scene, data: pd.DataFrame) -> str:
    rows = data[data["n_preventable"] > 0]
    n = int(rows["n_preventable"].sum())
    if not n:
        return ""
    return scene.language.count(
        "{n} of the reasons is said to have been preventable.",
        "{n} of the reasons are said to have been preventable.",
        n,
    )


def _calls(scene: Scene) -> str:
    """Of the lost renewals, how many had been called safe."""
    if not scene.has("lost_calls"):
        return ""
    calls = scene.mine("lost_calls")
    n, safe = int(calls["n"].sum()), int(calls.loc[calls["csm_call"].isin(["commit", "likely"]), "n"].sum())
    if not n:
        return ""
    return scene.language.count(
        "Of {n} lost renewal {safe} had been called commit or likely by its CSM.",
        "Of {n} lost renewals {safe} had been called commit or likely by their CSMs.",
        n,
        safe=scene.language.number(safe),
    )


def _caption(scene: Scene, small: bool) -> str:
    return sentences(
        scene.say("Accounts whose MRR went to zero in the last four quarters; one may name several reasons."),
        scene.say("Under 5 accounts no shares are shown.") if small else "",
        scene.defined("loss_reasons"),
    )
