"""The chances of leaving, shrinking and growing within a quarter, and by how much, learnt from earlier quarters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .amounts import Amounts, Floats, amounts
from .outcomes import QUARTER_MONTHS
from .portfolio import OUTCOMES, Book, exclusive

FEWEST_EVENTS = 30
MOST_ROWS = 20_000
MOST_MONTHS = 18
N_BINS = 63


@dataclass(frozen=True)
class Rate:
    """The same chance for every account: (events + ½) ÷ (rows + 1), where there were too few events for a model."""

    n_events: int
    n: int

    def chance(self, X: Floats) -> Floats:  # noqa: N803
        """The chance of each row."""
        return np.full(len(X), (self.n_events + 0.5) / (self.n + 1))


@dataclass(frozen=True)
class Learnt:
    """A classifier's chance. varying: the columns that it reads."""

    classifier: Any
    varying: NDArray[np.bool_]

    def chance(self, X: Floats) -> Floats:  # noqa: N803
        """The chance of each row."""
        found = self.classifier.predict_proba(X[:, self.varying])[:, 1] if len(X) else []
        return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True)
class QuarterModel:
    """What was learnt of the outcomes of a quarter."""

    chances: Mapping[str, Rate | Learnt]
    amounts: Mapping[str, Amounts]

    def book(self, rows: pd.DataFrame, X: Floats) -> Book:  # noqa: N803
        """The accounts of these panel rows (all of one month-end; X: their `inputs`) with what may become of them."""
        cells = cell(rows)
        return Book(
            rows["mrr"].to_numpy(dtype=np.float64),
            exclusive(*(self.chances[name].chance(X) for name in OUTCOMES)),
            {name: found.codes(cells) for name, found in self.amounts.items()},
            self.amounts,
        )


def learn(rows: pd.DataFrame, X: Floats, became: pd.DataFrame, seed: int) -> QuarterModel:  # noqa: N803
    """The model of a quarter from panel rows whose three months are over.

    rows: of `Panel.rows`; X: their `inputs`. became: `outcomes` as known when the model is made; a row without one (it
    turned out not to have paid) counts as "none".
    """
    key = ["account_id", "month_end"]
    both = rows[key].merge(became[[*key, "outcome", "change"]], on=key, how="left")
    outcome, cells = both["outcome"].to_numpy(dtype=object), cell(rows)
    pools = {name: amounts(both["change"][outcome == name], cells[outcome == name]) for name in OUTCOMES[1:]}
    return QuarterModel({name: _chance(X, outcome == name, seed) for name in OUTCOMES}, pools)


def learnt_from(account: NDArray[np.int64], months_ago: NDArray[np.int64], most: int = MOST_ROWS) -> NDArray[np.bool_]:
    """Which rows to learn from: of the last 18 month-ends, and so many that at most about `most` are left.

    account: number of each row's account. months_ago: its month-end before the last whose quarter is over, that being
    0 and later ones negative. First every third month-end, whose quarters do not overlap; then every k-th account.
    """
    late = (months_ago >= 0) & (months_ago < MOST_MONTHS)
    apart = late & ((months_ago % QUARTER_MONTHS == 0) | (late.sum() <= most))
    step = max(-(-int(apart.sum()) // most), 1)
    return np.asarray(apart & (account % step == 0))


def text_values(rows: pd.DataFrame, features: tuple[str, ...]) -> dict[str, list[str]]:
    """The sorted values of every text feature of these rows."""
    texts = [name for name in features if not pd.api.types.is_numeric_dtype(rows[name])]
    return {name: sorted(rows[name].dropna().astype("str").unique()) for name in texts}


def inputs(rows: pd.DataFrame, features: tuple[str, ...], texts: Mapping[str, list[str]]) -> Floats:
    """Row × feature as numbers, text as its place in `texts`, and whether a renewal falls due."""
    columns = [_places(rows[name], texts[name]) if name in texts else rows[name] for name in features]
    columns.append(_places(renewal(rows), ["due", "later", "none", "rolling"]))
    return np.column_stack([column.to_numpy(dtype=np.float64, na_value=np.nan) for column in columns])


def _places(column: pd.Series, values: list[str]) -> pd.Series:
    return column.map({value: place for place, value in enumerate(values)}).astype("float64")


def renewal(rows: pd.DataFrame) -> pd.Series:
    """Per row: "rolling" where every quarter holds one, "due" within three months, "later", or "none" known."""
    months, rolling = rows["months_to_renewal"], rows["billing_months"] <= QUARTER_MONTHS
    found = np.select([rolling, months.isna(), months <= QUARTER_MONTHS], ["rolling", "none", "due"], "later")
    return pd.Series(found, rows.index)


def cell(rows: pd.DataFrame) -> pd.Series:
    """The pool of amounts that a row draws from: its segment, and whether a renewal falls due."""
    return rows["segment"].astype("str") + " · " + renewal(rows)


def _chance(X: Floats, happened: NDArray[np.bool_], seed: int) -> Rate | Learnt:  # noqa: N803
    n_events, varying = int(happened.sum()), _varying(X)
    if min(n_events, len(X) - n_events) < FEWEST_EVENTS or not varying.any():
        return Rate(n_events, len(X))
    return Learnt(_classifier(seed).fit(X[:, varying], happened.astype(np.int64)), varying)


def _varying(X: Floats) -> NDArray[np.bool_]:  # noqa: N803
    """Columns with at least two different values."""
    least, most = np.fmin.reduce(X, axis=0), np.fmax.reduce(X, axis=0)
    return np.asarray(least < most)


def _classifier(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_bins=N_BINS,
        max_iter=40,
        learning_rate=0.12,
        max_leaf_nodes=8,
        min_samples_leaf=40,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=seed,
    )
