"""What an account pays, since when, until when, and how that changed."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from .grid import Arrays, Floats, Grid, ratio
from .known import Months, Reader
from .months import MONTH_DAYS, anchor, month_no, snapshot_day

GAP_DAYS = 30


def read_book(reader: Reader, months: Months) -> pd.DataFrame:
    """One row per account × month with MRR above zero; see panel_book.sql."""
    return reader.rows("panel_book", {"lagged": _lagged(months)}, gap_days=GAP_DAYS)


def _lagged(months: Months) -> list[dict[str, int | date]]:
    day = anchor(months.until)
    last = month_no(months.until, day)
    return [
        {"month": month, "day": on, **{f"day_{lag}m": snapshot_day(last + month - lag, day) for lag in (3, 6, 12)}}
        for month, on in months.days.items()
    ]


_COLUMNS = (
    "n_items mrr_3m mrr_6m mrr_12m spell_on n_spells billing_months renews_on period_days seats seats_3m seats_12m"
)


def book_features(book: pd.DataFrame, grid: Grid, started_on: Floats) -> Arrays:
    """Features of `code` size, contract, renewal, tenure, change and price. started_on: days since 1970."""
    held = {**grid.spread(book, _COLUMNS.split()), **grid.spread(book, ["mrr"], dtype=np.float64)}
    mrr, seats = held["mrr"], held["seats"]
    first = held["n_spells"] == 1
    since = np.where(first, np.fmin(held["spell_on"], started_on), held["spell_on"])
    return {
        "tenure_months": grid.months_since(since),
        "n_spells": held["n_spells"],
        "months_to_renewal": _months_to_renewal(held, grid),
        "billing_months": held["billing_months"],
        "n_items": held["n_items"],
        "mrr": mrr,
        "seats": seats,
        "mrr_per_seat": ratio(mrr, seats),
        "mrr_change_3m": ratio(mrr, held["mrr_3m"]) - 1,
        "mrr_change_6m": ratio(mrr, held["mrr_6m"]) - 1,
        "seats_change_3m": ratio(seats, held["seats_3m"]) - 1,
        "price_rise_12m": ratio(ratio(mrr, seats), ratio(held["mrr_12m"], held["seats_12m"])) - 1,
    }


def _months_to_renewal(held: dict[str, Floats], grid: Grid) -> Floats:
    days = -grid.days_since(held["renews_on"])
    return (np.where(np.isnan(days), held["period_days"], days) / MONTH_DAYS).astype(np.float32)


def undecided(book: pd.DataFrame, grid: Grid) -> npt.NDArray[np.bool_]:
    """Account × month: the account pays and has not said that it leaves."""
    row, column, inside = grid.place(book)
    here = np.zeros(grid.shape, bool)
    here[row[inside], column[inside]] = (book["leaves"].to_numpy() == 0)[inside]
    return here
