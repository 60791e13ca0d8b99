"""contacts, assignments, activities: who meets whom."""

from __future__ import annotations

import numpy as np

from .. import parameters as p
from ..arrays import NO_DAY, Coded, Days, Ints, Rows, constant, expand, moment, pick, serials
from ..chunk import Chunk

_ROLES = ("champion", "executive_sponsor", "admin", "end_user_lead", "buyer")
_STANCES = ("champion", "supporter", "neutral", "sceptic", "opponent")
FUNCTIONS = (
    "onboarding",
    "adoption",
    "csm_ae",
    "consulting",
    "support_desk",
    "training",
    "marketing",
    "community",
    "analysis",
)
_BY_TIER = np.array(
    [
        [0, 0.34, 0.2, 0.16, 0, 0.12, 0.03, 0.05, 0.1],
        [0, 0.42, 0.18, 0.06, 0, 0.16, 0.06, 0.06, 0.06],
        [0, 0.36, 0.1, 0, 0, 0.2, 0.2, 0.12, 0.02],
        [0, 0.1, 0, 0, 0, 0.2, 0.4, 0.3, 0],
    ]
)
_HOURS = np.array([1.5, 1.0, 1.0, 3.0, 0.75, 2.0, 0.5, 1.0, 1.5])
_SIGNALS = ("usage_drop", "detractor", "renewal", "ticket_storm", "champion_left", "limit_reached")
_OUTCOMES = ("done", "follow_up", "no_answer", "escalated")


def contact_ids(chunk: Chunk, rows: Ints, place: Ints) -> list[str]:
    """The invented id of the contact at that place (from 1) of each account."""
    a = chunk.accounts
    return [f"C{a.first + i:0{a.digits}d}-{k}" for i, k in zip(rows.tolist(), place.tolist(), strict=True)]


def contacts(chunk: Chunk) -> Rows:
    """Three to five people per account; a champion who left, and mostly one who followed."""
    rng, a = chunk.rng("contacts"), chunk.accounts
    n_people = 3 + (a.tier < 2) + (rng.random(a.n) < 0.4)
    row = np.repeat(np.arange(a.n), n_people)
    place = np.arange(len(row)) - np.repeat(np.cumsum(n_people) - n_people, n_people)
    joined = a.started[row].copy()
    left = _champion_left_on(chunk, rng)
    departed = np.where(place == 0, left[row], NO_DAY)
    after = left + 20 + rng.integers(0, 60, a.n)
    heirs = np.nonzero(chunk.active_on(np.arange(a.n), after) & (rng.random(a.n) < 0.75))[0]
    fit = a.fit + 0.6 * rng.normal(0, 1, a.n)
    stance = np.where(place == 0, 0, np.digitize(-fit[row] + rng.normal(0, 0.6, len(row)), [-0.5, 0.8, 1.8]) + 1)
    row = np.concatenate([row, heirs])
    place = np.concatenate([place, n_people[heirs]])
    joined = np.concatenate([joined, after[heirs]])
    stance = np.concatenate([stance, 1 + rng.integers(0, 2, len(heirs))])
    departed = np.concatenate([departed, np.full(len(heirs), NO_DAY)])
    role = np.where(place == n_people[row], 0, np.minimum(place, 4))
    order = np.lexsort((place, row))
    return {
        "contact_id": contact_ids(chunk, row[order], place[order] + 1),
        "account_id": chunk.ids(row[order]),
        "role": Coded(role[order], _ROLES),
        "influence": np.clip(np.array([4, 5, 3, 2, 4])[role] + rng.integers(-1, 2, len(row)), 1, 5)[order],
        "stance": Coded(stance[order], _STANCES),
        "joined_on": joined[order],
        "departed_on": departed[order],
        "recorded_at": joined[order],
    }


def _champion_left_on(chunk: Chunk, rng: np.random.Generator) -> Days:
    left = chunk.accounts.champion_left & chunk.history.active
    month = left.argmax(axis=1)
    rows = np.arange(chunk.accounts.n)
    days = np.full(chunk.accounts.n, NO_DAY)
    there = left.any(axis=1)
    days[there] = chunk.day_in(rng, rows[there], month[there])
    return days


def assignments(chunk: Chunk) -> Rows:
    """The main CSM of each account, with handovers; tech-touch accounts have none."""
    a, months = chunk.accounts, chunk.world.months
    served = np.nonzero(a.first_csm >= 0)[0]
    handed = served[a.handover[served] < months.n]
    takes_over = months.starts[np.minimum(a.handover, months.n - 1)]
    ends = np.where(a.handover < months.n, takes_over, NO_DAY)
    row = np.concatenate([served, handed])
    starts = np.concatenate([a.assigned[served], takes_over[handed]])
    order = np.lexsort((starts, row))
    return {
        "account_id": chunk.ids(row[order]),
        "csm_id": chunk.csms(np.concatenate([a.first_csm[served], a.second_csm[handed]])[order]),
        "role": constant("main", len(row)),
        "starts_on": starts[order],
        "ends_on": np.concatenate([ends[served], np.full(len(handed), NO_DAY)])[order],
        "recorded_at": starts[order],
    }


def activities(chunk: Chunk) -> Rows:
    """Touches: by tier, more at the start and in storms; tech touch has no CSM."""
    rng, h, a, months = chunk.rng("activities"), chunk.history, chunk.accounts, chunk.world.months
    young = h.reached[:, 3][:, None] > months.starts
    young &= months.starts - a.started[:, None] < 200
    rate = p.TOUCHES_PER_MONTH[a.tier][:, None] * (1 + 0.8 * young)
    reacts = 0.5 * a.incident * (a.tier < 3)[:, None]
    row, month = expand(np.where(h.active, rng.poisson(rate + reacts), 0))
    day = chunk.day_in(rng, row, month)
    order = np.lexsort((day, row))
    row, month, day = row[order], month[order], day[order]
    n = len(row)
    reactive = (a.incident[row, month] & (rng.random(n) < 0.7)) | (rng.random(n) < 0.15)
    function = np.where(young[row, month] & (rng.random(n) < 0.7), 0, pick(rng, _BY_TIER, a.tier[row]))
    function = np.where(reactive, 4, function)
    hours = _HOURS[function] * np.exp(rng.normal(0, 0.35, n))
    return {
        "activity_id": serials("V", row, a.first, a.digits),
        "account_id": chunk.ids(row),
        "csm_id": chunk.csms(a.csm[row, month]),
        "at": moment(rng, day),
        "function": Coded(function, FUNCTIONS),
        "direction": Coded(reactive.astype(np.int64), ("proactive", "reactive")),
        "hours": (hours * 4).round() / 4 + 0.25,
        "signal": Coded(_signal(chunk, rng, row, month), _SIGNALS),
        "outcome": Coded(pick(rng, np.array([0.6, 0.25, 0.12, 0.03]), n=n), _OUTCOMES),
        "recorded_at": chunk.recorded(rng, day),
    }


def _signal(chunk: Chunk, rng: np.random.Generator, row: Ints, month: Ints) -> Ints:
    """What the CSM had seen before; -1 for none."""
    h = chunk.history
    chosen = np.full(len(row), -1)
    for code, seen in (
        (5, h.need[row, month] > 0.1),
        (0, h.use[row, month] < -0.9),
        (1, h.mood[row, month] < -0.9),
        (2, h.churn_parts[row, month, 2] > 1),
        (4, h.churn_parts[row, month, 6] > 0.5),
        (3, h.storm[row, month] > 0.4),
    ):
        chosen = np.where(seen & (rng.random(len(row)) < 0.6), code, chosen)
    return chosen
