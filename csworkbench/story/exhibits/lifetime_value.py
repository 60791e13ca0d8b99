"""What an account is worth over five years, by segment."""

from __future__ import annotations

import pandas as pd

from ...models.forecasts.ltv import HORIZON_MONTHS, WINDOW_MONTHS
from ..exhibit import Exhibit, absent
from ..language import MISSING
from ..scene import ALL, Scene
from ..tables import Column, table
from .wording import sentences


def lifetime_value(scene: Scene) -> Exhibit:
    """Mean MRR, expected months and lifetime value of an account of every segment, with its interval."""
    if not scene.has("ltv"):
        return scene.missing("lifetime_value", "ltv")
    data = _data(scene)
    if data["ltv"].isna().all():
        return absent("lifetime_value", scene.say("Too few accounts for a lifetime value."), scene.language)
    columns = [
        Column("name", scene.say("Segment")),
        Column("n_accounts", scene.say("Accounts"), "count"),
        Column("mrr_per_account", scene.say("MRR per account"), "money"),
        Column("expected_months", scene.say("Months paid, of {n}", n=HORIZON_MONTHS), "one"),
        Column("ltv", scene.say("Lifetime value"), "money"),
    ]
    bounds = [Column("low", scene.say("90% from"), "money"), Column("high", scene.say("90% to"), "money")]
    left = Column("n_left", scene.say("Left in {n} months", n=WINDOW_MONTHS), "count")
    title = _title(scene, data)
    return Exhibit(
        "lifetime_value",
        title,
        scene.language,
        so_what=_steady(scene, data),
        caption=_caption(scene),
        source=scene.source("subscriptions", "accounts"),
        table_html=table(
            data, [*columns, Column("interval", scene.say("90% interval"), "interval"), left], scene.language, title,
            total=len(data) - 1,
        ),
        data=data,
        columns=[*columns, *bounds, left],
    )  # fmt: skip


def _data(scene: Scene) -> pd.DataFrame:
    """One row per segment, most value first, and the whole book at the end; nothing of groups under five accounts."""
    frame = scene.frame("ltv")
    frame = frame.assign(
        is_sum=frame["segment"] == ALL, mrr_per_account=frame["mrr_per_account"].where(frame["ltv"] > 0)
    )
    rows = frame.sort_values(["is_sum", "ltv", "segment"], ascending=[True, False, True], ignore_index=True)
    bounds = zip(rows["low"], rows["high"], strict=True)
    money = scene.language.money
    return rows.assign(
        name=[scene.name(segment) for segment in rows["segment"]],
        interval=[
            MISSING if pd.isna(low) else scene.say("{low} to {high}", low=money(low), high=money(high))
            for low, high in bounds
        ],
    )


def _title(scene: Scene, data: pd.DataFrame) -> str:
    whole, first = data.iloc[-1], data.iloc[0]
    if len(data) < 3 or pd.isna(first["ltv"]):
        return scene.say("An account brings {amount} in five years", amount=scene.language.money(whole["ltv"]))
    return scene.say(
        "An account of {segment} brings {amount} in five years, one of the whole book {all}",
        segment=first["name"],
        amount=scene.language.money(first["ltv"]),
        all=scene.language.money(whole["ltv"]),
    )


def _steady(scene: Scene, data: pd.DataFrame) -> str:
    """Where accounts stay longest and where they leave first."""
    parts = data[~data["is_sum"]].dropna(subset=["expected_months"]).sort_values(["expected_months", "segment"])
    if len(parts) < 2:
        return ""
    last, first = parts.iloc[0], parts.iloc[-1]
    return scene.say(
        "Of five years an account of {first} is expected to stay {long} months, one of {last} {short}.",
        first=first["name"],
        long=scene.language.number(first["expected_months"], 1),
        last=last["name"],
        short=scene.language.number(last["expected_months"], 1),
    )


def _caption(scene: Scene) -> str:
    return sentences(
        scene.say(
            "Mean MRR now × the months an account is expected to pay out of 60, by the rates at which accounts of each"
            " tenure left in the last 24 months. Revenue, not margin; without growth. Under 5 accounts nothing is"
            " shown."
        ),
        scene.defined("ltv"),
    )
