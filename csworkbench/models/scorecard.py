"""What the backtest says of each score: one row per score and segment, its calibration, its quarters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import numpy as np
import pandas as pd

from ..data.asof import ALL
from ..metrics.book import with_total
from ..metrics.intervals import SMALLEST_GROUP, suppressed
from .backtest import LOOKBACK_DAYS
from .calibration import (
    brier,
    calibration_bins,
    calibration_in_the_large,
    calibration_slope,
    expected_calibration_error,
    population_stability,
)
from .discrimination import UNKNOWN, Interval, lift_at, pr_auc, roc_auc, roc_auc_gain

FEWEST_EVENTS = 20
NAIVE = "naive:"
BEATS, NOT_BETTER, NOT_ESTIMABLE = "beats_naive", "not_better", "not_estimable"


def judged(tested: pd.DataFrame) -> pd.DataFrame:
    """Rows of a backtest that have a score and an outcome."""
    return tested[tested["risk"].notna() & tested["y"].notna()].astype({"y": "float64"})


def scorecard(tested: pd.DataFrame, decisions: pd.DataFrame, probabilities: Collection[str]) -> pd.DataFrame:
    """One row per score × segment ("all" included): columns of the frame scorecard.

    tested: as `backtest` returns it. decisions: churn decisions, account_id and on. probabilities: scores whose risk is
    a probability; only these have a Brier score and a calibration. Segments of fewer than 5 accounts are suppressed,
    with the next smallest one where they could be computed back; areas and calibration need 5 accounts of both
    outcomes. best_naive: the naive rule with the largest area on the same rows; over_naive: area gained over it, paired
    by account. verdict: beats_naive when that interval and that of the area lie above 0 and .5, not_better when not,
    not_estimable under 20 decisions; null for the naive rules.
    """
    rows, greens = judged(tested), green_churners(tested, decisions)
    found = []
    for segment, part in _by_segment(rows):
        wide = part.pivot(index=["month_end", "account_id"], columns="score", values="risk")
        for score, own in part.groupby("score", sort=True):
            figures = _figures(own, score in probabilities) | _compared(own, wide, str(score))
            found.append({"score": score, "segment": segment, **figures})
    card = pd.DataFrame(found, columns=_COLUMNS).merge(greens, on=["score", "segment"], how="left")
    return _hidden(card.assign(n_churners=card["n_churners"].fillna(0)))


_FIGURES = [
    *("roc_auc", "roc_auc_low", "roc_auc_high", "pr_auc", "lift_10", "brier", "ece"),
    *("calibration_slope", "calibration_slope_low", "calibration_slope_high", "calibration_in_the_large"),
    *("over_naive", "over_naive_low", "over_naive_high"),
]
_COLUMNS = ["score", "segment", "n", "n_accounts", "n_events", *_FIGURES, "best_naive", "verdict"]


def _by_segment(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(segment), part) for segment, part in with_total(rows).groupby("segment", sort=True)]


def _figures(own: pd.DataFrame, is_probability: bool) -> dict[str, object]:
    y, risk = own["y"].to_numpy(), own["risk"].to_numpy()
    sizes: dict[str, object] = {"n": len(own), "n_accounts": own["account_id"].nunique(), "n_events": int(y.sum())}
    if not _enough(own):
        return sizes
    area = roc_auc(y, risk, own["account_id"])
    ranked = {"roc_auc": area.value, "roc_auc_low": area.low, "roc_auc_high": area.high}
    ranked |= {"pr_auc": pr_auc(y, risk), "lift_10": lift_at(y, risk)}
    return {**sizes, **ranked, **(_calibrated(y, risk) if is_probability else {})}


def _enough(own: pd.DataFrame) -> bool:
    """Whether both outcomes have as many accounts as a rate needs."""
    accounts = [own.loc[own["y"] == outcome, "account_id"].nunique() for outcome in (0, 1)]
    return min(accounts) >= SMALLEST_GROUP


def _calibrated(y: np.ndarray, p: np.ndarray) -> dict[str, object]:
    slope = calibration_slope(y, p)
    return {
        "brier": brier(y, p),
        "ece": expected_calibration_error(y, p),
        "calibration_slope": slope.value,
        "calibration_slope_low": slope.low,
        "calibration_slope_high": slope.high,
        "calibration_in_the_large": calibration_in_the_large(y, p),
    }


def _compared(own: pd.DataFrame, wide: pd.DataFrame, score: str) -> dict[str, object]:
    """The best naive rule on the rows of the score, what the score gains over it, and the verdict."""
    if score.startswith(NAIVE):
        return {"verdict": None}
    rules = [name for name in wide.columns if name.startswith(NAIVE)]
    same = own.set_index(["month_end", "account_id"])[["y", "risk"]].join(wide[rules]).dropna()
    if not rules or same["y"].sum() < FEWEST_EVENTS:
        return {"verdict": NOT_ESTIMABLE}
    accounts = same.index.get_level_values("account_id")
    areas = {rule: roc_auc(same["y"], same[rule]).value for rule in rules}
    best = max(sorted(areas), key=lambda rule: areas[rule])
    gain = roc_auc_gain(same["y"], same["risk"], same[best], accounts)
    verdict = _verdict(roc_auc(same["y"], same["risk"], accounts), gain)
    limits = {"over_naive": gain.value, "over_naive_low": gain.low, "over_naive_high": gain.high}
    return {"best_naive": best, **limits, "verdict": verdict}


def _verdict(area: Interval, gain: Interval = UNKNOWN) -> str:
    return BEATS if gain.low > 0 and area.low > 0.5 else NOT_BETTER


def green_churners(tested: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Of the accounts that decided to leave, how many each score called green 90 days before.

    Looked at is the last score at least 90 days before the decision, at most 122. Returns score, segment ("all"
    included), n_churners (with a band then), share_green_churners.
    """
    before = bands_before(tested, decisions).dropna(subset=["green"])
    counted = with_total(before).astype({"green": "float64"}).groupby(["score", "segment"])["green"]
    return counted.agg(n_churners="size", share_green_churners="mean").reset_index()


def bands_before(tested: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """The last score of each score × decision between 90 and 122 days before it: rows of the backtest, with on."""
    days = tested[["score", "account_id", "segment", "month_end", "risk", "band", "green"]]
    both = days.merge(decisions[["account_id", "on"]], on="account_id")
    age = both["on"] - both["month_end"]
    near = both[(age >= timedelta(days=LOOKBACK_DAYS)) & (age < timedelta(days=LOOKBACK_DAYS + 32))]
    return near.sort_values("month_end").drop_duplicates(["score", "account_id", "on"], keep="last", ignore_index=True)


def _hidden(card: pd.DataFrame) -> pd.DataFrame:
    """The scorecard without figures of small segments, or of others from which they could be computed back."""
    kept = card.copy()
    for _, rows in card[card["segment"] != ALL].groupby("score"):
        small = rows.index[suppressed(rows["n_accounts"])]
        kept.loc[small, [*_FIGURES, "best_naive", "share_green_churners"]] = np.nan
        kept.loc[small, "verdict"] = NOT_ESTIMABLE
        few = rows.index[suppressed(rows["n_churners"])]
        kept.loc[few, "share_green_churners"] = np.nan
    total = card.index[(card["segment"] == ALL) & (card["n_churners"] < SMALLEST_GROUP)]
    kept.loc[total, "share_green_churners"] = np.nan
    return kept


def calibration(tested: pd.DataFrame, probabilities: Collection[str]) -> pd.DataFrame:
    """Predicted against observed in bins of equal count per score that is a probability; columns of the frame."""
    rows = judged(tested)
    parts = [
        calibration_bins(own["y"], own["risk"]).assign(score=score)
        for score, own in rows.groupby("score")
        if score in probabilities and _enough(own)
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=["score", "bin", "n", *_BIN])


_BIN = ["mean_predicted", "share_observed", "low", "high"]


def drift(tested: pd.DataFrame, probabilities: Collection[str]) -> pd.DataFrame:
    """Each score by quarter: columns of the frame drift.

    psi: of the scores at closing against those of the first quarter (NaN for it). mean_predicted only where the score
    is a probability. Areas need 5 accounts of both outcomes.
    """
    rows, found = judged(tested), []
    for score, own in rows.groupby("score"):
        first = own.loc[own["month_end"] == own["month_end"].min(), "risk"]
        for quarter, part in own.groupby("quarter"):
            is_first = bool((part["month_end"] == own["month_end"].min()).any())
            psi = np.nan if is_first else population_stability(first, part["risk"])
            found.append({"score": score, "quarter": quarter, "psi": psi, **_quarter(part, score in probabilities)})
    return pd.DataFrame(found, columns=["score", "quarter", "psi", *_QUARTER])


_QUARTER = ["n", "n_events", "roc_auc", "brier", "mean_predicted", "share_observed"]


def _quarter(part: pd.DataFrame, is_probability: bool) -> dict[str, object]:
    y, risk = part["y"].to_numpy(), part["risk"].to_numpy()
    return {
        "n": len(part),
        "n_events": int(y.sum()),
        "roc_auc": roc_auc(y, risk).value if _enough(part) else np.nan,
        "brier": brier(y, risk) if is_probability else np.nan,
        "mean_predicted": risk.mean() if is_probability else np.nan,
        "share_observed": y.mean(),
    }
