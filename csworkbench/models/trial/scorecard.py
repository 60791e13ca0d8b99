"""What the backtest says of each score: one row per score and segment, its calibration, its quarters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import numpy as np
import pandas as pd

from ...data.asof import ALL
from ...metrics.book import with_total
from ...metrics.intervals import SMALLEST_GROUP, suppressed
from .backtest import LOOKBACK_DAYS
from .calibration import (
    brier,
    calibration_bins,
    calibration_in_the_large,
    calibration_slope,
    expected_calibration_error,
)
from .discrimination import Interval, lift_at, pr_auc, roc_auc, roc_auc_gain

FEWEST_EVENTS = 20
USEFUL_GAIN = 0.02
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
    by account. verdict: beats_naive when that interval lies at or above .02 and that of the area above .5, not_better
    when not, not_estimable under 20 decisions; null for the naive rules.
    """
    wide, scores = _side_by_side(judged(tested))
    found = []
    for segment, part in [(ALL, wide), *wide.groupby("segment", sort=True)]:
        for score in scores:
            own = part[part[score].notna()]
            if len(own):
                figures = _figures(own, score, score in probabilities) | _compared(own, score, scores)
                found.append({"score": score, "segment": segment, **figures})
    greens = green_churners(tested, decisions)
    card = pd.DataFrame(found, columns=_COLUMNS).merge(greens, on=["score", "segment"], how="left")
    return _hidden(card.assign(n_churners=card["n_churners"].fillna(0)))


_FIGURES = [
    *("roc_auc", "roc_auc_low", "roc_auc_high", "pr_auc", "lift_10", "brier", "ece"),
    *("calibration_slope", "calibration_slope_low", "calibration_slope_high", "calibration_in_the_large"),
    *("over_naive", "over_naive_low", "over_naive_high"),
]
_COLUMNS = ["score", "segment", "n", "n_accounts", "n_events", *_FIGURES, "best_naive", "verdict"]


def _side_by_side(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """One row per account and closing: account (a number), segment, y and the risk by each score; and their names."""
    keys = ["month_end", "account_id"]
    facts = rows.drop_duplicates(keys).set_index(keys)[["segment", "y"]]
    risks = rows.pivot(index=keys, columns="score", values="risk")
    wide = facts.join(risks).reset_index().sort_values(keys, ignore_index=True)
    return wide.assign(account=pd.factorize(wide["account_id"], sort=True)[0]), sorted(risks.columns)


def _figures(own: pd.DataFrame, score: str, is_probability: bool) -> dict[str, object]:
    y, risk = own["y"].to_numpy(), own[score].to_numpy()
    sizes: dict[str, object] = {"n": len(own), "n_accounts": own["account"].nunique(), "n_events": int(y.sum())}
    if not _enough(y, own["account"].to_numpy()):
        return sizes
    area = roc_auc(y, risk, own["account"])
    ranked = {"roc_auc": area.value, "roc_auc_low": area.low, "roc_auc_high": area.high}
    ranked |= {"pr_auc": pr_auc(y, risk), "lift_10": lift_at(y, risk)}
    return {**sizes, **ranked, **(_calibrated(y, risk) if is_probability else {})}


def _enough(y: np.ndarray, accounts: np.ndarray) -> bool:
    """Whether both outcomes have as many accounts as a rate needs."""
    return min(len(np.unique(accounts[y == outcome])) for outcome in (0, 1)) >= SMALLEST_GROUP


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


def _compared(own: pd.DataFrame, score: str, scores: list[str]) -> dict[str, object]:
    """The best naive rule on the rows of the score, what the score gains over it, and the verdict."""
    if score.startswith(NAIVE):
        return {"verdict": None}
    rules = [name for name in scores if name.startswith(NAIVE) and own[name].notna().any()]
    same = own.dropna(subset=rules)
    if not rules or same["y"].sum() < FEWEST_EVENTS:
        return {"verdict": NOT_ESTIMABLE}
    areas = {rule: roc_auc(same["y"], same[rule]).value for rule in rules}
    best = max(rules, key=lambda rule: areas[rule])
    gain = roc_auc_gain(same["y"], same[score], same[best], same["account"])
    verdict = _verdict(roc_auc(same["y"], same[score], same["account"]), gain)
    limits = {"over_naive": gain.value, "over_naive_low": gain.low, "over_naive_high": gain.high}
    return {"best_naive": best, **limits, "verdict": verdict}


def _verdict(area: Interval, gain: Interval) -> str:
    return BEATS if gain.low >= USEFUL_GAIN and area.low > 0.5 else NOT_BETTER


def green_churners(tested: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Of the accounts that decided to leave, how many each score called green 90 days before.

    Looked at is the last score at least 90 days before the decision, at most 122. Returns score, segment ("all"
    included), n_churners (with a band then), share_green_churners.
    """
    before = looked_like(tested, decisions).dropna(subset=["green"])
    counted = with_total(before).astype({"green": "float64"}).groupby(["score", "segment"])["green"]
    return counted.agg(n_churners="size", share_green_churners="mean").reset_index()


def looked_like(tested: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
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
        kept.loc[small, "verdict"] = kept.loc[small, "verdict"].mask(kept["verdict"].notna(), NOT_ESTIMABLE)
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
        if score in probabilities and _enough(own["y"].to_numpy(), own["account_id"].to_numpy())
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=["score", "bin", "n", *_BIN])


_BIN = ["mean_predicted", "share_observed", "low", "high"]


def drift(tested: pd.DataFrame, probabilities: Collection[str]) -> pd.DataFrame:
    """Each score by quarter: columns of the frame drift.

    psi: as `backtest` gives it. mean_predicted only where the score is a probability. Areas need 5 accounts of both
    outcomes.
    """
    rows, found = judged(tested), []
    for score, own in rows.groupby("score"):
        for quarter, part in own.groupby("quarter"):
            found.append({"score": score, "quarter": quarter, **_quarter(part, score in probabilities)})
    return pd.DataFrame(found, columns=["score", "quarter", *_QUARTER])


_QUARTER = ["n", "n_events", "roc_auc", "brier", "mean_predicted", "share_observed", "psi"]


def _quarter(part: pd.DataFrame, is_probability: bool) -> dict[str, object]:
    y, risk = part["y"].to_numpy(), part["risk"].to_numpy()
    return {
        "n": len(part),
        "n_events": int(y.sum()),
        "roc_auc": roc_auc(y, risk).value if _enough(y, part["account_id"].to_numpy()) else np.nan,
        "brier": brier(y, risk) if is_probability else np.nan,
        "mean_predicted": risk.mean() if is_probability else np.nan,
        "share_observed": y.mean(),
        "psi": part["psi"].iloc[0],
    }
