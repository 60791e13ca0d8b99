"""The forecast of each segment beside what came this quarter."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..charts.dots import Dot, Scale, dots, money_ticks
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import ALL, Scene
from ..tables import Column
from .forecast import Forecast, forecast_row
from .wording import is_small, sentences, series


def forecast_segments(scene: Scene) -> Exhibit:
    """Net new MRR to expect next quarter per segment, with 90% interval and this quarter's figure."""
    if not scene.has("forecast"):
        return scene.missing("forecast_segments", "forecast")
    data = _data(scene)
    if len(data) < 2:
        return absent("forecast_segments", scene.say("There is no forecast by segment."), scene.language)
    return Exhibit(
        "forecast_segments",
        _title(scene, data),
        scene.language,
        so_what=_widest(scene, data),
        caption=_caption(scene, data),
        alt=_alt(scene, data),
        source=scene.source("subscriptions", "accounts"),
        figure_svg=_figure(scene, data),
        data=data,
        columns=(
            Column("name", scene.say("Segment")),
            Column("n_accounts", scene.say("Accounts"), "count"),
            Column("last", scene.say("This quarter"), "money_change"),
            Column("expected", scene.say("Forecast"), "money_change"),
            Column("low", scene.say("90% from"), "money_change"),
            Column("high", scene.say("90% to"), "money_change"),
        ),
    )


def _data(scene: Scene) -> pd.DataFrame:
    """One row per segment by MRR, then the whole book."""
    frame = scene.frame("forecast")
    owners = dict.fromkeys([*scene.segments, *frame.loc[frame["owner_kind"] == "segment", "owner"], ALL])
    rows = [(unit, forecast_row(scene, unit)) for unit in owners]
    known = [_row(scene, unit, row) for unit, row in rows if row is not None]
    return pd.DataFrame(known, columns=["unit", "name", "n_accounts", "last", "expected", "low", "high"])


def _row(scene: Scene, unit: str, row: Forecast) -> tuple[object, ...]:
    last = float("nan") if row.last is None else row.last
    return unit, scene.name(unit), row.n_accounts, last, row.expected, row.low, row.high


def _title(scene: Scene, data: pd.DataFrame) -> str:
    """The segments whose whole interval is a loss or a gain; else that none is."""
    parts = data[data["unit"] != ALL]
    down = scene.language.listed(list(parts["name"][parts["high"] < 0]))
    up = scene.language.listed(list(parts["name"][parts["low"] > 0]))
    if not down and not up:
        return scene.say("No segment is sure to grow or to shrink next quarter")
    if not up:
        return scene.say("Expected to shrink next quarter: {names}", names=down)
    if not down:
        return scene.say("Expected to grow next quarter: {names}", names=up)
    return scene.say("Expected to grow next quarter: {up}; to shrink: {down}", up=up, down=down)


def _widest(scene: Scene, data: pd.DataFrame) -> str:
    """Where the least certain amount lies."""
    parts = data[data["unit"] != ALL]
    row = max(parts.to_dict("records"), key=lambda known: known["high"] - known["low"])
    return scene.say(
        "The least certain amount is that of {name}: {low} to {high}.",
        name=row["name"],
        low=scene.language.money(row["low"]),
        high=scene.language.money(row["high"]),
    )


def _figure(scene: Scene, data: pd.DataFrame) -> str:
    language = scene.language
    low, high = (float(f(data[names].stack())) for f, names in ((min, ["low", "last"]), (max, ["high", "last"])))
    low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.04 * (high - low) or 1.0
    ticks = money_ticks(low - margin, high + margin, language.money_change)
    past = scene.say("this quarter") if data["last"].notna().any() else ""
    scale = Scale(low - margin, high + margin, ticks, 0.0, reference_words=past)
    return dots([_dot(scene, row) for row in data.to_dict("records")], scale, language.lang)


def _dot(scene: Scene, row: dict[Any, Any]) -> Dot:
    language = scene.language
    expected, low, high, last = (float(row[name]) for name in ("expected", "low", "high", "last"))
    name = scene.say("{name} (n = {n})", name=row["name"], n=language.number(row["n_accounts"]))
    words = f"{language.money_change(expected)} ({language.money_change(low)} – {language.money_change(high)})"
    tone = "good" if low > 0 else "bad" if high < 0 else "plain"
    return Dot(name, expected, words, low, high, tone=tone, reference=None if is_missing(last) else last)


def _caption(scene: Scene, data: pd.DataFrame) -> str:
    small = data["n_accounts"].map(is_small).any()
    return sentences(
        scene.say("Net new MRR of accounts that pay today, with 90% interval; the mark: this quarter’s figure."),
        scene.say("The intervals of segments do not add up to that of the whole book: they do not all miss together."),
        scene.say("A segment of under 5 accounts depends on single decisions.") if small else "",
        scene.defined("nnmrr"),
    )


def _alt(scene: Scene, data: pd.DataFrame) -> str:
    money = scene.language.money_change
    parts = [
        f"{row['name']} {money(row['expected'])} ({money(row['low'])} – {money(row['high'])})"
        for row in data.to_dict("records")
    ]
    return scene.say("Points with intervals of the forecast by segment: {parts}.", parts=series(scene.language, parts))
