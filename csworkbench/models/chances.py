"""The chances of leaving, shrinking and growing within a quarter, and by how much, learnt from earlier quarters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .amounts import Amounts, Floats, amounts
from .outcomes import QUARTER_MONTHS
from .portfolio import OUTCOMES, Book, exclusive

FEWEST_EVENTS = 30
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Rate:
    """The same chance for every account: (events + ½) ÷ (rows + 1), where there were too few events for a model."""

    n_events: int
    n: int

    def chance(self, X: pd.DataFrame) -> Floats:  # noqa: N803
        """The chance of each row."""
        return np.full(len(X), (self.n_events + 0.5) / (self.n + 1))


@dataclass(frozen=True)
class Learnt:
    """A classifier's chance."""

    classifier: Any

    def chance(self, X: pd.DataFrame) -> Floats:  # noqa: N803
        """The chance of each row."""
        return np.asarray(self.classifier.predict_proba(X)[:, 1], dtype=np.float64)


@dataclass(frozen=True)
class QuarterModel:
    """What was learnt of the outcomes of a quarter. features: columns of panel rows that it reads."""

    chances: Mapping[str, Rate | Learnt]
    amounts: Mapping[str, Amounts]
    features: tuple[str, ...]

    def book(self, rows: pd.DataFrame) -> Book:
        """The accounts of these panel rows (all of one month-end) with what may become of them."""
        X = inputs(rows, self.features)  # noqa: N806
        cells = cell(rows)
        return Book(
            rows["mrr"].to_numpy(dtype=np.float64),
            exclusive(*(self.chances[name].chance(X) for name in OUTCOMES)),
            {name: found.codes(cells) for name, found in self.amounts.items()},
            self.amounts,
        )


def learn(rows: pd.DataFrame, became: pd.DataFrame, features: tuple[str, ...], seed: int) -> QuarterModel:
    """The model of a quarter from panel rows whose three months are over.

    rows: of `Panel.rows`. became: `outcomes` as known when the model is made; a row without one (it turned out not to
    have paid) counts as "none".
    """
    both = rows.merge(became[["account_id", "month_end", "outcome", "change"]], on=["account_id", "month_end"], how="left")
    both = thinned(both.fillna({"outcome": "none", "change": 0.0}))
    X = inputs(both, features)  # noqa: N806
    chances = {name: _chance(X, (both["outcome"] == name).to_numpy(), seed) for name in OUTCOMES}
    cells = cell(both)
    pools = {}
    for name in OUTCOMES[1:]:
        happened = both["outcome"] == name
        pools[name] = amounts(both.loc[happened, "change"], cells[happened])
    return QuarterModel(chances, pools, features)


def thinned(rows: pd.DataFrame, most: int = MOST_ROWS) -> pd.DataFrame:
    """The rows of every k-th account, so that at most about `most` are left."""
    step = -(-len(rows) // most)
    codes, _ = pd.factorize(rows["account_id"], sort=True)
    return rows[codes % step == 0] if step > 1 else rows


def inputs(rows: pd.DataFrame, features: tuple[str, ...]) -> pd.DataFrame:
    """The features of the rows, and whether a renewal falls due within the quarter."""
    return rows[list(features)].assign(renewal=renewal(rows).to_numpy())


def renewal(rows: pd.DataFrame) -> pd.Series:
    """Per row: "due" within three months, "later", or "none" where no renewal date is known."""
    months = rows["months_to_renewal"]
    found = np.select([months.isna(), months <= QUARTER_MONTHS], ["none", "due"], "later")
    return pd.Series(found, rows.index)


def cell(rows: pd.DataFrame) -> pd.Series:
    """The pool of amounts that a row draws from: its segment, and whether a renewal falls due."""
    return rows["segment"].astype("str") + " · " + renewal(rows)


def _chance(X: pd.DataFrame, happened: np.ndarray, seed: int) -> Rate | Learnt:  # noqa: N803
    n_events = int(happened.sum())
    if min(n_events, len(X) - n_events) < FEWEST_EVENTS:
        return Rate(n_events, len(X))
    return Learnt(_classifier(X, seed).fit(X, happened.astype(np.int64)))


def _classifier(X: pd.DataFrame, seed: int) -> Any:  # noqa: N803
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    texts = [name for name in X if not pd.api.types.is_numeric_dtype(X[name])]
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan)
    model = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.08, max_leaf_nodes=8, min_samples_leaf=40, l2_regularization=5.0,
        early_stopping=False, random_state=seed,
    )
    return make_pipeline(make_column_transformer((encode, texts), remainder="passthrough"), model)
