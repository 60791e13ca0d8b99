"""Accounts that left: how they had looked 90 days before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..catalogue import marked
from ..exhibit import Exhibit, absent
from ..language import MISSING, Language, is_missing
from ..scene import Scene
from ..tables import Column, table
from .reason_words import OF_STAFF, feature_name
from .renewals import N_SHOWN
from .wording import sentences, with_cause

GREEN = "green"
BANDS = {"green": marked("green"), "yellow": marked("yellow"), "red": marked("red")}
_MODEL, _WEIGHTED, _VENDOR = "band_90d_before", "weighted_band_90d_before", "vendor_band_90d_before"


@dataclass(frozen=True)
class Seen:
    """How many of the accounts that left had a band 90 days before, and how many of these were green."""

    n_left: int
    mrr: float
    n_seen: int
    n_green: int


def post_mortem(scene: Scene) -> Exhibit:
    """The accounts that decided to leave this quarter, largest first, with their bands 90 days before."""
    if not scene.has("post_mortem"):
        return scene.missing("post_mortem", "post_mortem")
    left = scene.mine("post_mortem")
    if left.empty:
        return absent("post_mortem", scene.say("No account decided to leave this quarter."), scene.language)
    shown = _described(scene, left)
    title, columns = post_mortem_title(scene.language, _seen(left, _MODEL)), _columns(scene, left)
    return Exhibit(
        "post_mortem",
        title,
        scene.language,
        so_what=sentences(_others(scene, left), _green_ones(scene, shown)),
        caption=_caption(scene, shown),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "vendor_health"),
        table_html=table(shown.head(N_SHOWN), columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def _described(scene: Scene, left: pd.DataFrame) -> pd.DataFrame:
    ranked = left.sort_values(["mrr", "account_id"], ascending=[False, True], ignore_index=True)
    bands = {name: [_band(scene, band) for band in ranked[name]] for name in (_MODEL, _WEIGHTED, _VENDOR)}
    return ranked.assign(
        name=ranked["name"].where(ranked["name"].notna(), ranked["account_id"]),
        segment=[scene.name(None if is_missing(segment) else segment) for segment in ranked["segment"]],
        was_green=ranked[_MODEL] == GREEN,
        why=[_reasons(scene, codes) for codes in ranked["top_reasons"]],
        **bands,
    )


def _band(scene: Scene, band: object) -> str:
    if is_missing(band):
        return MISSING
    return scene.say(BANDS[str(band)]) if str(band) in BANDS else str(band)


def _reasons(scene: Scene, features: Sequence[str] | None) -> str:
    known = [name for name in (() if features is None else features) if name not in OF_STAFF]
    return scene.language.listed([feature_name(scene, name) for name in known[:3]]) or MISSING


def _columns(scene: Scene, left: pd.DataFrame) -> list[Column]:
    bands = {
        _MODEL: scene.say("Churn model"),
        _WEIGHTED: scene.say("Weighted health score"),
        _VENDOR: scene.say("Vendor’s score"),
    }
    return [
        Column("name", scene.say("Account")),
        *([] if scene.segment else [Column("segment", scene.say("Segment"), "short")]),
        Column("decided_on", scene.say("Decided on"), "date"),
        Column("mrr", scene.say("MRR"), "money"),
        Column("health_90d_before", scene.say("Health 90 days before"), "count"),
        *(Column(name, words, "short") for name, words in bands.items() if left[name].notna().any()),
        Column("why", scene.say("What spoke for leaving then"), "long"),
    ]


def _seen(left: pd.DataFrame, band: str) -> Seen:
    known = left[left[band].notna()]
    return Seen(len(left), float(left["mrr"].sum()), len(known), int((known[band] == GREEN).sum()))


def post_mortem_title(language: Language, seen: Seen) -> str:
    """How many left with how much MRR, and how many of these the model had called green."""
    title = language.count(
        "{n} account with {amount} of MRR decided to leave",
        "{n} accounts with {amount} of MRR decided to leave",
        seen.n_left,
        amount=language.money(seen.mrr),
    )
    return with_cause(language, title, _how_many_green(language, seen))


def _how_many_green(language: Language, seen: Seen) -> str:
    if not seen.n_seen:
        return language.say("none had been scored 90 days before")
    if not seen.n_green:
        return language.say("none had been green 90 days before")
    if seen.n_green == seen.n_left:
        return language.say("all had been green 90 days before")
    n = language.number(seen.n_green)
    if seen.n_seen < seen.n_left:
        of = language.number(seen.n_seen)
        return language.say("{n} of the {of} scored 90 days before had been green", n=n, of=of)
    return language.say("{n} of them had been green 90 days before", n=n)


def _others(scene: Scene, left: pd.DataFrame) -> str:
    """What the weighted score and the vendor's had said of the same accounts."""
    names = {_WEIGHTED: scene.say("the weighted score"), _VENDOR: scene.say("the vendor’s score")}
    parts = []
    for band, name in names.items():
        seen = _seen(left, band)
        if seen.n_seen:
            values = {"name": name, "n": scene.language.number(seen.n_green), "of": scene.language.number(seen.n_seen)}
            parts.append(scene.say("By {name}, {n} of {of} had been green.", **values))
    return sentences(*parts)


def _green_ones(scene: Scene, shown: pd.DataFrame) -> str:
    """The largest of those that nobody saw coming."""
    green = shown[shown["was_green"]]
    if green.empty:
        return ""
    names = scene.language.listed([str(name) for name in green["name"].head(3)])
    return scene.say("Not seen coming: {names}: ask what the data did not show.", names=names)


def _caption(scene: Scene, shown: pd.DataFrame) -> str:
    few = scene.say("Under 5 accounts say little about a score.") if len(shown) < SMALLEST_GROUP else ""
    largest = scene.say("The {n} largest by MRR.", n=N_SHOWN) if len(shown) > N_SHOWN else ""
    return sentences(
        scene.say(
            "Accounts whose decision to leave fell in {quarter}; bands as of the last month-end at least 90 days"
            " before, by the model of that time.",
            quarter=scene.language.quarter(scene.quarter.label),
        ),
        largest,
        few,
    )
