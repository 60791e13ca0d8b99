"""The measures once more, in loops that are slow and easy to believe; tests compare the fast ones with these."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple


class Item(NamedTuple):
    """One row of subscriptions."""

    account: str
    starts_on: date
    ends_on: date | None
    mrr: float


def mrr_on(items: Sequence[Item], day: date) -> dict[str, float]:
    """MRR per account, only accounts with an item that holds."""
    found: dict[str, float] = {}
    for item in items:
        if item.starts_on <= day and (item.ends_on is None or item.ends_on > day):
            found[item.account] = round(found.get(item.account, 0.0) + item.mrr, 4)
    return found


def ever_paid(items: Sequence[Item], account: str, through: date) -> bool:
    """Whether the account had MRR above zero on any day up to `through`."""
    own = [item for item in items if item.account == account]
    day = min((item.starts_on for item in own), default=through + timedelta(days=1))
    while day <= through:
        if mrr_on(own, day).get(account, 0.0) > 0:
            return True
        day += timedelta(days=1)
    return False


def movements(items: Sequence[Item], opening: date, closing: date) -> dict[str, dict[str, float]]:
    """Per account: mrr_open, the five movements, mrr_close."""
    before, after = mrr_on(items, opening), mrr_on(items, closing)
    found = {}
    for account in sorted(set(before) | set(after)):
        opened, closed = before.get(account, 0.0), after.get(account, 0.0)
        if opened == 0 and closed == 0:
            continue
        row = {"mrr_open": opened, **dict.fromkeys(("new", "expansion", "contraction", "churn", "reactivation"), 0.0)}
        if opened > 0 >= closed:
            row["churn"] = opened - closed
        elif closed > 0 >= opened:
            row["reactivation" if ever_paid(items, account, opening) else "new"] = closed - opened
        elif closed > opened:
            row["expansion"] = closed - opened
        else:
            row["contraction"] = opened - closed
        found[account] = {**row, "mrr_close": closed}
    return found


def months(first: date, last: date) -> list[tuple[str, date, date]]:
    """Label, first and last day of every month from the one of `first` to the one of `last`."""
    found, day = [], first.replace(day=1)
    while day <= last:
        after = (day + timedelta(days=32)).replace(day=1)
        found.append((day.strftime("%Y-%m"), day, after - timedelta(days=1)))
        day = after
    return found


def kept(active: list[bool], k: int, rule: str) -> bool:
    """Whether an account counts in period k. active: per complete period since its start."""
    if rule == "on":
        return active[k]
    return any(active[k:]) if rule == "on_or_after" else all(active[: k + 1])


def retention(
    starts: dict[str, date], active: dict[str, dict[str, float]], as_of: date, rule: str, *, money: bool
) -> dict[tuple[str, int], tuple[int, float | None]]:
    """(cohort month, k) → accounts in the cohort, value retained (None where month k is not over).

    starts: first day per account. active: account → month → value above zero where active.
    """
    if not starts:
        return {}
    spans = months(min(starts.values()), as_of)
    found = {}
    for place, (cohort, begin, end) in enumerate(spans):
        members = [account for account, day in starts.items() if begin <= day <= end]
        over = [label for label, _, last in spans[place:] if last <= as_of]
        for k in range(len(spans)):
            value = 0.0
            for account in members:
                flags = [active[account].get(label, 0.0) > 0 for label in over]
                if k < len(over) and kept(flags, k, rule):
                    value += active[account].get(over[k], 0.0) if money else 1.0
            if members:
                found[cohort, k] = (len(members), round(value, 4) if k < len(over) else None)
    return found


class Use(NamedTuple):
    """One row of usage."""

    account: str
    day: date
    feature: str
    users: int
    count: float


def adoption(
    use: Sequence[Use],
    seats: dict[str, int],
    core: Sequence[str],
    weights: dict[str, float],
    closing: date,
    window: int,
) -> dict[str, tuple[dict[str, float | None], float | None, float]]:
    """Account → parts, index, coverage; daily usage, one group of peers (of everyone)."""
    depth_of = {a: _depth([u for u in use if u.account == a and 0 <= (closing - u.day).days < window]) for a in seats}
    others = [depth for depth in depth_of.values() if depth]
    found = {}
    for account, bought in seats.items():
        own = [u for u in use if u.account == account and u.day <= closing]
        rows = [u for u in own if (closing - u.day).days < window]
        parts: dict[str, float | None] = dict.fromkeys(("seats", "breadth", "depth", "regularity"))
        if own:
            in_use = [u for u in rows if u.count > 0 or u.users > 0]
            parts["seats"] = min(1.0, max((u.users for u in rows), default=0) / bought)
            parts["breadth"] = len({u.feature for u in in_use} & set(core)) / len(core)
            depth = depth_of[account]
            parts["depth"] = None if depth is None or not others else min(1.0, depth / median(others))
            whole = window // 7
            weeks = {(closing - u.day).days // 7 for u in in_use}
            age = (closing - min(u.day for u in own)).days + 1
            parts["regularity"] = min(1.0, len({w for w in weeks if w < whole}) / max(1, min(whole, age // 7)))
        there = {name: value for name, value in parts.items() if value is not None}
        weight = sum(weights[name] for name in there)
        index = None
        if there and min(there.values()) == 0:
            index = 0.0
        elif there:
            index = 100 * math.exp(sum(weights[name] * math.log(value) for name, value in there.items()) / weight)
        found[account] = (parts, index, weight / sum(weights.values()))
    return found


def _depth(rows: Sequence[Use]) -> float | None:
    total, users = sum(u.count for u in rows), max((u.users for u in rows), default=0)
    if total == 0:
        return 0.0
    return total / users if users else None


def step_conversion(
    reached: dict[str, list[date | None]], starts: dict[str, date], due_days: Sequence[int], day: date
) -> list[tuple[int, int]]:
    """Per step: accounts with the step before reached and its due days elapsed, and those that reached it in time."""
    found = []
    for step, due in enumerate(due_days):
        n, n_reached = 0, 0
        for account, start in starts.items():
            before = start if step == 0 else reached[account][step - 1]
            here = reached[account][step]
            if start > day or before is None or before > day or (day - before).days < due:
                continue
            n += 1
            n_reached += here is not None and here <= day and (here - before).days <= due
        found.append((n, n_reached))
    return found
