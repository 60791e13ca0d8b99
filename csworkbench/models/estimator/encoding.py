"""A frame as one matrix of numbers: categories as level numbers, dates in days, gaps as NaN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .frame import Kind, labels_of, name_of, numbers_of

UNKNOWN = -1
MISSING = "\0missing"


@dataclass(frozen=True)
class Feature:
    """A column as it was in the training frame.

    levels: known categories in alphabetical order; None for other kinds. A gap is a level where training had gaps.
    aside: why the column is not used ("" if it is): it then contributes 0.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] | None = None
    aside: str = ""

    @property
    def is_category(self) -> bool:
        """Whether the column holds level numbers in the matrix."""
        return self.levels is not None


def features_of(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> tuple[Feature, ...]:
    """The features of a training frame."""
    return tuple(_feature(frame[name], kind) for name, kind in zip(frame.columns, kinds.values(), strict=True))


def _feature(column: pd.Series, kind: Kind) -> Feature:
    name = str(column.name)
    if kind == "empty":
        return Feature(name, kind, aside="no value at all")
    if kind == "category":
        labels = _labels(column)
        levels = tuple(sorted(set(labels)))
        return Feature(name, kind, levels, _aside(len(levels), len(labels), is_text=True))
    return Feature(name, kind, None, _aside(column.nunique(dropna=False), len(column), is_text=False))


def _aside(n_different: int, n: int, is_text: bool) -> str:
    if n_different == 1:
        return "the same everywhere"
    if is_text and n >= 50 and n_different > 0.5 * n:
        return f"{n_different:,} different texts in {n:,} rows name the rows instead of describing them"
    return ""


def _labels(column: pd.Series) -> list[str]:
    return [MISSING if label is None else label for label in labels_of(column)]


def encode(frame: pd.DataFrame, features: tuple[Feature, ...]) -> np.ndarray:
    """Matrix (rows × features, column by column in memory); categories never seen in training are UNKNOWN."""
    matrix = np.empty((len(frame), len(features)), order="F")
    for place, feature in enumerate(features):
        column = frame.iloc[:, place]
        matrix[:, place] = _codes(column, feature) if feature.is_category else _numbers(column, feature)
    return matrix


def _codes(column: pd.Series, feature: Feature) -> np.ndarray:
    levels = feature.levels or ()
    codes, found = pd.factorize(column)
    known = {level: number for number, level in enumerate(levels)}
    table = [known.get(name_of(label), UNKNOWN) for label in found] + [known.get(MISSING, UNKNOWN)]
    return np.array(table, dtype=float)[codes]


def _numbers(column: pd.Series, feature: Feature) -> np.ndarray:
    return numbers_of(column, "empty" if column.isna().all() else feature.kind)


def level_rates(codes: np.ndarray, event: np.ndarray, weight: np.ndarray, n_levels: int) -> np.ndarray:
    """Share of events per level, drawn to the overall share by ten rows' worth; the last entry is for UNKNOWN."""
    share = float(np.average(event, weights=weight))
    place = codes.astype(np.int64)
    n = np.bincount(place, weight, n_levels)
    n_events = np.bincount(place, weight * event, n_levels)
    return np.append((n_events + 10 * share) / (n + 10), share)
