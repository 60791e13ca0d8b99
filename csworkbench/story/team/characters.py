"""The balance of the three characters: what the team gives and is rated for, against what the book asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ...metrics.team.characters import ASKED, CHARACTERS, GIVES, RATED, TEAM
from ..charts.bars import Stack, stacks
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..tables import Column
from .capacity import sizes
from .scene import TeamScene
from .words import CHARACTERS as NAMES
from .words import VIEWS, word

BALANCED = 0.05
_ROWS = (ASKED, GIVES, RATED)


def balance(frame: pd.DataFrame) -> pd.DataFrame:
    """The team's shares: one row per character, one column per view that was measured."""
    team = frame[frame["owner"] == TEAM]
    found = team.pivot(index="character", columns="view", values="share").reindex(list(CHARACTERS)).fillna(0.0)
    return found.reindex(columns=[view for view in _ROWS if view in set(team["view"])])


def characters(scene: TeamScene) -> Exhibit:
    """Shares of seller, supporter and analyst: asked by the book, given by the team, rated; then per CSM as given."""
    if not scene.has("characters"):
        return scene.missing("characters", "characters")
    frame = scene.frame("characters")
    team, n = balance(frame), _n_asked(frame)
    if ASKED not in team or GIVES not in team or n < SMALLEST_GROUP:
        title = scene.say("The balance of characters is not shown: it needs activities and {n} accounts that call.",
                          n=SMALLEST_GROUP)  # fmt: skip
        return absent("characters", title, scene.language)
    data = _data(scene, frame)
    return Exhibit(
        "characters",
        balance_title(scene, team),
        scene.language,
        so_what=next_hire(scene, team, float(sizes(scene)["fte"].sum()) if scene.has("csms") else 0.0),
        caption=_caption(scene, n),
        alt=_alt(scene, team),
        source=scene.source("activities", "competencies", "subscriptions", "opportunities", "usage", "tickets"),
        figure_svg=_figure(scene, data),
        data=data,
        columns=(
            Column("view_name", scene.say("What")),
            Column("owner_name", scene.say("Who")),
            *(Column(name, word(scene, NAMES, name), "share0") for name in CHARACTERS),
        ),
    )


def _n_asked(frame: pd.DataFrame) -> int:
    return int(frame.loc[(frame["owner"] == TEAM) & (frame["view"] == ASKED), "n"].sum())


def share(team: pd.DataFrame, character: str, view: str) -> float:
    """One share of the team."""
    return float(team[view][character])


def widest(team: pd.DataFrame) -> tuple[str, float]:
    """The character that the book asks for most beyond what the team gives, and the gap as a share."""
    gap = team[ASKED] - team[GIVES]
    return str(gap.idxmax()), float(gap.max())


def balance_title(scene: TeamScene, team: pd.DataFrame) -> str:
    """Which character is short, against what the book asks for."""
    name, gap = widest(team)
    if gap < BALANCED:
        return scene.say("The team gives the three characters as the book asks for them")
    return scene.say(
        "{character}: {asked} of what accounts ask for, {given} of the hours given",
        character=word(scene, NAMES, name),
        asked=scene.language.percent(share(team, name, ASKED), 0),
        given=scene.language.percent(share(team, name, GIVES), 0),
    )


def next_hire(scene: TeamScene, team: pd.DataFrame, fte: float) -> str:
    """What the next hire should bring, or that hours should move first because the strength is there."""
    name, gap = widest(team)
    if gap < BALANCED:
        return scene.say("The next hire may be of any of them.")
    words = {"character": word(scene, NAMES, name), "fte": scene.language.number(gap * fte, 1)}
    if RATED in team and share(team, name, RATED) >= 1 / len(CHARACTERS):
        rated = scene.language.percent(share(team, name, RATED), 0)
        return scene.say(
            "The strength is there ({rated} of what the team is rated for; a third is even): move hours, about {fte} "
            "full-time, before hiring.",
            rated=rated,
            fte=words["fte"],
        )
    return scene.say("Next hire: {character}; about {fte} full-time are short.", **words)


def _data(scene: TeamScene, frame: pd.DataFrame) -> pd.DataFrame:
    wide = frame.pivot(index=["view", "owner"], columns="character", values="share").reindex(columns=list(CHARACTERS))
    counts = frame.groupby(["view", "owner"])["n"].sum()
    wide = wide.assign(n=counts).reset_index()
    place = {view: at for at, view in enumerate(_ROWS)}
    wide = wide.assign(a=wide["owner"] != TEAM, b=wide["view"].map(place)).sort_values(["a", "b", "owner"])
    return wide.assign(
        view_name=[word(scene, VIEWS, view) for view in wide["view"]],
        owner_name=[scene.say("Team") if owner == TEAM else scene.person(owner) for owner in wide["owner"]],
    ).reset_index(drop=True)


def _figure(scene: TeamScene, data: pd.DataFrame) -> str:
    shown = data[(data["owner"] == TEAM) | (data["view"] == GIVES)]
    rows = [_stack(scene, row) for row in shown.to_dict("records")]
    return stacks(rows, [word(scene, NAMES, name) for name in CHARACTERS], scene.language.lang, "")


def _stack(scene: TeamScene, row: Mapping[Any, Any]) -> Stack:
    name = str(row["view_name"]) if row["owner"] == TEAM else str(row["owner_name"])
    values = [float(row[character]) for character in CHARACTERS]
    if int(row["n"]) < SMALLEST_GROUP or any(map(is_missing, values)):
        return Stack(name, (), (), remark=scene.say("too few to say"))
    return Stack(name, values, [scene.language.percent(value, 0) for value in values])


def _caption(scene: TeamScene, n: int) -> str:
    return scene.noted(
        scene.say(
            "Shares, never labels: every CSM does all three. Asked: accounts with a renewal in 180 days or an open "
            "sale (seller), on the way, stuck or in trouble (supporter), not measured or not explained (analyst); "
            "{n} calls. Asked counts accounts, given counts hours.",
            n=scene.language.number(n),
        ),
        scene.defined("characters"),
    )


def _alt(scene: TeamScene, team: pd.DataFrame) -> str:
    parts = []
    for view in team.columns:
        values = [
            f"{word(scene, NAMES, name)} {scene.language.percent(share(team, name, str(view)), 0)}"
            for name in CHARACTERS
        ]
        parts.append(f"{word(scene, VIEWS, view)}: {scene.language.listed(values)}")
    return scene.say("Stacked bars of the three characters. {parts}.", parts="; ".join(parts))
