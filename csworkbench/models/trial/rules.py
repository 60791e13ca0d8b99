"""What each early sign means: the rule by which it holds at a month-end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from ...metrics.attention import HALVED, RENEWAL_DAYS, SILENT_DAYS, STORM_TICKETS
from ...metrics.service import DETRACTOR, NPS_VALID_DAYS, PROMOTER

Kind = Literal["churn", "upsell"]
Rule = Callable[[pd.DataFrame], pd.Series]

LOW_USE, FULL_USE, MUCH_MORE_USE = 0.3, 0.9, 1.25
UNHAPPY_CSAT = 2.5
SMALLEST_CHANGE = 0.005
LOOKS_BACK_MONTHS = 3
RENEWAL_MONTHS = RENEWAL_DAYS / 30


@dataclass(frozen=True)
class Signal:
    """One early sign. code: its name. features: what it reads. rule: rows of a panel → true, false or null."""

    code: str
    kind: Kind
    features: tuple[str, ...]
    rule: Rule

    def holds(self, rows: pd.DataFrame) -> pd.Series:
        """Whether it holds on each row, nullable."""
        return self.rule(rows).astype("boolean")


def at_most(name: str, limit: float) -> Rule:
    """Rule that holds up to the limit; null where not measured."""
    return lambda rows: (rows[name] <= limit).where(rows[name].notna())


def at_least(name: str, limit: float) -> Rule:
    """Rule that holds from the limit on; null where not measured."""
    return lambda rows: (rows[name] >= limit).where(rows[name].notna())


def _recent_nps(rule: Rule) -> Rule:
    """The rule where there is a recent answer; null where nobody was asked or answered."""
    return lambda rows: rule(rows).where(rows["nps_age_days"] <= NPS_VALID_DAYS)


def _wider_use(rows: pd.DataFrame) -> pd.Series:
    before = rows.groupby("account_id", sort=False)["feature_breadth"].shift(LOOKS_BACK_MONTHS)
    return (rows["feature_breadth"] > before).where(rows["feature_breadth"].notna() & before.notna())


def _new_milestone(rows: pd.DataFrame) -> pd.Series:
    before = rows.groupby("account_id", sort=False)["milestones_reached"].shift(1)
    return (rows["milestones_reached"] > before).where(before.notna())


def _above_zero(name: str) -> Rule:
    return at_least(name, SMALLEST_CHANGE)


_CHURN: Mapping[str, tuple[str, Rule]] = {
    "usage_halved": ("usage_trend_3m", at_most("usage_trend_3m", HALVED)),
    "usage_drop": ("usage_trend_3m", at_most("usage_trend_3m", 0.75)),
    "far_below_peak": ("usage_vs_peak", at_most("usage_vs_peak", HALVED)),
    "silent": ("days_silent", at_least("days_silent", SILENT_DAYS)),
    "low_use": ("seat_utilisation", at_most("seat_utilisation", LOW_USE)),
    "champion_left": ("champion_left_180d", _above_zero("champion_left_180d")),
    "ticket_storm": ("tickets_90d", at_least("tickets_90d", STORM_TICKETS)),
    "escalation": ("escalated_90d", _above_zero("escalated_90d")),
    "unhappy_csat": ("csat_90d", at_most("csat_90d", UNHAPPY_CSAT)),
    "detractor": ("nps_last nps_age_days", _recent_nps(at_most("nps_last", DETRACTOR))),
    "failed_payment": ("failed_payments_90d", _above_zero("failed_payments_90d")),
    "overdue_invoice": ("overdue_invoices", _above_zero("overdue_invoices")),
    "stuck_step": ("stuck", _above_zero("stuck")),
    "contraction": ("mrr_change_6m", at_most("mrr_change_6m", -SMALLEST_CHANGE)),
    "price_rise": ("price_rise_12m", _above_zero("price_rise_12m")),
    "price_rise_ahead": ("price_risk_open", _above_zero("price_risk_open")),
    "renewal_soon": ("months_to_renewal", at_most("months_to_renewal", RENEWAL_MONTHS)),
    "csm_changed": ("csm_changed_180d", _above_zero("csm_changed_180d")),
    "no_touch": ("touches_90d", at_most("touches_90d", 0)),
}

_UPSELL: Mapping[str, tuple[str, Rule]] = {
    "seats_at_limit": ("seat_utilisation", at_least("seat_utilisation", FULL_USE)),
    "usage_growing": ("usage_trend_3m", at_least("usage_trend_3m", MUCH_MORE_USE)),
    "new_feature_use": ("feature_breadth", _wider_use),
    "promoter": ("nps_last nps_age_days", _recent_nps(at_least("nps_last", PROMOTER))),
    "new_milestone": ("milestones_reached", _new_milestone),
    "grew_before": ("mrr_change_6m", _above_zero("mrr_change_6m")),
    "close_contact": ("touches_90d", at_least("touches_90d", 3)),
}


def _all() -> dict[str, Signal]:
    kinds: dict[Kind, Mapping[str, tuple[str, Rule]]] = {"churn": _CHURN, "upsell": _UPSELL}
    return {
        code: Signal(code, kind, tuple(features.split()), rule)
        for kind, rules in kinds.items()
        for code, (features, rule) in rules.items()
    }


SIGNALS: Mapping[str, Signal] = MappingProxyType(_all())
KINDS: Mapping[str, Kind] = MappingProxyType({code: signal.kind for code, signal in SIGNALS.items()})
