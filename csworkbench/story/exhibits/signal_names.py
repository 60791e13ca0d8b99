"""What readers call the early signs of churn and of growth."""

from __future__ import annotations

from collections.abc import Mapping

from ..catalogue import marked
from ..scene import Scene
from ..text import shown

SIGNAL_NAMES: Mapping[str, str] = {
    "usage_halved": marked("usage fell by half"),
    "usage_drop": marked("usage fell by a quarter"),
    "far_below_peak": marked("usage under half of its peak"),
    "silent": marked("no use for 30 days"),
    "low_use": marked("under a third of seats in use"),
    "champion_left": marked("the champion left"),
    "ticket_storm": marked("many support tickets"),
    "escalation": marked("a ticket was escalated"),
    "unhappy_csat": marked("unhappy with support"),
    "detractor": marked("a detractor in the last survey"),
    "failed_payment": marked("a payment failed"),
    "overdue_invoice": marked("an overdue invoice"),
    "stuck_step": marked("stuck in the journey"),
    "contraction": marked("MRR was cut back"),
    "price_rise": marked("the price rose"),
    "price_rise_ahead": marked("a price rise lies ahead"),
    "renewal_soon": marked("renewal within 90 days"),
    "csm_changed": marked("the CSM changed"),
    "no_touch": marked("no contact for 90 days"),
    "seats_at_limit": marked("seats at the limit"),
    "usage_growing": marked("usage rose by a quarter"),
    "new_feature_use": marked("a new feature in use"),
    "promoter": marked("a promoter in the last survey"),
    "new_milestone": marked("a new milestone reached"),
    "grew_before": marked("MRR grew lately"),
    "close_contact": marked("close contact"),
}


def signal_name(scene: Scene, code: str) -> str:
    """What readers call a signal."""
    return scene.say(SIGNAL_NAMES[code]) if code in SIGNAL_NAMES else shown(code.replace("_", " "))
