"""accounts, account_history, subscriptions, entitlements."""

from __future__ import annotations

import numpy as np

from .. import parameters as p
from ..arrays import NO_DAY, Coded, Days, Flags, Ints, Rows, constant
from ..chunk import Chunk
from ..contracts import CORE, GREW, RESTARTED, SHRANK, STARTED, Changes
from ..names import INDUSTRIES

_COUNTRIES = ("US", "GB", "SG", "AU", "DE")
_TIER_UP = np.array([0, 0, 1, 2])


def accounts(chunk: Chunk) -> Rows:
    """The accounts as they are at the export; earlier values are in account_history."""
    rng, a = chunk.rng("accounts"), chunk.accounts
    grown = _grown(chunk)
    parent = np.arange(a.n) - rng.integers(1, 40, a.n)
    parent = np.where((rng.random(a.n) < 0.06) & (parent >= 0), parent, -1)
    return {
        "account_id": chunk.ids(np.arange(a.n)),
        "name": a.names,
        "started_on": a.started,
        "industry": Coded(a.industry, INDUSTRIES),
        "country": Coded(np.where(a.japanese, 0, rng.integers(1, 6, a.n)), ("JP", *_COUNTRIES)),
        "employees": _employees(chunk, grown),
        "touch_tier": Coded(np.where(grown, _TIER_UP[a.tier], a.tier), p.TIERS),
        "segment": Coded(np.where(_moved(chunk), 1, a.segment), p.SEGMENTS),
        "parent_id": Coded(parent, a.ids),
        "language": Coded(np.where(a.japanese, 0, 1), ("ja", "en")),
        "is_internal": a.internal,
        "recorded_at": a.started,
    }


def _grown(chunk: Chunk) -> Flags:
    """Accounts that came to have half as many seats again."""
    return np.asarray(chunk.history.seats.max(axis=1) >= 1.5 * chunk.accounts.seats)


def _moved(chunk: Chunk) -> Flags:
    """Small accounts that grew into the mid-market."""
    return np.asarray(_grown(chunk) & (chunk.accounts.segment == 2) & (chunk.history.seats.max(axis=1) >= 40))


def _employees(chunk: Chunk, grown: Flags) -> Ints:
    ratio = 2 + 10 * chunk.rng("employees").random(chunk.accounts.n)
    first = (chunk.accounts.seats * ratio).astype(np.int64)
    return np.where(grown, (first * 1.4).astype(np.int64), first)


def account_history(chunk: Chunk) -> Rows:
    """First and later value of touch tier, employees and segment of the accounts that changed."""
    a, grown, moved = chunk.accounts, _grown(chunk), _moved(chunk)
    many = chunk.history.seats >= 1.5 * a.seats[:, None]
    month = np.where(grown, many.argmax(axis=1), 0)
    changed_on = np.maximum(chunk.world.months.ends[month], a.started)
    before, after = _employees(chunk, grown & False), _employees(chunk, grown)
    parts = []
    for attribute, old, new, rows in (
        ("touch_tier", np.array(p.TIERS)[a.tier], np.array(p.TIERS)[_TIER_UP[a.tier]], grown & (a.tier > 1)),
        ("employees", before.astype(str), after.astype(str), grown),
        ("segment", np.array(p.SEGMENTS)[a.segment], np.full(a.n, p.SEGMENTS[1]), moved),
    ):
        who = np.nonzero(rows)[0]
        parts += [(who, attribute, old[who], a.started[who]), (who, attribute, new[who], changed_on[who])]
    who = np.concatenate([part[0] for part in parts])
    days = np.concatenate([part[3] for part in parts])
    attributes = [part[1] for part in parts for _ in part[0]]
    values = [str(value) for part in parts for value in part[2]]
    order = np.lexsort((days, np.array(attributes, str), who))
    late = chunk.recorded(chunk.rng("account_history"), days)
    return {
        "account_id": chunk.ids(who[order]),
        "attribute": [attributes[k] for k in order],
        "value": [values[k] for k in order],
        "valid_from": days[order],
        "recorded_at": np.where(days == a.started[who], days, late)[order],
    }


def subscriptions(chunk: Chunk) -> Rows:
    """Items from a day on; ends and corrections that were recorded late are a second version of the same key."""
    rng, c, a = chunk.rng("subscriptions"), chunk.ledger.changes(), chunk.accounts
    ends, decided, follows = _ends(chunk, c)
    n, exported = len(c.day), chunk.world.exported_on
    recorded = np.where(c.day < chunk.world.months.starts[0], c.day, chunk.recorded(rng, c.day))
    recorded = np.where(c.kind == STARTED, c.day, recorded)
    late_end = _recorded_late(rng, chunk, ends, decided, follows, recorded)
    wrong = np.isnat(late_end) & (rng.random(n) < 0.02) & (c.item == CORE) & (c.day > chunk.world.months.starts[0])
    corrected = np.minimum(recorded + rng.integers(3, 25, n), exported)
    wrong &= (corrected > recorded) & (np.isnat(ends) | (corrected < ends))
    second = ~np.isnat(late_end) | wrong
    row = np.concatenate([np.arange(n), np.nonzero(second)[0]])
    version = np.concatenate([np.zeros(n, int), np.ones(int(second.sum()), int)])
    order = np.lexsort((version, row))
    row, version = row[order], version[order]
    open_still = (version == 0) & ~np.isnat(late_end)[row]
    mistaken = (version == 0) & wrong[row]
    return {
        "subscription_id": [
            f"S{a.first + i:0{a.digits}d}-{'C12'[k]}{s + 1}"
            for i, k, s in zip(c.account[row].tolist(), c.item[row].tolist(), c.spell[row].tolist(), strict=True)
        ],
        "account_id": chunk.ids(c.account[row]),
        "product": Coded(c.item[row], ("Hibiori", *p.ADDONS)),
        "plan": Coded(c.plan[row], p.PLANS),
        "starts_on": c.day[row],
        "ends_on": np.where(open_still, NO_DAY, ends[row]),
        "mrr": np.where(mistaken, (c.mrr[row] * 1.1).round().astype(np.int64), c.mrr[row]),
        "currency": constant(p.CURRENCY, len(row)),
        "seats": c.seats[row],
        "renews_on": c.renews_on[row],
        "billing_months": np.where(a.annual[c.account[row]], 12, 1),
        "decided_on": np.where(open_still, NO_DAY, decided[row]),
        "recorded_at": np.where(version == 0, recorded[row], np.where(wrong[row], corrected[row], late_end[row])),
    }


def _ends(chunk: Chunk, c: Changes) -> tuple[Days, Days, Flags]:
    """Per item: its end, the decision when nothing follows, and whether the next row follows it."""
    follows = np.zeros(len(c.day), bool)
    same = (c.account[1:] == c.account[:-1]) & (c.item[1:] == c.item[:-1]) & (c.spell[1:] == c.spell[:-1])
    follows[:-1] = same
    following = np.concatenate([c.day[1:], [NO_DAY]])
    ends = np.where(follows, following, chunk.ledger.ends[c.account, c.spell])
    decided = np.where(follows, NO_DAY, chunk.ledger.decided[c.account, c.spell])
    account, item, day, _ = chunk.ledger.removals()
    last = _last_before(c, account, item, day)
    ends[last], decided[last] = day, np.maximum(day - 7, c.day[last])
    follows[last] = False
    return ends, decided, follows


def _last_before(c: Changes, account: Ints, item: Ints, day: Days) -> Ints:
    """The position in `c` of the last row of that account and item that began before the day."""
    base = c.day.astype(int).min() if len(c.day) else 0
    width = 100_000
    key = (c.account * 3 + c.item) * width + (c.day.astype(int) - base)
    return np.asarray(np.searchsorted(key, (account * 3 + item) * width + (day.astype(int) - base), side="left") - 1)


def _recorded_late(
    rng: np.random.Generator, chunk: Chunk, ends: Days, decided: Days, follows: Flags, recorded: Days
) -> Days:
    """The day on which an end was written down where that was late; NaT where it was in time."""
    following = np.concatenate([np.where(follows[:-1], recorded[1:], NO_DAY), [NO_DAY]])
    late = np.where(follows & (following > ends), following, NO_DAY)
    told = np.minimum(decided + 5 + rng.exponential(15, len(ends)).astype(int), chunk.world.exported_on)
    late = np.where(~np.isnat(decided) & (rng.random(len(ends)) < 0.12), told, late)
    return np.where(late > recorded, late, NO_DAY)


def entitlements(chunk: Chunk) -> Rows:
    """What was bought of each feature, 0 seats of an add-on not bought; a change of seats is a later version."""
    parts = [_entitled(chunk, feature, addon) for feature, addon in enumerate(p.FEATURE_ADDON.tolist())]
    account, feature_, seats, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((day, feature_, account))
    account, feature_, seats, day = account[order], feature_[order], seats[order], day[order]
    addon_ = p.FEATURE_ADDON[feature_]
    wanted = np.where(seats > 0, seats, chunk.accounts.seats[account])
    return {
        "account_id": chunk.ids(account),
        "feature": Coded(feature_, p.FEATURES),
        "seats": seats,
        "quota": np.where(feature_ == p.FEATURES.index("api"), seats * 500.0, np.nan),
        "is_core": feature_ < len(p.CORE_FEATURES),
        "list_price_mrr": np.where(addon_ >= 0, p.ADDON_SEAT_PRICE[addon_] * wanted, np.nan),
        "recorded_at": day,
    }


def _entitled(chunk: Chunk, feature: int, addon: int) -> tuple[Ints, Ints, Ints, Days]:
    """Account, feature, seats and day of every version of one feature; addon: its place, or -1 for the core product."""
    a, c = chunk.accounts, chunk.ledger.changes()
    bought = np.isin(c.kind, (STARTED, GREW, SHRANK, RESTARTED)) & (c.item == addon + 1)
    if p.FEATURES[feature] == "api":
        bought &= c.plan > 0
    account, seats, day = c.account[bought], c.seats[bought], c.day[bought]
    if addon >= 0:
        removed, item, removed_on, _ = chunk.ledger.removals()
        gone, without = item == addon + 1, np.nonzero(~a.addons[:, addon])[0]
        account = np.concatenate([account, removed[gone], without])
        seats = np.concatenate([seats, np.zeros(int(gone.sum()) + len(without), np.int64)])
        day = np.concatenate([day, removed_on[gone], a.started[without]])
    return account, np.full(len(account), feature), seats, day
