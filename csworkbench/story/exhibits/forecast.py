"""What net new MRR is to be expected next quarter, with its interval, beside what came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..catalogue import marked
from ..charts.outlook import Names, Period, outlook
from ..exhibit import Exhibit
from ..language import Language, is_missing
from ..scene import Scene
from ..tables import Column
from .forecast_error import error_sentence, of_owner, past_forecasts
from .retention import _ticks
from .wording import joined, sentences, series

N_QUARTERS = 8
PARTS = {"expansion": marked("Expansion"), "contraction": marked("Contraction"), "churn": marked("Churn")}


@dataclass(frozen=True)
class Forecast:
    """Net new MRR expected of one owner next quarter. last: what came this quarter, None where it is not known."""

    quarter: str
    expected: float
    low: float
    high: float
    n_accounts: int
    last: float | None = None


def forecast(scene: Scene) -> Exhibit:
    """Net new MRR of the last eight quarters and of the next one with its 90% interval."""
    row = forecast_row(scene, scene.unit)
    if row is None:
        return scene.missing("forecast", "forecast")
    data = _data(scene, row)
    return Exhibit(
        "forecast",
        forecast_title(scene.language, row),
        scene.language,
        so_what=sentences(_parts(scene), error_sentence(scene)),
        caption=_caption(scene, row, data),
        alt=_alt(scene, row, data),
        source=scene.source("subscriptions", "assignments"),
        figure_svg=_figure(scene, data),
        data=data,
        columns=(
            Column("quarter", scene.say("Quarter"), "quarter"),
            Column("actual", scene.say("Actual"), "money_change"),
            Column("expected", scene.say("Forecast"), "money_change"),
            Column("low", scene.say("90% from"), "money_change"),
            Column("high", scene.say("90% to"), "money_change"),
            *(Column(name, scene.say(words), "money") for name, words in PARTS.items() if name in data),
        ),
    )


def forecast_row(scene: Scene, owner: str) -> Forecast | None:
    """The forecast of net new MRR of the whole book ("all") or of that segment; None without one."""
    if not scene.has("forecast"):
        return None
    found = of_owner(scene.frame("forecast"), owner)
    found = found[found["measure"] == "nnmrr"]
    if found.empty:
        return None
    row, last = found.iloc[0], actuals(scene, owner).get(scene.quarter.label)
    return Forecast(str(row["quarter"]), float(row["expected"]), float(row["low"]), float(row["high"]),
                    int(row["n_accounts"]), None if is_missing(last) else last)  # fmt: skip


def actuals(scene: Scene, owner: str) -> dict[str, float]:
    """Quarter → net new MRR that came, of the whole book or of that segment, in order of time."""
    if not scene.has("nnmrr"):
        return {}
    mine = of_owner(scene.frame("nnmrr"), owner).sort_values("quarter")
    return dict(zip(mine["quarter"], mine["nnmrr"].astype(float), strict=True))


def forecast_title(language: Language, row: Forecast) -> str:
    """The expected change, its interval, and how it stands to what came this quarter."""
    words = {"low": language.money(row.low), "high": language.money(row.high)}
    words["expected"] = language.money_change(row.expected)
    title = language.say(
        "{quarter}: {expected} of net new MRR expected, between {low} and {high}",
        quarter=language.quarter(row.quarter),
        **words,
    )
    return joined(language, title, _against_last(language, row))


def _against_last(language: Language, row: Forecast) -> str:
    if row.last is None:
        return ""
    values = {"last": language.money(row.last)}
    if row.low <= row.last <= row.high:
        return language.say("after {last} this quarter", **values)
    if row.last < row.low:
        return language.say("better than {last} this quarter", **values)
    return language.say("worse than {last} this quarter", **values)


def _parts(scene: Scene) -> str:
    """What the expected change is made of."""
    parts = _parts_of(scene)
    if not parts:
        return ""
    return scene.say(
        "Expected: {expansion} of expansion, {contraction} of contraction, {churn} of churn.",
        **{name: scene.language.money(amount) for name, amount in parts.items()},
    )


def _data(scene: Scene, row: Forecast) -> pd.DataFrame:
    """The last quarters with what came and what had been forecast, then the next one."""
    came, past = actuals(scene, scene.unit), past_forecasts(scene, scene.unit, "nnmrr").set_index("quarter")
    labels = [label for label in came if label < row.quarter][-N_QUARTERS:]
    parts = _parts_of(scene)
    data = pd.DataFrame({"quarter": [*labels, row.quarter], "actual": [*(came[label] for label in labels), None]})
    data["actual"] = data["actual"].astype(float)
    for name in ("expected", "low", "high"):
        before = [float(past[name].get(label, float("nan"))) for label in labels]
        data[name] = [*before, getattr(row, name)]
    for name in parts:
        data[name] = [*([float("nan")] * len(labels)), parts[name]]
    return data


def _parts_of(scene: Scene) -> dict[str, float]:
    """What is expected of each movement; empty where one of them is not known."""
    mine = of_owner(scene.frame("forecast"), scene.unit).set_index("measure")["expected"]
    return {name: float(mine[name]) for name in PARTS} if set(PARTS) <= set(mine.index) else {}


def _figure(scene: Scene, data: pd.DataFrame) -> str:
    language = scene.language
    ticks = _ticks(language, list(data["quarter"]))
    periods = [_period(language, tick, row) for tick, row in zip(ticks, data.to_dict("records"), strict=True)]
    if len(periods) > 1:
        last = periods[-2]
        periods[-2] = Period(last.tick, last.actual, last.expected, last.low, last.high,
                             language.money_change(last.actual))  # fmt: skip
    names = Names(scene.say("actual"), scene.say("forecast with 90% interval"))
    return outlook(periods, names, language.lang)


def _period(language: Language, tick: str, row: dict[Any, Any]) -> Period:
    values = {
        name: None if is_missing(row[name]) else float(row[name]) for name in ("actual", "expected", "low", "high")
    }
    is_next = values["actual"] is None
    ends = [language.money_change(values[name]) for name in ("expected", "high", "low")]
    return Period(tick, **values, words="\n".join(ends) if is_next else "")


def _caption(scene: Scene, row: Forecast, data: pd.DataFrame) -> str:
    past = data["expected"].iloc[:-1].notna().any()
    return sentences(
        scene.language.count(
            "{subject}: expansion − contraction − churn of {n} account that pays today; new customers are not in it.",
            "{subject}: expansion − contraction − churn of {n} accounts that pay today; new customers are not in it.",
            row.n_accounts,
            subject=scene.name(scene.segment),
        ),
        scene.say("Nine of ten quarters should end inside the 90% interval."),
        scene.say("Pale: what had been forecast for past quarters.") if past else "",
        scene.defined("nnmrr"),
    )


def _alt(scene: Scene, row: Forecast, data: pd.DataFrame) -> str:
    language = scene.language
    past = [f"{language.quarter(q)} {language.money_change(v)}" for q, v in _pairs(data)]
    return scene.say(
        "Points of net new MRR by quarter: {past}. Forecast for {quarter}: {expected}, 90% interval {low} to {high}.",
        past=series(language, past),
        quarter=language.quarter(row.quarter),
        **{name: language.money_change(getattr(row, name)) for name in ("expected", "low", "high")},
    )


def _pairs(data: pd.DataFrame) -> list[tuple[str, float]]:
    known = data[data["actual"].notna()]
    return list(zip(known["quarter"], known["actual"], strict=True))
