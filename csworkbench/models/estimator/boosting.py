"""Grow small boosted trees on every fold; the folds' trees together are the member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from ..threads import one_thread
from .encoding import Feature, level_rates
from .forest import Forest, joined
from .switches import MAX_SWITCHES

GROWTH = {
    "max_iter": 70,
    "learning_rate": 0.13,
    "max_leaf_nodes": 24,
    "max_depth": MAX_SWITCHES,
    "max_features": 0.5,
    "early_stopping": False,
}
MAX_CUTS = 254
JUDGED_ROWS = 2_000
Split = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Boosted:
    """A forest over the widened matrix: numbers as they are, then per fold every category as its share of events.

    source: feature of every widened column. rates: per fold and category, one share per level and one for unknown.
    """

    forest: Forest
    source: np.ndarray
    rates: tuple[tuple[np.ndarray, ...], ...]

    def widened(self, matrix: np.ndarray) -> np.ndarray:
        """The matrix as the trees see it."""
        wide = np.empty((len(matrix), len(self.source)), order="F")
        categories = self.source[len(self.source) - sum(map(len, self.rates)) :]
        n_numbers = len(self.source) - len(categories)
        wide[:, :n_numbers] = matrix[:, self.source[:n_numbers]]
        tables = [table for fold in self.rates for table in fold]
        for place, (feature, table) in enumerate(zip(categories, tables, strict=True), start=n_numbers):
            wide[:, place] = table[matrix[:, feature].astype(np.int64)]
        return wide

    def log_odds(self, matrix: np.ndarray) -> np.ndarray:
        """Log-odds per row."""
        return self.forest.log_odds(self.widened(matrix))


@one_thread()
def fit_boosted(
    matrix: np.ndarray,
    features: Sequence[Feature],
    event: np.ndarray,
    weight: np.ndarray,
    splits: Sequence[Split],
    seed: int,
) -> tuple[Boosted, np.ndarray, np.ndarray]:
    """The trees, their log-odds of every row from the fold that has not seen it, and how far the folds' trees differ:
    the variance of their log-odds, for the first JUDGED_ROWS rows.
    """
    used = [place for place, feature in enumerate(features) if not feature.aside]
    numbers = [place for place in used if not features[place].is_category]
    categories = [place for place in used if features[place].is_category]
    outside, forests, rates, said = np.empty(len(matrix)), [], [], []
    cuts = [cuts_of(matrix[:, place]) for place in numbers]
    ranks = np.empty((len(matrix), len(used)), order="F")
    for column, (place, cut) in enumerate(zip(numbers, cuts, strict=True)):
        ranks[:, column] = ranked(matrix[:, place], cut)
    for fold, (inside, judged) in enumerate(splits):
        tables = tuple(
            level_rates(matrix[inside, place], event[inside], weight[inside], len(features[place].levels or ()))
            for place in categories
        )
        for column, rate in enumerate(_as_rates(matrix, categories, tables), start=len(numbers)):
            ranks[:, column] = rate
        model = _grown(ranks[inside], event[inside], weight[inside], seed + fold)
        outside[judged] = model.decision_function(ranks[judged])
        said.append(model.decision_function(ranks[:JUDGED_ROWS]))
        forests.append(by_value(_forest(model, fold, len(numbers), len(categories)), cuts))
        rates.append(tables)
    source = np.array([*numbers, *categories * len(splits)], dtype=np.int64)
    return Boosted(joined(forests), source, tuple(rates)), outside, np.var(said, axis=0, ddof=1)


def _as_rates(matrix: np.ndarray, categories: list[int], tables: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    return [table[matrix[:, place].astype(np.int64)] for place, table in zip(categories, tables, strict=True)]


def cuts_of(values: np.ndarray) -> np.ndarray:
    """At most 254 values between which a number may be split, from its quantiles; none where there is one value."""
    known = np.sort(values[~np.isnan(values)])
    different = known[np.diff(known, prepend=-np.inf) > 0]
    if len(different) > MAX_CUTS:
        places = np.linspace(0, len(known) - 1, MAX_CUTS + 2)[1:-1].astype(np.int64)
        return np.unique(known[places])
    return np.asarray((different[:-1] + different[1:]) / 2)


def ranked(values: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """How many cuts lie below each value; NaN where it is missing."""
    return np.where(np.isnan(values), np.nan, np.searchsorted(cuts, values))


def _grown(seen: np.ndarray, event: np.ndarray, weight: np.ndarray, seed: int) -> HistGradientBoostingClassifier:
    weighed = None if (weight == 1).all() else weight
    return HistGradientBoostingClassifier(**GROWTH, random_state=seed).fit(seen, event, weighed)


def _forest(model: HistGradientBoostingClassifier, fold: int, n_numbers: int, n_categories: int) -> Forest:
    trees = [predictor.nodes for stage in model._predictors for predictor in stage]
    nodes = np.concatenate(trees)
    first = np.cumsum([0, *map(len, trees)])[:-1]
    shift = np.repeat(first, [len(tree) for tree in trees])
    inner = ~nodes["is_leaf"].astype(bool)
    column = nodes["feature_idx"].astype(np.int64)
    return Forest(
        base=float(np.ravel(model._baseline_prediction)[0]),
        first=first.astype(np.int64),
        feature=np.where(column >= n_numbers, column + fold * n_categories, column),
        threshold=np.where(inner, nodes["num_threshold"], 0.0),
        missing_left=nodes["missing_go_to_left"].astype(bool) & inner,
        left=np.where(inner, nodes["left"] + shift, -1).astype(np.int64),
        right=np.where(inner, nodes["right"] + shift, -1).astype(np.int64),
        value=np.where(inner, 0.0, nodes["value"]),
        cover=nodes["count"].astype(float),
    )


def by_value(forest: Forest, cuts: Sequence[np.ndarray]) -> Forest:
    """The forest of ranks (see `ranked`) as one of values; a split of missing values alone stays infinite."""
    threshold = forest.threshold.copy()
    inner = (forest.left >= 0) & np.isfinite(threshold)
    for place, cut in enumerate(cuts):
        asks = inner & (forest.feature == place)
        threshold[asks] = cut[threshold[asks].astype(np.int64)]
    return replace(forest, threshold=threshold)
