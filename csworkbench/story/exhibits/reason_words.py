"""Reasons of a score in words: one phrase per feature, written from its value."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..language import is_missing
from ..scene import Scene
from ..text import shown
from .feature_names import CODE_NAMES, FEATURE_NAMES
from .phrases import CATEGORIES, COUNTED, MEASURED, NONE

N_REASONS = 3
UNKNOWN = frozenset({"", "nan", "None", "<NA>"})
OF_STAFF = frozenset({"csm_churn_12m", "csm_experience_months"})


def feature_name(scene: Scene, feature: str) -> str:
    """What readers call a feature, or the reason code that groups several."""
    known = FEATURE_NAMES.get(feature) or CODE_NAMES.get(feature)
    return scene.say(known) if known else shown(feature.replace("_", " "))


def said(scene: Scene, feature: str, value: str | None) -> str:
    """A reason in words: the feature with the value that the account had."""
    if is_missing(value) or value in UNKNOWN:
        return scene.say("{feature}: not measured", feature=feature_name(scene, feature))
    assert value is not None
    if feature in CATEGORIES:
        return CATEGORIES[feature](scene, value)
    number, phrase = _number(value), COUNTED.get(feature) or MEASURED.get(feature)
    if number is None or phrase is None:
        return scene.say("{feature}: {value}", feature=feature_name(scene, feature), value=shown(value))
    if feature in NONE and round(number) <= 0:
        return scene.say(NONE[feature])
    return phrase(scene, number)


def _number(text: str) -> float | None:
    if text in ("True", "False"):
        return float(text == "True")
    try:
        return float(text)
    except ValueError:
        return None


def reasons_of(scene: Scene, kind: str, accounts: pd.Series) -> Mapping[str, tuple[tuple[str, str | None], ...]]:
    """Each account → the features that speak most for that outcome, with their values, largest first; at most three.

    Of features that share a code only the first is told. What speaks against the outcome is left out, what would show
    how well the CSM does, and what was not measured unless nothing else is known.
    """
    if not scene.has("reasons"):
        return {}
    frame = scene.frame("reasons")
    asked = frame[frame["account_id"].isin(accounts) & (frame["kind"] == kind)]
    raises = (asked["contribution"] > 0) | ((asked["versus"] == "own_past") & (asked["rise"] > 0))
    kept = asked[raises & ~asked["feature"].isin(OF_STAFF)]
    known = kept["value"].notna() & ~kept["value"].isin(UNKNOWN)
    told = kept[known | ~known.groupby(kept["account_id"]).transform("any")]
    ranked = told.sort_values(["account_id", "rank"], kind="stable").drop_duplicates(["account_id", "code"])
    first = ranked.groupby("account_id").head(N_REASONS)
    found: dict[str, tuple[tuple[str, str | None], ...]] = {}
    for row in first.itertuples(index=False):
        value = None if is_missing(row.value) else str(row.value)
        found[str(row.account_id)] = (*found.get(str(row.account_id), ()), (str(row.feature), value))
    return found
