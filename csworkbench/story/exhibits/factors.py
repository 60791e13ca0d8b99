"""What goes with leaving, growing and reaching the next step in each phase; observed, not proven to be the cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..charts.dots import Dot, Scale, dots
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column
from .factor_names import factor_name, outcome_name, phase_name
from .wording import sentences, series, with_cause

SURE, N_DRAWN, N_KEPT = 0.05, 6, 15
RATIOS = ("hazard_ratio", "lift")
_TICKS = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0)
_WIDEST = 25.0


def factors(scene: Scene) -> Exhibit:
    """Ratios with intervals on a log axis, the surest first: what goes with success in blue, with failure in orange."""
    if not scene.has("factors"):
        return scene.missing("factors", "factors")
    known = _known(scene)
    if known.empty:
        return absent("factors", scene.say("No factor has enough accounts with it and without it."), scene.language)
    return Exhibit(
        "factors",
        _title(scene, known.head(N_DRAWN)),
        scene.language,
        so_what=_so_what(scene, known),
        caption=_caption(scene, known),
        alt=_alt(scene, known),
        source=scene.source("milestones", "subscriptions", "usage", "tickets", "contacts", "activities", "assets"),
        figure_svg=_figure(scene, known.head(N_DRAWN)),
        data=known.head(N_KEPT),
        columns=_columns(scene),
    )


def _columns(scene: Scene) -> list[Column]:
    return [
        Column("name", scene.say("Factor")),
        Column("phase_words", scene.say("Phase")),
        Column("outcome_words", scene.say("Outcome")),
        Column("measure_words", scene.say("Measure")),
        Column("value", scene.say("Ratio"), "number"),
        Column("low", scene.say("95% from"), "number"),
        Column("high", scene.say("95% to"), "number"),
        Column("n_with", scene.say("Accounts with it"), "count"),
        Column("n_without", scene.say("Accounts without it"), "count"),
        Column("mrr", scene.say("MRR of the outcome"), "money"),
        Column("q_value", scene.say("q-value"), "fine"),
    ]


def _known(scene: Scene) -> pd.DataFrame:
    """Ratios with at least five accounts on both sides, the surest first."""
    frame = scene.frame("factors")
    enough = (frame["n_with"] >= SMALLEST_GROUP) & (frame["n_without"] >= SMALLEST_GROUP)
    ratio = frame["measure"].isin(RATIOS) & frame["value"].gt(0) & frame["low"].gt(0) & frame["high"].notna()
    known = frame[enough & ratio]
    measures = {"lift": scene.say("lift"), "hazard_ratio": scene.say("hazard ratio")}
    named = known.assign(
        name=[factor_name(scene, code) for code in known["factor"]],
        phase_words=[phase_name(scene, phase) for phase in known["phase"]],
        outcome_words=[outcome_name(scene, outcome) for outcome in known["outcome"]],
        measure_words=known["measure"].map(measures),
        proven=(known["q_value"] < SURE).fillna(False),
    )
    order = ["q_value", "phase", "outcome", "factor"]
    return named.sort_values(order, na_position="last", ignore_index=True)


def _title(scene: Scene, drawn: pd.DataFrame) -> str:
    """The strongest proven factor of failure and of success among those drawn; else that none is beyond chance."""
    proven = drawn[drawn["proven"]]
    if proven.empty:
        return scene.say("No factor is apart from chance: nothing here is safe to act on")
    first, *then = [part for effect in ("failure", "success") if len(part := proven[proven["effect"] == effect])]
    title = _strongest(scene, first)
    title = title[:1].upper() + title[1:]
    return with_cause(scene.language, title, _strongest(scene, then[0])) if then else title


def _strongest(scene: Scene, rows: pd.DataFrame) -> str:
    row = max(rows.to_dict("records"), key=_least)
    return scene.say(
        "{factor} ({phase}): {outcome} {ratio} times as likely",
        factor=row["name"],
        phase=row["phase_words"],
        outcome=row["outcome_words"],
        ratio=_ratio(scene, row["value"]),
    )


def _ratio(scene: Scene, ratio: float) -> str:
    """A ratio with as many decimals as it needs, so that a tenth and a twentieth stay apart."""
    return scene.language.number(ratio, 0 if ratio >= 20 else 1 if ratio >= 1 else 2)


def _distance(ratio: float) -> float:
    return max(ratio, 1 / ratio)


def _least(row: Mapping[Any, Any]) -> float:
    """How far from 1 the ratio is at least: the nearer end of its interval, so that no wide one wins by chance."""
    return float(row["low"] if row["value"] >= 1 else 1 / row["high"])


def _so_what(scene: Scene, known: pd.DataFrame) -> str:
    n = int(known["proven"].sum())
    said = scene.language.count(
        "{n} of {tried} factors is apart from chance.", "{n} of {tried} factors are apart from chance.",
        n, tried=scene.language.number(len(known)),
    )  # fmt: skip
    return sentences(said, scene.say("Try it on a few accounts before you make it a rule.") if n else "")


def _figure(scene: Scene, rows: pd.DataFrame) -> str:
    ends = min(_WIDEST, 1.6 * max([2.0, *rows["value"].map(_distance)]))
    ticks = [(tick, _ratio(scene, tick)) for tick in _TICKS if 1 / ends <= tick <= ends]
    scale = Scale(1 / ends, ends, ticks, 1.0, scene.say("no difference"), is_log=True)
    return dots([_dot(scene, row) for row in rows.to_dict("records")], scale, scene.language.lang)


def _dot(scene: Scene, row: Mapping[Any, Any]) -> Dot:
    number = scene.language.number
    words = f"{_ratio(scene, row['value'])} ({_ratio(scene, row['low'])}–{_ratio(scene, row['high'])})"
    remark = scene.say(
        "{outcome}, {phase} (n = {n} / {m})",
        phase=row["phase_words"], outcome=row["outcome_words"], n=number(row["n_with"]), m=number(row["n_without"]),
    )  # fmt: skip
    tone = ("good" if row["effect"] == "success" else "bad") if row["proven"] else "plain"
    return Dot(str(row["name"]), float(row["value"]), words, float(row["low"]), float(row["high"]), remark, tone)


def _caption(scene: Scene, known: pd.DataFrame) -> str:
    more = (
        scene.say("The {n} surest of {of} are drawn.", n=N_DRAWN, of=scene.language.number(len(known)))
        if len(known) > N_DRAWN
        else ""
    )
    return sentences(
        scene.say(
            "Whole book. Ratio: how likely the outcome is with the factor against without it; thin line: 95% interval."
            " Blue goes with success, orange with failure; grey may be chance (false discovery rate of 5% or more)."
        ),
        scene.say("n: accounts with the factor / without it."),
        scene.say("Observed, not tried: the factor need not be the cause."),
        more,
    )


def _alt(scene: Scene, known: pd.DataFrame) -> str:
    drawn = [(row, _dot(scene, row)) for row in known.head(N_DRAWN).to_dict("records")]
    parts = [f"{dot.name} ({row['outcome_words']}, {row['phase_words']}) {dot.words}" for row, dot in drawn]
    return scene.say("Ratios with intervals by factor: {parts}.", parts=series(scene.language, parts))
