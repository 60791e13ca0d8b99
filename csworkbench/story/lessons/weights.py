"""The weighted health score taken apart: its parts, its weights, and how much of it was measured."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..charts.bars import Bar, bars
from ..exhibit import Exhibit
from ..exhibits.feature_names import CODE_NAMES
from ..language import is_missing
from ..scene import Scene
from ..tables import Column
from ..text import shown

FULL = 100.0
LITTLE = 0.7


def weights(scene: Scene, name: str, parts: pd.Series, score: float) -> Exhibit:
    """The parts of one account's weighted score beside their weights. parts: 0 to 100 by part, NaN not measured."""
    shares = _shares(scene)
    data = pd.DataFrame({"part": list(parts.index), "value": parts.to_numpy(dtype=float)})
    data = data.assign(name=[_part(scene, part) for part in data["part"]], weight=data["part"].map(shares))
    data = data.sort_values(["weight", "part"], ascending=[False, True], ignore_index=True)
    rows = [_valued(scene, row["name"], row["value"], row["weight"]) for row in data.to_dict("records")]
    said = scene.language.listed([f"{row.name} {row.words} ({row.remark})" for row in rows])
    return Exhibit(
        "weights",
        scene.say("{name} scores {score} of 100", name=shown(name), score=scene.language.number(score)),
        scene.language,
        caption=scene.say(
            "Each part from 0 (worst) to 100 (best); the score is their mean by weight over what was measured."
            " Weights: workspace.toml, [health]."),
        alt=scene.say("Parts of the score: {parts}.", parts=said),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "milestones"),
        figure_svg=bars(rows, scene.language.lang),
        data=data,
        columns=(
            Column("name", scene.say("Part")),
            Column("value", scene.say("Value"), "one"),
            Column("weight", scene.say("Weight"), "share0"),
        ),
    )  # fmt: skip


def coverage(scene: Scene, parts: pd.DataFrame, covered: pd.Series) -> Exhibit:
    """For how many accounts each part was measured. parts: accounts × parts; covered: share of the weights, 0 to 1."""
    shares = _shares(scene)
    measured = parts.notna().mean()
    data = pd.DataFrame({"part": list(measured.index), "share": measured.to_numpy(dtype=float)})
    data = data.assign(name=[_part(scene, part) for part in data["part"]], weight=data["part"].map(shares))
    data = data.sort_values(["share", "part"], ignore_index=True)
    percent = scene.language.percent
    rows = [Bar(row["name"], row["share"], percent(row["share"], 0), remark=_weight(scene, row["weight"]))
            for row in data.to_dict("records")]  # fmt: skip
    said = scene.language.listed([f"{row.name} {row.words}" for row in rows])
    return Exhibit(
        "coverage",
        _coverage_title(scene, covered),
        scene.language,
        caption=scene.say(
            "Share of paying accounts in which each part was measured. What was not measured counts neither as"
            " good nor as bad: it leaves the mean and lowers the coverage."),
        alt=scene.say("Measured: {parts}.", parts=said),
        source=scene.source("usage", "tickets", "surveys", "contacts", "invoices", "milestones"),
        figure_svg=bars(rows, scene.language.lang),
        data=data,
        columns=(
            Column("name", scene.say("Part")),
            Column("share", scene.say("Measured"), "share0"),
            Column("weight", scene.say("Weight"), "share0"),
        ),
    )  # fmt: skip


def _coverage_title(scene: Scene, covered: pd.Series) -> str:
    few = int((covered < LITTLE).sum())
    return scene.language.count(
        "{mean} of the weights were measured on average; under {bound} in {n} account",
        "{mean} of the weights were measured on average; under {bound} in {n} accounts",
        few, mean=scene.language.percent(float(covered.mean()), 0), bound=scene.language.percent(LITTLE, 0),
    )  # fmt: skip


def _shares(scene: Scene) -> Mapping[str, float]:
    """Each part's share of all weights."""
    known = {part: weight for part, weight in scene.measures.settings.health.weights.items() if weight > 0}
    return {str(part): weight / sum(known.values()) for part, weight in known.items()}


def _part(scene: Scene, part: str) -> str:
    return scene.say(CODE_NAMES[part]) if part in CODE_NAMES else shown(part.replace("_", " "))


def _weight(scene: Scene, weight: float) -> str:
    return scene.say("weight {share}", share=scene.language.percent(weight, 0))


def _valued(scene: Scene, name: str, value: float, weight: float) -> Bar:
    known = not is_missing(value)
    words = scene.language.number(value) if known else scene.say("not measured")
    return Bar(name, value / FULL if known else 0.0, words, remark=_weight(scene, weight))
