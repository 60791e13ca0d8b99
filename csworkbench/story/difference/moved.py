"""Which numbers moved from one quarter to another."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...data.asof import ALL
from ...metrics.intervals import SMALLEST_GROUP
from .told import Told

MONEY, SHARE, COUNT = "money", "share", "count"
TREND = {"mrr_close": MONEY, "n_close": COUNT, "nrr": SHARE, "grr": SHARE, "logo_churn": SHARE}
FORECAST = "forecast_nnmrr"
BAND = "band:"
COLUMNS = ["measure", "kind", "old", "new", "change", "low", "high"]


def moved(old: Told, new: Told, segment: str = ALL) -> pd.DataFrame:
    """One row per measure that either of the two has, for a segment or for all.

    old, new: money per month, shares in [0, 1] or counts; null where it was not there, or a rate of under five
    accounts. change: new − old. The row forecast_nnmrr sets what the old one expected of the new one's quarter (low,
    high: its 90% interval) beside what came; it is there only where the old one looked at that quarter.
    """
    before, after = dict(_values(old, segment)), dict(_values(new, segment))
    rows = [
        [name, (after.get(name) or before[name])[1], *(side.get(name, (None,))[0] for side in (before, after))]
        for name in {**before, **after}
    ]
    found = pd.DataFrame(rows, columns=COLUMNS[:4]).astype({"old": "float64", "new": "float64"})
    found = found.assign(change=found["new"] - found["old"], low=float("nan"), high=float("nan"))
    expected = _expected(old, new, segment)
    return found if expected is None else pd.concat([found, expected], ignore_index=True)[COLUMNS]


def _values(told: Told, segment: str) -> Iterator[tuple[str, tuple[float | None, str]]]:
    """Measure → value and kind, in the order in which they are read."""
    trend = _row(told.frame("mrr_trend"), told.quarter, segment)
    if trend is not None:
        for name, kind in TREND.items():
            small = kind == SHARE and trend["n_open"] < SMALLEST_GROUP
            yield name, (None if small else float(trend[name]), kind)
    book = net_new(told, segment)
    if book is not None:
        yield "nnmrr", (book, MONEY)
    bands = told.frame("adoption_bands")
    if bands is not None:
        mine = bands[(bands["quarter"] == told.quarter) & (bands["segment"] == segment)]
        small = mine["n_accounts"].sum() < SMALLEST_GROUP
        for band, share in zip(mine["band"], mine["share_accounts"], strict=True):
            yield f"{BAND}{band}", (None if small else float(share), SHARE)
    rates = _row(told.frame("renewal_rates"), told.quarter, segment)
    if rates is not None:
        small = rates["n_due"] - rates["n_open"] < SMALLEST_GROUP
        yield "gross_rate", (None if small else float(rates["gross_rate"]), SHARE)
    scores = told.frame("scores")
    if scores is not None:
        mine = scores if segment == ALL else scores[scores["segment"] == segment]
        if mine["money_at_risk"].notna().any():
            yield "money_at_risk", (float(mine["money_at_risk"].sum()), MONEY)


def _row(frame: pd.DataFrame | None, quarter: str, segment: str) -> pd.Series | None:
    if frame is None:
        return None
    found = frame[(frame["quarter"] == quarter) & (frame["segment"] == segment)]
    return found.iloc[0] if len(found) else None


def net_new(told: Told, segment: str) -> float | None:
    """NNMRR of the quarter, of a segment or of all; None where it is not known."""
    frame = told.frame("nnmrr")
    if frame is None:
        return None
    mine = _owned(frame[frame["quarter"] == told.quarter], segment)
    return float(mine["nnmrr"].iloc[0]) if len(mine) else None


def _owned(frame: pd.DataFrame, segment: str) -> pd.DataFrame:
    if segment == ALL:
        return frame[frame["owner_kind"] == ALL]
    return frame[(frame["owner_kind"] == "segment") & (frame["owner"] == segment)]


def _expected(old: Told, new: Told, segment: str) -> pd.DataFrame | None:
    """What had been expected of the new quarter, and what came."""
    frame, came = old.frame("forecast"), net_new(new, segment)
    if frame is None or came is None:
        return None
    mine = _owned(frame[(frame["measure"] == "nnmrr") & (frame["quarter"] == new.quarter)], segment)
    if mine.empty:
        return None
    row = mine.iloc[0]
    known = {"measure": FORECAST, "kind": MONEY, "old": row["expected"], "new": came, "change": came - row["expected"]}
    return pd.DataFrame([{**known, "low": row["low"], "high": row["high"]}])
