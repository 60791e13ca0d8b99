"""Use of the product in windows that overlap, rolled up once per part of time between their edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..data.snapshot import View
from ..data.sql import literal
from .rollup import query_text, rolled_up
from .usage import MONTHLY, Core, lag_days

_MOST_BITS = 62
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """The days after `after`, up to and with `through`."""

    after: date
    through: date


@dataclass(frozen=True)
class Use:
    """What accounts did in one window; not a number for an account without rows in it.

    users: most users of one feature on one day. amount: sum of counts. n_core: core features used. n_periods: whole
    weeks with use; rows with use where the export is monthly.
    """

    users: Floats
    amount: Floats
    n_core: Floats
    n_periods: Floats


@dataclass(frozen=True)
class SlotUse:
    """Rows of use by slot: those of slot s are bounds[s] to bounds[s + 1]. row: of the account, each once in a slot.

    features: row × word of bits of core features; core: the same of what each account bought, or all have.
    """

    slots: Sequence[Window]
    bounds: Ints
    row: Ints
    users: Floats
    amount: Floats
    features: Ints
    days: Ints
    core: Ints

    @property
    def n_core_bought(self) -> Floats:
        """How many core features each account has; not a number for none."""
        n: Floats = np.bitwise_count(self.core).sum(axis=1).astype(np.float64)
        return np.where(n > 0, n, np.nan)

    def within(self, window: Window, bucket_days: int, n_buckets: int) -> Use:
        """What happened in the window; its edges are edges of slots."""
        n = len(self.core)
        users, amount, there = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=bool)
        features, periods = np.zeros_like(self.core), np.zeros(n, dtype=np.int64)
        for place, slot in enumerate(self.slots):
            if window.after <= slot.after and slot.through <= window.through:
                at = slice(self.bounds[place], self.bounds[place + 1])
                row = self.row[at]
                there[row] = True
                users[row] = np.fmax(users[row], self.users[at])
                amount[row] = _added(amount[row], self.amount[at])
                features[row] |= self.features[at]
                periods[row] |= _buckets(self.days[at], slot, window.through, bucket_days, n_buckets)
        n_core = np.bitwise_count(features & self.core).sum(axis=1)
        counted = (np.where(there, part, np.nan) for part in (n_core, np.bitwise_count(periods)))
        return Use(users, amount, *counted)


def _added(sums: Floats, more: Floats) -> Floats:
    """The sum of what is known of both."""
    both: Floats = np.where(np.isnan(sums), more, sums + np.nan_to_num(more))
    return both


def _buckets(days: Ints, slot: Window, through: date, bucket_days: int, n_buckets: int) -> Ints:
    """Bits of days of a slot → bits of spans of bucket_days, back from `through`; the first n_buckets of them."""
    found = np.zeros_like(days)
    masks: dict[int, int] = {}
    for bit, day in enumerate(_days_of(slot)):
        bucket = (through - day).days // bucket_days
        masks[bucket] = masks.get(bucket, 0) | 1 << bit
    for bucket, mask in masks.items():
        if bucket < n_buckets:
            found |= ((days & mask) != 0).astype(np.int64) << bucket
    return found


def window_of(closing: date, window_days: int, grain: int) -> Window:
    """The adoption window that ends on the closing day, moved back by the time that a row takes to be over."""
    through = closing - timedelta(days=lag_days(grain))
    return Window(through - timedelta(days=window_days), through)


def buckets_of(window_days: int, grain: int) -> tuple[int, int]:
    """How many days a span of use is, and how many of them a window has.

    Rows of a monthly export lie 28 days or more apart, so that each has a half month of its own.
    """
    bucket_days, whole = (7, window_days // 7) if grain < MONTHLY else (14, -(-window_days // 14))
    return bucket_days, min(whole, _MOST_BITS)


def slots_of(windows: Sequence[Window]) -> list[Window]:
    """The parts of time between the edges of the windows that lie in any of them, at most 62 days each, in order."""
    edges = sorted({edge for window in windows for edge in (window.after, window.through)})
    found: list[Window] = []
    for after, through in pairwise(edges):
        if any(window.after <= after and through <= window.through for window in windows):
            found += _cut(after, through)
    return found


def _cut(after: date, through: date) -> Iterator[Window]:
    while after < through:
        end = min(through, after + timedelta(days=_MOST_BITS))
        yield Window(after, end)
        after = end


def _days_of(slot: Window) -> list[date]:
    return [slot.after + timedelta(days=n) for n in range(1, (slot.through - slot.after).days + 1)]


def use_in(view: View, ids: pd.Index, windows: Sequence[Window], core: Core) -> SlotUse:
    """The use of these accounts by slots of the windows; one roll-up, or one for each 62 core features."""
    slots = slots_of(windows)
    words = [core.features[at : at + _MOST_BITS] for at in range(0, max(len(core.features), 1), _MOST_BITS)]
    places = query_text("account_places")
    given = {"calendar": _calendar(slots), "places": places}
    rolled = [rolled_up(view, "usage_slots", {**given, "numbered": _numbered(word)}) for word in words]
    first = rolled[0]
    known = view.sql(places).astype({"account_id": "str"})
    row = ids.get_indexer(pd.Index(known.sort_values("place")["account_id"]))[first["place"].to_numpy(dtype=np.int64)]
    ours = row >= 0
    slot = first["slot"].to_numpy(dtype=np.int64)[ours]
    return SlotUse(
        slots,
        np.searchsorted(slot, np.arange(len(slots) + 1)),
        row[ours],
        first["users"].to_numpy(dtype=np.float64, na_value=np.nan)[ours],
        first["amount"].to_numpy(dtype=np.float64)[ours],
        np.column_stack([part["features"].to_numpy(dtype=np.int64)[ours] for part in rolled]),
        first["days"].to_numpy(dtype=np.int64)[ours],
        np.column_stack([_core_bits(view, ids, core, word) for word in words]),
    )


def _core_bits(view: View, ids: pd.Index, core: Core, word: Sequence[str]) -> Ints:
    """Per account: one bit for each core feature of the word that it has."""
    if core.of_all:
        return np.full(len(ids), sum(1 << bit for bit in range(len(word))))
    if not word:
        return np.zeros(len(ids), dtype=np.int64)
    relations = {"core": core.entitled, "numbered": _numbered(word)}
    found = rolled_up(view, "core_bits", relations, **core.parameters).astype({"account_id": "str"})
    bits: Ints = found.set_index("account_id")["bits"].reindex(ids, fill_value=0).to_numpy(dtype=np.int64)
    return bits


def _numbered(word: Sequence[str]) -> str:
    return _values("feature, bit", [(feature, 1 << bit) for bit, feature in enumerate(word)] or [("", 0)])


def _calendar(slots: Sequence[Window]) -> str:
    rows = [(day, slot, 1 << bit) for slot, each in enumerate(slots) for bit, day in enumerate(_days_of(each))]
    return _values("day, slot, bit", rows)


def _values(columns: str, rows: Sequence[Sequence[str | int | date]]) -> str:
    written = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    return f"SELECT * FROM (VALUES {written}) AS given ({columns})"
