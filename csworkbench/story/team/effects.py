"""CSMs compared after adjusting for their books, and how much the results hang on the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ...metrics.team.effects import MEASURES as ORDER
from ..charts.panels import Estimate, Panel, panels
from ..exhibit import Exhibit, absent
from ..language import MISSING, is_missing
from ..tables import Column, table
from .scene import TeamScene
from .words import MEASURES, word

_MONEY = ("nnmrr", "grr")
_NAMED = 3


def csm_effects(scene: TeamScene) -> Exhibit:
    """NNMRR, GRR, top band and steps in time of each CSM against the same mix of accounts elsewhere, with intervals."""
    if not scene.has("effects"):
        return scene.missing("csm_effects", "effects")
    frame = scene.frame("effects")
    if frame["shrunk"].notna().sum() == 0:
        title = scene.say("CSMs are not compared: none looks after {n} accounts with peers.", n=SMALLEST_GROUP)
        return absent("csm_effects", title, scene.language)
    measures = [name for name in ORDER if frame.loc[frame["measure"] == name, "shrunk"].notna().any()]
    return Exhibit(
        "csm_effects",
        effects_title(scene, frame),
        scene.language,
        so_what=_ranges(scene, frame),
        caption=_caption(scene, frame),
        alt=_alt(scene, frame, measures),
        source=scene.source("assignments", "subscriptions", "usage", "milestones"),
        figure_svg=_figure(scene, frame, measures),
        data=_data(scene, frame),
        columns=_columns(scene),
    )


def apart(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows whose 90% interval leaves zero out, the clearest first."""
    known = frame[(frame["low"] > 0) | (frame["high"] < 0)]
    clear = known.assign(clear=known["shrunk"].abs() / (known["high"] - known["low"]))
    return clear.sort_values(["clear", "csm_id", "measure"], ascending=[False, True, True])


def effects_title(scene: TeamScene, frame: pd.DataFrame) -> str:
    """Who stands apart after adjusting, or that nobody does."""
    clear = apart(frame)
    if clear.empty:
        return scene.say("After adjusting for the book, no CSM stands apart by more than chance would explain")
    phrases = [
        scene.say(
            "{name} is above in {measure} ({size})" if row["shrunk"] > 0 else "{name} is below in {measure} ({size})",
            name=scene.person(row["csm_id"]),
            measure=word(scene, MEASURES, row["measure"]),
            size=scene.language.points(row["shrunk"]),
        )
        for row in clear.head(_NAMED).to_dict("records")
    ]
    return scene.say("After adjusting for the book: {phrases}", phrases=scene.language.listed(phrases))


def _ranges(scene: TeamScene, frame: pd.DataFrame) -> str:
    """How wide the books differ as observed, and how much of it is left."""
    parts = []
    for name in _MONEY:
        known = frame[(frame["measure"] == name) & frame["shrunk"].notna()]
        if len(known) < 2:
            continue
        raw, left = known["observed"].max() - known["observed"].min(), known["shrunk"].max() - known["shrunk"].min()
        parts.append(
            scene.say(
                "{measure}: the best and the worst book differ by {raw} a quarter as observed, by {left} after "
                "adjusting and allowing for chance.",
                measure=word(scene, MEASURES, name),
                raw=scene.language.points_size(raw),
                left=scene.language.points_size(left),
            )
        )
    return scene.noted(*parts)


def _figure(scene: TeamScene, frame: pd.DataFrame, measures: list[str]) -> str:
    heads = [_panel(scene, frame[frame["measure"] == name], name) for name in measures]
    found = {(row["csm_id"], row["measure"]): row for row in frame.to_dict("records")}
    rows = []
    for csm_id in sorted(frame["csm_id"].unique(), key=lambda csm_id: (scene.person(csm_id), csm_id)):
        rows.append((scene.person(csm_id), [_estimate(scene, found.get((csm_id, name))) for name in measures]))
    return panels(rows, heads, scene.language.lang)


def _panel(scene: TeamScene, rows: pd.DataFrame, measure: str) -> Panel:
    reach = max(0.01, float(rows[["low", "high"]].abs().max().max()))
    size = scene.language.number(100 * reach, 0 if reach >= 0.095 else 1)
    return Panel(word(scene, MEASURES, measure), reach, f"−{size}", f"+{size}")


def _estimate(scene: TeamScene, row: Mapping[Any, Any] | None) -> Estimate | None:
    if row is None or is_missing(row["shrunk"]):
        return None
    words = scene.language.change(100 * row["shrunk"], 1)
    return Estimate(row["shrunk"], row["low"], row["high"], words)


def _caption(scene: TeamScene, frame: pd.DataFrame) -> str:
    few = frame["shrunk"].isna().any()
    return scene.noted(
        scene.say(
            "Points above or below what the same segments, tenure and plans give with all CSMs; drawn towards zero by "
            "how little each book tells. Line: 90% interval. NNMRR and GRR per quarter over four quarters."
        ),
        scene.say("A dash: fewer than {n} accounts of a kind that others serve too.", n=SMALLEST_GROUP) if few else "",
        scene.defined("csm_effect"),
    )


def _alt(scene: TeamScene, frame: pd.DataFrame, measures: list[str]) -> str:
    parts = []
    for name in measures:
        rows = frame[(frame["measure"] == name) & frame["shrunk"].notna()]
        values = [
            f"{scene.person(row['csm_id'])} {scene.language.points(row['shrunk'])}" for row in rows.to_dict("records")
        ]
        parts.append(f"{word(scene, MEASURES, name)}: {scene.language.listed(values)}")
    return scene.say("Adjusted effect of each CSM with 90% intervals. {parts}.", parts="; ".join(parts))


def _data(scene: TeamScene, frame: pd.DataFrame) -> pd.DataFrame:
    place = {name: at for at, name in enumerate(ORDER)}
    ordered = frame.assign(at=frame["measure"].map(place)).sort_values(["at", "csm_id"], ignore_index=True)
    return ordered.assign(
        name=[scene.person(csm_id) for csm_id in ordered["csm_id"]],
        what=[word(scene, MEASURES, name) for name in ordered["measure"]],
    )


def _columns(scene: TeamScene) -> list[Column]:
    return [
        Column("name", scene.say("CSM")),
        Column("what", scene.say("Measure")),
        Column("n", scene.say("Accounts compared"), "count"),
        Column("n_book", scene.say("Accounts in the book"), "count"),
        Column("observed", scene.say("Observed"), "share"),
        Column("expected", scene.say("Expected"), "share"),
        Column("effect", scene.say("Difference"), "points"),
        Column("shrunk", scene.say("Effect"), "points"),
        Column("low", scene.say("90% from"), "points"),
        Column("high", scene.say("90% to"), "points"),
    ]


def dependence(scene: TeamScene) -> Exhibit:
    """How much results differ between CSMs after adjusting, and what reaching the company's level would bring."""
    if not scene.has("spread"):
        return scene.missing("dependence", "spread")
    frame = scene.frame("spread").dropna(subset=["spread"])
    if frame.empty:
        title = scene.say("Dependence on individuals is not shown: fewer than two CSMs can be compared.")
        return absent("dependence", title, scene.language)
    place = {name: at for at, name in enumerate(ORDER)}
    frame = frame.assign(at=frame["measure"].map(place)).sort_values("at", ignore_index=True)
    shown = frame.assign(
        what=[word(scene, MEASURES, name) for name in frame["measure"]],
        spread_words=[scene.language.points_size(spread) for spread in frame["spread"]],
        interval=[_reach(scene, row) for row in frame.to_dict("records")],
        gain_words=[_gain(scene, row["measure"], row["gain"]) for row in frame.to_dict("records")],
    )
    columns = [
        Column("what", scene.say("Measure")),
        Column("n_csms", scene.say("CSMs"), "count"),
        Column("spread_words", scene.say("Spread between CSMs"), "interval"),
        Column("interval", scene.say("Between (90%)"), "interval"),
        Column("gain_words", scene.say("If all reached the company’s level"), "interval"),
    ]
    title = dependence_title(scene, frame)
    return Exhibit(
        "dependence",
        title,
        scene.language,
        so_what=_means(scene, frame),
        caption=scene.noted(
            scene.say("Spread: standard deviation between CSMs after adjusting for their books; 0 is no dependence."),
            scene.defined("csm_spread"),
        ),
        source=scene.source("assignments", "subscriptions", "usage", "milestones"),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=[
            *columns[:2],
            Column("spread", columns[2].label, "share"),
            Column("low", scene.say("90% from"), "share"),
            Column("high", scene.say("90% to"), "share"),
            Column("gain", columns[-1].label, "number"),
        ],
    )


def _reach(scene: TeamScene, row: Mapping[Any, Any]) -> str:
    return f"{scene.language.number(100 * row['low'], 1)}–{scene.language.points_size(row['high'])}"


def _gain(scene: TeamScene, measure: str, gain: float) -> str:
    if is_missing(gain):
        return MISSING
    if measure in _MONEY:
        return scene.say("{amount} MRR a quarter", amount=scene.language.money_change(gain / 4))
    if measure == "adoption":
        return scene.language.count("{n} more account", "{n} more accounts", round(gain))
    return scene.language.count("{n} more step in time", "{n} more steps in time", round(gain))


def tells(row: pd.Series) -> bool:
    """Whether the spread is more than chance: its lower bound is above a tenth of its middle."""
    return bool(row["low"] > 0.1 * row["spread"])


def dependence_title(scene: TeamScene, frame: pd.DataFrame) -> str:
    """In which measure results hang on the person, if in any."""
    sure = frame[[tells(row) for _, row in frame.iterrows()]]
    if sure.empty:
        return scene.say("No measure shows that results depend on the individual CSM by more than chance")
    names = [
        scene.say(
            "{measure} (spread {size})",
            measure=word(scene, MEASURES, row["measure"]),
            size=scene.language.points_size(row["spread"]),
        )
        for row in sure.sort_values("at").to_dict("records")
    ]
    return scene.say("Results depend on the individual CSM in {names}", names=scene.language.listed(names))


def _means(scene: TeamScene, frame: pd.DataFrame) -> str:
    unsure = frame[[not tells(row) for _, row in frame.iterrows()]]
    if unsure.empty or len(unsure) == len(frame):
        return ""
    names = scene.language.listed([word(scene, MEASURES, name) for name in unsure["measure"]])
    return scene.say("In {names} the differences may be chance.", names=names)
