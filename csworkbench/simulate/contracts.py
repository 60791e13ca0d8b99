"""Contracts as they change: what each item costs from which day on, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import parameters as p
from .arrays import NO_DAY, Days, Flags, Floats, Ints
from .calendar import Calendar
from .population import Population

CORE = 0
STARTED, RENEWED, GREW, SHRANK, UPGRADED, RESTARTED = range(6)


@dataclass(frozen=True)
class Changes:
    """Items from a day on, in the order in which they happened; item 0 is the core product, then the add-ons."""

    account: Ints
    item: Ints
    day: Days
    mrr: Ints
    seats: Ints
    plan: Ints
    renews_on: Days
    spell: Ints
    kind: Ints
    before: Ints


class Ledger:
    """The contracts of a chunk of accounts while the months pass."""

    def __init__(self, months: Calendar, accounts: Population) -> None:
        n = accounts.n
        self.months, self.accounts = months, accounts
        self.seats, self.plan = accounts.seats.copy(), accounts.plan.copy()
        self.level = np.ones(n)
        self.addons = accounts.addons.copy()
        self.addon_mrr = np.zeros((n, 2), np.int64)
        self.item_mrr = np.zeros((n, 3), np.int64)
        self.spell = np.zeros(n, np.int64)
        self.anniversary = months.month_of(accounts.started)
        self.day = (accounts.started - accounts.started.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
        self.ends = np.full((n, 2), NO_DAY)
        self.decided = np.full((n, 2), NO_DAY)
        self._rows: list[tuple[np.ndarray, ...]] = []
        self._removed: list[tuple[np.ndarray, ...]] = []

    def mrr(self) -> Ints:
        """MRR of each account by the contract in force or last in force, in yen."""
        return np.asarray(self.item_mrr.sum(axis=1))

    def core_mrr(self, rows: Ints) -> Ints:
        """MRR of the core product, whole yen."""
        price = p.SEAT_PRICE[self.plan[rows]] * (1 - self.accounts.discount[rows]) * self.level[rows]
        return np.asarray((self.seats[rows] * price).round().astype(np.int64))

    def months_left(self, month: int) -> Ints:
        """Months from `month` to the next anniversary, 1 to 12."""
        return np.asarray(12 - (month - self.anniversary) % 12)

    def due(self, month: int) -> Flags:
        """Whether the anniversary falls into this month (never the month of the start)."""
        return np.asarray(((month - self.anniversary) % 12 == 0) & (month > self.anniversary))

    def first_free_day(self, month: int) -> Days:
        """First day of the month on which a contract may change: after its anniversary where that falls into it."""
        offset = np.where((month - self.anniversary) % 12 == 0, self.day + 1, 0)
        return np.asarray(self.months.starts[month] + offset)

    def start(self, rows: Ints, days: Days, month: int) -> None:
        """First contracts, with the add-ons bought at once."""
        self._write(rows, CORE, days, month, STARTED)
        for k in (0, 1):
            self._addon(rows[self.addons[rows, k]], k, days[self.addons[rows, k]], month, STARTED)

    def restart(self, rows: Ints, days: Days, month: int) -> None:
        """Accounts that come back, smaller and without add-ons."""
        self.spell[rows] = 1
        self.addons[rows], self.item_mrr[rows] = False, 0
        self.seats[rows] = np.maximum((self.seats[rows] * 0.7).astype(np.int64), 3)
        self.anniversary[rows] = month
        self.day[rows] = (days - self.months.starts[month]).astype(int)
        self._write(rows, CORE, days, month, RESTARTED)

    def renew(self, rows: Ints, month: int, uplift: Floats) -> None:
        """Anniversaries: annual terms renew, and prices rise; a monthly item without a rise goes on unchanged."""
        rewritten = self.accounts.annual[rows] | (uplift > 0)
        rows, uplift = rows[rewritten], uplift[rewritten]
        self.level[rows] *= 1 + uplift
        days = self.months.starts[month] + self.day[rows]
        self._write(rows, CORE, days, month, RENEWED)
        for k in (0, 1):
            self._addon(rows[self.addons[rows, k]], k, days[self.addons[rows, k]], month, RENEWED)

    def grow(self, rows: Ints, days: Days, rng: np.random.Generator) -> Floats:
        """More seats, an add-on or a higher plan; returns by how much the need for seats fell."""
        month = int(self.months.month_of(days[:1])[0]) if len(days) else 0
        way = rng.random(len(rows))
        factor = 1 + rng.uniform(0.1, 0.4, len(rows))
        wanted = rng.integers(0, 2, len(rows))
        buys = (way < 0.22) & ~self.addons[rows, wanted]
        lifts = (way > 0.93) & (self.plan[rows] < 2)
        for k in (0, 1):
            chosen = rows[buys & (wanted == k)]
            self.addons[chosen, k] = True
            self._addon(chosen, k, days[buys & (wanted == k)], month, GREW)
        self.plan[rows[lifts]] += 1
        self._write(rows[lifts], CORE, days[lifts], month, UPGRADED)
        more = ~buys & ~lifts
        before = self.seats[rows]
        self.seats[rows[more]] = np.ceil(before[more] * factor[more]).astype(np.int64)
        self._write(rows[more], CORE, days[more], month, GREW)
        return np.log(self.seats[rows] / before)

    def shrink(self, rows: Ints, days: Days, rng: np.random.Generator) -> Floats:
        """An add-on given up or fewer seats; returns by how much the need for seats rose."""
        month = int(self.months.month_of(days[:1])[0]) if len(days) else 0
        way, factor = rng.random(len(rows)), rng.uniform(0.6, 0.88, len(rows))
        drops = (way < 0.4) & self.addons[rows].any(axis=1)
        which = np.where(self.addons[rows, 0], 0, 1)
        for k in (0, 1):
            self._remove(rows[drops & (which == k)], k, days[drops & (which == k)])
        before = self.seats[rows]
        fewer = np.maximum(np.floor(before[~drops] * factor[~drops]).astype(np.int64), 1)
        self.seats[rows[~drops]] = fewer
        self._write(rows[~drops], CORE, days[~drops], month, SHRANK)
        return np.log(before / self.seats[rows])

    def leave(self, rows: Ints, days: Days, month: int) -> Days:
        """Decisions to leave: annual contracts run to their renewal, monthly ones to the next billing day."""
        last = np.where(self.accounts.annual[rows], month + self.months_left(month)[rows], month + 1)
        ends = _month_day(self.months, last, self.day[rows])
        self.ends[rows, self.spell[rows]], self.decided[rows, self.spell[rows]] = ends, days
        return ends

    def _addon(self, rows: Ints, k: int, days: Days, month: int, kind: int) -> None:
        self.addon_mrr[rows, k] = (p.ADDON_SEAT_PRICE[k] * self.seats[rows] * self.level[rows]).round()
        self._write(rows, k + 1, days, month, kind)

    def _remove(self, rows: Ints, k: int, days: Days) -> None:
        self.addons[rows, k] = False
        self._removed.append((rows, np.full(len(rows), k + 1), days, self.item_mrr[rows, k + 1]))
        self.item_mrr[rows, k + 1] = 0

    def _write(self, rows: Ints, item: int, days: Days, month: int, kind: int) -> None:
        n = len(rows)
        mrr = self.core_mrr(rows) if item == CORE else self.addon_mrr[rows, item - 1]
        before = self.item_mrr[rows, item]
        self.item_mrr[rows, item] = mrr
        renews = _month_day(self.months, month + self.months_left(month)[rows], self.day[rows])
        renews = np.where(self.accounts.annual[rows], renews, NO_DAY)
        self._rows.append(
            (
                rows,
                np.full(n, item),
                days,
                mrr,
                self.seats[rows],
                self.plan[rows],
                renews,
                self.spell[rows],
                np.full(n, kind),
                before,
            )
        )

    def changes(self) -> Changes:
        """All items from a day on, in order of account, item and day."""
        columns = [np.concatenate(parts) for parts in zip(*self._rows, strict=True)]
        order = np.lexsort((columns[2], columns[1], columns[0]))
        return Changes(*(column[order] for column in columns))

    def removals(self) -> tuple[np.ndarray, ...]:
        """Add-ons given up: account, item, day, MRR lost."""
        if not self._removed:
            none = np.zeros(0, np.int64)
            return none, none, np.zeros(0, "datetime64[D]"), none
        return tuple(np.concatenate(parts) for parts in zip(*self._removed, strict=True))


def _month_day(months: Calendar, month: Ints, day: Ints) -> Days:
    """Day `day` (from 0) of month number `month`, also beyond the calendar."""
    first = months.starts[0].astype("datetime64[M]") + month
    return np.asarray(first.astype("datetime64[D]") + day)
