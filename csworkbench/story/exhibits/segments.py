"""Segments side by side, or one segment beside the whole book."""

from __future__ import annotations

import pandas as pd

from ...metrics.intervals import suppressed
from ..exhibit import Exhibit
from ..scene import ALL, Scene
from ..tables import Column, table

_RATES = ("nrr", "grr", "logo_churn", "logo_churn_low", "logo_churn_high")


def segments(scene: Scene) -> Exhibit:
    """Accounts, MRR, growth, NRR, GRR and logo churn of every segment and of the whole book."""
    shown = segment_rows(scene)
    columns = [
        Column("name", scene.say("Segment")),
        Column("n_close", scene.say("Accounts"), "count"),
        Column("mrr_close", scene.say("MRR"), "money"),
        Column("growth", scene.say("Change"), "share_change"),
        Column("nrr", scene.say("NRR"), "share"),
        Column("grr", scene.say("GRR"), "share"),
        Column("logo_churn", scene.say("Logo churn"), "share"),
        Column("interval", scene.say("95% interval")),
        Column("n_open", scene.say("of n"), "count"),
    ]
    marks = {
        (at, "name"): "cs-this" for at, unit in enumerate(shown["segment"]) if scene.segment and unit == scene.segment
    }
    title = _title(scene, shown)
    return Exhibit(
        "segments",
        title,
        scene.language,
        so_what=_so_what(scene, shown),
        caption=scene.say("Rates of groups under 5 accounts are not shown, nor one that would give them away.")
        + " " + scene.defined("mrr", "nrr", "grr", "logo_churn"),
        source=scene.source("subscriptions", "accounts"),
        table_html=table(shown, columns, scene.language, title, marks, total=len(shown) - 1),
        data=shown,
        columns=columns,
    )  # fmt: skip


def segment_rows(scene: Scene) -> pd.DataFrame:
    """One row per segment by MRR, then the whole book; rates of small groups are missing."""
    frame = scene.frame("mrr_trend")
    now = frame[frame["quarter"] == scene.quarter.label].set_index("segment")
    parts = now.loc[list(scene.segments)]
    hidden = suppressed(parts["n_open"].to_numpy())
    parts.loc[hidden, list(_RATES)] = float("nan")
    shown = pd.concat([parts, now.loc[[ALL]]]).reset_index()
    opening = shown["mrr_open"].where(shown["mrr_open"] > 0)
    intervals = [scene.language.interval(row.logo_churn_low, row.logo_churn_high) for row in shown.itertuples()]
    return shown.assign(
        name=[scene.name(segment) for segment in shown["segment"]],
        growth=shown["mrr_close"] / opening - 1,
        interval=intervals,
    )


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    rated = shown[(shown["segment"] != ALL) & shown["nrr"].notna()]
    if len(rated) < 2:
        return scene.say("The segments of the book")
    best, worst = rated.loc[rated["nrr"].idxmax()], rated.loc[rated["nrr"].idxmin()]
    if best["nrr"] - worst["nrr"] < 0.0005:
        return scene.say("All segments keep the same share of their revenue")
    return scene.say(
        "{best} keeps and grows its revenue best ({high} NRR), {worst} least ({low})",
        best=best["name"], high=scene.language.percent(best["nrr"]),
        worst=worst["name"], low=scene.language.percent(worst["nrr"]),
    )  # fmt: skip


def _so_what(scene: Scene, shown: pd.DataFrame) -> str:
    """Whether any segment's logo churn is really apart from that of the whole book."""
    book = shown[shown["segment"] == ALL].iloc[0]
    parts = shown[(shown["segment"] != ALL) & shown["logo_churn"].notna()]
    above = parts[parts["logo_churn_low"] > book["logo_churn"]]
    if len(above):
        names = scene.language.listed(list(above["name"]))
        return scene.say("Logo churn of {names} is above the book's by more than chance would explain.", names=names)
    return scene.say("No segment's logo churn is apart from the book's by more than chance would explain.")
