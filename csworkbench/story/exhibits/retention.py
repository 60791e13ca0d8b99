"""Revenue retention over eight quarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...metrics.calendar import quarters_back
from ..charts.lines import Line, lines
from ..exhibit import Exhibit, absent
from ..language import Language, is_missing
from ..scene import ALL, COMPANY, Scene
from ..tables import Column
from .wording import is_flat, is_small, joined, moved, sentences, share_against_plan, too_few, without_small

N_QUARTERS = 8
RATES = ("grr", "nrr")


@dataclass(frozen=True)
class Rate:
    """One rate of the quarter. before: last quarter; plan: None without one. All are shares."""

    name: str
    now: float
    before: float | None
    plan: float | None


def retention_trend(scene: Scene) -> Exhibit:
    """GRR and NRR of the last eight quarters, 100% as a line, the plan beside the last point."""
    if not scene.has("mrr_trend"):
        return scene.missing("retention_trend", "mrr_trend")
    data = _data(scene)
    mine = data[data["unit"] == scene.unit]
    now = mine.iloc[-1]
    if is_missing(now["nrr"]):
        words = too_few(scene.language, int(now["n_open"]))
        title = scene.say(
            "{subject}: retention is not shown ({words} at the start).", subject=scene.name(scene.segment), words=words
        )
        return absent("retention_trend", title, scene.language)
    return _exhibit(scene, data, mine)


def _exhibit(scene: Scene, data: pd.DataFrame, mine: pd.DataFrame) -> Exhibit:
    grr, nrr = (_rate(scene, mine, name) for name in RATES)
    return Exhibit(
        "retention_trend",
        retention_title(scene.language, nrr),
        scene.language,
        so_what=sentences(_grr_sentence(scene, grr), _comparison(scene, data)),
        caption=_caption(scene, mine),
        alt=_alt(scene, mine),
        source=scene.source("subscriptions", *(["targets"] if nrr.plan is not None else [])),
        figure_svg=_figure(scene, mine, grr, nrr),
        data=data.assign(unit=[scene.name(unit) for unit in data["unit"]]),
        columns=(
            Column("unit", scene.say("Segment")),
            Column("quarter", scene.say("Quarter"), "quarter"),
            Column("n_open", scene.say("Accounts at the start"), "count"),
            Column("grr", "GRR", "share"),
            Column("nrr", "NRR", "share"),
            Column("grr_plan", scene.say("GRR plan"), "share"),
            Column("nrr_plan", scene.say("NRR plan"), "share"),
        ),
    )


def _data(scene: Scene) -> pd.DataFrame:
    """Eight quarters of the pack's part of the book, then this quarter of what it is compared with."""
    trend = without_small(scene.frame("mrr_trend"), "n_open", RATES)
    wanted = [quarter.label for quarter in quarters_back(scene.quarter, N_QUARTERS)]
    known = trend[trend["segment"] == scene.unit].set_index("quarter")
    mine = known.reindex([label for label in wanted if label >= min(known.index, default=wanted[-1])])
    mine = mine.rename_axis("quarter").reset_index().assign(segment=scene.unit, n_open=lambda f: f["n_open"].fillna(0))
    others = (ALL,) if scene.segment else scene.segments
    now = trend[trend["quarter"] == scene.quarter.label]
    data = pd.concat([mine, *(now[now["segment"] == segment] for segment in others)], ignore_index=True)
    for rate in RATES:
        data[f"{rate}_plan"] = _plans(scene, rate, data)
    data = data.rename(columns={"segment": "unit"})
    return data[["unit", "quarter", "n_open", *RATES, "grr_plan", "nrr_plan"]]


def _plans(scene: Scene, rate: str, data: pd.DataFrame) -> pd.Series:
    """The plan of this quarter of each row's part of the book; null in earlier quarters."""
    owners = data["segment"].replace(ALL, COMPANY)
    plans = pd.Series([scene.target(rate, str(owner)) for owner in owners], index=data.index, dtype=float)
    return plans.where(data["quarter"] == scene.quarter.label)


def _rate(scene: Scene, mine: pd.DataFrame, name: str) -> Rate:
    values = [float(value) for value in mine[name]]
    before = values[-2] if len(values) > 1 and not is_missing(values[-2]) else None
    return Rate(name.upper(), values[-1], before, scene.target(name))


def retention_title(language: Language, rate: Rate) -> str:
    """Where the rate moved since last quarter, and how far it is from plan."""
    change = moved(language, rate.name, rate.now, rate.before)
    return joined(language, change, share_against_plan(language, rate.now, rate.plan))


def _grr_sentence(scene: Scene, rate: Rate) -> str:
    lost = 1 - rate.now
    if is_flat(lost):
        return scene.say("Nothing was lost: GRR is {value}.", value=scene.language.percent(rate.now))
    words = retention_title(scene.language, rate)
    return scene.say("{words}: {lost} of opening MRR was lost.", words=words, lost=scene.language.percent(lost))


def _comparison(scene: Scene, data: pd.DataFrame) -> str:
    now = data[(data["quarter"] == scene.quarter.label) & data["nrr"].notna()]
    others = now[now["unit"] != scene.unit].sort_values(["nrr", "unit"], ascending=[False, True])
    if scene.segment and len(others):
        return against_book(
            scene.language, float(now[now["unit"] == scene.unit]["nrr"].iloc[0]), float(others["nrr"].iloc[0])
        )
    if len(others) < 2:
        return ""
    best, worst = others.iloc[0], others.iloc[-1]
    return scene.say(
        "NRR is highest in {best} ({high}) and lowest in {worst} ({low}).",
        best=scene.name(best["unit"]),
        high=scene.language.percent(best["nrr"]),
        worst=scene.name(worst["unit"]),
        low=scene.language.percent(worst["nrr"]),
    )


def against_book(language: Language, mine: float, book: float) -> str:
    """NRR of a segment beside that of the whole book."""
    values = {"gap": language.points_size(mine - book), "book": language.percent(book)}
    if is_flat(mine - book):
        return language.say("NRR is the same as the whole book’s ({book}).", **values)
    if mine > book:
        return language.say("NRR is {gap} above the whole book’s ({book}).", **values)
    return language.say("NRR is {gap} below the whole book’s ({book}).", **values)


def _figure(scene: Scene, mine: pd.DataFrame, grr: Rate, nrr: Rate) -> str:
    language = scene.language
    series = [
        Line(
            rate.name,
            tuple(mine[rate.name.lower()].astype(float)),
            language.percent(mine[rate.name.lower()].iloc[0]) if len(mine) > 1 else "",
            language.percent(rate.now),
            rate.plan,
            "" if rate.plan is None else language.say("plan {value}", value=language.percent(rate.plan)),
        )
        for rate in (nrr, grr)
    ]
    ticks = _ticks(language, list(mine["quarter"]))
    return lines(series, ticks, language.lang, 1.0, "100%")


def _ticks(language: Language, labels: Sequence[str]) -> list[str]:
    """Quarter numbers, with the year below each first one and below the start, unless the years would touch."""
    years = {at for at, label in enumerate(labels) if label.endswith("Q1")}
    years |= set() if 1 in years else {0}
    return [f"Q{label[-1]}" + (f"\n{language.year(label)}" if at in years else "") for at, label in enumerate(labels)]


def _caption(scene: Scene, mine: pd.DataFrame) -> str:
    n = int(mine["n_open"].iloc[-1])
    counted = scene.language.count(
        "{subject}: quarterly rates over the MRR at the start of each quarter; {n} account at the start of {quarter}.",
        "{subject}: quarterly rates over the MRR at the start of each quarter; {n} accounts at the start of {quarter}.",
        n,
        subject=scene.name(scene.segment),
        quarter=scene.language.quarter(scene.quarter.label),
    )
    gaps = mine["n_open"].map(is_small).any()
    small = scene.say("Quarters with fewer than 5 accounts are left out.") if gaps else ""
    return sentences(counted, small, scene.defined("grr", "nrr"))


def _alt(scene: Scene, mine: pd.DataFrame) -> str:
    language = scene.language
    first, last = mine.iloc[0], mine.iloc[-1]
    return scene.say(
        "Line chart of NRR and GRR from {start} to {end}: NRR from {nrr_first} to {nrr_last},"
        " GRR from {grr_first} to {grr_last}.",
        start=language.quarter(first["quarter"]),
        end=language.quarter(last["quarter"]),
        nrr_first=language.percent(first["nrr"]),
        nrr_last=language.percent(last["nrr"]),
        grr_first=language.percent(first["grr"]),
        grr_last=language.percent(last["grr"]),
    )
