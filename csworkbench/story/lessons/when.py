"""How long an account is expected to stay, beside its segment."""

from __future__ import annotations

import pandas as pd

from ..charts.lines import Line, lines
from ..exhibit import Exhibit
from ..scene import Scene
from ..tables import Column
from ..text import shown

YEAR, HALF_YEAR = 12, 6


def when(scene: Scene, account: str, name: str) -> Exhibit:
    """The survival curve of an account against the mean curve of its segment."""
    data = _curves(scene, account)
    percent = scene.language.percent
    own, peers = (float(data.loc[data["month"] == YEAR, column].iloc[0]) for column in ("own", "peers"))
    values = {"name": shown(name), "own": percent(own, 0), "peers": percent(peers, 0)}
    return Exhibit(
        "when",
        scene.say("{name} stays another 12 months with a chance of {own}; its segment with {peers}", **values),
        scene.language,
        caption=scene.say(
            "Probability not to have decided to leave, by months from now. The next three months have a model of their"
            " own, so the curve may bend after the third. The third year repeats the second."
        ),
        alt=scene.say("After 12, 24 and 36 months: {parts}.", parts=_said(scene, data)),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "milestones"),
        figure_svg=_figure(scene, data),
        data=data,
        columns=(
            Column("month", scene.say("months ahead"), "count"),
            Column("own", scene.say("This account"), "share"),
            Column("peers", scene.say("Its segment"), "share"),
        ),
    )  # fmt: skip


def _curves(scene: Scene, account: str) -> pd.DataFrame:
    curves = scene.frame("survival").pivot(index="month", columns="account_id", values="survival")
    segments = scene.frame("scores").set_index("account_id")["segment"].reindex(curves.columns)
    peers = curves.loc[:, (segments == segments[account]).to_numpy()].mean(axis=1)
    start = pd.DataFrame({"month": [0], "own": [1.0], "peers": [1.0]})
    found = pd.DataFrame({"month": curves.index, "own": curves[account].to_numpy(), "peers": peers.to_numpy()})
    return pd.concat([start, found], ignore_index=True)


def _figure(scene: Scene, data: pd.DataFrame) -> str:
    percent = scene.language.percent
    names = {"own": scene.say("This account"), "peers": scene.say("Its segment")}
    series = [Line(names[c], data[c].tolist(), "", percent(data[c].iloc[-1], 0)) for c in names]
    ticks = [scene.language.number(m) if m % HALF_YEAR == 0 else "" for m in data["month"]]
    axes = (scene.say("still there"), scene.say("months from now"))
    return lines(series, ticks, scene.language.lang, 1.0, percent(1.0, 0), axes)


def _said(scene: Scene, data: pd.DataFrame) -> str:
    known = data[(data["month"] > 0) & (data["month"] % YEAR == 0)]
    return scene.language.listed([scene.language.percent(share, 0) for share in known["own"]])
