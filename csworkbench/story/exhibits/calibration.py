"""Whether the churn model's probabilities came true: predicted against observed."""

from __future__ import annotations

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..charts.agreement import Axes, Bin, agreement, reach, tick_shares
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from .score_names import MODEL
from .wording import sentences


def calibration(scene: Scene) -> Exhibit:
    """Groups of accounts by predicted probability, with the share that left and its interval."""
    if not scene.has("calibration"):
        return scene.missing("calibration", "calibration")
    data = _data(scene)
    if data.empty:
        return absent("calibration", scene.say("Too few accounts to test the probabilities."), scene.language)
    return Exhibit(
        "calibration",
        _title(scene, data),
        scene.language,
        so_what=_overall(scene, data),
        caption=_caption(scene, data),
        alt=_alt(scene, data),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices"),
        figure_svg=_figure(scene, data),
        data=data,
        columns=(
            Column("bin", scene.say("Group"), "count"),
            Column("n", scene.say("Scored"), "count"),
            Column("mean_predicted", scene.say("Predicted"), "share"),
            Column("share_observed", scene.say("Observed"), "share"),
            Column("low", scene.say("95% from"), "share"),
            Column("high", scene.say("95% to"), "share"),
        ),
    )


def _data(scene: Scene) -> pd.DataFrame:
    frame = scene.frame("calibration")
    mine = frame[(frame["score"] == MODEL) & (frame["n"] >= SMALLEST_GROUP)]
    known = mine.dropna(subset=["mean_predicted", "share_observed", "low", "high"])
    return known.sort_values("bin", ignore_index=True)


def _title(scene: Scene, data: pd.DataFrame) -> str:
    """In how many groups what came agrees with what was predicted."""
    held = int(data["mean_predicted"].between(data["low"], data["high"]).sum())
    if held == len(data):
        return scene.say("The probabilities came true: in every group the prediction lies in the interval")
    return scene.language.count(
        "The prediction lies in the interval in {held} of {n} group",
        "The prediction lies in the interval in {held} of {n} groups",
        len(data), held=scene.language.number(held),
    )  # fmt: skip


def _overall(scene: Scene, data: pd.DataFrame) -> str:
    """What was predicted over all groups and what came."""
    weights = data["n"] / data["n"].sum()
    predicted, came = float((weights * data["mean_predicted"]).sum()), float((weights * data["share_observed"]).sum())
    values = {"predicted": scene.language.percent(predicted), "came": scene.language.percent(came)}
    said = scene.say("Over all, {predicted} were predicted to leave and {came} left.", **values)
    slope = _slope(scene)
    if slope is None:
        return said
    if slope < 0.8:
        return sentences(
            said, scene.say("The predictions are too extreme: read high ones as lower, low ones as higher.")
        )
    if slope > 1.25:
        return sentences(said, scene.say("The predictions are too timid: real differences are larger."))
    return said


def _slope(scene: Scene) -> float | None:
    if not scene.has("scorecard"):
        return None
    frame = scene.frame("scorecard")
    found = frame.loc[(frame["score"] == MODEL) & (frame["segment"] == "all"), "calibration_slope"].dropna()
    return None if found.empty or is_missing(found.iloc[0]) else float(found.iloc[0])


def _figure(scene: Scene, data: pd.DataFrame) -> str:
    columns = ["mean_predicted", "share_observed", "low", "high", "n"]
    bins = [Bin(*row) for row in data[columns].itertuples(index=False, name=None)]
    ticks = {share: scene.language.percent(share, 0) for share in tick_shares(reach(bins))}
    axes = Axes(scene.say("predicted"), scene.say("observed"), scene.say("as predicted"), ticks)
    return agreement(bins, axes, scene.language.lang)


def _caption(scene: Scene, data: pd.DataFrame) -> str:
    return sentences(
        scene.language.count(
            "All accounts, {n} prediction of the backtest in groups of equal size; thin line: 95% interval.",
            "All accounts, {n} predictions of the backtest in groups of equal size; thin line: 95% interval.",
            int(data["n"].sum()),
        ),
        scene.say("Decision to leave within three months. The axes are stretched at the low end."),
    )


def _alt(scene: Scene, data: pd.DataFrame) -> str:
    percent = scene.language.percent
    parts = [
        scene.say("{predicted} predicted, {observed} observed", predicted=percent(p), observed=percent(o))
        for p, o in zip(data["mean_predicted"], data["share_observed"], strict=True)
    ]
    return scene.say("Predicted against observed shares that left: {parts}.", parts="; ".join(parts))
