"""What was done about signals, and what followed: observed, not tried."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...metrics.business.differences import share_difference
from ...metrics.business.responses import ACTED_WITHIN_DAYS, ANY
from ...metrics.intervals import SMALLEST_GROUP
from ..exhibit import Exhibit, absent
from ..scene import Scene
from ..tables import Column, table
from .people import reason_words
from .wording import sentences

_COLUMNS = [
    "signal", "n_acted", "lost_acted", "share_acted", "n_left", "lost_left", "share_left", "difference", "low", "high",
]  # fmt: skip


def responses(scene: Scene) -> Exhibit:
    """Accounts with a signal: share that left where something was done within thirty days, and where not."""
    if not scene.has("responses"):
        return scene.missing("responses", "responses")
    data = _data(scene)
    if data.empty:
        return absent("responses", scene.say("No account showed a sign in the last four quarters."), scene.language)
    columns = [
        Column("name", scene.say("Sign")),
        Column("n_acted", scene.say("Acted on"), "count"),
        Column("share_acted", scene.say("share that left"), "share"),
        Column("n_left", scene.say("Not acted on"), "count"),
        Column("share_left", scene.say("share that left"), "share"),
        Column("difference", scene.say("Difference"), "points"),
        Column("interval", scene.say("95% interval"), "interval"),
    ]
    title = _title(scene, data.iloc[0])
    return Exhibit(
        "responses",
        title,
        scene.language,
        so_what=sentences(_apart(scene, data.iloc[0]), _not_tried(scene)),
        caption=_caption(scene),
        source=scene.source("activities", "subscriptions", "usage", "tickets", "surveys", "contacts", "invoices"),
        table_html=table(data, columns, scene.language, title, total=0),
        data=data,
        columns=[
            *columns[:2], Column("lost_acted", scene.say("of them left"), "count"), columns[2], columns[3],
            Column("lost_left", scene.say("of them left"), "count"), *columns[4:6],
            Column("low", scene.say("95% from"), "points"), Column("high", scene.say("95% to"), "points"),
        ],
    )  # fmt: skip


def _data(scene: Scene) -> pd.DataFrame:
    """One row per sign, all signs first, then by the number of cases."""
    data = pd.DataFrame(_rows(scene.mine("responses")), columns=_COLUMNS)
    data = data.assign(all=data["signal"] == ANY, cases=data["n_acted"] + data["n_left"])
    data = data.sort_values(["all", "cases", "signal"], ascending=[False, False, True], ignore_index=True)
    words = {ANY: scene.say("Any sign"), **reason_words(scene)}
    bounds = zip(data["low"], data["high"], strict=True)
    return data.drop(columns="all").assign(
        name=[words.get(signal, signal) for signal in data["signal"]],
        interval=[_interval(scene, *pair) for pair in bounds],
    )


def _rows(found: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for signal, rows in found.groupby("signal"):
        sides = [rows[rows["acted"] == acted][["n", "n_lost"]].sum() for acted in (True, False)]
        (n, lost), (m, gone) = ((int(side["n"]), int(side["n_lost"])) for side in sides)
        enough, others = n >= SMALLEST_GROUP, m >= SMALLEST_GROUP
        apart = share_difference(lost, n, gone, m) if enough and others else (float("nan"),) * 3
        shares = (lost / n if enough else float("nan"), gone / m if others else float("nan"))
        yield signal, n, lost, shares[0], m, gone, shares[1], *apart


def _interval(scene: Scene, low: float, high: float) -> str:
    if pd.isna(low):
        return "–"
    return scene.say("{low} to {high}", low=scene.language.points(low), high=scene.language.points(high))


def _title(scene: Scene, row: pd.Series) -> str:
    language = scene.language
    acted, of = language.number(row["n_acted"]), language.number(row["cases"])
    first = scene.say("{acted} of {of} signs were acted on within {n} days", acted=acted, of=of, n=ACTED_WITHIN_DAYS)
    if pd.isna(row["difference"]):
        return first
    return scene.say(
        "{first}; of those accounts {share} left, of the others {rest}",
        first=first,
        share=language.percent(row["share_acted"]),
        rest=language.percent(row["share_left"]),
    )


def _apart(scene: Scene, row: pd.Series) -> str:
    if pd.isna(row["difference"]):
        return scene.say("Too few cases on one side to compare.")
    if row["low"] <= 0 <= row["high"]:
        return scene.say("The two are not apart by more than chance would explain.")
    size = scene.language.points_size(row["difference"])
    if row["difference"] < 0:
        return scene.say(
            "Accounts that were acted on left {size} less often, more than chance would explain.", size=size
        )
    return scene.say(
        "Accounts that were acted on left {size} more often, more than chance would explain: the worst are called"
        " first.",
        size=size,
    )


def _not_tried(scene: Scene) -> str:
    return scene.say("Observed, not tried: who was called was chosen, so this is no proof of what a call does.")


def _caption(scene: Scene) -> str:
    return sentences(
        scene.say(
            "Accounts with a sign at the start of one of the last four quarters that still paid {n} days on. Acted on:"
            " a proactive contact within these days. Left: no MRR at the end of that quarter. Under 5 cases no share.",
            n=ACTED_WITHIN_DAYS,
        ),
        scene.defined("responses", "attention"),
    )
