"""The score of every paying account, its reasons and its survival curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...data.snapshot import View
from ...metrics.accounts import csm_names, renews_next
from ...metrics.book import attributes, owners_on
from ..frames import HORIZONS, SURVIVAL_MONTHS
from ..panel import Panel
from ..trial.weighted import band_of, weighted_health
from .hazard import MODEL, Hazard

Floats = npt.NDArray[np.float64]

NOTICE = "has said that it leaves"
WEIGHTED_MODEL = "weighted health v1"
MONTHS_AT_RISK = 12
_MAY_BE_EMPTY = ("months_to_renewal", "days_since_champion_left", "nps_age_days", "csat_90d", "proactive_share_90d")


@dataclass(frozen=True)
class _Judged:
    """What is said of the accounts of `panel.now`: probabilities (account × month ahead), and columns of `scores`."""

    p: Floats
    expected_months: Floats
    health: pd.Series
    band: pd.Series
    coverage: Floats
    model: str
    note: str


def churn_scores(view: View, panel: Panel, hazard: Hazard) -> pd.DataFrame:
    """The columns of the frame `scores` that are about leaving, one row per account that pays on `panel.until`.

    An account that has said that it leaves has probability 1 (note says so) and the months until its end.
    """
    now = panel.now
    p = hazard.p_churn(now)
    health = pd.Series(100 * (1 - p[:, 2]))
    band = band_of(health, view.settings.health.bands)
    months = expected_months(hazard.survival(now))
    return _scores(view, panel, _Judged(p, months, health, band, coverage(hazard, now), MODEL, ""))


def unestimated_scores(view: View, panel: Panel, reason: str) -> pd.DataFrame:
    """The same columns where leaving cannot be estimated: null probabilities, the weighted health, the reason as note.

    An account that has said that it leaves has probability 1 all the same.
    """
    now = panel.now
    known = weighted_health(now, view.settings.health)
    p, months = np.full((len(now), len(HORIZONS)), np.nan), np.full(len(now), np.nan)
    seen = known["coverage"].to_numpy(dtype=float)
    return _scores(view, panel, _Judged(p, months, known["score"], known["band"], seen, WEIGHTED_MODEL, reason))


def _scores(view: View, panel: Panel, judged: _Judged) -> pd.DataFrame:
    now, leaving = panel.now, panel.leaving
    p = np.vstack([judged.p, np.ones((len(leaving), len(HORIZONS)))])
    ids = pd.Index([*now["account_id"], *leaving["account_id"]], name="account_id", dtype="str")
    mrr = np.concatenate([now["mrr"].to_numpy(dtype=float), leaving["mrr"].to_numpy(dtype=float)])
    gone = pd.Series(0.0, range(len(leaving)))
    found = pd.DataFrame({f"p_churn_{k}": p[:, k - 1] for k in HORIZONS}, index=ids)
    found = found.assign(
        mrr=mrr,
        expected_months=np.concatenate([judged.expected_months, _months_left(panel)]),
        money_at_risk=p[:, MONTHS_AT_RISK - 1] * mrr * MONTHS_AT_RISK,
        health=np.concatenate([judged.health, gone]),
        band=[*judged.band, *band_of(gone, view.settings.health.bands)],
        coverage=np.concatenate([judged.coverage, np.ones(len(leaving))]),
        model=judged.model,
        note=np.repeat(np.array([judged.note, NOTICE], dtype=object), [len(now), len(leaving)]),
    )
    return found.join(_described(view, ids)).reset_index()


def _described(view: View, ids: pd.Index) -> pd.DataFrame:
    known = attributes(view).reindex(ids)
    csm_id = owners_on(view, [view.as_of]).iloc[:, 0].reindex(ids).astype("str")
    return pd.DataFrame(
        {
            "name": known["name"].astype("str").fillna(ids.to_series().astype("str")),
            "segment": known["segment"].astype("str").fillna("unassigned"),
            "csm_id": csm_id,
            "csm": csm_id.map(csm_names(view)).astype("str"),
            "renews_on": renews_next(view, view.as_of).reindex(ids),
        },
        index=ids,
    )


def expected_months(survival: Floats) -> Floats:
    """Restricted mean of the months until the decision to leave, within those of the curve (row × month)."""
    before = np.column_stack([np.ones(len(survival)), survival[:, :-1]])
    return np.asarray((before + survival).sum(axis=1) / 2)


def _months_left(panel: Panel) -> Floats:
    days = (panel.leaving["ends_on"] - pd.Timestamp(panel.until)).dt.days.to_numpy(dtype=float)
    return np.asarray(days / (365.25 / 12))


def coverage(hazard: Hazard, now: pd.DataFrame) -> Floats:
    """Share of what the model looks at that was measured, each feature by how much it moves the scores (0–1)."""
    if now.empty:
        return np.zeros(0)
    moved = hazard.contributions(now)
    weight = (moved - moved.mean()).abs().mean()
    names = [name for name in weight.index if name in now and name not in _MAY_BE_EMPTY]
    total = weight[names].sum()
    seen = now[names].notna().to_numpy(dtype=float) @ weight[names].to_numpy()
    return np.asarray(np.minimum(seen / total, 1.0) if total > 0 else np.ones(len(now)))


def survival_curves(panel: Panel, hazard: Hazard) -> pd.DataFrame:
    """The frame `survival` of the accounts that have not said that they leave."""
    curve = hazard.survival(panel.now, SURVIVAL_MONTHS)
    return pd.DataFrame(
        {
            "account_id": np.repeat(panel.now["account_id"].to_numpy(), SURVIVAL_MONTHS),
            "month": np.tile(np.arange(1, SURVIVAL_MONTHS + 1), len(curve)),
            "survival": curve.ravel(),
        }
    )
