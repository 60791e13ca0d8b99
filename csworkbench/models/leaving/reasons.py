"""Why an account is likelier to leave than others: the largest contributions, grouped by reason."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..panel.features import FEATURES, HAZARD_FEATURES
from .hazard import Hazard

N_REASONS = 5
_CODES = {name: feature.code for name, feature in {**FEATURES, **HAZARD_FEATURES}.items()}
_SAME_FOR_ALL = ("horizon", "season")


def churn_reasons(hazard: Hazard, now: pd.DataFrame) -> pd.DataFrame:
    """The frame `reasons` of kind "churn"; contributions to the log-odds of leaving within three months."""
    return reasons_of(hazard.contributions(now), now, "churn")


def reasons_of(added: pd.DataFrame, now: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The frame `reasons`: up to five reasons per account, those that make it likelier first.

    added: account × feature, what each adds to the log-odds. now: rows of one month-end, in that order. contribution:
    sum over the features of a reason, against the mean of these accounts; feature: the one that adds most in that
    direction, with its value.
    """
    added = added - added.mean()
    by_code = grouped(added)
    order = np.argsort(-by_code.to_numpy(), axis=1, kind="stable")[:, :N_REASONS]
    n, k = order.shape
    row = np.repeat(np.arange(n), k)
    code = by_code.columns.to_numpy()[order.ravel()]
    found = pd.DataFrame(
        {
            "account_id": now["account_id"].to_numpy()[row],
            "kind": kind,
            "rank": np.tile(np.arange(1, k + 1), n),
            "code": code,
            "contribution": by_code.to_numpy()[row, order.ravel()],
        }
    )
    feature = strongest(added, row, found)
    return found.assign(feature=feature, value=[_text(now[name].iloc[k]) for name, k in zip(feature, row, strict=True)])


def grouped(added: pd.DataFrame) -> pd.DataFrame:
    """Contributions summed by reason code; what is the same for all accounts is left out."""
    codes = pd.Series({name: _CODES[name] for name in added.columns})
    kept = codes[~codes.isin(_SAME_FOR_ALL)]
    return added[kept.index].T.groupby(kept).sum().T


def strongest(added: pd.DataFrame, row: np.ndarray, found: pd.DataFrame) -> list[str]:
    """For every reason found, its feature with the largest contribution of the same sign."""
    sign = np.where(found["contribution"] >= 0, 1.0, -1.0)
    names: list[str] = [""] * len(found)
    for code, places in found.groupby("code").indices.items():
        features = [name for name in added.columns if _CODES[name] == code]
        values = added[features].to_numpy()[row[places]] * sign[places][:, None]
        for place, best in zip(places, values.argmax(axis=1), strict=True):
            names[place] = features[best]
    return names


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else f"{float(value):.6g}"  # type: ignore[arg-type, call-overload]
