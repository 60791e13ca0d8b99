"""Adoption bands: how well the product is used, by segment or beside the whole book."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP, suppressed
from ..catalogue import marked
from ..charts.bars import Stack, stacks
from ..exhibit import Exhibit, absent
from ..language import Language, is_missing
from ..scene import ALL, Scene
from ..tables import Column
from .wording import is_flat, joined, sentences, series, too_few

BANDS = {"low": marked("Low"), "medium": marked("Medium"), "high": marked("High")}
_RATES = ["share_accounts", "share_mrr", "before"]


@dataclass(frozen=True)
class Band:
    """The share of accounts in the highest band. before: last quarter; target: None without one."""

    name: str
    now: float
    before: float | None
    target: float | None


def adoption_bands(scene: Scene) -> Exhibit:
    """Shares of accounts by adoption band, last quarter beneath, the target of the highest band marked."""
    if not scene.has("adoption_bands"):
        return scene.missing("adoption_bands", "adoption_bands")
    data = _data(scene)
    mine = data[data["unit"] == scene.unit]
    n = int(mine["n_accounts"].sum()) if len(mine) else 0
    if n < SMALLEST_GROUP:
        words = too_few(scene.language, n)
        title = scene.say("{subject}: adoption is not shown ({words}).", subject=scene.name(scene.segment), words=words)
        return absent("adoption_bands", title, scene.language)
    return _exhibit(scene, data, mine)


def _exhibit(scene: Scene, data: pd.DataFrame, mine: pd.DataFrame) -> Exhibit:
    language = scene.language
    shown = data.assign(
        unit=[scene.name(unit) for unit in data["unit"]], band=[_band(scene, band) for band in data["band"]]
    )
    return Exhibit(
        "adoption_bands",
        adoption_title(language, _top(scene, mine)),
        language,
        so_what=sentences(_low_sentence(scene, mine), _comparison(scene, data)),
        caption=_caption(scene, mine),
        alt=_alt(scene, data),
        source=scene.source("usage", "entitlements", "subscriptions"),
        figure_svg=_figure(scene, data),
        data=shown,
        columns=(
            Column("unit", scene.say("Segment")),
            Column("band", scene.say("Band")),
            Column("n_accounts", scene.say("Accounts"), "count"),
            Column("share_accounts", scene.say("Share of accounts"), "share"),
            Column("before", scene.say("Last quarter"), "share"),
            Column("share_mrr", scene.say("Share of MRR"), "share"),
            Column("mrr", scene.say("MRR"), "money"),
            Column("target_share", scene.say("Target"), "share"),
        ),
    )


def _data(scene: Scene) -> pd.DataFrame:
    """One row per part of the book and band, low to high; shares are null where there are too few accounts."""
    frame = scene.frame("adoption_bands")
    now = frame[frame["quarter"] == scene.quarter.label]
    before = frame[frame["quarter"] == scene.quarter.previous.label].set_index(["segment", "band"])["share_accounts"]
    hidden = _hidden(now)
    units = [ALL, *scene.segments] if scene.segment is None else [scene.segment, ALL]
    rows = pd.concat([now.iloc[:0], *(now[now["segment"] == unit] for unit in units)], ignore_index=True)
    keys = pd.MultiIndex.from_frame(rows[["segment", "band"]])
    rows = rows.assign(before=before.reindex(keys).to_numpy(dtype=float)).rename(columns={"segment": "unit"})
    kept = ~rows["unit"].isin(hidden)
    rows = rows.assign(**{name: rows[name].where(kept) for name in _RATES})
    return rows[["unit", "band", "n_accounts", "share_accounts", "before", "share_mrr", "mrr", "target_share"]]


def _hidden(now: pd.DataFrame) -> list[str]:
    """Segments whose shares are hidden, so that no small group can be read or computed back."""
    sizes = now[now["segment"] != ALL].groupby("segment")["n_accounts"].sum()
    hidden = list(sizes.index[suppressed(sizes.to_numpy())])
    return hidden + ([ALL] if now[now["segment"] == ALL]["n_accounts"].sum() < SMALLEST_GROUP else [])


def _top(scene: Scene, mine: pd.DataFrame) -> Band:
    row = mine.iloc[-1]
    before, target = (None if is_missing(row[name]) else float(row[name]) for name in ("before", "target_share"))
    return Band(_band(scene, row["band"]), float(row["share_accounts"]), before, target)


def _band(scene: Scene, id: str) -> str:
    return scene.say(BANDS[id]) if id in BANDS else id


def adoption_title(language: Language, band: Band) -> str:
    """The share in the highest band, its change, and how far it is from target."""
    share = language.percent(band.now)
    title = language.say("{share} of accounts are in the {band} band", share=share, band=band.name)
    return joined(language, joined(language, title, _since(language, band)), _to_target(language, band))


def _since(language: Language, band: Band) -> str:
    if band.before is None:
        return ""
    size = language.points_size(band.now - band.before)
    if is_flat(band.now - band.before):
        return language.say("as many as last quarter")
    return (
        language.say("{size} more than last quarter", size=size)
        if band.now > band.before
        else language.say("{size} fewer than last quarter", size=size)
    )


def _to_target(language: Language, band: Band) -> str:
    if band.target is None:
        return ""
    gap = band.now - band.target
    values = {"gap": language.points_size(gap), "target": language.percent(band.target)}
    if is_flat(gap):
        return language.say("on the target of {target}", **values)
    return (
        language.say("{gap} above the target of {target}", **values)
        if gap > 0
        else language.say("{gap} below the target of {target}", **values)
    )


def _low_sentence(scene: Scene, mine: pd.DataFrame) -> str:
    row = mine.iloc[0]
    band = _band(scene, row["band"])
    if not row["n_accounts"]:
        return scene.say("No account is in the {band} band.", band=band)
    return scene.language.count(
        "{n} account with {mrr} of MRR ({share}) is in the {band} band.",
        "{n} accounts with {mrr} of MRR ({share}) are in the {band} band.",
        int(row["n_accounts"]),
        mrr=scene.language.money(row["mrr"]),
        share=scene.language.percent(row["share_mrr"], 0),
        band=band,
    )


def _comparison(scene: Scene, data: pd.DataFrame) -> str:
    top = data[data["band"] == data["band"].iloc[-1]].dropna(subset=["share_accounts"])
    others = top[top["unit"] != scene.unit]
    if scene.segment is not None:
        share = scene.language.percent(others["share_accounts"].iloc[0], 0) if len(others) else ""
        return (
            scene.say("Whole book: {share} in the {band} band.", share=share, band=_band(scene, top["band"].iloc[0]))
            if share
            else ""
        )
    if len(others) < 2:
        return ""
    low = others.loc[others["share_accounts"].idxmin()]
    share = scene.language.percent(low["share_accounts"], 0)
    return scene.say(
        "The {band} band is smallest in {segment}: {share}.",
        segment=scene.name(low["unit"]),
        share=share,
        band=_band(scene, low["band"]),
    )


def _figure(scene: Scene, data: pd.DataFrame) -> str:
    language = scene.language
    rows = [_stack(scene, unit, part) for unit, part in data.groupby("unit", sort=False)]
    target = data["target_share"].dropna()
    words = "" if target.empty else scene.say("target {share}", share=language.percent(target.iloc[0], 0))
    bands = [_band(scene, band) for band in dict.fromkeys(data["band"])]
    has_past = data["before"].notna().any()
    return stacks(rows, bands, language.lang, scene.say("thin: last quarter") if has_past else "", words)


def _stack(scene: Scene, unit: object, part: pd.DataFrame) -> Stack:
    n = int(part["n_accounts"].sum())
    name = scene.say("{name} (n = {n})", name=scene.name(str(unit)), n=scene.language.number(n))
    if part["share_accounts"].isna().all():
        return Stack(name, (), (), remark=too_few(scene.language, n))
    shares = tuple(part["share_accounts"].astype(float))
    before = () if part["before"].isna().any() else tuple(part["before"].astype(float))
    target = part["target_share"].iloc[-1]
    words = tuple(scene.language.percent(share, 0) for share in shares)
    return Stack(name, shares, words, before, None if is_missing(target) else float(target))


def _caption(scene: Scene, mine: pd.DataFrame) -> str:
    n = int(mine["n_accounts"].sum())
    counted = scene.language.count(
        "Shares of accounts with a measured Adoption Index in {quarter}; {subject}: {n} account.",
        "Shares of accounts with a measured Adoption Index in {quarter}; {subject}: {n} accounts.",
        n,
        quarter=scene.language.quarter(scene.quarter.label),
        subject=scene.name(scene.segment),
    )
    return sentences(counted, _bounds(scene), scene.defined("adoption_index"))


def _bounds(scene: Scene) -> str:
    bounds = scene.measures.settings.adoption.bands
    names = [
        f"{_band(scene, band)} ≥ {scene.language.number(low)}"
        for band, low in sorted(bounds.items(), key=lambda item: item[1])
    ]
    return scene.say("Bands: {bands}.", bands=series(scene.language, names))


def _alt(scene: Scene, data: pd.DataFrame) -> str:
    parts = []
    for unit, part in data.groupby("unit", sort=False):
        shares = [
            f"{_band(scene, str(band))} {scene.language.percent(share, 0)}"
            for band, share in zip(part["band"], part["share_accounts"], strict=True)
        ]
        parts.append(f"{scene.name(str(unit))}: {series(scene.language, shares)}")
    return scene.say("Stacked bars of accounts by adoption band. {parts}.", parts="; ".join(parts))
