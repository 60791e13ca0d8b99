"""Columns that know the outcome, found one by one and named with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ...errors import Problem
from .encoding import MISSING, Feature, encode, features_of
from .frame import Kind, kinds_of
from .order import content_keys
from .refusals import frame_problem

SUSPICIOUS_AUC = 0.97
MAX_ROWS = 50_000
N_BINS = 32

SAID = {
    "known_after": "holds {value} dates after {as_of}, the day of the prediction",
    "target_in_disguise": "tells the outcome of every row (it is the target in disguise)",
    "missing_tells": "is filled in or empty almost exactly as the outcome went (ROC-AUC {value} of being empty)",
    "near_perfect": "tells the outcome almost alone (ROC-AUC {value}), as only something learnt afterwards does",
}
REMEDY = {
    "known_after": "Keep only what was known on that day, or leave the column out.",
    "target_in_disguise": "Leave it out.",
    "missing_tells": "Find out when it is filled in; leave it out unless that is before the prediction.",
    "near_perfect": 'Find out when it is known; leave it out, or fit with on_leak="ignore" if it is known in time.',
}


@dataclass(frozen=True)
class Leak:
    """A column that knows too much.

    rule: known_after, target_in_disguise, missing_tells or near_perfect. roc_auc: of the column alone, NaN for dates.
    """

    column: str
    rule: str
    roc_auc: float
    said: str

    def problem(self) -> Problem:
        """The leak as a problem with its remedy."""
        return frame_problem(self.column, self.rule, self.said, REMEDY[self.rule])


def find_leaks(frame: pd.DataFrame, outcome: Any, as_of: date | None = None) -> list[Leak]:
    """Columns of a training frame that know the outcome, at most one leak each, in the order of the columns.

    outcome: one of two values per row. as_of: day of the prediction, if all rows have the same; dates after it leak.
    A single column with ROC-AUC ≥ 0.97 (after the best ordering of its bins, judged on the other half of the rows)
    counts as near perfect. With fewer than ten rows of either outcome only dates are judged.
    """
    kinds = kinds_of(frame)
    classes, event = np.unique(np.asarray(outcome), return_inverse=True)
    if len(classes) != 2:
        event = np.zeros(len(frame), dtype=int)
    return leaks_of(frame, kinds, event.astype(float), as_of)


def leaks_of(frame: pd.DataFrame, kinds: Mapping[str, Kind], event: np.ndarray, as_of: date | None) -> list[Leak]:
    """The same for a frame whose kinds are known and whose outcome is 0 or 1."""
    order = np.argsort(content_keys(frame, event), kind="stable")[:MAX_ROWS]
    frame, event = frame.iloc[order], event[order]
    features = features_of(frame, kinds)
    matrix = encode(frame, features)
    return [
        leak
        for place, feature in enumerate(features)
        if (leak := _after(matrix[:, place], feature, as_of) or _tells(matrix[:, place], feature, event))
    ]


def _after(values: np.ndarray, feature: Feature, as_of: date | None) -> Leak | None:
    if as_of is None or feature.kind != "date":
        return None
    end = (pd.Timestamp(as_of) + pd.Timedelta(days=1) - pd.Timestamp(0)).total_seconds() / 86_400
    n_after = int((values >= end).sum())
    said = SAID["known_after"].format(value=f"{n_after:,}", as_of=as_of.isoformat())
    return Leak(feature.name, "known_after", float("nan"), said) if n_after else None


def _tells(values: np.ndarray, feature: Feature, event: np.ndarray) -> Leak | None:
    if feature.aside or min(event.sum(), len(event) - event.sum()) < 10:
        return None
    gaps = _gaps(values, feature)
    if (auc := _either_way(gaps, event)) >= SUSPICIOUS_AUC:
        return _leak(feature, "missing_tells", auc)
    auc = max(_half_judged(_bins(values, feature), event), 0.0 if feature.is_category else _either_way(values, event))
    if auc < SUSPICIOUS_AUC:
        return None
    return _leak(feature, "target_in_disguise" if auc == 1.0 else "near_perfect", auc)


def _leak(feature: Feature, rule: str, auc: float) -> Leak:
    return Leak(feature.name, rule, auc, SAID[rule].format(value=f"{auc:.3f}"))


def _gaps(values: np.ndarray, feature: Feature) -> np.ndarray:
    if not feature.is_category:
        return np.asarray(np.isnan(values), dtype=float)
    levels = feature.levels or ()
    return np.asarray(values == (levels.index(MISSING) if MISSING in levels else np.nan), dtype=float)


def _bins(values: np.ndarray, feature: Feature) -> np.ndarray:
    if feature.is_category:
        return values.astype(np.int64)
    cuts = np.unique(np.nanquantile(values, np.linspace(0, 1, N_BINS + 1)[1:-1]))
    return np.asarray(np.where(np.isnan(values), len(cuts) + 1, np.searchsorted(cuts, values)))


def _half_judged(bins: np.ndarray, event: np.ndarray) -> float:
    """ROC-AUC of the bins' share of events, each half of the rows judged by the other half."""
    half = np.arange(len(bins)) % 2
    score = np.empty(len(bins))
    for learn, judge in ((half == 0, half == 1), (half == 1, half == 0)):
        n = np.bincount(bins[learn], minlength=bins.max() + 1)
        n_events = np.bincount(bins[learn], event[learn], minlength=bins.max() + 1)
        share = (n_events + event.mean()) / (n + 1)
        score[judge] = share[bins[judge]]
    return min(roc_auc(score[half == side], event[half == side]) for side in (0, 1))


def _either_way(values: np.ndarray, event: np.ndarray) -> float:
    known = ~np.isnan(values)
    if known.mean() < 0.9:
        return 0.0
    auc = roc_auc(values[known], event[known])
    return max(auc, 1 - auc)


def roc_auc(score: np.ndarray, event: np.ndarray) -> float:
    """Chance that a row with the event scores higher than one without; ties count half. 0.5 with one kind only."""
    from scipy.stats import rankdata

    n_events = float(event.sum())
    n_others = len(event) - n_events
    if not n_events or not n_others:
        return 0.5
    ranks = rankdata(score)
    return float((ranks[event == 1].sum() - n_events * (n_events + 1) / 2) / (n_events * n_others))
