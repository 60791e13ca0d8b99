"""What raters say of CSMs: competencies of the best against the rest, interviews, trainings."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from statistics import NormalDist

import numpy as np
import pandas as pd

from ..intervals import wilson
from .pooling import LEVEL, Floats

RATED_DAYS = 365
SMALLEST_SIDE = 5
SHOWN_SIDE = 3
_TOP_SHARE = 0.5
TRAINED_DAYS = 180


def ratings(competencies: pd.DataFrame, closing: date) -> pd.DataFrame:
    """Mean score of each CSM in each competency over the last 365 days: csm_id, competency, score, n_ratings, n_raters.

    competencies: the canonical table.
    """
    age_days = (pd.Timestamp(closing) - competencies["rated_on"]).dt.days
    late = competencies[age_days.between(0, RATED_DAYS - 1)].assign(rater=competencies["rater"].fillna(""))
    grouped = late.groupby(["csm_id", "competency"])
    found = grouped.agg(score=("score", "mean"), n_ratings=("score", "size"), n_raters=("rater", "nunique"))
    rated: pd.DataFrame = found.reset_index()
    return rated


def top_csms(effects: pd.DataFrame) -> set[str]:
    """The better half of the CSMs by their adjusted effect on NNMRR, ties by csm_id; effects: the frame."""
    known = effects[(effects["measure"] == "nnmrr") & effects["shrunk"].notna()]
    ranked = known.sort_values(["shrunk", "csm_id"], ascending=[False, True])["csm_id"]
    return set(ranked.head(int(len(ranked) * _TOP_SHARE)))


def competencies(ratings: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Scores of the better half against the rest per competency: n_top, n_rest, top, rest (means), effect, low, high.

    effect: Hedges' g, the difference in standard deviations, with its 90% interval; null under 3 CSMs a side.
    Source: Hedges and Olkin (1985), small-sample correction and variance of g.
    """
    best = top_csms(effects)
    known = ratings[ratings["csm_id"].isin(effects.loc[effects["shrunk"].notna(), "csm_id"])]
    rows = []
    for name, group in known.groupby("competency"):
        is_top = group["csm_id"].isin(best)
        top, rest = (group.loc[side, "score"].to_numpy(dtype=float) for side in (is_top, ~is_top))
        rows.append([name, len(top), len(rest), _mean(top), _mean(rest), *hedges_g(top, rest)])
    return pd.DataFrame(rows, columns=["competency", "n_top", "n_rest", "top", "rest", "effect", "low", "high"])


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def hedges_g(first: Floats, second: Floats, level: float = LEVEL) -> tuple[float, float, float]:
    """Difference of means in pooled standard deviations, corrected for small samples, and its interval.

    NaN under 3 values a side or where nothing varies.
    """
    n, m = len(first), len(second)
    if min(n, m) < SHOWN_SIDE:
        return (float("nan"),) * 3
    pooled = ((n - 1) * first.var(ddof=1) + (m - 1) * second.var(ddof=1)) / (n + m - 2)
    if not pooled > 0:
        return (float("nan"),) * 3
    g = (1 - 3 / (4 * (n + m) - 9)) * (first.mean() - second.mean()) / np.sqrt(pooled)
    half = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt((n + m) / (n * m) + g**2 / (2 * (n + m)))
    return float(g), float(g - half), float(g + half)


def interviews(answers: pd.DataFrame) -> pd.DataFrame:
    """Per question: its weight, mean scores of those hired and of the others, and how often raters agree.

    answers: the canonical table. n_hired, n_others: candidates; agreement: share of pairs of raters of one candidate
    within 1 point, over n_pairs.
    """
    rows = []
    for (question, competency), group in answers.groupby(["question", "competency"], dropna=False):
        by_candidate = group.groupby("candidate_id").agg(score=("score", "mean"), csm_id=("csm_id", "first"))
        hired = by_candidate["csm_id"].notna()
        gaps = [gap for _, one in group.groupby("candidate_id") for gap in _gaps(one)]
        rows.append(
            {
                "question": question,
                "competency": competency,
                "weight": group["weight"].mean(),
                "n_hired": int(hired.sum()),
                "n_others": int((~hired).sum()),
                "hired": by_candidate.loc[hired, "score"].mean(),
                "others": by_candidate.loc[~hired, "score"].mean(),
                "n_pairs": len(gaps),
                "agreement": float(np.mean([gap <= 1 for gap in gaps])) if gaps else float("nan"),
            }
        )
    return pd.DataFrame(rows)


def _gaps(answers: pd.DataFrame) -> list[float]:
    return [abs(a - b) for a, b in combinations(answers.sort_values("rater")["score"].astype(float), 2)]


def hires(answers: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Who was hired: candidate_id, csm_id, scorecard (mean score by weight of the question), n_answers, effect.

    effect: the CSM's adjusted effect on NNMRR since, null where there is none yet.
    """
    known = answers[answers["csm_id"].notna()].assign(weight=answers["weight"].fillna(1.0))
    known = known.assign(points=known["score"] * known["weight"])
    sums = known.groupby(["candidate_id", "csm_id"]).agg(
        points=("points", "sum"), weight=("weight", "sum"), n_answers=("score", "size")
    )
    effect = effects[effects["measure"] == "nnmrr"].set_index("csm_id")["shrunk"]
    found = sums.assign(scorecard=sums["points"] / sums["weight"].where(sums["weight"] > 0)).reset_index()
    return found.assign(effect=found["csm_id"].map(effect))


def trainings(attended: pd.DataFrame, steps: pd.DataFrame | None) -> pd.DataFrame:
    """Per training: n, n_completed, share (Wilson 95%), the step where most got stuck, and steps before and after.

    attended: the canonical table. steps: rows of `step_rows` or None; before, after: share of steps in time that began
    in the 180 days before the CSM completed the training, and in the 180 days from then on.
    """
    rows = []
    for name, group in attended.groupby("training"):
        known = group["completed"].dropna().astype(bool)
        low, high = wilson(known.sum(), len(known))
        stuck = group["stuck_at"].dropna()
        most = stuck.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
        rows.append(
            {
                "training": name,
                "n": len(known),
                "n_completed": int(known.sum()),
                "share": known.mean() if len(known) else float("nan"),
                "low": float(low),
                "high": float(high),
                "stuck_at": most.index[0] if len(most) else None,
                **_around(group[group["completed"].fillna(False).astype(bool)], steps),
            }
        )
    return pd.DataFrame(rows)


def _around(group: pd.DataFrame, steps: pd.DataFrame | None) -> dict[str, float]:
    """Steps in time before and after a training."""
    if steps is None or group.empty:
        return {"n_before": 0, "before": float("nan"), "n_after": 0, "after": float("nan")}
    pairs = steps.merge(group[["csm_id", "attended_on"]].drop_duplicates("csm_id"), on="csm_id")
    offset = (pairs["previous_on"] - pairs["attended_on"]).dt.days
    before, after = pairs[offset.between(-TRAINED_DAYS, -1)], pairs[offset.between(0, TRAINED_DAYS - 1)]
    return {
        "n_before": len(before),
        "before": before["outcome"].mean(),
        "n_after": len(after),
        "after": after["outcome"].mean(),
    }
