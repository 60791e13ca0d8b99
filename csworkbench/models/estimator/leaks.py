"""Columns that know the outcome, found one by one and named with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from .certainty import Leak, certain, empty_of
from .encoding import Feature, encode, features_of
from .frame import Kind, kinds_of, numbers_of
from .order import content_keys
from .outcome import refuse_gaps
from .parameters import day_of

SUSPICIOUS_AUC, SURE_AUC = 0.97, 0.99
STRONG_AUC = 0.9
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


def find_leaks(frame: pd.DataFrame, outcome: Any, as_of: date | None = None) -> list[Leak]:
    """Columns of a training frame that know the outcome, at most one leak each, in the order of the columns.

    outcome: one of two values per row. as_of: day of the prediction, if all rows have the same; dates after it leak.
    A single column with ROC-AUC ≥ 0.97 (after the best ordering of its bins, judged on the other half of the rows)
    counts as near perfect; where columns below that reach 0.9, so that the outcome is easily told, from 0.99 on. One
    value that settles the outcome for a fifth of the rarer kind counts too (see certainty.certain). With fewer than
    ten rows of either outcome only dates are judged.
    """
    kinds = kinds_of(frame)
    refuse_gaps(outcome)
    classes, event = np.unique(np.asarray(outcome), return_inverse=True)
    if len(classes) != 2:
        event = np.zeros(len(frame), dtype=int)
    return leaks_of(frame, kinds, event.astype(float), day_of(as_of))


def leaks_of(frame: pd.DataFrame, kinds: Mapping[str, Kind], event: np.ndarray, as_of: date | None) -> list[Leak]:
    """The same for a frame whose kinds are known and whose outcome is 0 or 1."""
    late = _late(frame, kinds, as_of)
    order = np.argsort(content_keys(frame, event), kind="stable")[:MAX_ROWS]
    frame, event = frame.iloc[order], event[order]
    features = features_of(frame, kinds)
    matrix = encode(frame, features)
    columns = list(zip(features, matrix.T, strict=True))
    alone = [_alone(values, feature, event) for feature, values in columns]
    least = SURE_AUC if any(STRONG_AUC <= auc < SUSPICIOUS_AUC for auc in alone) else SUSPICIOUS_AUC
    return [
        leak
        for (feature, values), auc in zip(columns, alone, strict=True)
        if (leak := late.get(feature.name) or _tells(values, feature, event, auc if auc >= least else 0.0))
    ]


def _late(frame: pd.DataFrame, kinds: Mapping[str, Kind], as_of: date | None) -> dict[str, Leak]:
    """Columns with dates after the day, in any row."""
    if as_of is None:
        return {}
    end = (pd.Timestamp(as_of) + pd.Timedelta(days=1) - pd.Timestamp(0)).total_seconds() / 86_400
    dates = [(name, place) for place, (name, kind) in enumerate(kinds.items()) if kind == "date"]
    n_after = {name: int((numbers_of(frame.iloc[:, place], "date") >= end).sum()) for name, place in dates}
    said = {name: SAID["known_after"].format(value=f"{n:,}", as_of=as_of.isoformat()) for name, n in n_after.items()}
    known = REMEDY["known_after"]
    return {name: Leak(name, "known_after", float("nan"), said[name], known) for name, n in n_after.items() if n}


def _alone(values: np.ndarray, feature: Feature, event: np.ndarray) -> float:
    """ROC-AUC of the column by itself; 0 where it is not judged."""
    if feature.aside or min(event.sum(), len(event) - event.sum()) < 10:
        return 0.0
    return max(_half_judged(_bins(values, feature), event), 0.0 if feature.is_category else _either_way(values, event))


def _tells(values: np.ndarray, feature: Feature, event: np.ndarray, suspicious: float) -> Leak | None:
    """suspicious: ROC-AUC of the column by itself where that is too good, else 0."""
    if feature.aside or min(event.sum(), len(event) - event.sum()) < 10:
        return None
    if (auc := _either_way(empty_of(values, feature).astype(float), event)) >= SUSPICIOUS_AUC:
        return _leak(feature, "missing_tells", auc)
    if not suspicious:
        return certain(values, feature, event)
    return _leak(feature, "target_in_disguise" if suspicious == 1.0 else "near_perfect", suspicious)


def _leak(feature: Feature, rule: str, auc: float) -> Leak:
    said = SAID[rule].format(value=f"{auc:.3f}")
    return Leak(feature.name, rule, auc, said, REMEDY[rule])


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
