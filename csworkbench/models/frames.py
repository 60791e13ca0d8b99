"""The frames of scores and of their evaluation: their columns, types and order. What story may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..metrics.shapes import Shapes

HORIZONS = range(1, 13)
SURVIVAL_MONTHS = 36
_P_CHURN = " ".join(f"p_churn_{month}:f" for month in HORIZONS)

_COLUMNS = {
    "scores": f"account_id name segment csm_id csm mrr:f renews_on:d {_P_CHURN} expected_months:f p_expansion:f"
    " expected_expansion_mrr:f money_at_risk:f health:f band coverage:f model note",
    "reasons": "account_id kind rank:n feature code value contribution:f rise:f versus value_before",
    "survival": "account_id month:n survival:f",
    "whitespace": "account_id product mrr:f p:f expected_mrr:f peers:f n_peers:n dropped_on:d",
    "forecast": "owner_kind owner name quarter measure expected:f low:f high:f n_accounts:n",
    "weighted_health": "account_id score:f coverage:f band",
    "scorecard": "score segment n:n n_accounts:n n_events:n roc_auc:f roc_auc_low:f roc_auc_high:f pr_auc:f lift_10:f"
    " brier:f ece:f calibration_slope:f calibration_slope_low:f calibration_slope_high:f calibration_in_the_large:f"
    " share_green_churners:f n_churners:n best_naive over_naive:f over_naive_low:f over_naive_high:f verdict",
    "calibration": "score bin:n n:n mean_predicted:f share_observed:f low:f high:f",
    "drift": "score quarter n:n n_events:n roc_auc:f brier:f mean_predicted:f share_observed:f psi:f",
    "signals": "signal kind n_fired:n n_true:n precision:f low:f high:f recall:f base_rate:f lift:f median_lead_days:f"
    " mrr_attached:f false_per_true:f p_value:f q_value:f accounts_now:n mrr_now:f",
    "signals_now": "account_id signal kind since:d",
    "factors": "phase factor outcome effect measure value:f low:f high:f n_with:n n_without:n mrr:f q_value:f",
    "post_mortem": "account_id name segment decided_on:d mrr:f health_90d_before:f band_90d_before"
    " weighted_band_90d_before vendor_band_90d_before top_reasons:l",
    "forecast_errors": "quarter measure owner_kind owner name expected:f low:f high:f actual:f error:f inside:b source"
    " restated:f n_accounts:n",
    "ltv": "segment n_accounts:n n_left:n mrr_per_account:f expected_months:f ltv:f low:f high:f",
}

SCORE_FRAMES = (
    "scores",
    "reasons",
    "survival",
    "whitespace",
    "forecast",
    "forecast_errors",
    "ltv",
    "weighted_health",
)

ORDER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scores": ("account_id",),
        "reasons": ("account_id", "kind", "rank"),
        "survival": ("account_id", "month"),
        "whitespace": ("account_id", "product"),
        "forecast": ("owner_kind", "owner", "quarter", "measure"),
        "weighted_health": ("account_id",),
        "scorecard": ("score", "segment"),
        "calibration": ("score", "bin"),
        "drift": ("score", "quarter"),
        "signals": ("kind", "signal"),
        "signals_now": ("account_id", "kind", "signal"),
        "factors": ("phase", "outcome", "factor"),
        "post_mortem": ("account_id",),
        "forecast_errors": ("quarter", "measure", "owner_kind", "owner"),
        "ltv": ("segment",),
    }
)

SHAPES = Shapes(_COLUMNS, ORDER)
FRAMES, shaped, empty = SHAPES.frames, SHAPES.shaped, SHAPES.empty
