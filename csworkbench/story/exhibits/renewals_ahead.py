"""The renewals of the next four quarters: what is due, what may be kept, and what the CSMs call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column, table
from .chances import chance_of_leaving
from .renewals import by_account, calls
from .wording import sentences

TOTAL = "total"
Z90 = 1.6449
CALLS = ("commit", "likely", "at_risk", "lost")
_SUMS = ["n", "due_mrr", "expected", "spread", "unscored_mrr", *CALLS, "uncalled"]


def renewals_ahead(scene: Scene) -> Exhibit:
    """MRR due by quarter, the part expected to stay with its interval, and the calls of the CSMs."""
    if not scene.has("renewals_ahead"):
        return scene.missing("renewals_ahead", "renewals_ahead")
    due = scene.mine("renewals_ahead")
    if due.empty:
        return absent("renewals_ahead", scene.say("No renewal falls due in the next four quarters."), scene.language)
    data = summed(scene, due)
    shown = data.assign(
        name=[_name(scene, quarter) for quarter in data["quarter"]],
        interval=[_interval(scene, row) for row in data.to_dict("records")],
    )
    words = calls(scene)
    columns = [
        Column("name", scene.say("Due in")),
        Column("n", scene.say("Accounts"), "count"),
        Column("due_mrr", scene.say("MRR due"), "money"),
        Column("expected", scene.say("Expected to stay"), "money"),
        Column("interval", scene.say("90% interval"), "interval"),
        *(Column(call, scene.say("CSM: {call}", call=words[call]), "money") for call in CALLS),
        Column("uncalled", scene.say("No call"), "money"),
    ]
    columns = [column for column in columns if column.name not in CALLS or data[column.name].iloc[-1] > 0]
    if data["expected"].isna().all():
        columns = [column for column in columns if column.name not in ("expected", "interval")]
    title = _title(scene, data)
    bounds = [Column("low", scene.say("90% from"), "money"), Column("high", scene.say("90% to"), "money")]
    return Exhibit(
        "renewals_ahead",
        title,
        scene.language,
        so_what=sentences(_called(scene, data), _largest(scene, data)),
        caption=_caption(scene, data),
        source=scene.source("subscriptions", "opportunities"),
        table_html=table(shown, columns, scene.language, title, total=len(shown) - 1),
        data=shown,
        columns=[*(c for c in columns if c.name != "interval"), *bounds],
    )


def summed(scene: Scene, due: pd.DataFrame) -> pd.DataFrame:
    """One row per quarter and their total: accounts, MRR due, expected to stay (low, high), MRR by call.

    An account counts once per quarter, with the worst call of its items. The interval takes accounts to decide
    independently; it is null without scores, as is what is expected.
    """
    rows = by_account(due)
    p = chance_of_leaving(scene, rows)
    known = p.notna()
    money = rows["due_mrr"]
    parts = {call: money.where(rows["csm_call"] == call, 0.0) for call in CALLS}
    rows = rows.assign(
        n=1,
        expected=(money * (1 - p)).where(known),
        spread=(money**2 * p * (1 - p)).where(known),
        unscored_mrr=money.where(~known, 0.0),
        uncalled=money.where(~rows["csm_call"].isin(CALLS), 0.0),
        **parts,
    )
    sums = rows.groupby("quarter")[_SUMS].sum(min_count=1).reset_index()
    total = pd.DataFrame([{"quarter": TOTAL, **rows[_SUMS].sum(min_count=1).to_dict()}])
    found = pd.concat([sums, total], ignore_index=True)
    half = Z90 * np.sqrt(found["spread"])
    low, high = (found["expected"] - half).clip(lower=0), found["expected"] + half
    top = found["due_mrr"] - found["unscored_mrr"]
    return found.assign(low=low, high=high.where(high < top, top).where(high.notna())).drop(columns="spread")


def _name(scene: Scene, quarter: str) -> str:
    return scene.say("Four quarters") if quarter == TOTAL else scene.language.quarter(quarter)


def _interval(scene: Scene, row: dict[Any, Any]) -> str:
    if is_missing(row["low"]):
        return "–"
    return scene.say("{low} to {high}", low=scene.language.money(row["low"]), high=scene.language.money(row["high"]))


def _title(scene: Scene, data: pd.DataFrame) -> str:
    total, language = data.iloc[-1], scene.language
    due = language.money(total["due_mrr"])
    if is_missing(total["expected"]):
        return scene.say("{due} of MRR falls due in the next four quarters", due=due)
    return scene.say(
        "Of {due} MRR due in the next four quarters {expected} is expected to stay ({low} to {high})",
        due=due,
        **{name: language.money(total[name]) for name in ("expected", "low", "high")},
    )


def _called(scene: Scene, data: pd.DataFrame) -> str:
    """What the CSMs doubt, and for how much they have made no call."""
    total, money = data.iloc[-1], scene.language.money
    if total["uncalled"] >= total["due_mrr"]:
        return scene.say("The CSMs have called none of them yet.")
    doubt, open_ = total["at_risk"] + total["lost"], money(total["uncalled"])
    if not doubt:
        return scene.say("The CSMs call none of them at risk or lost; {open} has no call yet.", open=open_)
    return scene.say("The CSMs call {doubt} at risk or lost; {open} has no call yet.", doubt=money(doubt), open=open_)


def _largest(scene: Scene, data: pd.DataFrame) -> str:
    """The quarter in which most falls due."""
    rows = data[data["quarter"] != TOTAL]
    if len(rows) < 2:
        return ""
    row = rows.sort_values("due_mrr", ascending=False, kind="stable").iloc[0]
    return scene.say(
        "Most falls due in {quarter}: {amount}.",
        quarter=scene.language.quarter(row["quarter"]),
        amount=scene.language.money(row["due_mrr"]),
    )


def _caption(scene: Scene, data: pd.DataFrame) -> str:
    unscored = float(data["unscored_mrr"].iloc[-1])
    scored = data["expected"].notna().any()
    return sentences(
        scene.say("Each account with the worst call of its items; an item counts with its next renewal."),
        scene.say(
            "Expected to stay: MRR due × (1 − probability of a decision to leave by the due date). The interval takes"
            " accounts to decide independently: what hits many at once makes it wider."
        )
        if scored
        else "",
        scene.say("{amount} is due from accounts without a score.", amount=scene.language.money(unscored))
        if scored and unscored > 0
        else "",
        scene.defined("renewal_rate", *(["churn_probability"] if scored else [])),
    )
