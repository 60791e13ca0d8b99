"""Arrays as columns of a table: coded text, independent random streams, draws by account and month."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Days = np.ndarray[Any, np.dtype[np.datetime64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Coded:
    """Text as codes into a vocabulary; a negative code is empty."""

    codes: Ints
    words: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> Coded:
        return Coded(self.codes[rows], self.words)


Column = Coded | np.ndarray | list[str]
Rows = Mapping[str, Column]


def constant(word: str, n: int) -> Coded:
    """The same text n times."""
    return Coded(np.zeros(n, np.int64), (word,))


def stream(seed: int, chunk: int, purpose: str) -> np.random.Generator:
    """A random stream of its own for each purpose, so that one table's draws never move another's."""
    return np.random.default_rng([seed, chunk, zlib.crc32(purpose.encode())])


def pick(rng: np.random.Generator, shares: Floats, rows: Ints | None = None, n: int = 0) -> Ints:
    """One category per row: shares is a vector of shares, or a matrix whose row is chosen by `rows`."""
    cumulative = np.cumsum(shares, axis=-1)
    if rows is None:
        drawn = np.searchsorted(cumulative, rng.random(n), side="right")
        return np.asarray(np.minimum(drawn, len(shares) - 1))
    drawn = (rng.random(len(rows))[:, None] > cumulative[rows]).sum(axis=1)
    return np.asarray(np.minimum(drawn, shares.shape[-1] - 1))


def sigmoid(x: Floats) -> Floats:
    """The probability of log-odds x."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def expand(counts: Ints) -> tuple[Ints, ...]:
    """The index of every cell of `counts`, repeated as often as its count, in order."""
    where = np.nonzero(counts)
    return tuple(np.repeat(index, counts[where]) for index in where)


def is_weekend(days: Days) -> Flags:
    """Whether each day is a Saturday or Sunday."""
    return np.asarray((days.astype("datetime64[D]").astype(int) + 3) % 7 >= 5)


def day_between(rng: np.random.Generator, low: Days, high: Days) -> Days:
    """A day in [low, high], on a weekday where there is one near."""
    span = (high - low).astype(int) + 1
    days = low + (rng.random(len(low)) * span).astype(int)
    back = np.where(is_weekend(days), (days.astype(int) + 3) % 7 - 4, 0)
    return np.asarray(np.maximum(days - back, low))


def moment(rng: np.random.Generator, days: Days) -> np.ndarray:
    """A minute of the working day, 9 to 18 o'clock, on each day."""
    minutes = 9 * 60 + (rng.random(len(days)) * 9 * 60).astype(int)
    return days.astype("datetime64[s]") + minutes * np.timedelta64(60, "s")


def recorded(rng: np.random.Generator, days: Days, exported_on: np.datetime64, late_share: float, mean: float) -> Days:
    """The day each fact was written down: mostly the same day, in a share of rows later, never after the export."""
    late = rng.random(len(days)) < late_share
    delay = np.where(late, 1 + rng.exponential(mean, len(days)).astype(int), 0)
    return np.asarray(np.minimum(days.astype("datetime64[D]") + np.minimum(delay, 60), exported_on))


def serials(prefix: str, owners: Ints, first: int, digits: int) -> list[str]:
    """Ids `prefix<account>-<number>`, numbered within each account; owners must be sorted."""
    starts = np.concatenate([[True], owners[1:] != owners[:-1]]) if len(owners) else np.zeros(0, bool)
    position = np.arange(len(owners))
    within = position - np.maximum.accumulate(np.where(starts, position, 0)) + 1
    return [f"{prefix}{a + first:0{digits}d}-{k:02d}" for a, k in zip(owners.tolist(), within.tolist(), strict=True)]
