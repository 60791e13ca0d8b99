"""What each CSM's book gave beyond what the same mix of accounts gives elsewhere, and how much CSMs differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..intervals import suppressed
from .mix import expected, row_variance
from .pooling import partial_pooling

MEASURES = ("nnmrr", "grr", "adoption", "steps")
KINDS = ("segment", "tenure", "plan")
LEVELS: Mapping[str, Sequence[Sequence[str]]] = {
    "nnmrr": (KINDS, KINDS[:2], KINDS[:1]),
    "grr": (KINDS, KINDS[:2], KINDS[:1]),
    "adoption": (KINDS, KINDS[:2], KINDS[:1]),
    "steps": (("step", "segment"), ("step",)),
}
_ESTIMATES = ["observed", "expected", "effect", "error", "shrunk", "low", "high"]


def adjusted(rows: pd.DataFrame, levels: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Observed less expected of every CSM, per unit of weight, drawn together by partial pooling towards zero.

    rows: one per account and period in a CSM's charge: account_id, csm_id, segment, weight, outcome, and the columns of
    the levels (see `mix.expected`). Returns csm_id, n (accounts compared), n_book (accounts in all), weight (compared),
    observed, expected (rates), effect (their difference), error, shrunk, low, high (90%). Weighted effects sum to zero.
    Under 5 accounts compared nothing is estimated, nor where it could be computed back from the others.
    """
    held = rows[rows["weight"] > 0].reset_index(drop=True)
    held = held.assign(expected=expected(held, levels))
    compared = held[held["expected"].notna()]
    compared = compared.assign(variance=row_variance(compared))
    grouped = compared.groupby("csm_id")
    sums = grouped[["weight", "outcome", "expected", "variance"]].sum()
    n_book = held.groupby("csm_id")["account_id"].nunique()
    n = grouped["account_id"].nunique().reindex(n_book.index).fillna(0).astype("int64")
    sums = sums.reindex(n_book.index)
    found = pd.DataFrame(
        {
            "n": n,
            "n_book": n_book,
            "weight": sums["weight"].fillna(0.0),
            "observed": sums["outcome"] / sums["weight"],
            "expected": sums["expected"] / sums["weight"],
            "effect": (sums["outcome"] - sums["expected"]) / sums["weight"],
            "error": np.sqrt(sums["variance"]) / sums["weight"],
        }
    )
    return _pooled(found)


def _pooled(found: pd.DataFrame) -> pd.DataFrame:
    """With shrunk, low and high of the CSMs that may be shown; the others' estimates are null."""
    shown = found[~suppressed(found["n"].to_numpy()) & (found["n"] > 0)]
    drawn = partial_pooling(shown["effect"], shown["error"], centre=0.0).groups.set_index(shown.index)
    joined = found.join(drawn)
    joined.loc[~joined.index.isin(shown.index), _ESTIMATES] = np.nan
    return joined.reset_index()


def effects(rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """`adjusted` of every measure that has rows, with the measure in front. rows: measure → rows."""
    found = [adjusted(rows[name], LEVELS[name]).assign(measure=name) for name in MEASURES if name in rows]
    columns = ["measure", "csm_id", "n", "n_book", "weight", *_ESTIMATES]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def spread(effects: pd.DataFrame) -> pd.DataFrame:
    """How much CSMs differ after adjusting: measure, n_csms, spread (standard deviation, 90% low and high), gain.

    gain: weight × what the CSMs below the company's rate would add by reaching it, in units of the weight.
    """
    rows = []
    for measure, group in effects.groupby("measure"):
        shown = group.dropna(subset=["effect"])
        pooled = partial_pooling(shown["effect"], shown["error"], centre=0.0)
        gain = float((-shown["shrunk"].clip(upper=0) * shown["weight"]).sum())
        rows.append(
            {
                "measure": measure,
                "n_csms": len(shown),
                "spread": pooled.spread,
                "low": pooled.low,
                "high": pooled.high,
                "gain": gain,
            }
        )
    return pd.DataFrame(rows, columns=["measure", "n_csms", "spread", "low", "high", "gain"])
