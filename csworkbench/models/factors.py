"""Success and failure factors per phase of the journey: what goes with leaving, growing and the next step.

All of it is observational: accounts with a factor may differ in other ways from those without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..data.snapshot import View
from ..metrics.intervals import SMALLEST_GROUP
from .hazard_ratio import hazard_ratio
from .labels import Outcome, label
from .named_reasons import named_reasons
from .panel import Panel
from .rules import FULL_USE, LOW_USE, RENEWAL_MONTHS, SIGNALS, Rule
from .significance import benjamini_hochberg
from .step_factors import step_factors

COLUMNS = [
    "phase",
    "factor",
    "outcome",
    "effect",
    "measure",
    "value",
    "low",
    "high",
    "n_with",
    "n_without",
    "mrr",
    "p_value",
]
_OUTCOMES: tuple[Outcome, ...] = ("churn", "expansion")
_FROM_SIGNALS = [
    "usage_halved",
    "silent",
    "champion_left",
    "ticket_storm",
    "escalation",
    "detractor",
    "promoter",
    "failed_payment",
    "overdue_invoice",
    "stuck_step",
    "csm_changed",
    "no_touch",
    "price_rise_ahead",
    "new_feature_use",
]


def _reached(name: str, limit: float) -> Rule:
    return lambda rows: (rows[name] >= limit).where(rows[name].notna())


_FURTHER: Mapping[str, tuple[str, Rule]] = MappingProxyType(
    {
        "seats_in_use": ("seat_utilisation", _reached("seat_utilisation", (LOW_USE + FULL_USE) / 2)),
        "first_value_reached": ("first_value_reached", _reached("first_value_reached", 1)),
        "proactive_care": ("proactive_share_90d", _reached("proactive_share_90d", 0.5)),
        "experienced_csm": ("csm_tenure_months", _reached("csm_tenure_months", 12)),
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
    flags = factor_flags(panel, exposed)
    parts = [pd.DataFrame(_hazards(panel, flags), columns=COLUMNS)]
    if view.has("milestones") and view.settings.journey:
        parts.append(step_factors(view, panel))
    if view.has("factors"):
        parts.append(named_reasons(view, panel))
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.assign(q_value=benjamini_hochberg(found["p_value"].astype("float64")))


def factor_flags(panel: Panel, exposed: pd.DataFrame) -> pd.DataFrame:
    """Which factor holds on which row: float columns of 1, 0 or NaN (not measured)."""
    rows = panel.rows.join(exposed[exposed.columns.difference(panel.rows.columns)])
    rules = {code: (SIGNALS[code].features, SIGNALS[code].holds) for code in _FROM_SIGNALS}
    rules |= {code: ((feature,), rule) for code, (feature, rule) in _FURTHER.items()}
    there = {code: rule(rows) for code, (features, rule) in rules.items() if set(features) <= set(rows.columns)}
    flags = pd.DataFrame(there, index=rows.index).astype("boolean").astype("Float64").astype("float64")
    return flags.join(exposed[[name for name in exposed.columns if name != "price_risk_open"]].astype("float64"))


def phases(panel: Panel) -> pd.Series:
    """The phase of each row: renewal (due within 90 days), onboarding (no first value yet), operation."""
    rows = panel.rows
    phase = pd.Series("operation", rows.index, dtype="str")
    if "first_value_reached" in rows:
        phase = phase.mask(rows["first_value_reached"] == 0, "onboarding")
    if "months_to_renewal" in rows:
        phase = phase.mask(rows["months_to_renewal"] <= RENEWAL_MONTHS, "renewal")
    return phase


def _hazards(panel: Panel, flags: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    phase = phases(panel).to_numpy()
    strata = pd.factorize(pd.MultiIndex.from_arrays([panel.month, panel.rows["segment"]]))[0]
    account = pd.factorize(panel.rows["account_id"])[0]
    for outcome in _OUTCOMES:
        y = label(panel, outcome, 0, 1).astype("float64").to_numpy()
        mrr = _mrr_of_next(panel, outcome)
        for factor in flags.columns:
            held = flags[factor].to_numpy()
            for name in ("onboarding", "operation", "renewal"):
                rows = (phase == name) & ~np.isnan(y) & ~np.isnan(held)
                on, off = rows & (held == 1), rows & (held == 0)
                n_with, n_without = len(np.unique(account[on])), len(np.unique(account[off]))
                if min(n_with, n_without) < SMALLEST_GROUP:
                    continue
                ratio = hazard_ratio(strata[rows], held[rows], y[rows], account[rows])
                if np.isnan(ratio.value):
                    continue
                effect = "success" if (ratio.value > 1) == (outcome == "expansion") else "failure"
                came = float(mrr[on & (y == 1)].sum())
                counts = (n_with, n_without, came, ratio.p_value)
                yield name, factor, outcome, effect, "hazard_ratio", *ratio[:3], *counts


def _mrr_of_next(panel: Panel, outcome: Outcome) -> np.ndarray:
    """MRR of the row (churn), or by which the account grows with its next decision (expansion)."""
    if outcome == "churn":
        return panel.rows["mrr"].to_numpy(dtype=float)
    events = panel.events[panel.events["kind"] == outcome].sort_values("on")
    rows = panel.rows[["account_id", "month_end"]].reset_index().astype({"month_end": "datetime64[us]"})
    by = {"by": "account_id", "direction": "forward", "allow_exact_matches": False}
    typed = events.astype({"on": "datetime64[us]"})
    found = pd.merge_asof(rows.sort_values("month_end"), typed, left_on="month_end", right_on="on", **by)
    return (
        found.sort_index().set_index("index")["mrr_change"].reindex(panel.rows.index).fillna(0.0).to_numpy(dtype=float)
    )
