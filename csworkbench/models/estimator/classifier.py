"""The estimator behind ChurnModel and UpsellModel."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .encoding import Feature, encode, features_of
from .explain import explanation
from .frame import Kind, differing, kinds_of
from .leaks import leaks_of
from .order import copied, folds, keys_with, sampled, value_keys
from .outcome import events_of, groups_of, refuse_reversed, weights_of
from .parameters import day_of, judge_parameters
from .predictor import Predictor, fit_predictor, flat_predictor
from .rates import Rate, exact_rate
from .refusals import FrameRefusal, LeakRefusal, NotEstimable


class LeakWarning(UserWarning):
    """A column knows the outcome; fitted all the same, as asked."""


class SetAsideWarning(UserWarning):
    """Text columns that name the rows are not used."""


class CopiesWarning(UserWarning):
    """Rows are copies of other rows; each is kept on one side of a fold with its original."""


class EventClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Calibrated, explained probability of an event; the base of ChurnModel and UpsellModel.

    Takes a pandas frame as it comes: numbers, text and categories, booleans, dates (with or without time zone),
    durations, gaps; also plain arrays. What could be read in two ways is refused, all columns at once: duplicate names,
    numbers written as text, mixed types, infinities; and at prediction missing, extra or reordered columns.
    Categories never seen in training count as unknown. The order of the rows does not matter to the last bit.

    seed: of folds and trees. n_folds: folds that weigh and calibrate the members on unseen rows.
    max_rows: most rows learnt from; beyond it a case-control sample is drawn and the probabilities are set right.
    min_events: accounts (rows, or groups where given) with and without the event below which nothing is estimable;
    few_events: then "refuse" (raises NotEstimable, which holds the exact interval) or give everyone the "base_rate".
    on_leak: "refuse", "warn" or "ignore" columns that know the outcome (see find_leaks). as_of: day of the prediction.

    After fit: classes_, features_, set_aside_ (column → why it is not used), rate_ (share of events with its exact
    interval), estimable_, base_ (log-odds of the average row; explain adds to it).
    """

    event: ClassVar[str] = "the event"
    event_words: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        seed: int = 0,
        *,
        n_folds: int = 8,
        max_rows: int = 100_000,
        min_events: int = 20,
        few_events: str = "refuse",
        on_leak: str = "refuse",
        as_of: date | None = None,
    ) -> None:
        self.seed = seed
        self.n_folds = n_folds
        self.max_rows = max_rows
        self.min_events = min_events
        self.few_events = few_events
        self.on_leak = on_leak
        self.as_of = as_of

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:  # noqa: N803
        """Learn from rows X with outcomes y (two values, the second in order is the event).

        groups: account of each row, if accounts have several rows; an account is never on both sides of a fold. Without
        them copies of a row are kept together likewise, and a CopiesWarning says so.
        """
        judge_parameters(**self.get_params())
        frame = self._frame(X, reset=True)
        kinds = kinds_of(frame)
        self.classes_, event = events_of(frame, y)
        refuse_reversed(self.classes_, self.event_words, self.event)
        weight = weights_of(frame, sample_weight)
        values = value_keys(frame)
        given = copied(values, event) if groups is None else groups_of(frame, groups)
        if groups is None and given is not None:
            self._tell_copies(len(frame), len(np.unique(given)))
        group = np.arange(len(frame)) if given is None else given
        self.rate_ = _rate(event, group)
        kept = np.flatnonzero(weight > 0)
        rank = np.unique(weight[kept], return_inverse=True)[1] + 1.0
        more = [] if groups is None else [group[kept]]
        keys = keys_with(values[kept], event[kept], rank, *more)
        order, stands_for = sampled(keys, event[kept], self.max_rows)
        rows = kept[order]
        group = np.arange(len(rows)) if given is None else group[rows]
        self._learn(frame.iloc[rows], kinds, event[rows], weight[rows], stands_for[order], group)
        return self

    def _learn(
        self,
        frame: pd.DataFrame,
        kinds: Mapping[str, Kind],
        event: np.ndarray,
        weight: np.ndarray,
        stands_for: np.ndarray,
        group: np.ndarray,
    ) -> None:
        n_smaller = min(len(np.unique(group[event])), len(np.unique(group[~event])))
        self.features_ = features_of(frame, kinds)
        self.set_aside_ = {feature.name: feature.aside for feature in self.features_ if feature.aside}
        self.estimable_ = n_smaller >= max(self.min_events, 2)
        if not n_smaller or not (self.estimable_ or self.few_events == "base_rate"):
            raise NotEstimable(self.event, self.rate_, max(self.min_events, 2))
        self._judge_leaks(frame, kinds, event)
        self._tell_set_aside()
        if not self.estimable_ or len(self.set_aside_) == len(self.features_):
            self.predictor_ = flat_predictor(self.features_, float(np.average(event, weights=weight * stands_for)))
            return
        fold = folds(event, group, min(self.n_folds, n_smaller), self.seed)
        matrix = encode(frame, self.features_)
        self.predictor_ = fit_predictor(matrix, self.features_, event, weight, stands_for, fold, self.seed)

    def _judge_leaks(self, frame: pd.DataFrame, kinds: Mapping[str, Kind], event: np.ndarray) -> None:
        if self.on_leak == "ignore":
            return
        leaks = leaks_of(frame, kinds, event.astype(float), day_of(self.as_of))
        if leaks and self.on_leak == "refuse":
            raise LeakRefusal([leak.problem() for leak in leaks])
        for leak in leaks:
            warnings.warn(str(leak.problem()), LeakWarning, stacklevel=4)

    def _tell_set_aside(self) -> None:
        names = [feature.name for feature in self.features_ if feature.aside and feature.is_category]
        names = [name for name in names if "name the rows" in self.set_aside_[name]]
        if names:
            said = "; ".join(f'"{name}": {self.set_aside_[name]}' for name in names)
            warnings.warn(f"not used: {said}", SetAsideWarning, stacklevel=4)

    def _tell_copies(self, n_rows: int, n_different: int) -> None:
        said = f"{n_rows - n_different:,} of {n_rows:,} rows are copies of others and went the same way"
        warnings.warn(f"{said}; each counts with its original. Drop them, or give groups.", CopiesWarning, stacklevel=3)

    @property
    def base_(self) -> float:
        """Log-odds of the average training row, to which contributions add."""
        check_is_fitted(self)
        return float(self.predictor_.base)

    def decision_function(self, X: Any) -> np.ndarray:  # noqa: N803
        """Calibrated log-odds of the event, one per row."""
        return self._predictor().log_odds(self._matrix(X))

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """Calibrated probabilities, rows × (no event, event), each in (0, 1)."""
        share = expit(self.decision_function(X))
        return np.column_stack([1 - share, share])

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The likelier outcome of every row."""
        likely = (self.decision_function(X) > 0).astype(int)
        return np.asarray(self.classes_[likely])

    def explain(self, X: Any) -> pd.DataFrame:  # noqa: N803
        """One row per account × feature: account (index label), feature, value, contribution.

        contribution: log-odds, positive raises the probability. With base_ an account's contributions add up to
        decision_function to 1e-9. They are exact Shapley values of the blend (features independent in its regression,
        path-dependent in its trees), scaled by one factor per row for the calibration, which keeps signs and order.
        """
        contributions = self.contributions(X)
        return explanation(self._frame(X), contributions)

    def contributions(self, X: Any) -> np.ndarray:  # noqa: N803
        """The same numbers as explain, as an array of rows × features."""
        return self._predictor().contributions(self._matrix(X))

    def _predictor(self) -> Predictor:
        check_is_fitted(self)
        predictor: Predictor = self.predictor_
        return predictor

    def _matrix(self, X: Any) -> np.ndarray:  # noqa: N803
        frame = self._frame(X)
        problems = differing(frame, {feature.name: feature.kind for feature in self.features_})
        if problems:
            raise FrameRefusal(problems)
        return encode(frame, self.features_)

    def _frame(self, X: Any, reset: bool = False) -> pd.DataFrame:  # noqa: N803
        if not isinstance(X, pd.DataFrame):
            array = validate_data(self, X, reset=reset, dtype=None, ensure_all_finite="allow-nan")
            return pd.DataFrame(array, columns=[f"x{place}" for place in range(array.shape[1])]).infer_objects()
        frame = X.set_axis(X.columns.map(str), axis=1)
        if frame.empty:
            raise ValueError(f"Found array with {len(frame)} sample(s) and {frame.shape[1]} feature(s).")
        if frame.columns.is_unique:
            validate_data(self, frame, reset=reset, skip_check_array=True)
        return frame

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    @property
    def features_used_(self) -> tuple[Feature, ...]:
        """The features that are not set aside."""
        check_is_fitted(self)
        return tuple(feature for feature in self.features_ if not feature.aside)


def _rate(event: np.ndarray, group: np.ndarray) -> Rate:
    return exact_rate(len(np.unique(group[event])), len(np.unique(group)))
