"""Forecasts held against what came: expected, interval, actual, error."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from ...data.snapshot import Snapshot
from ...metrics.book import owners_on, segment_of
from ...metrics.calendar import Quarter
from ...metrics.revenue import UNASSIGNED_CSM, movements
from ..frames import empty, shaped
from .forecast import forecast, measures
from .forecaster import Forecaster
from .portfolio import OUTCOMES
from .sealed import Sealed

RESTATED_SHARE = 0.001


def score_forecasts(sealed: Iterable[Sealed], snapshot: Snapshot, as_of: date) -> pd.DataFrame:
    """The frame `forecast_errors` of the sealed forecasts whose quarter is over by `as_of`.

    Of several forecasts of one quarter the first sealed counts. actual: as known on `as_of`, of the accounts that had
    MRR at the opening, by the segment and CSM that they had when the forecast was made. error: actual − expected.
    inside: low ≤ actual ≤ high. source: "sealed". restated: the opening MRR as known now less that of the forecast
    (currency per month), when they differ by more than a thousandth: facts about the past came in late; else 0.
    """
    first: dict[date, Sealed] = {}
    for found in sealed:
        first.setdefault(found.as_of, found)
    parts = [_scored(f.forecast, snapshot, f.as_of, as_of, "sealed") for _, f in sorted(first.items())]
    return _joined(parts)


def recomputed_errors(forecaster: Forecaster, as_of: date, n_quarters: int = 4) -> pd.DataFrame:
    """The same of the last quarters, forecast anew as of their opening; source: "recomputed".

    Each uses only what was known on the day it is made of. Quarters for which there was too little to learn from are
    left out.
    """
    quarter, parts = last_quarter(forecaster, as_of), []
    for _ in range(n_quarters):
        if not forecaster.reason_against(quarter.opening):
            made = forecast(forecaster, quarter.opening)
            parts.append(_scored(made, forecaster.snapshot, quarter.opening, as_of, "recomputed"))
        quarter = quarter.previous
    return _joined(parts)


def last_quarter(forecaster: Forecaster, as_of: date) -> Quarter:
    """The last quarter that is over by the day."""
    quarter = Quarter.of(as_of, forecaster.snapshot.settings.company.fiscal_year_start)
    return quarter if quarter.closing <= as_of else quarter.previous


def with_sealed(recomputed: pd.DataFrame, sealed: pd.DataFrame) -> pd.DataFrame:
    """The frame `forecast_errors` of both: of a quarter that has a sealed forecast only that counts."""
    kept = recomputed[~recomputed["quarter"].isin(sealed["quarter"])]
    return _joined([kept, sealed])


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    kept = [part for part in parts if len(part)]
    return shaped("forecast_errors", pd.concat(kept, ignore_index=True)) if kept else empty("forecast_errors")


def _scored(made: pd.DataFrame, snapshot: Snapshot, made_of: date, as_of: date, source: str) -> pd.DataFrame:
    fiscal = snapshot.settings.company.fiscal_year_start
    quarter = Quarter.of(made_of, fiscal).next
    if quarter.closing > as_of:
        return empty("forecast_errors")
    came = actuals(snapshot, quarter, as_of)
    both = made.merge(came, on=["owner_kind", "owner", "measure"], how="inner")
    return both.assign(
        error=both["actual"] - both["expected"],
        inside=(both["low"] <= both["actual"]) & (both["actual"] <= both["high"]),
        source=source,
        restated=_restated(both),
    )


def actuals(snapshot: Snapshot, quarter: Quarter, as_of: date) -> pd.DataFrame:
    """What came of a quarter, as known on `as_of`: owner_kind, owner, measure, actual, opened (opening MRR).

    Owners are those of the opening, as known on the opening.
    """
    moved = movements(snapshot.as_of(as_of), quarter.opening, quarter.closing)
    moved = moved[moved["mrr_open"] > 0]
    then = snapshot.as_of(quarter.opening)
    csm_id = owners_on(then, [quarter.opening]).iloc[:, 0].reindex(moved["account_id"])
    owners = {
        "all": pd.Series("company", moved.index),
        "segment": pd.Series(segment_of(then, moved["account_id"]).to_numpy(), moved.index),
        "csm": pd.Series(csm_id.astype("str").fillna(UNASSIGNED_CSM).to_numpy(), moved.index),
    }
    return pd.concat([_of_owners(kind, moved, owner) for kind, owner in owners.items()], ignore_index=True)


def _of_owners(kind: str, moved: pd.DataFrame, owner: pd.Series) -> pd.DataFrame:
    sums = moved.groupby(owner.astype("str").rename("owner"))[["mrr_open", *OUTCOMES]].sum().astype("float64")
    opened = sums["mrr_open"].to_numpy()
    found = pd.DataFrame(measures(sums[list(OUTCOMES)].to_numpy().T, opened), index=sums.index)
    long = found.assign(opened=opened).reset_index().melt(["owner", "opened"], var_name="measure", value_name="actual")
    return long.assign(owner_kind=kind)[["owner_kind", "owner", "measure", "actual", "opened"]]


def _restated(both: pd.DataFrame) -> pd.Series:
    """Opening MRR as known now less that of the forecast, per row; 0 where they agree to a thousandth."""
    wide = both[both["measure"].isin(["mrr_close", "nnmrr"])].pivot(
        index=["owner_kind", "owner"], columns="measure", values="expected"
    )
    then = (wide["mrr_close"] - wide["nnmrr"]).rename("then").reset_index()
    both = both.merge(then, on=["owner_kind", "owner"], how="left")
    gap = both["opened"] - both["then"]
    return gap.where(gap.abs() > RESTATED_SHARE * both["then"].abs(), 0.0).fillna(0.0)
