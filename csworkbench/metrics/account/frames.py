"""The frames of single accounts: what the customer edition may read, and what the internal edition reads beside it.

A column that is not named under `CUSTOMER` is never in a file that the customer edition opens, and is never read by it.
"""

from __future__ import annotations

from ..shapes import Shapes

MEASURED = ("adoption_index", "seats", "breadth", "regularity")
AREAS = (
    "scope",
    "schedule",
    "cost",
    "quality",
    "resource",
    "communication",
    "risk",
    "stakeholder",
    "procurement",
)

_CUSTOMER = {
    "profile": "account_id name started_on:d renews_on:d",
    "goals": "account_id criterion agreed_on:d due_on:d target:f actual:f unit status assessed_on:d source",
    "use": "account_id measure quarter value:f peers_low:f peers_median:f peers_high:f n_peers:n",
    "steps": "account_id step:n milestone previous_on:d reached_on:d days:f due_days:n due_on:d state",
    "support": "account_id quarter tickets:n median_first_response_hours:f median_resolution_hours:f csat:f n_csat:n",
    "open_points": "account_id kind since:d name n:f",
    "joint_plan": "account_id due_on:d kind name overdue:b",
}

_INTERNAL = {
    "standing": "account_id segment touch_tier industry csm mrr:f mrr_opening:f mrr_year_ago:f tickets_90d:f"
    " tickets_prior_90d:f csat:f nps:f usage_90d:f usage_prior_90d:f usage_change:f gap overdue_invoices:f"
    " adoption_index:f",
    "signs": "account_id reasons:l",
    "moves": "account_id quarter mrr_open:f new:f expansion:f contraction:f churn:f reactivation:f mrr_close:f",
    "power_map": "account_id role influence:f stance joined_on:d",
    "register": "account_id area opened_on:d likelihood:f impact_mrr:f description shareable:b?",
    "pmbok": "account_id place:n area status code n:f day:d name",
}

_ORDER = {
    "profile": ("account_id",),
    "goals": ("account_id", "agreed_on", "criterion"),
    "use": ("account_id", "measure", "quarter"),
    "steps": ("account_id", "step"),
    "support": ("account_id", "quarter"),
    "open_points": ("account_id", "kind", "since", "name"),
    "joint_plan": ("account_id", "due_on", "kind", "name"),
    "standing": ("account_id",),
    "signs": ("account_id",),
    "moves": ("account_id", "quarter"),
    "power_map": ("account_id", "role", "joined_on", "stance", "influence"),
    "register": ("account_id", "opened_on", "area", "description"),
    "pmbok": ("account_id", "place", "code", "name"),
}

CUSTOMER = Shapes(_CUSTOMER, {name: _ORDER[name] for name in _CUSTOMER})
INTERNAL = Shapes({**_CUSTOMER, **_INTERNAL}, _ORDER)

CUSTOMER_TABLES = ("accounts", "subscriptions", "success_plans", "usage", "milestones", "tickets", "reviews", "risks")
