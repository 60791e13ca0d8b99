"""A fitted model as JSON-ready names and plain arrays, and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from ...errors import CsworkbenchError
from .blend import Blend
from .boosting import Boosted
from .classifier import EventClassifier
from .encoding import Feature
from .forest import Forest
from .linear import Curve
from .parameters import judge_parameters, plain_of
from .predictor import Members, Predictor
from .rates import Rate
from .refusals import BrokenModel
from .regression import Additive
from .soundness import TREE_ARRAYS, judge_members, judge_meta

FORMAT = 1
_TYPES = dict.fromkeys(("first", "feature", "left", "right"), "int64") | {"missing_left": "bool"}

Frozen = tuple[dict[str, Any], dict[str, np.ndarray]]


def model_kinds() -> dict[str, type[EventClassifier]]:
    """The classes that can be kept, by name."""
    from ..churn import ChurnModel
    from ..upsell import UpsellModel

    return {kind.__name__: kind for kind in (ChurnModel, UpsellModel)}


def frozen(model: EventClassifier) -> Frozen:
    """What has to be kept of a fitted model."""
    if type(model) not in model_kinds().values():
        raise CsworkbenchError(f"a {type(model).__name__} cannot be saved. Save a ChurnModel or an UpsellModel.")
    predictor = model._predictor()
    parameters = {name: plain_of(value) for name, value in model.get_params().items()}
    meta = {
        "kind": type(model).__name__,
        "parameters": parameters,
        "seed": plain_of(model.seed),
        "classes": model.classes_.tolist(),
        "n_features": model.n_features_in_,
        "named": hasattr(model, "feature_names_in_"),
        "features": [asdict(feature) for feature in model.features_],
        "rate": asdict(model.rate_),
        "estimable": bool(model.estimable_),
        "base": predictor.base,
    }
    if predictor.members is None:
        return meta, {}
    more, arrays = _frozen_members(predictor.members)
    return meta | {"members": more}, arrays


def _frozen_members(members: Members) -> Frozen:
    curves, forest, rates = members.additive.curves, members.boosted.forest, members.boosted.rates
    meta = {
        "intercept": members.additive.intercept,
        "gaps": [curve.gap for curve in curves],
        "corners": [len(curve.at) for curve in curves],
        "heights": [len(curve.height) for curve in curves],
        "forest_base": forest.base,
        "rates": [[len(table) for table in fold] for fold in rates],
        "blend": asdict(members.blend),
    }
    arrays = {f"forest_{name}": getattr(forest, name) for name in TREE_ARRAYS}
    arrays |= {
        "curve_at": np.concatenate([curve.at for curve in curves]),
        "curve_height": np.concatenate([curve.height for curve in curves]),
        "rates": np.concatenate([np.empty(0), *(table for fold in rates for table in fold)]),
        "source": members.boosted.source,
        "centre": members.centre,
    }
    return meta, arrays


def thawed(meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> EventClassifier:
    """The model again; raises BrokenModel or any lookup error where something does not fit."""
    parameters = dict(meta["parameters"])
    if parameters["as_of"] is not None:
        parameters["as_of"] = date.fromisoformat(parameters["as_of"])
    judge_parameters(**parameters)
    model = model_kinds()[meta["kind"]](**parameters)
    features = tuple(
        Feature(**(given | {"levels": None if given["levels"] is None else tuple(given["levels"])}))
        for given in meta["features"]
    )
    judge_meta(meta, features)
    model.classes_ = np.array(meta["classes"])
    model.n_features_in_ = meta["n_features"]
    if meta["named"]:
        model.feature_names_in_ = np.array([feature.name for feature in features], dtype=object)
    model.features_ = features
    model.set_aside_ = {feature.name: feature.aside for feature in features if feature.aside}
    model.rate_, model.estimable_ = Rate(**meta["rate"]), meta["estimable"]
    members = _thawed_members(meta["members"], arrays, features) if "members" in meta else None
    model.predictor_ = Predictor(features, float(meta["base"]), members)
    return model


def _thawed_members(meta: dict[str, Any], arrays: dict[str, np.ndarray], features: tuple[Feature, ...]) -> Members:
    parts = {name: arrays[f"forest_{name}"].astype(_TYPES.get(name, "float64")) for name in TREE_ARRAYS}
    forest = Forest(float(meta["forest_base"]), **parts)
    source, centre = arrays["source"].astype("int64"), arrays["centre"].astype("float64")
    ats, heights = _parted(arrays["curve_at"], meta["corners"]), _parted(arrays["curve_height"], meta["heights"])
    curves = tuple(Curve(*parts) for parts in zip(ats, heights, map(float, meta["gaps"]), strict=True))
    flat = iter(_parted(arrays["rates"], [n for fold in meta["rates"] for n in fold]))
    rates = tuple(tuple(next(flat) for _ in fold) for fold in meta["rates"])
    blend = Blend(**(meta["blend"] | {"weights": tuple(meta["blend"]["weights"])}))
    boosted = Boosted(forest, source, rates)
    members = Members(Additive(float(meta["intercept"]), curves), boosted, blend, centre)
    judge_members(members, features)
    return members


def _parted(array: np.ndarray, lengths: list[int]) -> list[np.ndarray]:
    if sum(lengths) != len(array):
        raise BrokenModel("its arrays have other lengths than it says")
    return np.split(array.astype("float64"), np.cumsum(lengths)[:-1])
