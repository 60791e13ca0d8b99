"""Account × month-end × month ahead: the rows on which the hazard of leaving is learned and predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..panel import Panel
from ..panel.labels import months_to_event

MONTHS_AHEAD = 12
TERM_MONTHS = 12.0


@dataclass(frozen=True)
class Periods:
    """Rows of the hazard: the account had not left by the month before.

    row: place in `panel.rows`. ahead: 1 … 12 at most. left: whether it decided to leave in that month. weight: how
    many rows of the same kind each stands for.
    """

    row: npt.NDArray[np.int64]
    ahead: npt.NDArray[np.int64]
    left: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.float64]


def periods(panel: Panel, most_rows: int, seed: int, months_ahead: int = MONTHS_AHEAD) -> Periods:
    """Every row × month ahead, 1 to `months_ahead`, that is over by `panel.until`; thinned to about `most_rows`.

    Rows with the event are thinned only where they alone are more than half of `most_rows`.
    """
    after = months_to_event(panel)
    seen = np.minimum(-panel.month, months_ahead)
    exposed = np.minimum(seen, after)
    event = np.flatnonzero(after <= seen)
    starts = np.concatenate([[0], np.cumsum(exposed - (after <= seen))])
    rng = np.random.default_rng(seed)
    kept_events = _thinned(len(event), most_rows // 2, rng)
    quiet = _thinned(int(starts[-1]), most_rows - len(kept_events), rng)
    row = np.searchsorted(starts, quiet, side="right") - 1
    places = event[kept_events]
    weights = [len(event) / max(len(places), 1), starts[-1] / max(len(quiet), 1)]
    return Periods(
        np.concatenate([places, row]),
        np.concatenate([after[places], quiet - starts[row] + 1]),
        np.repeat([True, False], [len(places), len(row)]),
        np.repeat(weights, [len(places), len(row)]),
    )


def _thinned(n: int, most: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return np.arange(n) if n <= most else np.sort(rng.choice(n, most, replace=False))


def ahead_features(rows: pd.DataFrame, ahead: npt.NDArray[np.int64], features: tuple[str, ...]) -> pd.DataFrame:
    """The features of the rows as they will stand at the start of the month `ahead` (1: the next one).

    What passes with time moves on (tenure, months to renewal, calendar month); all else stays as it was known.
    """
    moved = rows[list(features)].reset_index(drop=True)
    passed = (ahead - 1).astype(np.float32)
    moved["tenure_months"] += passed
    moved["months_to_renewal"] = _to_renewal(moved, passed)
    moved["months_ahead"] = ahead.astype(np.float32)
    ends = rows["month_end"].dt.month.to_numpy()
    moved["calendar_month"] = ((ends + ahead - 1) % 12 + 1).astype(np.float32)
    return moved


def _to_renewal(moved: pd.DataFrame, passed: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Months to the renewal that comes next then; after one, a term of its billing period, at least a year."""
    term = np.fmax(moved["billing_months"].to_numpy(dtype=np.float32), np.float32(TERM_MONTHS))
    left = moved["months_to_renewal"].to_numpy(dtype=np.float32) - passed
    return np.asarray(np.where(left > 0, left, left + np.ceil(-left / term + 1e-6) * term), dtype=np.float32)
