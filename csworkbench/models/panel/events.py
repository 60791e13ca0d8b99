"""The decisions of accounts to leave, to grow and to shrink, as last known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .book_features import GAP_DAYS
from .known import Reader

_CENT = 1e-4
COLUMNS = {"account_id": "str", "kind": "str", "on": "datetime64[us]", "mrr_change": "float64", "by_price": "bool"}


def read_events(reader: Reader) -> pd.DataFrame:
    """One row per change of an account's MRR: account_id, kind, on (day of the decision), mrr_change, by_price.

    churn: to zero, and not back within 30 days. by_price: neither seats nor the number of items changed.
    """
    edges = reader.rows("panel_edges").sort_values(["account_id", "day"], ignore_index=True)
    edges = edges.astype({"account_id": "str", "day": "datetime64[us]", "decided_on": "datetime64[us]"})
    edges["close"] = edges.groupby("account_id")["delta"].cumsum().round(4)
    edges["open"] = (edges["close"] - edges["delta"]).round(4)
    edges["back_on"] = edges["day"].shift(-1).where(edges["account_id"] == edges["account_id"].shift(-1))
    edges = edges.assign(kind=_kinds(edges), on=edges["decided_on"].fillna(edges["day"]))
    edges = edges.assign(mrr_change=edges["delta"].abs(), by_price=(edges["seats"] == 0) & (edges["items"] == 0))
    events = edges.loc[edges["kind"] != "", list(COLUMNS)].astype(COLUMNS)
    events = events[events["on"] <= pd.Timestamp(reader.months.until)]
    return events.sort_values(["account_id", "on", "kind"], ignore_index=True)


def _kinds(edges: pd.DataFrame) -> np.ndarray:
    opened, closed = edges["open"] > _CENT, edges["close"] > _CENT
    gap = (edges["back_on"] - edges["day"]).dt.days <= GAP_DAYS
    grew, shrank = edges["delta"] > _CENT, edges["delta"] < -_CENT
    kinds = [opened & ~closed & ~gap, opened & closed & grew, opened & closed & shrank]
    return np.select(kinds, ["churn", "expansion", "contraction"], "")
