"""Account × month: what was known at the end of each month, and what happened afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from ...data.snapshot import Snapshot
from .features import FEATURES, Feature
from .months import month_numbers

__all__ = ["Panel", "build_panel"]


@dataclass(frozen=True)
class Panel:
    """Accounts at the ends of months, and the decisions that they made.

    rows: one row per account × month-end D on which the account pays, as known at D, and has not said that it leaves;
    account_id, month_end, segment, csm_id, mrr, then `features`; sorted by account_id, month_end. Features are
    float32, categories text; every value uses only what had occurred and was recorded by D.
    events: decisions as known at `until`: account_id, kind (churn, expansion, contraction), on, mrr_change (≥ 0,
    currency per month), by_price (an expansion or contraction of price alone).
    leaving: accounts that pay at `until` and have said that they leave: account_id, decided_on, ends_on, mrr.
    until: the last month-end. Where it is not the last day of a month, every "month-end" is that day of its month.
    absent: feature → the table that is not there.
    """

    rows: pd.DataFrame
    events: pd.DataFrame
    leaving: pd.DataFrame
    until: date
    features: tuple[str, ...]
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def catalogue(self) -> Mapping[str, Feature]:
        """The features that are there, by name."""
        return {name: FEATURES[name] for name in self.features}

    @cached_property
    def month(self) -> np.ndarray:
        """The month of each row, 0 for the one that ends at `until`, −1 for the one before."""
        return month_numbers(self.rows["month_end"], self.until)

    @property
    def now(self) -> pd.DataFrame:
        """The rows of `until`."""
        rows: pd.DataFrame = self.rows[self.month == 0]
        return rows

    def before(self, mask: np.ndarray) -> Panel:
        """The panel of the rows under the mask; events stay."""
        return Panel(self.rows[mask], self.events, self.leaving, self.until, self.features, self.absent)


def build_panel(snapshot: Snapshot, until: date, n_months: int | None = None) -> Panel:
    """The panel of the snapshot's accounts at every month-end up to `until`.

    n_months: how many month-ends (of `rows`; events are always all). None: from the first month in which an account
    is known to have left, since an export that holds no leavers before is one of survivors; all months without any.
    """
    from .build import build

    return build(snapshot, until, n_months)
