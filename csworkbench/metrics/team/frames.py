"""The frames of the team: their columns, types and order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..shapes import Shapes

_COLUMNS = {
    "csms": "csm_id name joined_on:d fte:f n_accounts:n mrr:f",
    "kpis": "kpi parent level:n owner_kind owner target:f actual:f before:f",
    "effects": "measure csm_id n:n n_book:n weight:f observed:f expected:f effect:f error:f shrunk:f low:f high:f",
    "spread": "measure n_csms:n spread:f low:f high:f gain:f",
    "steps": "csm_id step:n milestone n_eligible:n n_reached:n share:f shrunk:f low:f high:f team:f",
    "work": "quarter csm_id touch_tier function direction n:n n_timed:n hours:f",
    "fires": "category n_tickets:n n_repeated:n n_accounts:n",
    "books": "day:d csm_id n_accounts:n mrr:f",
    "growth": "quarter n_accounts:n fte:f capacity:f",
    "ramp": "csm_id joined_on:d month:n n_accounts:n full:f share:f",
    "characters": "view owner character share:f n:n",
    "competencies": "competency n_top:n n_rest:n top:f rest:f effect:f low:f high:f",
    "ratings": "csm_id competency score:f n_ratings:n n_raters:n",
    "interviews": "question competency weight:f n_hired:n n_others:n hired:f others:f n_pairs:n agreement:f",
    "hires": "candidate_id csm_id scorecard:f n_answers:n effect:f",
    "tried": "changed_on:d what scope measure n_before:n before:f n_after:n after:f difference:f low:f high:f",
    "trainings": "training n:n n_completed:n share:f low:f high:f stuck_at n_before:n before:f n_after:n after:f",
}

ORDER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "csms": ("csm_id",),
        "kpis": (),
        "effects": ("measure", "csm_id"),
        "spread": ("measure",),
        "steps": ("csm_id", "step"),
        "work": ("quarter", "csm_id", "touch_tier", "function", "direction"),
        "fires": ("category",),
        "books": ("day", "csm_id"),
        "growth": ("quarter",),
        "ramp": ("csm_id", "month"),
        "characters": ("view", "owner", "character"),
        "competencies": ("competency",),
        "ratings": ("csm_id", "competency"),
        "interviews": ("question",),
        "hires": ("candidate_id",),
        "tried": ("changed_on", "what", "scope"),
        "trainings": ("training",),
    }
)

SHAPES = Shapes(_COLUMNS, ORDER)
FRAMES, shaped, empty = SHAPES.frames, SHAPES.shaped, SHAPES.empty
