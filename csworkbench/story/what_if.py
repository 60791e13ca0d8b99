"""A projection in words and a picture: what would move, by how much, and that it is no causal claim."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

import numpy as np
import pandas as pd

from ..models.forecasts.what_if import AS_IS, CHANGED, Change
from .charts.curves import Curve, curves, round_levels
from .exhibit import Exhibit
from .exhibits.wording import sentences
from .scene import Scene
from .tables import Column

RATES = ("grr", "nrr")


def projection(scene: Scene, found: pd.DataFrame, change: Change, measure: str = "nrr") -> Exhibit:
    """One measure over the next four quarters as it is and after the change. found: see `models.forecasts.what_if`."""
    rows = found[found["measure"] == measure]
    before, after = (rows[rows["variant"] == name].reset_index(drop=True) for name in (AS_IS, CHANGED))
    name, write = _named(scene)[measure], scene.language.percent if measure in RATES else scene.language.money
    moved = change != Change()
    as_it_is = _curve(scene.say("As it is"), before, write, quiet=moved)
    series = [_curve(scene.say("Changed"), after, write), as_it_is] if moved else [as_it_is]
    heads = [scene.language.quarter(label) for label in before["quarter"]]
    data = before.merge(after, on=["quarter", "measure"], suffixes=("", "_changed"))
    kind = "share" if measure in RATES else "money"
    columns = [
        Column("quarter", scene.say("Quarter"), "quarter"),
        *(Column(column, label, kind) for column, label in _columns(scene)),
    ]
    title = _title(scene, name, before, after, measure)
    values = np.concatenate([[*each.values, *each.low, *each.high] for each in series])
    return Exhibit(
        _id(change, measure),
        title,
        scene.language,
        so_what=said(scene, change),
        caption=sentences(
            scene.say("A projection of the fitted models with 90% intervals, not a causal claim."),
            scene.say("Existing accounts only; new business is left out."),
        ),
        alt=scene.say("Two curves over four quarters. {title}.", title=title),
        source=scene.source("subscriptions", "usage", "milestones"),
        figure_svg=curves(series, heads, (name, ""), _levels(scene, values, measure), scene.language.lang),
        data=data,
        columns=columns,
    )


def _id(change: Change, measure: str) -> str:
    """An id of its own for each picture of a page."""
    return f"what_if-{measure}-{crc32(repr(change).encode()):08x}"


def _curve(name: str, rows: pd.DataFrame, write: object, quiet: bool = False) -> Curve:
    last = str(write(float(rows["expected"].iloc[-1]))) if callable(write) else ""
    return Curve(name, list(rows["expected"]), list(rows["low"]), list(rows["high"]), last, quiet)


def _levels(scene: Scene, values: np.ndarray, measure: str) -> list[tuple[float, str]]:
    low, high = float(values.min()), float(values.max())
    levels = round_levels(low, high if high > low else low + max(abs(low), 1.0) / 10)
    if measure not in RATES:
        return [(level, scene.language.money(level)) for level in levels]
    digits = 0 if levels[1] - levels[0] >= 0.0099 else 1
    return [(level, scene.language.percent(level, digits)) for level in levels]


def _columns(scene: Scene) -> list[tuple[str, str]]:
    say = scene.say
    return [
        ("expected", say("As it is")),
        ("low", say("90% from")),
        ("high", say("90% to")),
        ("expected_changed", say("Changed")),
        ("low_changed", say("90% from")),
        ("high_changed", say("90% to")),
    ]


def _named(scene: Scene) -> Mapping[str, str]:
    return {"grr": scene.say("GRR"), "nrr": scene.say("NRR"), "nnmrr": scene.say("NNMRR")}


def _title(scene: Scene, name: str, before: pd.DataFrame, after: pd.DataFrame, measure: str) -> str:
    """The sum of money, or the last quarter's rate, before and after."""
    if measure in RATES:
        old, new = float(before["expected"].iloc[-1]), float(after["expected"].iloc[-1])
        a, b = scene.language.percent(old), scene.language.percent(new)
        when = scene.language.quarter(before["quarter"].iloc[-1])
        if a == b:
            return scene.say("{name} of {quarter} stays at {old}", name=name, quarter=when, old=a)
        return scene.say("{name} of {quarter} goes from {old} to {new}", name=name, quarter=when, old=a, new=b)
    old, new = float(before["expected"].sum()), float(after["expected"].sum())
    a, b = scene.language.money(old), scene.language.money(new)
    if a == b:
        return scene.say("{name} of four quarters stays at {old}", name=name, old=a)
    return scene.say("{name} of four quarters goes from {old} to {new}", name=name, old=a, new=b)


def said(scene: Scene, change: Change) -> str:
    """What was moved, in words."""
    say, percent = scene.say, scene.language.percent_change
    parts = [
        say("use {change}", change=percent(change.usage, 0)) if change.usage else "",
        say("price {change} at renewals", change=percent(change.price, 0)) if change.price else "",
        say("onboarding {n} days faster", n=change.onboarding_days) if change.onboarding_days else "",
        say(
            "{share} of the losses of the top {n} averted",
            share=scene.language.percent(change.saved, 0),
            n=change.n_saved,
        )
        if change.saved
        else "",
    ]
    moved = [part for part in parts if part]
    return say("Moved: {what}.", what=scene.language.listed(moved)) if moved else say("Nothing is moved yet.")
