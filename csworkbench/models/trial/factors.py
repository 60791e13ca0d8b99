"""Success and failure factors per phase of the journey: what goes with leaving, growing and the next step.

All of it is observational: accounts with a factor may differ in other ways from those without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...data.snapshot import View
from ...metrics.intervals import SMALLEST_GROUP
from ..leaving.next_decision import next_decisions
from ..panel import Panel
from ..panel.labels import Outcome, label
from .factor_rows import FactorRow, frame_of, row_of
from .hazard_ratio import hazard_ratio
from .named_reasons import named_reasons
from .rules import FULL_USE, LOW_USE, RENEWAL_MONTHS, SIGNALS, Rule, at_least
from .significance import benjamini_hochberg
from .step_factors import step_factors

OUTCOMES: tuple[Outcome, ...] = ("churn", "expansion")
PHASES = ("onboarding", "operation", "renewal")
_FROM_SIGNALS = (
    *("usage_halved", "silent", "champion_left", "ticket_storm", "escalation", "detractor", "promoter"),
    *("failed_payment", "overdue_invoice", "stuck_step", "csm_changed", "no_touch", "price_rise_ahead"),
    "new_feature_use",
)
_FURTHER: Mapping[str, tuple[tuple[str, ...], Rule]] = MappingProxyType(
    {
        "seats_in_use": (("seat_utilisation",), at_least("seat_utilisation", (LOW_USE + FULL_USE) / 2)),
        "first_value_reached": (("first_value_reached",), at_least("first_value_reached", 1)),
        "proactive_care": (("proactive_share_90d",), at_least("proactive_share_90d", 0.5)),
        "experienced_csm": (("csm_tenure_months",), at_least("csm_tenure_months", 12)),
    }
)


def factors(view: View, panel: Panel, exposed: pd.DataFrame) -> pd.DataFrame:
    """Every factor × phase × outcome that at least 5 accounts had and 5 had not; columns of the frame factors.

    exposed: flags per row of the panel, see `exposures`. measure: hazard_ratio (of leaving or growing in the next
    month, accounts of the same month and segment compared), lift (reaching the step in time, see `step_factors`),
    named_share (of the reasons that were named afterwards, see `named_reasons`). effect: success where the factor goes
    with growing, with the step, or with staying; failure where not. mrr: of the decisions or steps that came with the
    factor. q_value: Benjamini–Hochberg over all ratios.
    """
    parts = [frame_of(_hazards(panel, factor_flags(panel, exposed)))]
    if view.has("milestones") and view.settings.journey:
        parts.append(frame_of(step_factors(view, panel)))
    if view.has("factors"):
        parts.append(named_reasons(view, panel))
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.assign(q_value=benjamini_hochberg(found["p_value"].astype("float64")))


def factor_flags(panel: Panel, exposed: pd.DataFrame) -> pd.DataFrame:
    """Which factor holds on which row: float columns of 1, 0 or NaN (not measured)."""
    rows = panel.rows.join(exposed[exposed.columns.difference(panel.rows.columns)])
    rules = {code: (SIGNALS[code].features, SIGNALS[code].rule) for code in _FROM_SIGNALS} | dict(_FURTHER)
    there = {code: rule(rows) for code, (features, rule) in rules.items() if set(features) <= set(rows.columns)}
    flags = pd.DataFrame(there, index=rows.index).astype("boolean").astype("Float64").astype("float64")
    return flags.join(exposed.drop(columns="price_risk_open", errors="ignore").astype("float64"))


def phases(panel: Panel) -> pd.Series:
    """The phase of each row: renewal (due within 90 days), onboarding (no first value yet), operation."""
    rows = panel.rows
    phase = pd.Series("operation", rows.index, dtype="str")
    if "first_value_reached" in rows:
        phase = phase.mask(rows["first_value_reached"] == 0, "onboarding")
    if "months_to_renewal" in rows:
        phase = phase.mask(rows["months_to_renewal"] <= RENEWAL_MONTHS, "renewal")
    return phase


def _hazards(panel: Panel, flags: pd.DataFrame) -> Iterator[FactorRow]:
    phase, account = phases(panel).to_numpy(), pd.factorize(panel.rows["account_id"])[0]
    strata = pd.factorize(pd.MultiIndex.from_arrays([panel.month, panel.rows["segment"]]))[0]
    for outcome in OUTCOMES:
        y, mrr = label(panel, outcome, 0, 1).astype("float64").to_numpy(), _moved(panel, outcome)
        for name in PHASES:
            rows = np.flatnonzero((phase == name) & ~np.isnan(y))
            facts = _Facts(strata[rows], account[rows], y[rows].astype(np.float64), mrr[rows])
            for factor in flags.columns:
                found = facts.row(name, factor, outcome, flags[factor].to_numpy()[rows])
                if found:
                    yield found


def _moved(panel: Panel, outcome: Outcome) -> NDArray[np.float64]:
    """MRR of the row (churn), or by which the account grows with its next decision (expansion)."""
    lost = outcome == "churn"
    moved = panel.rows["mrr"] if lost else next_decisions(panel, outcome)["mrr_change"].fillna(0.0)
    return moved.to_numpy(dtype=np.float64)


class _Facts:
    """Rows of one phase, with what became of them."""

    def __init__(
        self,
        strata: NDArray[np.intp],
        account: NDArray[np.intp],
        y: NDArray[np.float64],
        mrr: NDArray[np.float64],
    ) -> None:
        self.strata, self.account, self.y, self.mrr = strata, account, y, mrr

    def row(self, phase: str, factor: str, outcome: Outcome, held: NDArray[np.float64]) -> FactorRow | None:
        """The hazard ratio of the factor; None where it is not finite or a group is too small to be shown."""
        known = ~np.isnan(held)
        counts = (len(np.unique(self.account[held == 1])), len(np.unique(self.account[held == 0])))
        if min(counts) < SMALLEST_GROUP:
            return None
        ratio = hazard_ratio(self.strata[known], held[known], self.y[known], self.account[known])
        mrr = float(self.mrr[(held == 1) & (self.y == 1)].sum())
        return None if np.isnan(ratio.value) else row_of(phase, factor, outcome, "hazard_ratio", ratio, counts, mrr)
