"""Why accounts left, as people named it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..charts.bars import Bar, bars
from ..exhibit import Exhibit, absent
from ..language import Language
from ..scene import Scene
from ..tables import Column
from .factor_names import factor_name, phase_name
from .wording import is_small, sentences, series

N_DRAWN = 5


def named_reasons(scene: Scene) -> Exhibit:
    """Of the accounts that left, the share for which each reason was named, with interval and MRR."""
    if not scene.has("factors"):
        return scene.missing("named_reasons", "factors")
    data = _data(scene)
    if data.empty:
        return absent("named_reasons", scene.say("No reason for leaving was named often enough."), scene.language)
    return Exhibit(
        "named_reasons",
        _title(scene, data.iloc[0].to_dict()),
        scene.language,
        so_what=_dearest(scene, data),
        caption=_caption(scene, data),
        alt=_alt(scene, data),
        source=scene.source("factors", "subscriptions"),
        figure_svg=_figure(scene, data.head(N_DRAWN)),
        data=data,
        columns=(
            Column("name", scene.say("Reason")),
            Column("phase_words", scene.say("Phase")),
            Column("n_with", scene.say("Named for"), "count"),
            Column("n_all", scene.say("of n"), "count"),
            Column("value", scene.say("Share"), "share"),
            Column("low", scene.say("95% from"), "share"),
            Column("high", scene.say("95% to"), "share"),
            Column("mrr", scene.say("MRR lost"), "money"),
        ),
    )


def _data(scene: Scene) -> pd.DataFrame:
    """One row per phase and reason, the most frequent first; phases of fewer than five accounts are left out."""
    frame = scene.frame("factors")
    named = frame[(frame["measure"] == "named_share") & (frame["outcome"] == "churn")]
    named = named.assign(n_all=named["n_with"] + named["n_without"])
    known = named[~named["n_all"].map(is_small).astype(bool)]
    words = known.assign(
        name=[factor_name(scene, code) for code in known["factor"]],
        phase_words=[phase_name(scene, phase) for phase in known["phase"]],
    )
    order = ["n_with", "value", "phase", "factor"]
    return words.sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def _title(scene: Scene, row: Mapping[Any, Any]) -> str:
    language: Language = scene.language
    return language.count(
        "Most often named for leaving: {reason} ({phase}), by {n} of {of} account",
        "Most often named for leaving: {reason} ({phase}), by {n} of {of} accounts",
        int(row["n_with"]),
        reason=row["name"],
        phase=row["phase_words"],
        of=language.number(row["n_all"]),
    )


def _dearest(scene: Scene, data: pd.DataFrame) -> str:
    """The reason that cost most MRR."""
    row = data.sort_values("mrr", ascending=False, kind="stable").iloc[0]
    if not row["mrr"] > 0:
        return ""
    values = {"reason": row["name"], "phase": row["phase_words"], "amount": scene.language.money(row["mrr"])}
    return scene.say("Most MRR was lost to {reason} ({phase}): {amount}.", **values)


def _figure(scene: Scene, rows: pd.DataFrame) -> str:
    return bars([_bar(scene, row) for row in rows.to_dict("records")], scene.language.lang)


def _bar(scene: Scene, row: Mapping[Any, Any]) -> Bar:
    language = scene.language
    n = scene.say("{n} of {of}", n=language.number(row["n_with"]), of=language.number(row["n_all"]))
    name = scene.say("{reason} ({phase})", reason=row["name"], phase=row["phase_words"])
    return Bar(name, float(row["value"]), language.percent(row["value"], 0), float(row["low"]), float(row["high"]),
               remark=n)  # fmt: skip


def _caption(scene: Scene, data: pd.DataFrame) -> str:
    more = (
        scene.say("The {n} most frequent of {of} are drawn.", n=N_DRAWN, of=scene.language.number(len(data)))
        if len(data) > N_DRAWN
        else ""
    )
    return sentences(
        scene.say(
            "Whole book. Share of the accounts that left in the phase and for which a reason was named; thin line: 95%"
            " interval. An account may have several reasons."
        ),
        more,
    )


def _alt(scene: Scene, data: pd.DataFrame) -> str:
    parts = [f"{bar.name} {bar.words}" for bar in (_bar(scene, row) for row in data.head(N_DRAWN).to_dict("records"))]
    return scene.say("Bars of the reasons named for leaving: {parts}.", parts=series(scene.language, parts))
