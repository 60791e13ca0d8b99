"""When in their life accounts leave: the chance of leaving in a month, by tenure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.business.tenure import WINDOW_MONTHS
from ..charts.bars import Bar, bars
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import ALL, Scene
from ..tables import Column
from .wording import sentences, series

_OPEN_END = 1000
EVERY = -1


def tenure_hazard(scene: Scene) -> Exhibit:
    """The monthly chance of leaving in each band of tenure, the whole book drawn in."""
    if not scene.has("tenure_hazard"):
        return scene.missing("tenure_hazard", "tenure_hazard")
    data = _data(scene)
    if data.empty:
        return absent("tenure_hazard", scene.say("Not shown: too few accounts for a rate by tenure."), scene.language)
    return Exhibit(
        "tenure_hazard",
        _title(scene, data),
        scene.language,
        so_what=_apart(scene, data),
        caption=sentences(
            scene.say(
                "Share of accounts that leave in a month of that tenure, from the last {n} months; thin line: 95%"
                " interval. Bands of under 5 accounts are left out.",
                n=WINDOW_MONTHS,
            ),
            scene.defined("tenure_hazard"),
        ),
        alt=_alt(scene, data),
        source=scene.source("subscriptions"),
        figure_svg=_figure(scene, data),
        data=data,
        columns=(
            Column("name", scene.say("Months as a customer")),
            Column("n_accounts", scene.say("Accounts"), "count"),
            Column("months", scene.say("Account-months"), "count"),
            Column("n_left", scene.say("Left"), "count"),
            Column("hazard", scene.say("Leave in a month"), "share"),
            Column("low", scene.say("95% from"), "share"),
            Column("high", scene.say("95% to"), "share"),
            *([Column("book", scene.say("Whole book"), "share")] if scene.segment else []),
        ),
    )


def _data(scene: Scene) -> pd.DataFrame:
    """One row per band with a rate, then all months together."""
    mine = scene.mine("tenure_hazard")
    mine = mine[mine["hazard"].notna()]
    if mine.empty:
        return mine
    whole = scene.frame("tenure_hazard")
    book = whole[whole["segment"] == ALL].set_index("band")["hazard"]
    named = mine.assign(name=[_band(scene, row) for row in mine.to_dict("records")], book=mine["band"].map(book))
    months, n_left = int(mine["months"].sum()), int(mine["n_left"].sum())
    total = {"band": EVERY, "name": scene.say("All months"), "months": months, "n_left": n_left}
    return pd.concat([named, pd.DataFrame([{**total, "hazard": n_left / months}])], ignore_index=True)


def _bands(data: pd.DataFrame) -> pd.DataFrame:
    return data[data["band"] != EVERY]


def _band(scene: Scene, row: Mapping[Any, Any]) -> str:
    if row["to_month"] > _OPEN_END:
        return scene.say("month {first} and later", first=row["from_month"])
    return scene.say("months {first}–{last}", first=row["from_month"], last=row["to_month"])


def _worst(data: pd.DataFrame) -> tuple[pd.Series, float, bool]:
    """The band in which most leave, the rate in all other months, and whether the two are really apart."""
    worst = _bands(data).sort_values(["hazard", "band"], ascending=[False, True]).iloc[0]
    rest = _bands(data)[_bands(data)["band"] != worst["band"]]
    months = int(rest["months"].sum())
    rate = int(rest["n_left"].sum()) / months if months else float("nan")
    return worst, rate, bool(worst["low"] > rate)


def _title(scene: Scene, data: pd.DataFrame) -> str:
    worst, _, apart = _worst(data)
    language, every = scene.language, data.iloc[-1]
    if not every["n_left"]:
        return language.count(
            "No account left in the last {n} month", "No account left in the last {n} months", WINDOW_MONTHS
        )
    if not apart:
        return scene.say(
            "No time of a customer’s life stands out: {share} leave in a month", share=language.percent(every["hazard"])
        )
    return language.count(
        "Accounts leave most often in {band}: {share} a month ({n} account)",
        "Accounts leave most often in {band}: {share} a month ({n} accounts)",
        int(worst["n_left"]),
        band=worst["name"],
        share=language.percent(worst["hazard"]),
    )


def _apart(scene: Scene, data: pd.DataFrame) -> str:
    """Against which rate the worst band stands, and what to do where it is really apart."""
    worst, rate, apart = _worst(data)
    if not worst["n_left"] or len(data) < 3:
        return ""
    share = scene.language.percent(rate)
    if apart:
        return scene.say(
            "That is more than chance would explain: in all other months {share} leave. Talk to accounts before it.",
            share=share,
        )
    return scene.say(
        "Highest in {band} with {peak}, where chance alone could explain it ({n} of {of} account-months).",
        band=worst["name"],
        peak=scene.language.percent(worst["hazard"]),
        n=scene.language.number(worst["n_left"]),
        of=scene.language.number(worst["months"]),
    )


def _figure(scene: Scene, data: pd.DataFrame) -> str:
    longest = max(float(_bands(data)["high"].max()), float(data["book"].max() if scene.segment else 0.0), 0.01)
    words = scene.say("whole book") if scene.segment else ""
    return bars([_bar(scene, row) for row in _bands(data).to_dict("records")], scene.language.lang, longest, words)


def _bar(scene: Scene, row: Mapping[Any, Any]) -> Bar:
    language = scene.language
    remark = scene.say("{n} of {of}", n=language.number(row["n_left"]), of=language.number(row["months"]))
    book = float(row["book"]) if scene.segment and not is_missing(row["book"]) else None
    return Bar(row["name"], float(row["hazard"]), language.percent(row["hazard"]), float(row["low"]),
               float(row["high"]), remark=remark, reference=book)  # fmt: skip


def _alt(scene: Scene, data: pd.DataFrame) -> str:
    parts = [f"{bar.name} {bar.words}" for bar in (_bar(scene, row) for row in _bands(data).to_dict("records"))]
    return scene.say("Bars of the share of accounts that leave in a month, by tenure: {parts}.",
                     parts=series(scene.language, parts))  # fmt: skip
