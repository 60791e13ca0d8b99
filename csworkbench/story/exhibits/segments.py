"""Segments side by side, or one segment beside the whole book."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP, suppressed
from ..exhibit import Exhibit, absent
from ..scene import ALL, Scene
from ..tables import Column, table

_RATES = ["growth", "nrr", "grr", "logo_churn", "logo_churn_low", "logo_churn_high"]


def segments(scene: Scene) -> Exhibit:
    """Accounts, MRR, growth, NRR, GRR and logo churn of every segment and of the whole book."""
    if not scene.has("mrr_trend"):
        return scene.missing("segments", "mrr_trend")
    shown = segment_rows(scene)
    if shown.empty:
        return absent("segments", scene.say("No account had MRR this quarter"), scene.language)
    columns = [
        Column("name", scene.say("Segment")),
        Column("n_close", scene.say("Accounts"), "count"),
        Column("mrr_close", scene.say("MRR"), "money"),
        Column("growth", scene.say("Change"), "share_change"),
        Column("nrr", scene.say("NRR"), "share"),
        Column("grr", scene.say("GRR"), "share"),
        Column("logo_churn", scene.say("Logo churn"), "share"),
        Column("interval", scene.say("95% interval"), "interval"),
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
        caption=scene.noted(
            scene.say("Rates of groups under 5 accounts are not shown, nor one that would give them away."),
            scene.defined("mrr", "nrr", "grr", "logo_churn"),
        ),
        source=scene.source("subscriptions", "accounts"),
        table_html=table(shown, columns, scene.language, title, marks, total=len(shown) - 1),
        data=shown,
        columns=[c for c in columns if c.name != "interval"] + _bounds(scene),
    )


def _bounds(scene: Scene) -> list[Column]:
    """The interval as two columns of numbers, for the data."""
    return [
        Column("logo_churn_low", scene.say("95% from"), "share"),
        Column("logo_churn_high", scene.say("95% to"), "share"),
    ]


def segment_rows(scene: Scene) -> pd.DataFrame:
    """One row per segment by MRR, then the whole book; rates of small groups are missing."""
    frame = scene.frame("mrr_trend")
    now = frame[frame["quarter"] == scene.quarter.label].set_index("segment")
    now = now.assign(growth=now["mrr_close"] / now["mrr_open"].where(now["mrr_open"] > 0) - 1)
    whole, parts = now.loc[now.index == ALL], now.loc[list(scene.segments)]
    hidden = np.concatenate([suppressed(parts["n_open"].to_numpy()), whole["n_open"].to_numpy() < SMALLEST_GROUP])
    shown = pd.concat([parts, whole]).reset_index()
    shown.loc[hidden, _RATES] = float("nan")
    bounds = zip(shown["logo_churn_low"], shown["logo_churn_high"], strict=True)
    return shown.assign(
        name=[scene.name(segment) for segment in shown["segment"]],
        interval=[scene.language.interval(low, high) for low, high in bounds],
    )


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    """Where the money is, and which segment grew most."""
    parts, whole = shown[shown["segment"] != ALL], shown["mrr_close"].iloc[-1]
    if len(parts) < 2 or not whole > 0:
        return scene.say("The segments of the book")
    largest = parts.iloc[0]
    words = {"largest": largest["name"], "share": scene.language.percent(largest["mrr_close"] / whole, 0)}
    grown = parts[parts["growth"].notna()].sort_values("growth", kind="stable", ascending=False)
    if len(grown) < 2:
        return scene.say("{largest} holds {share} of MRR", **words)
    change = scene.language.percent_change(grown["growth"].iloc[0])
    if not change.startswith("+"):
        return scene.say("{largest} holds {share} of MRR; no segment grew", **words)
    return scene.say(
        "{largest} holds {share} of MRR; {best} grew most ({change})",
        **words,
        best=grown["name"].iloc[0],
        change=change,
    )


def _so_what(scene: Scene, shown: pd.DataFrame) -> str:
    """Which segments' logo churn is really above that of the whole book, or below it."""
    book = shown[shown["segment"] == ALL].iloc[0]
    parts = shown[(shown["segment"] != ALL) & shown["logo_churn"].notna()]
    if len(parts) < 2:
        return ""
    above = scene.language.listed(list(parts["name"][parts["logo_churn_low"] > book["logo_churn"]]))
    below = scene.language.listed(list(parts["name"][parts["logo_churn_high"] < book["logo_churn"]]))
    if not above and not below:
        return scene.say("No segment’s logo churn is apart from the book’s by more than chance would explain.")
    more = scene.say("Logo churn of {names} is above the book’s by more than chance would explain.", names=above)
    less = scene.say("Logo churn of {names} is below the book’s by more than chance would explain.", names=below)
    return scene.noted(more if above else "", less if below else "")
