"""How earlier forecasts fared: what was said, what came, and how often the interval held."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit, absent
from ..scene import ALL, Scene
from ..tables import Column, table
from .wording import sentences

FEWEST_TO_JUDGE = 10


def past_forecasts(scene: Scene, owner: str, measure: str) -> pd.DataFrame:
    """Earlier forecasts of that measure and what came, by quarter; without rows when there are none."""
    if not scene.has("forecast_errors"):
        return pd.DataFrame(columns=["quarter", "expected", "low", "high", "actual", "error", "inside"])
    mine = of_owner(scene.frame("forecast_errors"), owner)
    return mine[mine["measure"] == measure].sort_values("quarter").reset_index(drop=True)


def of_owner(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The rows of the whole book ("all") or of that segment, of a frame with owners of several kinds."""
    if unit == ALL:
        return frame[frame["owner_kind"] == "all"]
    return frame[(frame["owner_kind"] == "segment") & (frame["owner"] == unit)]


def error_sentence(scene: Scene) -> str:
    """How the last forecast of net new MRR fared."""
    past = past_forecasts(scene, scene.unit, "nnmrr")
    past = past[past["actual"].notna()]
    return "" if past.empty else _last(scene, past.iloc[-1])


def _last(scene: Scene, row: pd.Series) -> str:
    money = scene.language.money
    values = {"quarter": scene.language.quarter(row["quarter"]), "expected": money(row["expected"]),
              "low": money(row["low"]), "high": money(row["high"]), "actual": money(row["actual"])}  # fmt: skip
    if row["inside"]:
        return scene.say(
            "For {quarter} the forecast said {expected} ({low} to {high}); {actual} came, inside the interval.",
            **values,
        )
    return scene.say(
        "For {quarter} the forecast said {expected} ({low} to {high}); {actual} came, outside the interval.", **values
    )


def forecast_error(scene: Scene) -> Exhibit:
    """Earlier forecasts beside what came, latest first."""
    if not scene.has("forecast_errors"):
        return scene.missing("forecast_error", "forecast_errors")
    past = past_forecasts(scene, scene.unit, "nnmrr")
    shown = past[past["actual"].notna()].iloc[::-1].reset_index(drop=True)
    if shown.empty:
        return absent("forecast_error", scene.say("No earlier forecast has come due yet."), scene.language)
    words = {True: scene.say("inside"), False: scene.say("outside")}
    shown = shown.assign(held=[words[bool(inside)] for inside in shown["inside"]], made=_made(scene, shown))
    title, columns = _title(scene, shown), _columns(scene)
    return Exhibit(
        "forecast_error",
        title,
        scene.language,
        so_what=_coverage(scene, shown),
        caption=_caption(scene, shown),
        source=scene.source("subscriptions"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def _made(scene: Scene, shown: pd.DataFrame) -> list[str]:
    """Whether each forecast had been sealed in its time, or was computed afterwards with what was known then."""
    words = {"sealed": scene.say("sealed"), "recomputed": scene.say("recomputed")}
    return [words.get(source, source) for source in shown["source"]]


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("quarter", scene.say("Quarter"), "quarter"),
        Column("expected", scene.say("Forecast"), "money_change"),
        Column("low", scene.say("90% from"), "money_change"),
        Column("high", scene.say("90% to"), "money_change"),
        Column("actual", scene.say("Actual"), "money_change"),
        Column("error", scene.say("Actual − forecast"), "money_change"),
        Column("held", scene.say("90% interval"), "short"),
        Column("made", scene.say("Forecast made"), "short"),
    ]


def _title(scene: Scene, shown: pd.DataFrame) -> str:
    row = shown.iloc[0]
    values = {
        "quarter": scene.language.quarter(row["quarter"]),
        "error": scene.language.money(abs(row["error"])),
    }
    if not any(digit in values["error"] for digit in "123456789"):
        return scene.say("The forecast for {quarter} was met exactly", **values)
    if row["error"] > 0:
        return (
            scene.say("{quarter} came out {error} above the forecast, inside its interval", **values)
            if row["inside"]
            else scene.say("{quarter} came out {error} above the forecast, outside its interval", **values)
        )
    return (
        scene.say("{quarter} came out {error} below the forecast, inside its interval", **values)
        if row["inside"]
        else scene.say("{quarter} came out {error} below the forecast, outside its interval", **values)
    )


def _coverage(scene: Scene, shown: pd.DataFrame) -> str:
    """How many intervals held; a judgement only over ten quarters or more."""
    n, held = len(shown), int(shown["inside"].sum())
    said = scene.language.count(
        "{held} of {n} forecast ended inside its 90% interval.",
        "{held} of {n} forecasts ended inside their 90% interval.",
        n, held=scene.language.number(held),
    )  # fmt: skip
    return said if n >= FEWEST_TO_JUDGE else sentences(said, scene.say("That is too few to judge the interval by."))


def _caption(scene: Scene, shown: pd.DataFrame) -> str:
    recomputed = scene.say("recomputed") in set(shown["made"])
    return sentences(
        scene.say("{subject}: net new MRR.", subject=scene.name(scene.segment)),
        scene.say("Sealed: stored by the run of that time and not changed since."),
        scene.say("Recomputed: made now, with only what was known at that time.") if recomputed else "",
        scene.defined("nnmrr"),
    )
