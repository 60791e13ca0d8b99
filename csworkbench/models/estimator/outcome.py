"""The outcome of every training row as 0 and 1, and what each row weighs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, column_or_1d

from .refusals import FrameRefusal, frame_problem

SAY_WHETHER = "Write it as True and False, or as two texts."


def events_of(frame: pd.DataFrame, outcome: Any) -> tuple[np.ndarray, np.ndarray]:
    """The two outcomes in order, and for every row whether it had the second. One outcome only gives one class."""
    if outcome is None:
        raise ValueError("This estimator requires y to be passed, but the target y is None.")
    refuse_gaps(outcome)
    plain = outcome.to_numpy() if isinstance(outcome, pd.Series) else outcome
    target = _of_one_type(column_or_1d(plain, warn=True))
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


def refuse_gaps(outcome: Any) -> None:
    """Refuse outcomes that are not known."""
    gaps = int(np.sum(np.asarray(pd.isna(list(outcome) if isinstance(outcome, tuple) else outcome))))
    if not gaps:
        return
    said = f"Input y contains NaN: the outcome of {gaps:,} rows is not known"
    raise FrameRefusal([frame_problem(_name(outcome), "outcome_unknown", said, "Leave these rows out.")])


def _name(outcome: Any) -> str:
    return str(getattr(outcome, "name", None) or "y")


def _of_one_type(target: np.ndarray) -> np.ndarray:
    if target.dtype.kind in "mM":
        raise FrameRefusal([frame_problem("y", "outcome_type", "holds dates", SAY_WHETHER)])
    if target.dtype != object:
        return target
    found: np.ndarray = pd.Series(target).infer_objects().to_numpy()
    types = sorted({type(value).__name__ for value in found})
    if found.dtype != object or types == ["str"]:
        return found
    raise FrameRefusal([frame_problem("y", "outcome_type", f"holds {' and '.join(types)} objects", SAY_WHETHER)])


def refuse_reversed(classes: np.ndarray, words: tuple[str, ...], event: str) -> None:
    """Refuse two texts of which the first in order names the event, so that the other would be taken for it.

    words: how texts begin that name the event.
    """
    names = [label.casefold().startswith(words) if isinstance(label, str) else False for label in classes]
    if names[0] and not names[-1]:
        said = f"would be taken for {event}, as it comes second in order"
        remedy = f'Give True and False: y == "{classes[0]}".'
        raise FrameRefusal([frame_problem("y", "outcome_reversed", said, remedy, classes[-1])])


def groups_of(frame: pd.DataFrame, groups: Any) -> np.ndarray:
    """The number of every row's account, −1 where it has none."""
    check_consistent_length(frame, groups)
    return np.asarray(pd.factorize(np.asarray(groups), sort=True)[0])


def weights_of(frame: pd.DataFrame, sample_weight: Any) -> np.ndarray:
    """Weight of every row, mean 1 over the rows that weigh anything."""
    weight = _check_sample_weight(sample_weight, np.empty((len(frame), 1)), dtype=float, ensure_non_negative=True)
    if not weight.any():
        raise ValueError("every sample_weight is 0, so there is nothing to learn from")
    known = weight[weight > 0]
    return np.asarray(weight / (math.fsum(known) / len(known)))
