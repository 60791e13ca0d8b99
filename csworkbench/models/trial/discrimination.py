"""How well a score tells those who leave from those who stay: areas, their intervals, and lift."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...metrics.intervals import wilson
from .significance import two_sided_z

Floats = NDArray[np.float64]
_NOTHING = float("nan")


class Interval(NamedTuple):
    """An estimate with its limits; all NaN where nothing could be estimated."""

    value: float
    low: float
    high: float


UNKNOWN = Interval(_NOTHING, _NOTHING, _NOTHING)


def roc_auc(y: ArrayLike, p: ArrayLike, accounts: ArrayLike | None = None, level: float = 0.95) -> Interval:
    """Area under the ROC curve: how often a row with the event scores higher than one without; ties count half.

    y: 0 or 1. p: any score, higher = more likely; no NaN. accounts: rows of one account are not independent; each row
    is on its own when not given. NaN unless both outcomes occur. Limits in [0, 1].
    Source: DeLong, DeLong and Clarke-Pearson (1988); by account as Obuchowski (1997). Where the estimated variance is
    0 (perfect separation) or there is a single account with an outcome, the limits are Wilson's over as many trials as
    the rarer outcome has accounts.
    """
    parts = _Parts.of(y, accounts)
    if not parts.both:
        return UNKNOWN
    with_event, without = _placements(parts.y, np.asarray(p, dtype=float))
    area = float(with_event.mean())
    variance = parts.variance(with_event, without, area)
    if not variance > 0:
        low, high = wilson(area * parts.rarer, parts.rarer, level)
        return Interval(area, float(low), float(high))
    half = two_sided_z(level) * variance**0.5
    return Interval(area, max(area - half, 0.0), min(area + half, 1.0))


def roc_auc_gain(
    y: ArrayLike, p: ArrayLike, rival: ArrayLike, accounts: ArrayLike | None = None, level: float = 0.95
) -> Interval:
    """Area of p minus area of the rival on the same rows, with the interval of a paired comparison.

    Arguments and source as of `roc_auc`. Two scores that order the rows alike differ by 0 with limits 0; NaN limits
    where a single account has an outcome.
    """
    parts = _Parts.of(y, accounts)
    if not parts.both:
        return UNKNOWN
    ours, theirs = (_placements(parts.y, np.asarray(score, dtype=float)) for score in (p, rival))
    gain = float(ours[0].mean() - theirs[0].mean())
    half = two_sided_z(level) * parts.variance(ours[0] - theirs[0], ours[1] - theirs[1], gain) ** 0.5
    return Interval(gain, gain - half, gain + half)


def pr_auc(y: ArrayLike, p: ArrayLike) -> float:
    """Average precision: the sum over thresholds of precision × gain in recall; tied scores are one threshold.

    NaN without an event; the share of events for a score that says nothing.
    """
    truth, score = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if not truth.sum():
        return _NOTHING
    n, hits = _from_the_top(truth, score)
    return float(((hits / n) * np.diff(hits, prepend=0.0)).sum() / truth.sum())


def lift_at(y: ArrayLike, p: ArrayLike, share: float = 0.1) -> float:
    """Events among the `share` of rows that score highest ÷ events among as many rows drawn at random.

    Rows tied at the edge count in part: what a random choice among them would give on average. NaN without an event.
    """
    truth, score = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if not truth.sum():
        return _NOTHING
    n, hits = _from_the_top(truth, score)
    found = np.interp(share * len(truth), np.r_[0.0, n], np.r_[0.0, hits])
    return float(found / (share * truth.sum()))


def _from_the_top(truth: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Rows and events at or above each distinct score, the highest first."""
    values, place = np.unique(-score, return_inverse=True)
    n = np.bincount(place, minlength=len(values)).cumsum().astype(np.float64)
    return n, np.bincount(place, weights=truth, minlength=len(values)).cumsum()


def _placements(y: NDArray[np.bool_], p: Floats) -> tuple[Floats, Floats]:
    """Per row with the event the share of the others below it; per other row the share of events above it."""
    n_events, n_others = int(y.sum()), int((~y).sum())
    ranks = _mean_ranks(p)
    below = (ranks[y] - _mean_ranks(p[y])) / n_others
    above = 1 - (ranks[~y] - _mean_ranks(p[~y])) / n_events
    return below, above


def _mean_ranks(values: Floats) -> Floats:
    _, place, n = np.unique(values, return_inverse=True, return_counts=True)
    mean: Floats = n.cumsum() - (n - 1) / 2
    return mean[place]


class _Parts(NamedTuple):
    """Rows with and without the event, and the account of each as a number."""

    y: NDArray[np.bool_]
    account: NDArray[np.intp]

    @classmethod
    def of(cls, y: ArrayLike, accounts: ArrayLike | None) -> _Parts:
        truth = np.asarray(y, dtype=float) > 0
        if accounts is None:
            return cls(truth, np.arange(len(truth)))
        return cls(truth, np.unique(np.asarray(accounts), return_inverse=True)[1])

    @property
    def both(self) -> bool:
        return bool(self.y.any() and not self.y.all())

    @property
    def rarer(self) -> int:
        """Accounts of the outcome that fewer have."""
        return min(len(np.unique(self.account[self.y])), len(np.unique(self.account[~self.y])))

    def variance(self, with_event: Floats, without: Floats, area: float) -> float:
        """Variance of the mean placement, accounts as clusters; NaN when one account holds all of an outcome."""
        if self.rarer < 2:
            return _NOTHING
        events, others = self._sums(self.y, with_event - area), self._sums(~self.y, without - area)
        both = 2 * (events @ others) / (self.y.sum() * (~self.y).sum())
        n = int(self.account.max()) + 1
        return float(self._spread(self.y, events) + self._spread(~self.y, others) + both * n / (n - 1))

    def _sums(self, rows: NDArray[np.bool_], parts: Floats) -> Floats:
        n = int(self.account.max()) + 1
        return np.asarray(np.bincount(self.account[rows], weights=parts, minlength=n), dtype=np.float64)

    def _spread(self, rows: NDArray[np.bool_], sums: Floats) -> float:
        n = len(np.unique(self.account[rows]))
        return float(n / (n - 1) * (sums @ sums) / rows.sum() ** 2)
