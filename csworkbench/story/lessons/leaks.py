"""Columns that know the outcome, beside those that only hint at it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...models import find_leaks
from ...models.estimator.leaks import SUSPICIOUS_AUC, roc_auc
from ..charts.bars import Bar, bars
from ..exhibit import Exhibit
from ..exhibits.reason_words import feature_name
from ..scene import Scene
from ..tables import Column

N_SHOWN = 6


def leaks(scene: Scene, frame: pd.DataFrame, outcome: pd.Series) -> Exhibit:
    """The columns that tell the outcome best alone; those that `find_leaks` names are marked.

    frame: features. outcome: 1 or 0 per row.
    """
    data = _data(scene, frame, outcome)
    rows = [_bar(scene, row) for row in data.to_dict("records")]
    said = scene.language.listed([f"{row.name} {row.words}" for row in rows])
    return Exhibit(
        "leaks",
        _title(scene, data),
        scene.language,
        caption=scene.say(
            "ROC-AUC of each column alone, 0.5 is chance. From {bound} on a column is taken for one that was"
            " learnt afterwards, and a model that is offered it refuses to learn.",
            bound=scene.language.number(SUSPICIOUS_AUC, 2),
        ),
        alt=scene.say("ROC-AUC of single columns: {parts}.", parts=said),
        figure_svg=bars(rows, scene.language.lang),
        data=data,
        columns=(
            Column("name", scene.say("Column")),
            Column("roc_auc", "ROC-AUC", "fine"),
            Column("rule", scene.say("Found by"), "short"),
        ),
    )  # fmt: skip


def _data(scene: Scene, frame: pd.DataFrame, outcome: pd.Series) -> pd.DataFrame:
    found = {leak.column: leak for leak in find_leaks(frame, outcome)}
    alone = {str(name): _alone(frame[name], outcome) for name in frame.select_dtypes("number")}
    alone |= {name: leak.roc_auc for name, leak in found.items()}
    data = pd.DataFrame({"column": list(alone), "roc_auc": list(alone.values())}).dropna()
    data = data.sort_values(["roc_auc", "column"], ascending=[False, True], ignore_index=True).head(N_SHOWN)
    rules = pd.Series([found[name].rule if name in found else None for name in data["column"]], dtype="object")
    return data.assign(rule=rules, name=[_name(scene, name, name in found) for name in data["column"]])


def _alone(values: pd.Series, outcome: pd.Series) -> float:
    known = values.notna().to_numpy()
    event = outcome.to_numpy(dtype=float)[known]
    if min(event.sum(), len(event) - event.sum()) < 1:
        return float("nan")
    auc = roc_auc(values.to_numpy(dtype=float)[known], event)
    return max(auc, 1 - auc)


def _name(scene: Scene, column: str, is_leak: bool) -> str:
    return column if is_leak else feature_name(scene, column)


def _bar(scene: Scene, row: dict[Any, Any]) -> Bar:
    auc, is_leak = float(row["roc_auc"]), isinstance(row["rule"], str)
    remark = scene.say("knows the outcome") if is_leak else ""
    return Bar(str(row["name"]), auc, scene.language.number(auc, 2), marked=is_leak, remark=remark, reference=0.5)


def _title(scene: Scene, data: pd.DataFrame) -> str:
    named = [str(name) for name, rule in zip(data["column"], data["rule"], strict=True) if isinstance(rule, str)]
    if not named:
        return scene.say("No column knows the outcome: the best one only hints at it")
    return scene.say("Leak found: {columns}", columns=scene.language.listed(named))
