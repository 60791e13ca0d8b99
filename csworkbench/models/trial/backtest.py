"""Walk forward: at the end of each quarter, train on what was known then, score, and look at what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ...data.snapshot import Snapshot
from ...metrics.calendar import Quarter, quarters_back
from ..panel import Panel
from ..panel.events import read_events
from ..panel.known import Months, Reader
from ..panel.labels import label
from ..panel.months import anchor, month_no, month_numbers, snapshot_day
from .calibration import population_stability

HORIZON_MONTHS = 3
N_QUARTERS = 8
LOOKBACK_DAYS = 90

Predict = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Scorer:
    """One way to score accounts, judged like all others.

    name: as in the scorecard. train: takes the panel known on a day (`until`; no row and no event after it) and
    returns what scores rows of it, or None where it cannot. A score is a frame with the index of those rows: risk
    (higher = more likely to leave within three months; NaN where it has no score), and, where it has bands, band
    (text) and green (boolean: the best band). probability: whether risk is the probability itself. every_quarters:
    trained anew at every closing of so many; in between the last training scores.
    """

    name: str
    train: Callable[[Panel], Predict | None]
    probability: bool = False
    every_quarters: int = 1


def backtest(snapshot: Snapshot, panel: Panel, scorers: Sequence[Scorer], n_quarters: int = N_QUARTERS) -> pd.DataFrame:
    """Every score of every account at the ends of the last quarters whose three months are over at `panel.until`.

    At each closing D a scorer is trained on `known_on(…, D)` and scores the rows of D and of the month-ends until the
    next closing; y is the decision to leave in (D, D + 3 months] as known at `panel.until`, NA on the later rows.
    Returns score, quarter, closing, account_id, segment, month_end, mrr, y, risk, band, green, psi, sorted by score,
    month_end, account_id. psi, the same in all rows of a score and quarter: how far the scores at D are from those that
    the same scorer, as trained now, gives the accounts of the closing before; NaN for the first closing.
    """
    y = label(panel, "churn", 0, HORIZON_MONTHS)
    found = []
    trained: dict[str, Predict | None] = {}
    before = panel.rows[:0]
    for place, (quarter, closing) in enumerate(closings(snapshot, panel, n_quarters)):
        known = known_on(snapshot, panel, closing)
        ahead = panel.month - month_numbers(pd.Series([pd.Timestamp(closing)]), panel.until)[0]
        rows = panel.rows[(ahead >= 0) & (ahead < HORIZON_MONTHS)]
        now = rows["month_end"] == pd.Timestamp(closing)
        came = y.reindex(rows.index).where(now)
        for scorer in scorers:
            predict = trained.get(scorer.name)
            if predict is None or place % scorer.every_quarters == 0:
                predict = trained[scorer.name] = scorer.train(known)
            if predict is not None:
                scored = _scored(scorer.name, rows, predict(rows))
                psi = _shift(predict, before, scored["risk"][now])
                found.append(scored.assign(y=came, quarter=quarter, closing=pd.Timestamp(closing), psi=psi))
        before = rows[now]
    every = pd.concat(found)[_COLUMNS] if found else pd.DataFrame(columns=_COLUMNS)
    return every.sort_values(["score", "month_end", "account_id"], ignore_index=True)


_JUDGED = ["risk", "band", "green", "psi"]
_COLUMNS = ["score", "quarter", "closing", "account_id", "segment", "month_end", "mrr", "y", *_JUDGED]


def _shift(predict: Predict, before: pd.DataFrame, risk: pd.Series) -> float:
    """PSI of scores against those that the same scorer gives earlier rows; NaN where there are none."""
    return population_stability(predict(before)["risk"].dropna(), risk.dropna()) if len(before) else float("nan")


def _scored(name: str, rows: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    kept = rows[["account_id", "segment", "month_end", "mrr"]].astype({"mrr": "float64"})
    bands = scores.reindex(columns=["band", "green"]).astype({"band": "str", "green": "boolean"})
    return kept.assign(score=name, risk=scores["risk"].astype("float64"), **bands)


def closings(snapshot: Snapshot, panel: Panel, n_quarters: int = N_QUARTERS) -> list[tuple[str, date]]:
    """Label and closing day of the last quarters that ended three months or more before `panel.until`, oldest first.

    Where `until` is not the last day of a quarter, the days are those of the panel, three months apart, and each bears
    the label of the quarter in which it lies.
    """
    begins = snapshot.settings.company.fiscal_year_start
    last = Quarter.of(panel.until, begins)
    if last.closing == panel.until:
        return [(q.label, q.closing) for q in quarters_back(last.previous, n_quarters) if _has(panel, q.closing)]
    day = anchor(panel.until)
    numbers = [month_no(panel.until, day) - HORIZON_MONTHS * k for k in range(n_quarters, 0, -1)]
    days = [snapshot_day(number, day) for number in numbers]
    return [(Quarter.of(day, begins).label, day) for day in days if _has(panel, day)]


def _has(panel: Panel, day: date) -> bool:
    return bool((panel.rows["month_end"] == pd.Timestamp(day)).any())


def known_on(snapshot: Snapshot, panel: Panel, day: date) -> Panel:
    """The panel as it was on one of its days: its rows until then, and only decisions known by then.

    Who had said by then that they leave (`leaving`) is left empty.
    """
    rows = panel.rows[panel.rows["month_end"] <= pd.Timestamp(day)]
    events = read_events(Reader(snapshot, Months({0: day})))
    return Panel(rows, events, panel.leaving.iloc[:0], day, panel.features, panel.absent)
