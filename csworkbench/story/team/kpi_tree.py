"""The tree from the KGI to what people can move: plan, actual, gap, and who is furthest behind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...metrics.definitions import DEFINITIONS
from ...metrics.team.definitions import KNOWN
from ...metrics.team.kpis import LOWER_IS_BETTER
from ..exhibit import Exhibit, absent
from ..language import MISSING, is_missing
from ..scene import COMPANY
from ..tables import FORMATS, Column, table
from .scene import TeamScene
from .words import KPIS, word

MONEY = frozenset({"mrr_close", "new", "nnmrr", "expansion", "churn"})
_DEFINED = {
    "mrr_close": "mrr", "new": "movements", "expansion": "movements", "churn": "movements",
    "adoption_high_share": "adoption_index", "steps_in_time": "step_conversion",
}  # fmt: skip
_CHANGES = {"money": "money_change", "share": "points", "one": "change"}


@dataclass(frozen=True)
class Gap:
    """One KPI against its plan. short: how far behind, as a share of the plan (below 0: ahead)."""

    kpi: str
    owner: str
    short: float


def kind_of(kpi: str) -> str:
    """How a KPI is written."""
    return "money" if kpi in MONEY else "one" if kpi == "time_to_value" else "share"


def short_of(kpi: str, actual: float, target: float) -> float:
    """How far an actual value is behind its target, as a share of the target; NaN where either is missing."""
    if is_missing(actual) or is_missing(target) or not target:
        return math.nan
    behind = actual - target if kpi in LOWER_IS_BETTER else target - actual
    return behind / abs(target)


def kpi_tree(scene: TeamScene) -> Exhibit:
    """Every KPI of the company below the one it serves: plan, actual, gap, last quarter, who is furthest behind."""
    if not scene.has("kpis"):
        return scene.missing("kpi_tree", "kpis")
    frame = scene.frame("kpis")
    company = frame[frame["owner_kind"] == COMPANY]
    if company.empty:
        return absent("kpi_tree", scene.say("No KPI was measured this quarter."), scene.language)
    gaps = [
        Gap(row["kpi"], row["owner"], short_of(row["kpi"], row["actual"], row["target"]))
        for row in frame.to_dict("records")
    ]
    shown = pd.DataFrame([_row(scene, row, gaps) for row in company.to_dict("records")])
    marks = {(at, "gap"): mark for at, mark in enumerate(shown["mark"]) if mark}
    title = tree_title(scene, [gap for gap in gaps if gap.owner == COMPANY])
    return Exhibit(
        "kpi_tree",
        title,
        scene.language,
        so_what=_owners(scene, gaps),
        caption=_caption(scene),
        source=scene.source("subscriptions", "targets", "usage", "milestones", "activities"),
        table_html=table(shown, _columns(scene), scene.language, title, marks),
        data=_data(scene, frame),
        columns=_data_columns(scene),
    )


def _columns(scene: TeamScene) -> list[Column]:
    return [
        Column("name", scene.say("KPI")),
        Column("target", scene.say("Plan"), "interval"),
        Column("actual", scene.say("Actual"), "interval"),
        Column("gap", scene.say("Gap"), "interval"),
        Column("before", scene.say("Last quarter"), "interval"),
        Column("behind", scene.say("Furthest behind")),
        Column("version", scene.say("Version"), "short"),
    ]


def _row(scene: TeamScene, row: Mapping[Any, Any], gaps: list[Gap]) -> dict[str, object]:
    kpi, level = str(row["kpi"]), int(row["level"])
    write, change = FORMATS[kind_of(kpi)], FORMATS[_CHANGES[kind_of(kpi)]]
    actual, target = float(row["actual"]), float(row["target"])
    short = short_of(kpi, actual, target)
    gap = change(scene.language, actual - target) if not math.isnan(short) else MISSING
    own = [gap for gap in gaps if gap.kpi == kpi and gap.owner != COMPANY and gap.short > 0]
    worst = max(own, key=lambda gap: gap.short, default=None)
    return {
        "name": ("└" + "─" * (level - 1) + " " if level else "") + word(scene, KPIS, kpi),
        "target": write(scene.language, target),
        "actual": write(scene.language, actual),
        "gap": gap,
        "before": write(scene.language, row["before"]),
        "behind": owner_name(scene, worst.owner) if worst else MISSING,
        "version": KNOWN[_DEFINED.get(kpi, kpi)].label,
        "mark": "" if math.isnan(short) else "cs-bad" if short > 0 else "cs-good",
    }


def owner_name(scene: TeamScene, owner: str) -> str:
    """What readers call the owner of a KPI: the company, a segment or a CSM."""
    if owner == COMPANY:
        return scene.say("Company")
    return scene.name(owner) if owner in scene.segments else scene.person(owner)


def tree_title(scene: TeamScene, gaps: list[Gap]) -> str:
    """How many KPIs of the company are behind plan, and which is furthest."""
    planned = [gap for gap in gaps if not math.isnan(gap.short)]
    behind = sorted((gap for gap in planned if gap.short > 0), key=lambda gap: (-gap.short, gap.kpi))
    if not planned:
        return scene.say("KPIs from the goal down; none of them has a plan")
    if not behind:
        return scene.language.count(
            "The {n} KPI with a plan is on it or ahead", "All {n} KPIs with a plan are on it or ahead", len(planned)
        )
    words = {"kpi": word(scene, KPIS, behind[0].kpi), "size": scene.language.percent(behind[0].short, 0)}
    words["of"] = scene.language.number(len(planned))
    return scene.language.count(
        "{n} of {of} KPIs is behind plan: {kpi}, short by {size} of its plan",
        "{n} of {of} KPIs are behind plan; furthest is {kpi}, short by {size} of its plan",
        len(behind),
        **words,
    )


def _owners(scene: TeamScene, gaps: list[Gap]) -> str:
    """How many CSMs are behind their own NNMRR plan."""
    known = [gap for gap in gaps if gap.kpi == "nnmrr" and gap.owner != COMPANY and gap.owner not in scene.segments]
    planned = [gap for gap in known if not math.isnan(gap.short)]
    behind = sorted((gap for gap in planned if gap.short > 0), key=lambda gap: -gap.short)
    if not planned:
        return ""
    if not behind:
        return scene.say("Every CSM with an NNMRR plan reached it.")
    names = scene.language.listed([scene.person(gap.owner) for gap in behind[:3]])
    return scene.language.count(
        "Behind the own NNMRR plan: {names} ({n} of {of} CSMs).",
        "Behind their own NNMRR plan: {names} ({n} of {of} CSMs).",
        len(behind),
        of=scene.language.number(len(planned)),
        names=names,
    )


def _caption(scene: TeamScene) -> str:
    return scene.noted(
        scene.say("Each KPI stands below the one that it serves; gap: actual − plan."),
        scene.say(
            "Furthest behind: the segment or CSM with the largest gap in relation to the own plan, not adjusted."
        ),
    )


def _data(scene: TeamScene, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(
        name=[word(scene, KPIS, kpi) for kpi in frame["kpi"]],
        owner_name=[owner_name(scene, owner) for owner in frame["owner"]],
        gap=frame["actual"] - frame["target"],
        version=[KNOWN.get(_DEFINED.get(kpi, kpi), DEFINITIONS["mrr"]).label for kpi in frame["kpi"]],
    )


def _data_columns(scene: TeamScene) -> list[Column]:
    return [
        Column("name", scene.say("KPI")),
        Column("owner_name", scene.say("Owner")),
        Column("target", scene.say("Plan"), "number"),
        Column("actual", scene.say("Actual"), "number"),
        Column("gap", scene.say("Gap"), "number"),
        Column("before", scene.say("Last quarter"), "number"),
        Column("version", scene.say("Version")),
    ]
