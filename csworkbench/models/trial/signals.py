"""The register of early signs: when each fires, how often it was right, how early, and on how much MRR."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...metrics.intervals import SMALLEST_GROUP, wilson
from ..leaving.next_decision import next_decisions
from ..panel import Panel
from ..panel.labels import NEVER, Outcome, label, months_to_event
from .rules import SIGNALS, Kind, Signal
from .significance import benjamini_hochberg, binomial_tail

HORIZON_MONTHS = 6
_OUTCOMES: Mapping[Kind, Outcome] = {"churn": "churn", "upsell": "expansion"}


def firing(panel: Panel, signals: Mapping[str, Signal] = SIGNALS) -> pd.DataFrame:
    """Which signal holds on which row of the panel: one column of true or false per signal whose features are there.

    A feature that was not measured never makes a signal fire.
    """
    known = {code: signal for code, signal in signals.items() if set(signal.features) <= set(panel.rows.columns)}
    held = {code: signal.holds(panel.rows).fillna(False).to_numpy(dtype=bool) for code, signal in known.items()}
    return pd.DataFrame(held, index=panel.rows.index)


def signal_register(
    panel: Panel, held: pd.DataFrame, kinds: Mapping[str, Kind], horizon_months: int = HORIZON_MONTHS
) -> pd.DataFrame:
    """How often each signal was right: columns of the frame signals.

    held: as `firing` returns it. kinds: signal → churn or upsell. A signal fires on the first month-end on which it
    holds after one on which it did not; firing again within the horizon is the same alarm. It is right when the
    decision comes within the horizon; alarms whose horizon is not over are not judged. base_rate: share of all rows of
    the same month-ends with the decision. p_value: of so many right among alarms at random (binomial, one-sided);
    q_value over all signals. Rates of fewer than 5 alarms are null. recall: share of the decisions that had an alarm in
    the horizon before. mrr_attached: MRR when a right alarm fired. now: on the last month-end of the panel.
    """
    facts = {kind: _Facts(panel, kind, horizon_months) for kind in set(kinds.values())}
    rows = [_judged(code, held[code].to_numpy(), facts[kinds[code]]) for code in held.columns]
    found = pd.DataFrame(rows, columns=_COLUMNS)
    found["q_value"] = benjamini_hochberg(found["p_value"])
    return found


_COLUMNS = [
    *("signal", "kind", "n_fired", "n_true", "precision", "low", "high", "recall", "base_rate", "lift"),
    *("median_lead_days", "mrr_attached", "false_per_true", "p_value", "accounts_now", "mrr_now"),
]


class _Facts:
    """What all signals of a kind are judged by."""

    def __init__(self, panel: Panel, kind: Kind, horizon_months: int) -> None:
        outcome = _OUTCOMES[kind]
        self.kind, self.horizon_months, self.month = kind, horizon_months, panel.month
        self.account = pd.factorize(panel.rows["account_id"])[0]
        self.first = np.r_[True, self.account[1:] != self.account[:-1]] if len(panel.rows) else np.zeros(0, dtype=bool)
        self.y = label(panel, outcome, 0, horizon_months).astype("float64").to_numpy()
        self.judged = ~np.isnan(self.y)
        months = pd.Series(self.y).groupby(self.month)
        self.base = months.transform("mean").to_numpy()
        self.ahead = months_to_event(panel, outcome)
        days = next_decisions(panel, outcome)["on"] - panel.rows["month_end"]
        self.lead_days = days.dt.days.to_numpy(dtype=np.float64)
        self.decision = np.where(
            self.ahead < NEVER, self.account.astype(np.int64) * NEVER + self.month + self.ahead, -1
        )
        self.mrr = panel.rows["mrr"].to_numpy(dtype=float)
        warned = (self.ahead <= horizon_months) & ~self.first
        self.n_decisions = len(np.unique(self.decision[warned]))


def onsets(held: NDArray[np.bool_], account: NDArray[np.intp], month: NDArray[np.intp], apart: int) -> NDArray[np.intp]:
    """Rows on which an alarm begins: it holds, and did not on the account's row before; one per `apart` months.

    Rows sorted by account and month. The first row of an account begins nothing: nobody knows since when it holds.
    """
    same = np.r_[False, account[1:] == account[:-1]]
    begins = np.flatnonzero(held & same & ~np.r_[False, held[:-1]])
    kept, last = [], (-1, 0)
    for row in begins:
        if account[row] != last[0] or month[row] - last[1] >= apart:
            kept.append(row)
            last = (account[row], month[row])
    return np.array(kept, dtype=np.intp)


def _judged(code: str, held: NDArray[np.bool_], facts: _Facts) -> tuple[object, ...]:
    begun = onsets(held, facts.account, facts.month, facts.horizon_months)
    alarms = begun[facts.judged[begun]]
    true = alarms[facts.y[alarms] == 1]
    n, n_true = len(alarms), len(true)
    caught = len(np.unique(facts.decision[begun[facts.ahead[begun] <= facts.horizon_months]]))
    recall = caught / facts.n_decisions if facts.n_decisions else np.nan
    now = held & (facts.month == 0)
    counted = (*_rates(n, n_true, float(facts.base[alarms].mean()) if n else np.nan, recall),)
    precision, low, high, recall, base, lift, false_per_true, p_value = counted
    lead = float(np.median(facts.lead_days[true])) if n_true else np.nan
    attached = float(facts.mrr[true].sum())
    measured = (n, n_true, precision, low, high, recall, base, lift, lead, attached, false_per_true, p_value)
    return (code, facts.kind, *measured, int(now.sum()), float(facts.mrr[now].sum()))


def _rates(n: int, n_true: int, base: float, recall: float) -> tuple[float, ...]:
    if n < SMALLEST_GROUP:
        return (np.nan,) * 8
    low, high = wilson(n_true, n)
    lift = n_true / n / base if base > 0 else np.nan
    false_per_true = (n - n_true) / n_true if n_true else np.nan
    return n_true / n, float(low), float(high), recall, base, lift, false_per_true, binomial_tail(n_true, n, base)


def signals_now(panel: Panel, held: pd.DataFrame, kinds: Mapping[str, Kind]) -> pd.DataFrame:
    """Signals that hold on the last month-end: account_id, signal, kind, since (first month-end of holding on end)."""
    account = pd.factorize(panel.rows["account_id"])[0]
    ends = panel.rows["month_end"].to_numpy()
    found = []
    for code in held.columns:
        now = np.flatnonzero(held[code].to_numpy() & (panel.month == 0))
        since = ends[_run_starts(held[code].to_numpy(), account)[now]]
        ids = panel.rows["account_id"].to_numpy()[now]
        found.append(pd.DataFrame({"account_id": ids, "signal": code, "kind": kinds[code], "since": since}))
    empty = pd.DataFrame({"account_id": [], "signal": [], "kind": [], "since": ends[:0]})
    return pd.concat([empty, *found], ignore_index=True) if found else empty


def _run_starts(held: NDArray[np.bool_], account: NDArray[np.intp]) -> NDArray[np.intp]:
    """For each row, the first row of the unbroken run of rows of its account on which the signal holds."""
    if not len(held):
        return np.zeros(0, dtype=np.intp)
    begins = held & ~(np.r_[False, held[:-1]] & np.r_[False, account[1:] == account[:-1]])
    return np.maximum.accumulate(np.where(begins, np.arange(len(held)), 0))
