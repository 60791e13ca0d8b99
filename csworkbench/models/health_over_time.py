"""Health as it was: the weighted score of every account on days of the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from ..data.snapshot import Snapshot
from .panel.book_features import GAP_DAYS, book_features, undecided
from .panel.build import BLOCK
from .panel.features import FEATURES
from .panel.grid import Arrays, Floats, Grid, as_numbers
from .panel.known import Months, Reader
from .panel.months import anchor, month_no, snapshot_day
from .panel.service_features import read_service
from .panel.usage_features import LAGS, Measured, read_measured, read_usage, usage_features
from .trial.weighted import weighted_health

COLUMNS = ["account_id", "closing", "health"]
_OF_ACCOUNTS = ("accounts", "subscriptions")
_USED = ("seat_utilisation", "usage_trend_3m", "days_silent")


def health_on(snapshot: Snapshot, days: Sequence[date]) -> pd.DataFrame:
    """The weighted health of every account that pays on each day, by what was known on that day.

    days: ends of months. The weighted score learns nothing, so that none of its past values knows what came later; the
    probabilities of a fitted model would. Returns account_id, closing, health (0–100, null where nothing was measured).
    """
    if not days:
        return pd.DataFrame(columns=COLUMNS)
    weighed = {part for part, weight in snapshot.settings.health.weights.items() if weight > 0}
    tables = {*_OF_ACCOUNTS, *(feature.table for feature in FEATURES.values() if feature.code in weighed)}
    needed = replace(snapshot, relations={k: v for k, v in snapshot.relations.items() if k in tables})
    past = _past(needed, sorted(set(days)))
    found = [_scored(past, block) for block in _blocks(needed)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


@dataclass(frozen=True)
class _Past:
    """The days that are asked for, numbered up to 0 for the last.

    used: the months with use, real months up to the last, and `measured` what the export counts; None without use.
    """

    snapshot: Snapshot
    months: Months
    used: Months | None
    measured: Measured | None

    @property
    def days(self) -> list[date]:
        """The days, ascending."""
        return list(self.months.days.values())


def _past(snapshot: Snapshot, days: Sequence[date]) -> _Past:
    months = Months(dict(zip(range(1 - len(days), 1), days, strict=True)))
    if "usage" not in snapshot.relations:
        return _Past(snapshot, months, None, None)
    first = snapshot.as_of(days[-1]).sql("SELECT min(u.day) AS day FROM usage AS u")["day"].iloc[0]
    if pd.isna(first):
        return _Past(snapshot, months, None, None)
    day, last = anchor(days[-1]), month_no(days[-1], anchor(days[-1]))
    numbers = range(month_no(first.date(), day) - last, 1)
    used = Months({number: snapshot_day(last + number, day) for number in numbers})
    return _Past(snapshot, months, used, read_measured(Reader(snapshot, used)))


def _blocks(snapshot: Snapshot) -> list[pd.Index]:
    """The accounts that ever had a subscription, sorted, in blocks that bound the memory."""
    found = snapshot.engine.query(f"SELECT DISTINCT account_id FROM {snapshot.relations['subscriptions']}")
    ids = pd.Index(sorted(found["account_id"].astype("str")))
    return [ids[start : start + BLOCK] for start in range(0, len(ids), BLOCK)]


def _scored(past: _Past, ids: pd.Index) -> pd.DataFrame:
    """See `health_on`; of one block of accounts."""
    reader = Reader(past.snapshot, past.months, (str(ids[0]), str(ids[-1])))
    grid = _grid(ids, past.months)
    book = reader.rows("panel_book", {"lagged": _lagged(past)}, gap_days=GAP_DAYS)
    here = undecided(book, grid)
    held = book_features(book, grid, _started_on(reader, grid))
    numbers = {
        **read_service(reader, grid, held["tenure_months"]),  # type: ignore[arg-type]
        **_use(past, reader, ids, held["seats"]),  # type: ignore[arg-type]
    }
    row, column = np.nonzero(here)
    rows = pd.DataFrame({name: values[row, column] for name, values in numbers.items()}, index=range(len(row)))
    score = weighted_health(rows, past.snapshot.settings.health)["score"]
    closing = grid.days.astype("datetime64[us]")[column]
    return pd.DataFrame({"account_id": ids[row], "closing": closing, "health": score})[COLUMNS]


def _grid(ids: pd.Index, months: Months) -> Grid:
    return Grid(ids, min(months.days), np.array([np.datetime64(day) for day in months.days.values()]))


def _lagged(past: _Past) -> list[dict[str, int | date]]:
    """The relation `lagged` of panel_book.sql: each day and those 3, 6 and 12 months before."""
    day = anchor(past.days[-1])
    return [
        {"month": month, "day": on, **{f"day_{lag}m": snapshot_day(month_no(on, day) - lag, day) for lag in (3, 6, 12)}}
        for month, on in past.months.days.items()
    ]


def _started_on(reader: Reader, grid: Grid) -> Floats:
    """Account × day: started_on as it was known, as days since 1970."""
    versions = reader.rows("panel_accounts")
    row = grid.ids.get_indexer(pd.Index(versions["account_id"]))
    known, gone, started = (as_numbers(versions[name]) for name in ("known_from", "known_until", "started_on"))
    found = np.full(grid.shape, np.nan)
    for column, day in enumerate(grid.day_numbers):
        at = (row >= 0) & (known <= day) & (day < gone)
        found[row[at], column] = started[at]
    return found


def _use(past: _Past, reader: Reader, ids: pd.Index, seats: Floats) -> Arrays:
    """The features of use on the days; not measured before the first month with use."""
    found = {name: np.full(seats.shape, np.nan, np.float32) for name in _USED}
    if past.used is None or past.measured is None:
        return {}
    usage = read_usage(replace(reader, months=past.used), past.used, past.measured)
    usage = usage.assign(account_id=ids.get_indexer(pd.Index(usage["account_id"])))
    usage = usage.sort_values("used_in", kind="stable", ignore_index=True)
    day = anchor(past.days[-1])
    for column, on in enumerate(past.days):
        month = month_no(on, day) - month_no(past.days[-1], day)
        if month >= min(past.used.days):
            then = _shifted(usage, month)
            grid = Grid(pd.RangeIndex(len(ids)), 0, np.array([np.datetime64(on)]))
            features = usage_features(then, past.measured.features, grid, seats[:, column : column + 1], on)
            for name, values in found.items():
                values[:, column] = features[name][:, 0]
    return found


def _shifted(usage: pd.DataFrame, month: int) -> pd.DataFrame:
    """The use of the months that the features of a month look back at, with that month as number 0."""
    first, last = np.searchsorted(usage["used_in"], [month - LAGS + 1, month + 1])
    within = usage.iloc[first:last]
    return within.assign(**{name: within[name] - month for name in ("used_in", "known_in", "gone_in")})
