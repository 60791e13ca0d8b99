"""Growth of the book against what the team can look after."""

from __future__ import annotations

import math

import pandas as pd

from ...metrics.calendar import Quarter
from ..charts.lines import Line, lines
from ..exhibit import Exhibit, absent
from ..exhibits.retention import _ticks as quarter_ticks
from ..language import is_missing
from ..tables import Column
from .scene import TeamScene

_HORIZON = 12


def growth_line(scene: TeamScene) -> Exhibit:
    """Accounts in charge over eight quarters against what the team can look after, and when they meet."""
    if not scene.has("growth"):
        return scene.missing("growth_line", "growth")
    frame = scene.frame("growth")
    frame = frame[frame["quarter"].isin([label for label in frame["quarter"] if label <= scene.quarter.label])]
    if frame.empty or frame["n_accounts"].iloc[-1] == 0:
        return absent("growth_line", scene.say("No CSM looks after a paying account."), scene.language)
    per = frame["n_accounts"] / frame["fte"].where(frame["fte"] > 0)
    data = frame.assign(per=per).reset_index(drop=True)
    return Exhibit(
        "growth_line",
        growth_title(scene, data),
        scene.language,
        so_what=_per_csm(scene, data),
        caption=scene.say(
            "Paying accounts in the charge of CSMs at the end of each quarter; capacity: full-time CSMs × accounts of "
            "the policy. A straight line of the last four quarters, not a forecast."
        ),
        alt=_growth_alt(scene, data),
        source=scene.source("assignments", "csms", "subscriptions"),
        figure_svg=_growth_figure(scene, data),
        data=data,
        columns=(
            Column("quarter", scene.say("Quarter"), "quarter"),
            Column("n_accounts", scene.say("Accounts"), "count"),
            Column("fte", scene.say("Full-time CSMs"), "one"),
            Column("capacity", scene.say("Capacity"), "count"),
            Column("per", scene.say("Accounts per full-time CSM"), "one"),
        ),
    )


def added_per_quarter(data: pd.DataFrame) -> float:
    """Accounts added per quarter over the last four."""
    back = min(4, len(data) - 1)
    return float(data["n_accounts"].iloc[-1] - data["n_accounts"].iloc[-1 - back]) / back if back else 0.0


def quarters_until_full(data: pd.DataFrame) -> int | None:
    """Quarters until the accounts pass today's capacity at that pace: 0 now, None never or without a capacity."""
    now, full, added = float(data["n_accounts"].iloc[-1]), float(data["capacity"].iloc[-1]), added_per_quarter(data)
    if math.isnan(full):
        return None
    if now > full:
        return 0
    return math.floor((full - now) / added) + 1 if added > 0 else None


def growth_title(scene: TeamScene, data: pd.DataFrame) -> str:
    """When the book outgrows the team."""
    n, added = quarters_until_full(data), added_per_quarter(data)
    words = {"added": scene.language.change(added, 1), "full": scene.language.number(data["capacity"].iloc[-1])}
    if n == 0:
        now = scene.language.number(data["n_accounts"].iloc[-1])
        return scene.say("The book has outgrown the team: {now} accounts against a capacity of {full}", now=now,
                         full=words["full"])  # fmt: skip
    if n is not None and n <= _HORIZON:
        quarter = scene.language.quarter(_later(scene.quarter, n).label)
        return scene.say("At {added} accounts a quarter the book outgrows the team’s capacity of {full} in {quarter}",
                         quarter=quarter, **words)  # fmt: skip
    if is_missing(data["capacity"].iloc[-1]):
        return scene.say("The book changes by {added} accounts a quarter", added=words["added"])
    return scene.say("At {added} accounts a quarter the team’s capacity of {full} lasts for years", **words)


def _later(quarter: Quarter, n: int) -> Quarter:
    for _ in range(n):
        quarter = quarter.next
    return quarter


def _per_csm(scene: TeamScene, data: pd.DataFrame) -> str:
    first, last = data.iloc[0], data.iloc[-1]
    if is_missing(first["per"]) or is_missing(last["per"]):
        return ""
    return scene.say(
        "A full-time CSM looked after {first} accounts in {start} and {last} now; the team went from {before} to {now} "
        "full-time CSMs.",
        first=scene.language.number(first["per"]),
        start=scene.language.quarter(first["quarter"]),
        last=scene.language.number(last["per"]),
        before=scene.language.number(first["fte"], 1),
        now=scene.language.number(last["fte"], 1),
    )


def _growth_alt(scene: TeamScene, data: pd.DataFrame) -> str:
    return scene.say(
        "Line chart of accounts in charge from {start} to {end}: from {first} to {last}; capacity {full}.",
        start=scene.language.quarter(data["quarter"].iloc[0]),
        end=scene.language.quarter(data["quarter"].iloc[-1]),
        first=scene.language.number(data["n_accounts"].iloc[0]),
        last=scene.language.number(data["n_accounts"].iloc[-1]),
        full=scene.language.number(data["capacity"].iloc[-1]),
    )


def _growth_figure(scene: TeamScene, data: pd.DataFrame) -> str:
    names = {"n_accounts": scene.say("Accounts"), "capacity": scene.say("Capacity")}
    series = [
        Line(
            words,
            tuple(data[name].astype(float)),
            scene.language.number(data[name].iloc[0]),
            scene.language.number(data[name].iloc[-1]),
        )
        for name, words in names.items()
        if data[name].notna().any()
    ]
    return lines(series, quarter_ticks(scene.language, list(data["quarter"])), scene.language.lang)
