"""Scores beside each other, quarter by quarter."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..charts.lines import Line, lines
from ..exhibit import Exhibit, absent
from ..exhibits.score_names import MODEL, NAIVE, VENDOR, WEIGHTED, score_name
from ..scene import Scene
from ..tables import Column

CHANCE = 0.5
MOST = 3


def against_rule(scene: Scene) -> Exhibit:
    """The churn model and the best simple rule."""
    card = scene.frame("scorecard") if scene.has("scorecard") else pd.DataFrame(columns=["score", "best_naive"])
    best = card.loc[card["score"] == MODEL, "best_naive"].dropna().head(1).tolist()
    return by_quarter(scene, [MODEL, *best])


def three_scores(scene: Scene) -> Exhibit:
    """The churn model, the weighted score and a vendor's."""
    known = sorted(set(scene.frame("drift")["score"])) if scene.has("drift") else []
    return by_quarter(scene, [MODEL, WEIGHTED, *(name for name in known if name.startswith(VENDOR))])


def by_quarter(scene: Scene, scores: Sequence[str]) -> Exhibit:
    """ROC-AUC of each score in every quarter with enough accounts that left."""
    if not scene.has("drift"):
        return scene.missing("by_quarter", "drift")
    wide = scene.frame("drift").pivot(index="quarter", columns="score", values="roc_auc")
    there = [score for score in scores if score in wide][:MOST]
    data = wide[there].dropna(how="any").reset_index()
    if data.empty or not there:
        return absent(
            "by_quarter", scene.say("In no quarter did enough accounts leave to judge it alone."), scene.language
        )
    return Exhibit(
        "by_quarter",
        _title(scene, data, there),
        scene.language,
        caption=scene.say(
            "ROC-AUC of quarters in which at least 5 accounts left; 0.5 is chance. Few leave in a quarter: read"
            " the run, not a point."),
        alt=_alt(scene, data, there),
        source=scene.source("subscriptions", "usage", "tickets", "surveys", "contacts", "invoices", "vendor_health"),
        figure_svg=_figure(scene, data, there),
        data=data,
        columns=[Column("quarter", scene.say(
            "Quarter"), "quarter"), *(Column(s, score_name(scene, s), "number") for s in there)],
    )  # fmt: skip


def _title(scene: Scene, data: pd.DataFrame, there: Sequence[str]) -> str:
    if len(there) < 2:
        return scene.say("ROC-AUC by quarter")
    best = int((data[there[0]] >= data[list(there[1:])].max(axis=1)).sum())
    return scene.language.count(
        "{name} ranked best in {best} of {n} quarter that can be judged",
        "{name} ranked best in {best} of {n} quarters that can be judged",
        len(data), name=score_name(scene, there[0]), best=scene.language.number(best),
    )  # fmt: skip


def _short(scene: Scene, score: str) -> str:
    if score.startswith(NAIVE):
        return scene.say("Simple rule")
    if score.startswith(VENDOR):
        return scene.say("Vendor’s score")
    return scene.say("Weighted") if score == WEIGHTED else scene.say("Model")


def _figure(scene: Scene, data: pd.DataFrame, there: Sequence[str]) -> str:
    number, language = scene.language.number, scene.language
    series = [Line(_short(scene, s), data[s].tolist(), number(data[s].iloc[0], 2), number(data[s].iloc[-1], 2))
              for s in there]  # fmt: skip
    ticks = [f"Q{quarter[-1]}\n{language.year(quarter)}" for quarter in data["quarter"]]
    return lines(series, ticks, language.lang, CHANCE, scene.say("chance"), ("ROC-AUC", ""))


def _alt(scene: Scene, data: pd.DataFrame, there: Sequence[str]) -> str:
    rows = [
        f"{scene.language.quarter(row['quarter'])} "
        + " / ".join(scene.language.number(row[score], 2) for score in there)
        for row in data.to_dict("records")
    ]
    return scene.say("ROC-AUC by quarter: {parts}.", parts="; ".join(rows))
