"""The features of an account at the end of a month, and the reason codes that group them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["number", "category", "flag", "days"]


@dataclass(frozen=True)
class Feature:
    """One feature of the panel.

    kind: number, category (text), flag (1 or 0) or days; NULL where not measured. table: the canonical table without
    which the feature is absent. code: the reason that it speaks for; several features share one.
    """

    name: str
    kind: Kind
    table: str
    code: str


_ALL = """
tenure_months          number   subscriptions  tenure
n_spells               number   subscriptions  tenure
months_to_renewal      number   subscriptions  renewal
billing_months         number   subscriptions  contract
n_items                number   subscriptions  contract
mrr                    number   subscriptions  size
seats                  number   subscriptions  size
mrr_per_seat           number   subscriptions  size
mrr_change_3m          number   subscriptions  change
mrr_change_6m          number   subscriptions  change
seats_change_3m        number   subscriptions  change
price_rise_12m         number   subscriptions  price
peer_churn_3m          number   subscriptions  market
segment                category accounts       segment
touch_tier             category accounts       segment
industry               category accounts       segment
seat_utilisation       number   usage          adoption
seat_utilisation_3m    number   usage          adoption
users_per_seat         number   usage          adoption
users_per_seat_3m      number   usage          adoption
usage_per_seat         number   usage          adoption
events_vs_usual_12m    number   usage          adoption
usage_trend_3m         number   usage          usage_trend
usage_vs_peak          number   usage          usage_trend
days_silent            days     usage          silence
idle_share_6m          number   usage          silence
feature_breadth        number   usage          breadth
tickets_30d            number   tickets        support
tickets_90d            number   tickets        support
urgent_30d             number   tickets        support
urgent_90d             number   tickets        support
escalated_90d          number   tickets        support
open_tickets           number   tickets        support
csat_90d               number   tickets        satisfaction
nps_last               number   surveys        satisfaction
nps_365d               number   surveys        satisfaction
nps_age_days           days     surveys        satisfaction
survey_csat_180d       number   surveys        satisfaction
champions              number   contacts       champion
champion_left_180d     flag     contacts       champion
days_since_champion_left days   contacts       champion
failed_payments_90d    number   invoices       payment
overdue_invoices       number   invoices       payment
milestones_reached     number   milestones     onboarding
first_value_reached    flag     milestones     onboarding
days_since_milestone   days     milestones     onboarding
stuck                  flag     milestones     onboarding
touches_90d            number   activities     engagement
proactive_share_90d    number   activities     engagement
csm_tenure_months      number   assignments    csm
csm_experience_months  number   csms           csm
csm_changed_180d       flag     assignments    csm
csm_churn_12m          number   assignments    csm
"""


def _parsed(text: str) -> Mapping[str, Feature]:
    rows = [line.split() for line in text.strip().splitlines()]
    return MappingProxyType({name: Feature(name, kind, table, code) for name, kind, table, code in rows})  # type: ignore[arg-type]


FEATURES: Mapping[str, Feature] = _parsed(_ALL)

HAZARD_FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "months_ahead": Feature("months_ahead", "number", "subscriptions", "horizon"),
        "calendar_month": Feature("calendar_month", "number", "subscriptions", "season"),
    }
)

CODES: tuple[str, ...] = tuple(
    dict.fromkeys(feature.code for feature in (*FEATURES.values(), *HAZARD_FEATURES.values()))
)
