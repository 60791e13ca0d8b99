"""The first screen of an account: a few numbers with what to hold them against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ..exhibit import Exhibit
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from .goals import ASSESSED
from .joint_plan import described, plan_title
from .use import INDEX, of_measure


@dataclass(frozen=True)
class Tile:
    """One number as written, and one or two lines below it."""

    label: str
    value: str
    lines: Sequence[str] = ()


def tiled(scene: Scene, title: str, tiles: Sequence[Tile], tables: Sequence[str], caption: str = "") -> Exhibit:
    """An exhibit of tiles; its data are the texts of the tiles."""
    data = pd.DataFrame(
        [[tile.label, tile.value, "; ".join(tile.lines)] for tile in tiles], columns=["label", "value", "note"]
    )
    columns = [
        Column("label", scene.say("Measure")),
        Column("value", scene.say("Value")),
        Column("note", scene.say("Note"), "long"),
    ]
    cells = Markup("").join(_cell(tile) for tile in tiles)
    return Exhibit(
        "tiles",
        title,
        scene.language,
        caption=caption,
        source=scene.source(*tables),
        table_html=Markup('<ul class="cs-tiles">{}</ul>').format(cells),
        data=data,
        columns=columns,
    )


def _cell(tile: Tile) -> Markup:
    lines = Markup("").join(Markup('<p class="cs-tile-line">{}</p>').format(line) for line in tile.lines if line)
    return Markup(
        '<li class="cs-tile"><p class="cs-tile-name">{}</p><div class="cs-tile-value">{}</div>{}</li>'
    ).format(tile.label, tile.value, lines)


def customer_tiles(scene: Scene) -> Exhibit:
    """Goals, use, milestones, support, open points and the renewal on the first screen."""
    tiles = [tile for make in _CUSTOMER for tile in make(scene)]
    tables = ["success_plans", "usage", "milestones", "tickets", "reviews", "subscriptions"]
    return tiled(scene, _headline(scene), tiles, tables)


def _headline(scene: Scene) -> str:
    """What comes next; where nothing is planned, that."""
    plan = scene.frame("joint_plan")
    if plan.empty:
        return scene.say("Nothing is planned yet: agree on a date for the next review.")
    return plan_title(scene, described(scene, plan))


def goals_tile(scene: Scene) -> Iterator[Tile]:
    """Goals met of those assessed."""
    if not scene.has("goals") or scene.frame("goals").empty:
        return
    status = scene.frame("goals")["status"]
    n, met = len(status), int((status == "met").sum())
    n_open = n - int(status.isin(ASSESSED).sum())
    line = scene.language.count("{n} not assessed yet", "{n} not assessed yet", n_open) if n_open else ""
    value = scene.say("{n} of {of}", n=scene.language.number(met), of=scene.language.number(n))
    yield Tile(scene.say("Goals met"), value, [line])


def use_tile(scene: Scene) -> Iterator[Tile]:
    """The Adoption Index beside last year's and the peers' median."""
    if not scene.has("use"):
        return
    rows = of_measure(scene.frame("use"), INDEX)
    if rows.empty or is_missing(rows["value"].iloc[-1]) or rows["quarter"].iloc[-1] != scene.quarter.label:
        return
    now, language = rows.iloc[-1], scene.language
    lines = []
    before = rows[rows["quarter"] == scene.quarter.previous.label]["value"].dropna()
    if len(before):
        change = round(now["value"]) - round(before.iloc[0])
        quarter = language.quarter(scene.quarter.previous.label)
        lines.append(scene.say("{change} on {quarter}", change=language.change(change), quarter=quarter))
    if not is_missing(now["peers_median"]):
        lines.append(scene.say("peers, median: {n}", n=language.number(now["peers_median"])))
    yield Tile(scene.say("Adoption Index (0–100)"), language.number(now["value"]), lines)


def steps_tile(scene: Scene) -> Iterator[Tile]:
    """Milestones reached."""
    if not scene.has("steps") or scene.frame("steps").empty:
        return
    states = scene.frame("steps")["state"]
    late = int((states == "overdue").sum())
    line = scene.language.count("{n} overdue", "{n} overdue", late) if late else ""
    reached = scene.language.number(int(states.isin(["reached", "late"]).sum()))
    yield Tile(scene.say("Milestones reached"), scene.say("{n} of {of}", n=reached, of=len(states)), [line])


def support_tile(scene: Scene) -> Iterator[Tile]:
    """Tickets of the quarter beside the quarter before."""
    if not scene.has("support"):
        return
    tickets = scene.frame("support").set_index("quarter")["tickets"]
    now, before = (int(tickets.get(q.label, 0)) for q in (scene.quarter, scene.quarter.previous))
    quarter = scene.language.quarter(scene.quarter.previous.label)
    line = scene.say("{change} on {quarter}", change=scene.language.change(now - before), quarter=quarter)
    yield Tile(scene.say("Support tickets this quarter"), scene.language.number(now), [line])


def points_tile(scene: Scene) -> Iterator[Tile]:
    """Open points."""
    if scene.has("open_points"):
        yield Tile(scene.say("Open points"), scene.language.number(int(scene.frame("open_points")["n"].sum())))


def renewal_tile(scene: Scene) -> Iterator[Tile]:
    """The day of the next renewal."""
    day = scene.frame("profile")["renews_on"].iloc[0]
    if is_missing(day):
        return
    days = int((day - pd.Timestamp(scene.quarter.closing)).days)
    yield Tile(
        scene.say("Renewal of the contract"),
        scene.language.date(day),
        [scene.language.count("in {n} day", "in {n} days", days)],
    )


_CUSTOMER = (goals_tile, use_tile, steps_tile, support_tile, points_tile, renewal_tile)


def internal_tiles(scene: Scene) -> Exhibit:
    """Money, probabilities, use, goals, milestones and the renewal on the first screen."""
    tiles = [tile for make in (_money_tiles, goals_tile, use_tile, steps_tile, renewal_tile) for tile in make(scene)]
    tables = ["subscriptions", "success_plans", "usage", "milestones"]
    return tiled(scene, _standing_title(scene), tiles, tables)


def _standing_title(scene: Scene) -> str:
    """What it pays, and the probability of leaving where it is known."""
    amount = scene.language.money(scene.frame("standing")["mrr"].iloc[0])
    if not scene.has("scores") or scene.frame("scores").empty:
        return scene.say("Pays {amount} of MRR", amount=amount)
    row = scene.frame("scores").iloc[0]
    if is_missing(row["p_churn_12"]):
        return scene.say("Pays {amount} of MRR", amount=amount)
    share = scene.language.chance(row["p_churn_12"])
    return scene.say("Pays {amount} of MRR; {share} chance of leaving within 12 months", amount=amount, share=share)


def _money_tiles(scene: Scene) -> Iterator[Tile]:
    row, language = scene.frame("standing").iloc[0], scene.language
    quarter = language.quarter(scene.quarter.year_ago.label)
    lines = []
    if row["mrr_year_ago"] > 0:
        change = language.percent_change(row["mrr"] / row["mrr_year_ago"] - 1)
        lines.append(scene.say("{change} on {quarter}", change=change, quarter=quarter))
    yield Tile(scene.say("MRR"), language.money(row["mrr"]), lines)
    if scene.has("scores") and len(scene.frame("scores")):
        score = scene.frame("scores").iloc[0]
        if not is_missing(score["money_at_risk"]):
            soon = scene.say("within 3 months: {share}", share=language.chance(score["p_churn_3"]))
            yield Tile(scene.say("At risk in 12 months"), language.money(score["money_at_risk"]), [soon])
