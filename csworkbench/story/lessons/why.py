"""Why one account is likelier than others to leave or to grow, as bars that add up."""

from __future__ import annotations

from math import exp

import pandas as pd

from ..charts.pushes import Push, pushes
from ..exhibit import Exhibit
from ..exhibits.feature_names import CODE_NAMES
from ..language import Language
from ..scene import Scene
from ..tables import Column
from ..text import shown

N_SHOWN = 8


def why_leave(scene: Scene, name: str, base: float, by_reason: pd.Series) -> Exhibit:
    """From the mean account's log-odds to this one's, reason by reason. by_reason: log-odds by reason code."""
    data = _strongest(scene, by_reason)
    total = base + float(by_reason.sum())
    values = {
        "name": shown(name),
        "p": scene.language.percent(_share(total)),
        "mean": scene.language.percent(_share(base)),
    }
    return _exhibit(
        scene,
        "why_leave",
        scene.say(
            "{name} decides to leave within a month with a chance of {p}; the average account with {mean}", **values),
        data,
        (Push(scene.say("Average account"), base, _signed(scene.language, base), True),
         Push(scene.say("This account"), total, _signed(scene.language, total), True)),
        (scene.say("stays"), scene.say("leaves")),
    )  # fmt: skip


def why_grow(scene: Scene, name: str, by_reason: pd.Series) -> Exhibit:
    """What moves this account's chance to grow, against the mean account: its strongest reasons."""
    data = _strongest(scene, by_reason)
    values = {"name": shown(name), "reason": str(data["reason"].iloc[0])}
    speaks = data["log_odds"].iloc[0] > 0
    title = (
        scene.say("{name}: {reason} speaks most for growth", **values)
        if speaks
        else scene.say("{name}: nothing speaks for growth", **values)
    )
    sides = (scene.say("does not grow"), scene.say("grows"))
    return _exhibit(scene, "why_grow", title, data, None, sides)


def _exhibit(
    scene: Scene, id: str, title: str, data: pd.DataFrame, ends: tuple[Push, Push] | None, sides: tuple[str, str]
) -> Exhibit:
    rows = [Push(row["reason"], row["log_odds"], _signed(scene.language, row["log_odds"]))
            for row in data.to_dict("records")]  # fmt: skip
    rows = [ends[0], *rows, ends[1]] if ends else rows
    said = scene.language.listed([f"{row.name} {row.words}" for row in rows])
    return Exhibit(
        id,
        title,
        scene.language,
        caption=scene.say(
            "Log-odds against the average account; plus 0.69 doubles the odds. What correlates, not what causes."),
        alt=scene.say("Reasons by their weight: {parts}.", parts=said),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "milestones"),
        figure_svg=pushes(rows, scene.language.lang, *sides, more_is_good=ends is None),
        data=data,
        columns=(Column("reason", scene.say("Reason")), Column("log_odds", scene.say("Log-odds"), "fine")),
    )  # fmt: skip


def _strongest(scene: Scene, by_reason: pd.Series) -> pd.DataFrame:
    """The reasons of most weight; the rest as one row, so that nothing of the sum is lost."""
    order = by_reason[by_reason.abs().sort_values(ascending=False).index]
    first, rest = order.head(N_SHOWN), order.iloc[N_SHOWN:]
    names = [scene.say(CODE_NAMES[code]) if code in CODE_NAMES else shown(code) for code in first.index]
    found = pd.DataFrame({"reason": names, "log_odds": first.to_numpy(dtype=float)})
    found = found.sort_values("log_odds", ascending=False, kind="stable", ignore_index=True)
    if rest.empty:
        return found
    last = pd.DataFrame({"reason": [scene.say("all other reasons")], "log_odds": [float(rest.sum())]})
    return pd.concat([found, last], ignore_index=True)


def _signed(language: Language, value: float) -> str:
    return language.change(value, 2)


def _share(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))
