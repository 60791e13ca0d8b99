"""Why an account is likelier to leave than others, or than it was: the largest contributions, grouped by reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..panel import Panel
from ..panel.features import FEATURES, HAZARD_FEATURES
from .hazard import NEAR_MONTHS, Hazard

N_REASONS = 5
RISE_WEIGHT = 8.0
BOOK, OWN_PAST = "book", "own_past"
_CODES = {name: feature.code for name, feature in {**FEATURES, **HAZARD_FEATURES}.items()}
_SAME_FOR_ALL = ("horizon", "season")


def churn_reasons(hazard: Hazard, now: pd.DataFrame, before: pd.DataFrame | None = None) -> pd.DataFrame:
    """The frame `reasons` of kind "churn"; contributions to the log-odds of leaving within three months.

    before: rows of the panel of three months earlier, of any accounts; see `reasons_of`.
    """
    earlier = None if before is None or before.empty else Earlier(before, hazard.contributions(before))
    return reasons_of(hazard.contributions(now), now, "churn", earlier)


def reasons_now(hazard: Hazard, panel: Panel) -> pd.DataFrame:
    """`churn_reasons` of the panel's last month-end, against the accounts' own rows three months before."""
    return churn_reasons(hazard, panel.now, panel.rows[panel.month == -NEAR_MONTHS])


@dataclass(frozen=True)
class Earlier:
    """rows: of an earlier month-end, of any accounts. added: what each feature added then, in that order."""

    rows: pd.DataFrame
    added: pd.DataFrame


def reasons_of(added: pd.DataFrame, now: pd.DataFrame, kind: str, earlier: Earlier | None = None) -> pd.DataFrame:
    """The frame `reasons`: up to five reasons per account, those that make it likelier first.

    added: account × feature, what each adds to the log-odds. now: rows of one month-end, in that order.
    contribution: sum over the features of a reason, against the mean of these accounts. rise: that sum against the one
    of the account's own earlier row, NaN without one. Ranked by the larger of contribution and 8 × rise; versus says
    which, "book" or "own_past". feature: the one that adds most in that direction; value now, value_before earlier.
    """
    place = _places(earlier, now)
    level, risen = added - added.mean(), _risen(added, earlier, place)
    by_level, by_rise = grouped(level), grouped(risen).to_numpy()
    weight = np.fmax(by_level.to_numpy(), RISE_WEIGHT * by_rise)
    order = np.argsort(-weight, axis=1, kind="stable")[:, :N_REASONS]
    row, column = np.repeat(np.arange(len(now)), order.shape[1]), order.ravel()
    against_book = by_level.to_numpy()[row, column]
    found = pd.DataFrame(
        {
            "account_id": now["account_id"].to_numpy()[row],
            "kind": kind,
            "rank": np.tile(np.arange(1, order.shape[1] + 1), len(now)),
            "code": by_level.columns.to_numpy()[column],
            "contribution": against_book,
            "rise": by_rise[row, column],
            "versus": np.where(weight[row, column] > against_book, OWN_PAST, BOOK),
        }
    )
    feature = strongest(level, risen, row, found)
    values = _texts(now, feature, row)
    return found.assign(feature=feature, value=values, value_before=_before(earlier, place[row], feature))


def _places(earlier: Earlier | None, now: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Where the earlier row of every account is; −1 without one."""
    if earlier is None:
        return np.full(len(now), -1)
    return np.asarray(pd.Index(earlier.rows["account_id"]).get_indexer(pd.Index(now["account_id"])))


def _risen(added: pd.DataFrame, earlier: Earlier | None, place: npt.NDArray[np.intp]) -> pd.DataFrame:
    if earlier is None:
        return added * np.nan
    then = earlier.added[list(added.columns)].to_numpy()[place]
    return added - np.where(place[:, None] >= 0, then, np.nan)


def _before(earlier: Earlier | None, place: npt.NDArray[np.intp], feature: list[str]) -> pd.Series:
    if earlier is None:
        return pd.Series(None, range(len(feature)), dtype="str")
    return _texts(earlier.rows, feature, place)


def _texts(rows: pd.DataFrame, feature: list[str], place: npt.NDArray[np.intp]) -> pd.Series:
    """The value of each feature in each row, as text; None for row −1."""
    values = {name: rows[name].tolist() for name in set(feature)}
    told = [_text(values[name][k]) if k >= 0 else None for name, k in zip(feature, place.tolist(), strict=True)]
    return pd.Series(told, dtype="str")


def grouped(added: pd.DataFrame) -> pd.DataFrame:
    """Contributions summed by reason code; what is the same for all accounts is left out."""
    codes = pd.Series({name: _CODES[name] for name in added.columns})
    kept = codes[~codes.isin(_SAME_FOR_ALL)]
    return added[kept.index].T.groupby(kept).sum(min_count=1).T


def strongest(level: pd.DataFrame, risen: pd.DataFrame, row: npt.NDArray[np.intp], found: pd.DataFrame) -> list[str]:
    """For every reason found, its feature that does most of what put it there."""
    names: list[str] = [""] * len(found)
    own = (found["versus"] == OWN_PAST).to_numpy()[:, None]
    for code, places in found.groupby("code").indices.items():
        features = [name for name in level.columns if _CODES[name] == code]
        at = row[places]
        values = np.where(own[places], risen[features].to_numpy()[at], level[features].to_numpy()[at])
        signed = values * np.where(values.sum(axis=1, keepdims=True) >= 0, 1.0, -1.0)
        for place, best in zip(places, signed.argmax(axis=1), strict=True):
            names[place] = features[best]
    return names


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else f"{float(value):.6g}"  # type: ignore[arg-type, call-overload]
