"""Whether what a model file holds can be a model at all."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from .encoding import Feature
from .forest import Forest
from .frame import KINDS
from .linear import Curve
from .predictor import Members
from .refusals import BrokenModel
from .switches import MAX_SWITCHES

TREE_ARRAYS = [field.name for field in fields(Forest) if field.name != "base"]


def judge_meta(meta: dict[str, Any], features: tuple[Feature, ...]) -> None:
    """Raise BrokenModel where classes, features or base are none."""
    classes = meta["classes"]
    plain = isinstance(classes, list) and all(isinstance(label, str | int | float) for label in classes)
    if not plain or len(set(classes)) != 2:
        raise BrokenModel("its outcomes are not two")
    sound = (
        meta["n_features"] == len(features)
        and all(feature.kind in KINDS and (feature.kind == "category") == feature.is_category for feature in features)
        and np.isfinite(float(meta["base"]))
    )
    if not sound:
        raise BrokenModel("its features do not fit together")


def judge_members(members: Members, features: tuple[Feature, ...]) -> None:
    """Raise BrokenModel where trees, curves or their blend cannot be worked out."""
    curves = members.additive.curves
    sound = (
        _forest_sound(members.boosted.forest, len(members.boosted.source))
        and bool(((members.boosted.source >= 0) & (members.boosted.source < len(features))).all())
        and len(curves) == len(members.centre) == len(features)
        and all(_curve_sound(curve, feature) for curve, feature in zip(curves, features, strict=True))
        and _tables_sound(members, features)
        and np.isfinite([members.additive.intercept, *members.centre]).all()
    )
    if not sound:
        raise BrokenModel("its trees or curves do not fit together")
    blend = members.blend
    numbers = [*blend.weights, blend.shift, blend.low, blend.high, blend.level, blend.surest]
    if (
        len(blend.weights) != 2
        or not np.isfinite(numbers).all()
        or min(*blend.weights, blend.low, blend.high, blend.surest) < 0
    ):
        raise BrokenModel("its calibration is none")


def _forest_sound(forest: Forest, n_columns: int) -> bool:
    n = len(forest.left)
    inner = forest.left >= 0
    forward = (forest.left > np.arange(n)) & (forest.right > np.arange(n)) & (np.maximum(forest.left, forest.right) < n)
    return (
        len({len(getattr(forest, name)) for name in TREE_ARRAYS if name != "first"}) == 1
        and bool(forward[inner].all())
        and bool(((forest.first >= 0) & (forest.first < n)).all() and (np.diff(forest.first) > 0).all())
        and bool(((forest.feature >= 0) & (forest.feature < n_columns))[inner].all())
        and bool((forest.cover > 0).all() and np.isfinite(forest.cover).all())
        and not np.isnan(forest.threshold).any()
        and bool(np.isfinite([forest.base, *forest.value]).all())
        and _shallow(forest)
    )


def _shallow(forest: Forest) -> bool:
    reached = forest.first
    for _ in range(MAX_SWITCHES + 1):
        reached = reached[forest.left[reached] >= 0]
        if not len(reached):
            return True
        reached = np.unique(np.concatenate([forest.left[reached], forest.right[reached]]))
    return False


def _curve_sound(curve: Curve, feature: Feature) -> bool:
    n = len(feature.levels or ()) + 1 if not len(curve.at) else len(curve.at)
    ascends = bool((np.diff(curve.at) > 0).all())
    return len(curve.height) == n and ascends and bool(np.isfinite([*curve.at, *curve.height, curve.gap]).all())


def _tables_sound(members: Members, features: tuple[Feature, ...]) -> bool:
    rates, source = members.boosted.rates, members.boosted.source
    tables = [table for fold in rates for table in fold]
    categories = source[len(source) - len(tables) :]
    return len(tables) <= len(source) and all(
        len(table) == len(features[place].levels or ()) + 1 and bool(np.isfinite(table).all())
        for table, place in zip(tables, categories, strict=True)
    )
