"""The frames of a quarter: their columns, types and order. What story may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .shapes import Shapes

_MOVES = "mrr_open:f new:f expansion:f contraction:f churn:f reactivation:f mrr_close:f"

_COLUMNS = {
    "accounts": "account_id name segment touch_tier industry country csm_id csm started_on:d renews_on:d mrr:f"
    " mrr_opening:f mrr_year_ago:f adoption_index:f adoption_index_opening:f band coverage:f tickets_open:f"
    " tickets_90d:f tickets_prior_90d:f nps:f csat:f usage_90d:f usage_prior_90d:f milestone milestone_next"
    " days_since_milestone:f stuck:b? overdue_invoices:f champion_left:b?",
    "movements": f"quarter account_id segment csm_id {_MOVES}",
    "mrr_trend": "quarter segment mrr_open:f mrr_close:f new:f expansion:f contraction:f churn:f reactivation:f grr:f"
    " nrr:f logo_churn:f quick_ratio:f n_open:n n_churned:n n_close:n logo_churn_low:f logo_churn_high:f",
    "nnmrr": "quarter owner_kind owner name expansion:f contraction:f churn:f nnmrr:f n_accounts:n target:f",
    "cohorts": "segment unit rule cohort period:n n:n n_mature:n value:f share:f low:f high:f mature:b",
    "adoption": "quarter account_id segment seats:f breadth:f depth:f regularity:f adoption_index:f band"
    " coverage:f mrr:f",
    "adoption_bands": "quarter segment band n_accounts:n mrr:f share_accounts:f share_mrr:f target_share:f",
    "journey": "account_id segment csm_id started_on:d step:n milestone previous_on:d reached_on:d days:f"
    " elapsed_days:f due_days:n reached_in_time:b? stuck:b",
    "journey_steps": "segment step:n milestone n_eligible:n n_reached:n share:f low:f high:f median_days:f n_stuck:n"
    " mrr_stuck:f",
    "time_to_value": "segment n:n n_reached:n median_days:f p75_days:f p90_days:f low_days:f high_days:f",
    "renewals": "quarter account_id segment subscription_id due_on:d due_mrr:f renewed:b? renewed_mrr:f csm_call",
    "renewal_rates": "quarter segment n_due:n n_renewed:n n_open:n due_mrr:f renewed_mrr:f logo_rate:f gross_rate:f"
    " net_rate:f",
    "service": "quarter segment tickets:n tickets_per_account:f median_first_response_hours:f median_resolution_hours:f"
    " share_escalated:f share_bot:f csat:f nps:f n_nps:n n_csat:n",
    "say_do": "account_id segment mrr:f nps:f usage_change:f gap",
    "attention": "rank:n account_id name segment csm mrr:f renews_on:d reasons:l score:f",
    "targets": "kpi owner period target:f",
    "freshness": "table rows:n latest:d truly_as_of:b dropped:n dropped_rules tolerated",
}

ORDER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "accounts": ("account_id",),
        "movements": ("quarter", "account_id"),
        "mrr_trend": ("quarter", "segment"),
        "nnmrr": ("quarter", "owner_kind", "owner"),
        "cohorts": ("segment", "unit", "rule", "cohort", "period"),
        "adoption": ("quarter", "account_id"),
        "adoption_bands": ("quarter", "segment"),
        "journey": ("account_id", "step"),
        "journey_steps": ("segment", "step"),
        "time_to_value": ("segment",),
        "renewals": ("quarter", "due_on", "account_id", "subscription_id"),
        "renewal_rates": ("quarter", "segment"),
        "service": ("quarter", "segment"),
        "say_do": ("gap", "account_id"),
        "attention": ("rank",),
        "targets": ("kpi", "owner", "period"),
        "freshness": (),
    }
)

SHAPES = Shapes(_COLUMNS, ORDER)
FRAMES, shaped, empty = SHAPES.frames, SHAPES.shaped, SHAPES.empty
