"""Dense account × month arrays that query results are put into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from .months import MONTH_DAYS

Floats = npt.NDArray[np.floating]
Arrays = Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Grid:
    """Accounts by months: ids sorted; months from `first` (0 or less) to 0; days: the snapshot day of each month."""

    ids: pd.Index
    first: int
    days: npt.NDArray[np.datetime64]

    @property
    def shape(self) -> tuple[int, int]:
        """Accounts, months."""
        return len(self.ids), 1 - self.first

    @cached_property
    def day_numbers(self) -> npt.NDArray[np.float64]:
        """The snapshot days as days since 1970."""
        return self.days.astype("datetime64[D]").astype(np.float64)

    def place(self, frame: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Row and column of every row of a frame with account_id and month, and whether it is in the grid."""
        row = self.ids.get_indexer(pd.Index(frame["account_id"]))
        column = frame["month"].to_numpy(dtype=np.int64) - self.first
        inside = (row >= 0) & (column >= 0) & (column < self.shape[1])
        return row, column, inside

    def spread(
        self, frame: pd.DataFrame, columns: Iterable[str], fill: float = np.nan, dtype: npt.DTypeLike = np.float32
    ) -> dict[str, Floats]:
        """Each column (numbers or dates, dates as days since 1970) as an array; `fill` where the frame has no row."""
        row, column, inside = self.place(frame)
        found = {}
        for name in columns:
            values = np.full(self.shape, fill, dtype)
            values[row[inside], column[inside]] = as_numbers(frame[name])[inside]
            found[name] = values
        return found

    def spread_text(self, frame: pd.DataFrame, name: str) -> npt.NDArray[np.object_]:
        """A text column as an array of text; None where the frame has no row."""
        row, column, inside = self.place(frame)
        values = np.full(self.shape, None, object)
        values[row[inside], column[inside]] = frame[name].to_numpy(dtype=object)[inside]
        return values

    def months_since(self, days: npt.NDArray[np.floating]) -> Floats:
        """Months from the days (since 1970) to the snapshot days."""
        return ((self.day_numbers - days) / MONTH_DAYS).astype(np.float32)

    def days_since(self, days: npt.NDArray[np.floating]) -> Floats:
        """Days from the days (since 1970) to the snapshot days."""
        return (self.day_numbers - days).astype(np.float32)


def as_numbers(values: pd.Series) -> npt.NDArray[np.float64]:
    """Numbers as float64, dates as days since 1970, NaN where missing."""
    if values.dtype.kind == "M":
        days = values.to_numpy("datetime64[D]")
        return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def ratio(part: npt.NDArray[np.floating], whole: npt.NDArray[np.floating]) -> Floats:
    """The quotient; NaN where the whole is zero or missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan).astype(np.float32)
