"""The frames behind the business sections of the packs: their columns, types and order. What story may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..shapes import Shapes

_COLUMNS = {
    "concentration": "quarter segment unit n:n mrr:f top_1:f top_5:f top_10:f hhi:f",
    "groups": "segment rank:n group_id name n_accounts:n mrr:f share:f",
    "commitments": "segment kind n:n n_kept:n n_partly:n n_missed:n n_open:n",
    "overdue": "account_id name segment csm kind what n:n since:d due_on:d mrr:f",
    "renewals_ahead": "quarter account_id segment subscription_id due_on:d due_mrr:f csm_call",
    "profile": "segment aspect value n:n n_rest:n here:f rest:f difference:f low:f high:f",
    "tenure_hazard": "segment band:n from_month:n to_month:n n_accounts:n months:n n_left:n hazard:f low:f high:f",
    "loss_reasons": "segment reason n:n n_lost:n share:f low:f high:f mrr:f n_preventable:n",
    "lost_calls": "segment csm_call n:n mrr:f",
    "prevention": "segment department reason n:n mrr:f n_preventable:n mrr_preventable:f n_closed:n",
    "themes": "segment kind theme n:n n_before:n n_accounts:n mrr:f share:f",
    "responses": "segment signal acted:b n:n n_lost:n share_lost:f low:f high:f n_shrank:n n_grew:n mrr:f mrr_after:f",
}

ORDER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "concentration": ("quarter", "segment", "unit"),
        "groups": ("segment", "rank"),
        "commitments": ("segment", "kind"),
        "overdue": ("due_on", "account_id", "kind", "what"),
        "renewals_ahead": ("due_on", "account_id", "subscription_id"),
        "profile": ("segment", "aspect", "value"),
        "tenure_hazard": ("segment", "band"),
        "loss_reasons": ("segment", "reason"),
        "lost_calls": ("segment", "csm_call"),
        "prevention": ("segment", "department", "reason"),
        "themes": ("segment", "kind", "theme"),
        "responses": ("segment", "signal", "acted"),
    }
)

SHAPES = Shapes(_COLUMNS, ORDER)
FRAMES, shaped, empty = SHAPES.frames, SHAPES.shaped, SHAPES.empty
