"""Use beside anonymous peers: quartiles over the other accounts of a segment, only where those are five or more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..intervals import SMALLEST_GROUP
from .frames import MEASURED

QUARTILES = {"peers_low": 0.25, "peers_median": 0.5, "peers_high": 0.75}


def beside_peers(adoption: pd.DataFrame) -> pd.DataFrame:
    """Account × measure × quarter with the quartiles of its peers.

    adoption: the frame adoption of a quarter. value: as there, shares in [0, 1], the index 0–100. Peers: the other
    paying accounts of the segment whose value is measured, n_peers of them; their quartiles (linear between values)
    are null under 5. The account itself is never among them.
    """
    long = adoption.melt(["account_id", "quarter", "segment"], list(MEASURED), "measure", "value")
    groups = long.groupby(["quarter", "segment", "measure"], sort=False)["value"]
    found = [_of_group(values) for _, values in groups]
    empty = pd.DataFrame(columns=["n_peers", *QUARTILES], dtype="float64")
    return long.join(pd.concat(found) if found else empty)


def _of_group(values: pd.Series) -> pd.DataFrame:
    """For each account of a group how many others are measured, and their quartiles."""
    known = np.sort(values.dropna().to_numpy(dtype=float))
    own = values.to_numpy(dtype=float)
    n_peers = len(known) - np.isfinite(own)
    place = np.where(np.isfinite(own), np.searchsorted(known, own), len(known))
    parts = {name: _quantile_without(known, place, n_peers, share) for name, share in QUARTILES.items()}
    return pd.DataFrame({"n_peers": n_peers, **parts}, index=values.index)


def _quantile_without(known: np.ndarray, place: np.ndarray, n: np.ndarray, share: float) -> np.ndarray:
    """The quantile of the sorted values without the one at `place`; NaN where fewer than 5 are left."""
    if len(known) < SMALLEST_GROUP:
        return np.full(len(place), np.nan)
    at = share * np.maximum(n - 1, 0)
    low, part = np.floor(at).astype(int), at % 1
    below, above = (_left(known, place, np.minimum(low + step, np.maximum(n - 1, 0))) for step in (0, 1))
    return np.where(n >= SMALLEST_GROUP, below + part * (above - below), np.nan)


def _left(known: np.ndarray, place: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """The value of that rank among those that are left."""
    picked: np.ndarray = known[np.minimum(rank + (rank >= place), len(known) - 1)]
    return picked
