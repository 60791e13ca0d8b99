"""What became of each account's MRR within three months, and what is already settled of the months ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ...data.snapshot import View
from ...metrics.book import mrr_on
from ...metrics.calendar import month_index, month_start

QUARTER_MONTHS = 3


def months_later(day: date, n_months: int = QUARTER_MONTHS) -> date:
    """The last day of the month that is n months after that of `day`."""
    return month_start(month_index(day) + n_months + 1) - timedelta(days=1)


def outcomes(view: View, openings: Sequence[date]) -> pd.DataFrame:
    """How MRR moved in the three months after each opening that are over by the day of the view, as known then.

    openings: month-ends. Returns one row per opening × account with MRR then, sorted: account_id, month_end (the
    opening), mrr_open, mrr_close, outcome (churn, contraction, expansion, none), change (share of mrr_open by which
    it moved, 0 or more). Movements are those of `metrics.revenue.movements`.
    """
    over = [day for day in sorted(set(openings)) if months_later(day) <= view.as_of]
    wide = mrr_on(view, [*over, *map(months_later, over)])
    opened = wide[pd.DatetimeIndex(over)].to_numpy(dtype=np.float64)
    closed = wide[pd.DatetimeIndex([months_later(day) for day in over])].to_numpy(dtype=np.float64)
    account, place = np.nonzero(opened > 0)
    found = {"account_id": wide.index[account], "month_end": pd.DatetimeIndex(over)[place]}
    both = {"mrr_open": opened[account, place], "mrr_close": closed[account, place]}
    return moved(pd.DataFrame(found | both))


def moved(both: pd.DataFrame) -> pd.DataFrame:
    """The frame (mrr_open above 0, mrr_close) with outcome and change."""
    opened, closed = both["mrr_open"], both["mrr_close"]
    cases = [closed <= 0, closed < opened, closed > opened]
    outcome = np.select(cases, ["churn", "contraction", "expansion"], "none")
    return both.assign(outcome=outcome, change=(closed.clip(lower=0) - opened).abs() / opened)


def settled(view: View, closing: date) -> pd.DataFrame:
    """Accounts that pay on the day of the view, with what they will pay on `closing` by what is already decided.

    Returns a frame indexed by account_id (sorted): mrr_open, mrr_close, outcome, change, as `outcomes`. "none" where
    nothing was decided that takes effect by then.
    """
    wide = mrr_on(view, [view.as_of, closing])
    both = wide.set_axis(["mrr_open", "mrr_close"], axis=1)
    return moved(both[both["mrr_open"] > 0])
