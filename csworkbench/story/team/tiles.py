"""The tiles of the team's first screen: results, capacity and work against plan, policy and last quarter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ...metrics.team.work import coverage
from ..exhibit import Exhibit, absent
from ..language import is_missing
from ..scene import COMPANY
from ..tables import FORMATS, Column
from .capacity import sizes
from .scene import TeamScene
from .words import KPIS, word


@dataclass(frozen=True)
class Tile:
    """One number. kind: how it is written; goal: plan or policy, NaN without one."""

    label: str
    kind: str
    value: float
    before: float
    goal: float
    is_policy: bool = False
    lower_is_better: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if is_missing(self.goal):
            return None
        return self.value <= self.goal if self.lower_is_better else self.value >= self.goal


def team_tiles(scene: TeamScene) -> Exhibit:
    """NNMRR, GRR, steps in time, accounts per full-time CSM, proactive share and hours out of policy."""
    shown = [tile for tile in _tiles(scene) if not is_missing(tile.value)]
    if not shown:
        return absent("team_tiles", scene.say("Nothing of the team was measured this quarter."), scene.language)
    data = pd.DataFrame(
        [[t.label, t.value, t.before, t.goal] for t in shown], columns=["label", "value", "before", "goal"]
    )
    cells = Markup("").join(_cell(scene, tile) for tile in shown)
    return Exhibit(
        "team_tiles",
        _headline(scene, shown),
        scene.language,
        caption=scene.noted(
            scene.say("Results of the whole company, work of the CSMs; the comparison of persons is adjusted, below."),
            scene.defined("nnmrr", "grr", "step_conversion", "proactive_share"),
        ),
        source=scene.source("subscriptions", "milestones", "assignments", "activities", "targets"),
        table_html=Markup('<ul class="cs-tiles">{}</ul>').format(cells),
        data=data,
        columns=(
            Column("label", scene.say("Measure")),
            Column("value", scene.language.quarter(scene.quarter.label), "number"),
            Column("before", scene.language.quarter(scene.quarter.previous.label), "number"),
            Column("goal", scene.say("Plan or policy"), "number"),
        ),
    )


def _headline(scene: TeamScene, shown: list[Tile]) -> str:
    met = [tile.is_met for tile in shown if tile.is_met is not None]
    if not scene.has("csms"):
        team = scene.say("The team’s quarter")
    else:
        there = scene.frame("csms").query("n_accounts > 0")
        team = scene.language.count(
            "{n} CSM looks after {accounts} accounts with {mrr} of MRR",
            "{n} CSMs look after {accounts} accounts with {mrr} of MRR",
            len(there),
            accounts=scene.language.number(there["n_accounts"].sum()),
            mrr=scene.language.money(there["mrr"].sum()),
        )
    if not met:
        return team
    goals = scene.say("{met} of {n} plans and policies are met", met=sum(met), n=len(met))
    return scene.say("{first}; {second}", first=team, second=goals)


def _tiles(scene: TeamScene) -> Iterator[Tile]:
    if scene.has("kpis"):
        yield from (_of_kpi(scene, kpi) for kpi in ("nnmrr", "grr", "steps_in_time"))
    if scene.has("csms") and len(there := sizes(scene)):
        fte, policy = there["fte"].sum(), scene.measures.settings.team.accounts_per_csm
        label = scene.say("Accounts per full-time CSM")
        per = float(there["n_accounts"].sum() / fte) if fte else math.nan
        yield Tile(label, "one", per, _per_before(scene), policy or math.nan, True, True)
    if scene.has("kpis"):
        yield _of_kpi(scene, "proactive_share")
    if scene.has("work") and scene.measures.settings.team.work:
        now, then = (_out(scene, quarter.label) for quarter in (scene.quarter, scene.quarter.previous))
        yield Tile(scene.say("Hours out of policy"), "share0", now, then, math.nan)


def _of_kpi(scene: TeamScene, kpi: str) -> Tile:
    frame = scene.frame("kpis")
    rows = frame[(frame["kpi"] == kpi) & (frame["owner_kind"] == COMPANY)]
    kind = "money_change" if kpi == "nnmrr" else "share"
    if rows.empty:
        return Tile(word(scene, KPIS, kpi), kind, math.nan, math.nan, math.nan)
    row = rows.iloc[0]
    return Tile(word(scene, KPIS, kpi), kind, float(row["actual"]), float(row["before"]), float(row["target"]))


def _per_before(scene: TeamScene) -> float:
    if not scene.has("growth"):
        return math.nan
    row = scene.frame("growth").query("quarter == @scene.quarter.previous.label")
    return float(row["n_accounts"].iloc[0] / row["fte"].iloc[0]) if len(row) and row["fte"].iloc[0] else math.nan


def _out(scene: TeamScene, quarter: str) -> float:
    work = scene.frame("work")
    found = coverage(work[work["quarter"] == quarter], scene.measures.settings.team.work)
    hours = found["hours"].sum()
    return float(found.loc[~found["is_meant"], "hours"].sum() / hours) if hours else math.nan


def _cell(scene: TeamScene, tile: Tile) -> Markup:
    lines = Markup("").join(Markup('<p class="cs-tile-line">{}</p>').format(line) for line in _lines(scene, tile))
    return Markup(
        '<li class="cs-tile"><p class="cs-tile-name">{label}</p><div class="cs-tile-value">{value}</div>{lines}</li>'
    ).format(label=tile.label, value=FORMATS[tile.kind](scene.language, tile.value), lines=lines)


def _lines(scene: TeamScene, tile: Tile) -> Iterator[Markup | str]:
    if not is_missing(tile.before):
        change = {"share": "points", "share0": "points", "one": "one"}.get(tile.kind, "money_change")
        moved = FORMATS[change](scene.language, tile.value - tile.before)
        if tile.kind == "one":
            moved = scene.language.change(tile.value - tile.before, 1)
        yield scene.say(
            "{change} on {quarter}", change=moved, quarter=scene.language.quarter(scene.quarter.previous.label)
        )
    if tile.is_met is None:
        yield scene.say("no policy") if tile.is_policy else scene.say("no plan")
        return
    goal = FORMATS["money" if tile.kind == "money_change" else tile.kind](scene.language, tile.goal)
    words = {
        (False, True): scene.say("meets the plan of {plan}", plan=goal),
        (False, False): scene.say("misses the plan of {plan}", plan=goal),
        (True, True): scene.say("within the policy of {plan}", plan=goal),
        (True, False): scene.say("above the policy of {plan}", plan=goal),
    }[tile.is_policy, tile.is_met]
    mark = "cs-good" if tile.is_met else "cs-bad"
    yield Markup('<span class="{}">{}</span>').format(mark, words)
