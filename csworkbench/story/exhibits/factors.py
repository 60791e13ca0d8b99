"""What goes with success and with failure in each phase of the journey; observed, not proven to be the cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..charts.dots import Dot, Scale, dots
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column
from .factor_names import factor_name, phase_name
from .wording import sentences, series

SURE, N_DRAWN = 0.05, 10
_TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def factors(scene: Scene) -> Exhibit:
    """Ratios with intervals on a log axis: success above, failure below; n, MRR and what chance could explain."""
    if not scene.has("factors"):
        return scene.missing("factors", "factors")
    data = _data(scene)
    if data.empty:
        return absent("factors", scene.say("No factor has enough accounts with it and without it."), scene.language)
    return Exhibit(
        "factors",
        _title(scene, data),
        scene.language,
        so_what=_so_what(scene, data),
        caption=_caption(scene, data),
        alt=_alt(scene, data),
        source=scene.source("milestones", "subscriptions", "usage", "tickets", "contacts", "activities", "factors"),
        figure_svg=_figure(scene, data.head(N_DRAWN)),
        data=data,
        columns=_columns(scene),
    )


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("phase_words", scene.say("Phase")),
        Column("name", scene.say("Factor")),
        Column("outcome", scene.say("Goes with")),
        Column("measure_words", scene.say("Measure")),
        Column("value", scene.say("Ratio"), "number"),
        Column("low", scene.say("95% from"), "number"),
        Column("high", scene.say("95% to"), "number"),
        Column("n_with", scene.say("Accounts with it"), "count"),
        Column("n_without", scene.say("Accounts without it"), "count"),
        Column("mrr", scene.say("MRR with it"), "money"),
        Column("q_value", scene.say("q-value"), "fine"),
    ]


def _data(scene: Scene) -> pd.DataFrame:
    """Factors with at least five accounts on both sides, the surest first."""
    frame = scene.frame("factors")
    enough = (frame["n_with"] >= SMALLEST_GROUP) & (frame["n_without"] >= SMALLEST_GROUP)
    known = frame[enough & frame["value"].gt(0) & frame["low"].notna() & frame["high"].notna()]
    outcomes = {"success": scene.say("success"), "failure": scene.say("failure")}
    measures = {"lift": scene.say("lift"), "hazard_ratio": scene.say("hazard ratio")}
    return known.assign(
        name=[factor_name(scene, code) for code in known["factor"]],
        phase_words=[phase_name(scene, phase) for phase in known["phase"]],
        outcome=known["effect"].map(lambda effect: outcomes.get(effect, effect)),
        measure_words=known["measure"].map(lambda measure: measures.get(measure, measure)),
        proven=(known["q_value"] < SURE).fillna(False),
    ).sort_values(["q_value", "phase", "factor"], na_position="last", ignore_index=True)


def _title(scene: Scene, data: pd.DataFrame) -> str:
    """The strongest proven factor of success and of failure; else that none is beyond chance."""
    proven = data[data["proven"]]
    if proven.empty:
        return scene.say("No factor is apart from chance: nothing here is safe to act on")
    parts = [_strongest(scene, proven[proven["effect"] == effect]) for effect in ("success", "failure")]
    return series(scene.language, [part for part in parts if part])


def _strongest(scene: Scene, rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    row = rows.loc[rows["value"].map(_distance).idxmax()]
    values = {"factor": row["name"], "phase": row["phase_words"], "ratio": scene.language.number(row["value"], 1)}
    if row["effect"] == "success":
        return scene.say("{factor} goes with success in {phase} ({ratio} times)", **values)
    return scene.say("{factor} goes with failure in {phase} ({ratio} times)", **values)


def _distance(ratio: float) -> float:
    return max(ratio, 1 / ratio)


def _so_what(scene: Scene, data: pd.DataFrame) -> str:
    n, tried = int(data["proven"].sum()), len(data)
    said = scene.language.count(
        "{n} of {tried} factors is apart from chance.", "{n} of {tried} factors are apart from chance.",
        n, tried=scene.language.number(tried),
    )  # fmt: skip
    return sentences(said, scene.say("Try it on a few accounts before you make it a rule.") if n else "")


def _figure(scene: Scene, data: pd.DataFrame) -> str:
    reach = max([2.0, *data["value"].map(_distance)]) * 1.6
    ends = min(10.0, reach)
    ticks = [(tick, scene.language.number(tick, 0 if tick >= 1 else 1)) for tick in _TICKS if 1 / ends <= tick <= ends]
    scale = Scale(1 / ends, ends, ticks, 1.0, scene.say("no difference"), is_log=True)
    return dots([_dot(scene, row) for row in data.to_dict("records")], scale, scene.language.lang)


def _dot(scene: Scene, row: Mapping[Any, Any]) -> Dot:
    number = scene.language.number
    words = f"{number(row['value'], 1)} ({number(row['low'], 1)}–{number(row['high'], 1)})"
    remark = scene.say(
        "{phase} · {measure} of {outcome} · n = {n} with, {m} without",
        phase=row["phase_words"], measure=row["measure_words"], outcome=row["outcome"], n=number(row["n_with"]),
        m=number(row["n_without"]),
    )  # fmt: skip
    tone = ("good" if row["effect"] == "success" else "bad") if row["proven"] else "plain"
    return Dot(str(row["name"]), float(row["value"]), words, float(row["low"]), float(row["high"]), remark, tone)


def _caption(scene: Scene, data: pd.DataFrame) -> str:
    more = scene.say("The {n} surest of {of} are drawn.", n=N_DRAWN, of=len(data)) if len(data) > N_DRAWN else ""
    return sentences(
        scene.say(
            "Whole book. Ratio: how often the outcome comes with the factor against without it; thin line: 95%"
            " interval. Grey: may be chance (false discovery rate of 5% or more)."
        ),
        scene.say("Observed, not tried: the factor need not be the cause."),
        more,
    )


def _alt(scene: Scene, data: pd.DataFrame) -> str:
    parts = [f"{row['name']} {_dot(scene, row).words}" for row in data.head(N_DRAWN).to_dict("records")]
    return scene.say("Ratios with intervals by factor: {parts}.", parts=series(scene.language, parts))
