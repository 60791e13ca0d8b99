"""The outcome of every training row as 0 and 1, and what each row weighs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, column_or_1d

from .refusals import FrameRefusal, frame_problem


def events_of(frame: pd.DataFrame, outcome: Any) -> tuple[np.ndarray, np.ndarray]:
    """The two outcomes in order, and for every row whether it had the second. One outcome only gives one class."""
    if outcome is None:
        raise ValueError("This estimator requires y to be passed, but the target y is None.")
    _refuse_gaps(outcome)
    plain = outcome.to_numpy() if isinstance(outcome, pd.Series) else outcome
    target = column_or_1d(plain, warn=True)
    if target.dtype.kind == "f":
        assert_all_finite(target, input_name="y")
    kind = type_of_target(target, input_name="y", raise_unknown=True)
    if kind.startswith("continuous"):
        raise ValueError(f"Unknown label type: {kind}. The outcome must be one of two values, such as 0 and 1.")
    check_consistent_length(frame, target)
    classes, event = np.unique(target, return_inverse=True)
    if len(classes) > 2:
        raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
    return classes, event.astype(bool) if len(classes) > 1 else _of_one_class(target)


def _of_one_class(target: np.ndarray) -> np.ndarray:
    if target.dtype.kind not in "biuf":
        raise ValueError(f'every outcome is "{target[0]}": one class only, so nothing tells the rows apart')
    return target.astype(bool)


def _refuse_gaps(outcome: Any) -> None:
    if not isinstance(outcome, pd.Series) or not (gaps := int(outcome.isna().sum())):
        return
    said = f"holds NaN: the outcome of {gaps:,} rows is not known"
    raise FrameRefusal([frame_problem(outcome.name or "y", "outcome_unknown", said, "Leave these rows out.")])


def weights_of(frame: pd.DataFrame, sample_weight: Any) -> np.ndarray:
    """Weight of every row, mean 1 over the rows that weigh anything."""
    weight = _check_sample_weight(sample_weight, np.empty((len(frame), 1)), dtype=float, ensure_non_negative=True)
    if not weight.any():
        raise ValueError("every sample_weight is 0, so there is nothing to learn from")
    return np.asarray(weight / weight[weight > 0].mean())
