"""usage: how many users and how often, per feature and period; no rows where it was not measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .. import parameters as p
from ..arrays import Coded, Floats, Ints, Rows, sigmoid
from ..calendar import Period, periods
from ..chunk import Chunk

_ROWS_AT_ONCE = 200_000


def usage(chunk: Chunk, unit: Period) -> Iterator[Rows]:
    """Rows of whole periods, in parts of bounded size; a month may be counted from the first day or to the last one."""
    rng, history, months = chunk.rng("usage"), chunk.history, chunk.world.months
    firsts, lasts, seasons, worked = periods(months, unit)
    opening, closing = months.month_of(firsts), months.month_of(lasts)
    low = np.maximum(history.low[:, opening], firsts)
    high = np.minimum(history.high[:, closing], lasts)
    share = np.maximum((high - low).astype(int) + 1, 0) / ((lasts - firsts).astype(int) + 1)
    unbroken = (opening == closing) | (history.high[:, opening] == months.ends[opening])
    measured = chunk.accounts.telemetry[:, opening] & unbroken & (share > 0 if unit == "monthly" else share == 1)
    account, period = np.nonzero(measured)
    for start in range(0, len(account), _ROWS_AT_ONCE):
        who, when = account[start : start + _ROWS_AT_ONCE], period[start : start + _ROWS_AT_ONCE]
        part = share[who, when]
        yield _rows(chunk, rng, who, opening[when], low[who, when], lasts[when], seasons[when], part * worked[when])


def _rows(
    chunk: Chunk,
    rng: np.random.Generator,
    who: Ints,
    month: Ints,
    day: np.ndarray,
    last: np.ndarray,
    seasons: Floats,
    worked: Floats,
) -> Rows:
    history, accounts = chunk.history, chunk.accounts
    chance = sigmoid(_log_odds(chunk, who, month)) * np.minimum(seasons, 1.0)[:, None] ** 0.6
    seats = history.seats[who, month]
    awake = rng.random(len(who)) > _idle(history.use[who, month], n_days=(last - day).astype(int) + 1)
    users = rng.binomial(seats[:, None], np.clip(chance, 0.0, 0.99) * awake[:, None])
    depth = np.exp(0.22 * accounts.fit[who])[:, None] * p.FEATURE_DEPTH * (worked / 5.0)[:, None]
    count = rng.poisson(users * depth)
    count = np.maximum(count, users)
    row, feature = np.nonzero(_entitled(chunk, who, month))
    late = chunk.recorded(rng, last[row]) if len(row) else last[row]
    return {
        "account_id": chunk.ids(who[row]),
        "day": day[row],
        "feature": Coded(feature, p.FEATURES),
        "users": users[row, feature],
        "count": count[row, feature],
        "recorded_at": np.where(rng.random(len(row)) < 0.15, late, last[row]),
    }


def _log_odds(chunk: Chunk, who: Ints, month: Ints) -> Floats:
    """Row × feature: log-odds that a seat uses the feature; features beyond the steps reached are hardly used."""
    history, months = chunk.history, chunk.world.months
    done = (history.reached[who] < months.ends[month][:, None]).sum(axis=1)
    taste = chunk.rng("taste").normal(0, 0.45, (chunk.accounts.n, len(p.FEATURES)))
    shut = np.where(done[:, None] < p.FEATURE_STEP, -4.5, 0.0)
    shut[_dormant(chunk)[who]] = -np.inf
    level = history.use[who, month] + 1.0 * np.clip(history.need[who, month], -0.6, 0.6)
    return np.asarray(level[:, None] + p.FEATURE_EASE + taste[who] + shut)


def _dormant(chunk: Chunk) -> np.ndarray:
    """Account × feature: features that the account never took up, more of them where the product fits less."""
    shape = (chunk.accounts.n, len(p.FEATURES))
    chance = sigmoid(p.FEATURE_DORMANT - 0.8 * chunk.accounts.fit[:, None])
    return np.asarray(chunk.rng("dormant").random(shape) < chance)


def _idle(use: Floats, n_days: Ints) -> Floats:
    """Probability that nobody works with the product in a period of so many days; smaller in longer ones."""
    return np.asarray(sigmoid(-2.6 - 1.2 * use) ** np.maximum(n_days / 7.0, 1.0))


def _entitled(chunk: Chunk, who: Ints, month: Ints) -> np.ndarray:
    """Row × feature: whether the account has the feature, so that no use is a measured zero."""
    has = np.ones((len(who), len(p.FEATURES)), bool)
    has[:, p.FEATURES.index("api")] = chunk.accounts.plan[who] > 0
    for feature, addon in enumerate(p.FEATURE_ADDON.tolist()):
        if addon >= 0:
            has[:, feature] = chunk.history.addons[who, month, addon]
    return has
