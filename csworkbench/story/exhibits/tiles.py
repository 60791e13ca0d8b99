"""The tiles on the first screen: six numbers against plan, last quarter and last year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ...metrics.calendar import Quarter
from ...metrics.intervals import SMALLEST_GROUP
from ..exhibit import Exhibit
from ..language import Language, is_missing
from ..scene import Scene
from ..tables import FORMATS, Column
from .wording import is_small, too_few

_NEAR = 0.0005


@dataclass(frozen=True)
class Tile:
    """One number. kind: how it is written (money, money_change, share). lower_is_better: a rise is bad news."""

    kpi: str
    label: str
    kind: str
    value: float | None
    before: float | None
    year_ago: float | None
    plan: float | None
    lower_is_better: bool = False

    @property
    def meets_plan(self) -> bool | None:
        """Whether the plan is met; None without a plan or a value.

        Under 0.05 points (of money: 0.05%) from the plan counts as met: it reads the same.
        """
        if is_missing(self.plan) or is_missing(self.value):
            return None
        assert self.plan is not None and self.value is not None
        short = self.value - self.plan if self.lower_is_better else self.plan - self.value
        return short < _NEAR * (1 if self.kind == "share" else abs(self.plan)) or short <= 0


def tiles(scene: Scene) -> Exhibit:
    """MRR, NRR, GRR, logo churn, NNMRR and the share of well-adopted accounts as tiles."""
    if not scene.has("mrr_trend"):
        return scene.missing("tiles", "mrr_trend")
    shown = [tile for tile in _tiles(scene) if not is_missing(tile.value)]
    data = pd.DataFrame(
        [[t.label, t.value, t.before, t.year_ago, t.plan] for t in shown],
        columns=["label", "value", "before", "year_ago", "plan"],
    )
    columns = [
        Column("label", scene.say("Measure")),
        Column("value", scene.language.quarter(scene.quarter.label), "number"),
        Column("before", scene.language.quarter(scene.quarter.previous.label), "number"),
        Column("year_ago", scene.language.quarter(scene.quarter.year_ago.label), "number"),
        Column("plan", scene.say("Plan"), "number"),
    ]
    cells = Markup("").join(_cell(scene, tile) for tile in shown)
    return Exhibit(
        "tiles",
        headline(scene, shown),
        scene.language,
        caption=scene.noted(_base(scene), scene.defined(*dict.fromkeys(_DEFINED[tile.kpi] for tile in shown))),
        source=scene.source("subscriptions", "usage"),
        table_html=Markup('<ul class="cs-tiles">{}</ul>').format(cells),
        data=data,
        columns=columns,
    )


_DEFINED = {
    "mrr_close": "mrr", "nrr": "nrr", "grr": "grr", "logo_churn": "logo_churn", "nnmrr": "nnmrr",
    "adoption_high_share": "adoption_index",
}  # fmt: skip


def _n_open(scene: Scene) -> int:
    now = scene.mine("mrr_trend", scene.quarter)
    return int(now["n_open"].iloc[0]) if len(now) else 0


def _base(scene: Scene) -> str:
    """Over how many accounts the rates are, or why there are none."""
    n = _n_open(scene)
    if is_small(n):
        return scene.say("No rates are shown: {words} at the start.", words=too_few(scene.language, n))
    return scene.language.count(
        "Rates are over {n} account with MRR at the start of the quarter.",
        "Rates are over {n} accounts with MRR at the start of the quarter.",
        n,
    )


def headline(scene: Scene, shown: list[Tile]) -> str:
    """What happened to MRR, and how many plans were met."""
    mrr = next((tile for tile in shown if tile.kpi == "mrr_close"), None)
    if mrr is None or not (mrr.value or mrr.before):
        return scene.say("No account had MRR this quarter")
    return scene.language.joined([_growth(scene, mrr), _plans(scene, shown)])


def _growth(scene: Scene, mrr: Tile) -> str:
    amount = scene.language.money(mrr.value)
    if is_missing(mrr.before) or not mrr.before or mrr.value is None or is_small(_n_open(scene)):
        return scene.say("{who} stands at {amount} MRR.", who=scene.subject, amount=amount)
    change = mrr.value / mrr.before - 1
    size = scene.language.percent(abs(change))
    if abs(change) < 0.0005:
        return scene.say("{who} held at {amount} MRR.", who=scene.subject, amount=amount)
    if change > 0:
        return scene.say("{who} grew {size} to {amount} MRR.", who=scene.subject, size=size, amount=amount)
    return scene.say("{who} shrank {size} to {amount} MRR.", who=scene.subject, size=size, amount=amount)


def _plans(scene: Scene, shown: list[Tile]) -> str:
    met = [tile.meets_plan for tile in shown if tile.meets_plan is not None]
    if not met:
        return ""
    if all(met):
        return scene.say("Every plan was met.")
    if not any(met):
        return scene.say("No plan was met.")
    return scene.say("{met} of {n} plans were met.", met=sum(met), n=len(met))


def _tiles(scene: Scene) -> Iterator[Tile]:
    say = scene.say
    yield _tile(scene, "mrr_close", say("MRR"), "money", lambda q: _trend(scene, q, "mrr_close"))
    yield _tile(scene, "nrr", say("Net revenue retention"), "share", lambda q: _rate(scene, q, "nrr"))
    yield _tile(scene, "grr", say("Gross revenue retention"), "share", lambda q: _rate(scene, q, "grr"))
    yield _tile(scene, "logo_churn", say("Logo churn"), "share", lambda q: _rate(scene, q, "logo_churn"), True)
    yield _tile(scene, "nnmrr", say("Net new MRR of the book"), "money_change", lambda q: _nnmrr(scene, q))
    yield _tile(scene, "adoption_high_share", say("Accounts in the top adoption band"), "share",
                lambda q: _well_adopted(scene, q))  # fmt: skip


def _tile(
    scene: Scene, kpi: str, label: str, kind: str, at: Callable[[Quarter], float | None], lower_is_better: bool = False
) -> Tile:
    quarter = scene.quarter
    return Tile(
        kpi, label, kind, at(quarter), at(quarter.previous), at(quarter.year_ago), scene.target(kpi), lower_is_better
    )


def _trend(scene: Scene, quarter: Quarter, column: str) -> float | None:
    rows = scene.mine("mrr_trend", quarter)
    return float(rows[column].iloc[0]) if len(rows) else None


def _rate(scene: Scene, quarter: Quarter, column: str) -> float | None:
    """A rate of the quarter; None over fewer accounts than may be shown."""
    rows = scene.mine("mrr_trend", quarter)
    return float(rows[column].iloc[0]) if len(rows) and rows["n_open"].iloc[0] >= SMALLEST_GROUP else None


def _nnmrr(scene: Scene, quarter: Quarter) -> float | None:
    if not scene.has("nnmrr"):
        return None
    frame = scene.frame("nnmrr")
    kind, owner = ("segment", scene.segment) if scene.segment else ("all", None)
    rows = frame[(frame["quarter"] == quarter.label) & (frame["owner_kind"] == kind)]
    rows = rows[rows["owner"] == owner] if owner else rows
    return float(rows["nnmrr"].iloc[0]) if len(rows) else None


def _well_adopted(scene: Scene, quarter: Quarter) -> float | None:
    if not scene.has("adoption_bands"):
        return None
    rows = scene.mine("adoption_bands", quarter)
    bands = scene.measures.settings.adoption.bands
    if not bands:
        return None
    top = rows[rows["band"] == max(bands, key=lambda name: bands[name])]
    scored = rows["n_accounts"].sum()
    return float(top["share_accounts"].iloc[0]) if len(top) and scored >= SMALLEST_GROUP else None


def _cell(scene: Scene, tile: Tile) -> Markup:
    lines = [_against(scene, tile, scene.quarter.previous, tile.before)]
    lines += [_against(scene, tile, scene.quarter.year_ago, tile.year_ago), _plan(scene, tile)]
    return Markup(
        '<li class="cs-tile"><p class="cs-tile-name">{label}</p><div class="cs-tile-value">{value}</div>{lines}</li>'
    ).format(
        label=tile.label,
        value=FORMATS[tile.kind](scene.language, tile.value),
        lines=Markup("").join(Markup('<p class="cs-tile-line">{}</p>').format(line) for line in lines if line),
    )


def _against(scene: Scene, tile: Tile, quarter: Quarter, before: float | None) -> str:
    if is_missing(before) or before is None or tile.value is None:
        return ""
    return scene.say(
        "{change} on {quarter}",
        change=_difference(scene.language, tile, tile.value - before, before),
        quarter=scene.language.quarter(quarter.label),
    )


def _difference(language: Language, tile: Tile, difference: float, before: float) -> str:
    if tile.kind == "share":
        return language.points(difference)
    if tile.kind == "money" and before > 0:
        return language.percent_change(difference / before)
    return language.money_change(difference)


def _plan(scene: Scene, tile: Tile) -> Markup | str:
    if tile.meets_plan is None:
        return scene.say("no plan")
    plan = _as_plan(scene, tile, tile.plan)
    if tile.meets_plan:
        words, mark = scene.say("meets the plan of {plan}", plan=plan), "cs-good"
    else:
        words, mark = _missed(scene, tile, plan), "cs-bad"
    return Markup('<span class="{}">{}</span>').format(mark, words)


def _as_plan(scene: Scene, tile: Tile, value: float | None) -> str:
    """A value as plans are written: a change of money without its plus sign."""
    return FORMATS["money" if tile.kind == "money_change" else tile.kind](scene.language, value)


def _missed(scene: Scene, tile: Tile, plan: str) -> str:
    if plan == _as_plan(scene, tile, tile.value):
        return scene.say("just misses the plan of {plan}", plan=plan)
    return scene.say("misses the plan of {plan}", plan=plan)
