"""milestones, assets, success_plans, reviews, risks: the account's way to success."""

from __future__ import annotations

import numpy as np

from .. import parameters as p
from ..arrays import NO_DAY, Coded, Days, Ints, Rows, expand, pick, serials
from ..chunk import Chunk

_ASSETS = ("checklist", "workshop", "video", "template")
_CRITERIA = ("hours_saved_per_month", "approval_days", "paper_forms_left", "teams_live")
_UNITS = ("hours", "days", "forms", "teams")
_TARGETS = np.array([120.0, 2.0, 10.0, 6.0])
_FALLING = np.array([False, True, True, False])
_SHARED = (0, 2, 4)  # areas of risks that are talked about with the customer
_REVIEW_MONTHS = np.array([3, 6, 0, 0])


def milestones(chunk: Chunk) -> Rows:
    """Milestones reached while the account was a customer and had not decided to leave."""
    h, end = chunk.history, chunk.world.months.end
    decided = h.decided.copy()
    decided[np.isnat(decided)] = np.datetime64("2999-01-01")
    row, step = np.nonzero(h.reached <= np.minimum(decided.min(axis=1), end)[:, None])
    day = h.reached[row, step]
    return {
        "account_id": chunk.ids(row),
        "milestone": Coded(step, p.STEPS),
        "reached_on": day,
        "recorded_at": chunk.recorded(chunk.rng("milestones"), day),
    }


def assets(chunk: Chunk) -> Rows:
    """Content used shortly before a step was reached, more where it was quick."""
    rng, h, a = chunk.rng("assets"), chunk.history, chunk.accounts
    row, step = np.nonzero(h.reached <= chunk.world.months.end)
    day = np.maximum(h.reached[row, step] - rng.integers(1, 12, len(row)), a.started[row])
    use = (rng.random(len(row)) < 0.45) & chunk.active_on(row, day)
    row, step, day = row[use], step[use], day[use]
    csm = a.csm[row, chunk.world.months.month_of(day)]
    return {
        "account_id": chunk.ids(row),
        "csm_id": chunk.csms(csm),
        "asset": Coded(pick(rng, np.array([0.4, 0.2, 0.25, 0.15]), n=len(row)), _ASSETS),
        "step": Coded(step, p.STEPS),
        "used_on": day,
        "recorded_at": chunk.recorded(rng, day),
    }


def success_plans(chunk: Chunk) -> Rows:
    """One or two criteria of success for high- and mid-touch accounts, assessed after half a year."""
    rng, h, a, end = chunk.rng("success_plans"), chunk.history, chunk.accounts, chunk.world.months.end
    drawn = rng.random((a.n, len(_CRITERIA))).argsort(axis=1).argsort(axis=1) < rng.integers(1, 3, a.n)[:, None]
    agreed_on = a.started + rng.integers(10, 50, a.n)
    row, criterion = np.nonzero(drawn & ((a.tier < 2) & (agreed_on <= end))[:, None])
    agreed = agreed_on[row]
    keep = chunk.active_on(row, agreed) | (agreed < chunk.world.months.starts[0])
    row, criterion, agreed = row[keep], criterion[keep], agreed[keep]
    due = agreed + 182
    assessed = np.where(chunk.active_on(row, due), due + rng.integers(0, 10, len(row)), NO_DAY)
    assessed = np.where(assessed <= end, assessed, NO_DAY)
    month = np.clip(chunk.world.months.month_of(due), 0, chunk.world.months.n - 1)
    share = np.clip(0.85 + 0.2 * h.use[row, month] + rng.normal(0, 0.2, len(row)), 0.1, 1.6)
    falling = _FALLING[criterion]
    actual = np.where(falling, _TARGETS[criterion] / share, _TARGETS[criterion] * share)
    done = ~np.isnat(assessed)
    status = np.where(done, np.digitize(share, [0.6, 1.0]) + 1, 0)
    return {
        "account_id": chunk.ids(row),
        "criterion": Coded(criterion, _CRITERIA),
        "agreed_on": agreed,
        "due_on": due,
        "target": _TARGETS[criterion],
        "actual": np.where(done, actual.round(1), np.nan),
        "unit": Coded(criterion, _UNITS),
        "status": Coded(status, ("open", "missed", "partly", "met")),
        "assessed_on": assessed,
        "source": Coded(np.where(done, rng.integers(0, 2, len(row)), -1), ("customer_report", "usage_data")),
        "recorded_at": agreed,
    }


def reviews(chunk: Chunk) -> Rows:
    """Quarterly reviews of high-touch, half-yearly of mid-touch accounts; some are never held; one is planned."""
    rng, h, a, months = chunk.rng("reviews"), chunk.history, chunk.accounts, chunk.world.months
    every = _REVIEW_MONTHS[a.tier]
    turn = (np.arange(months.n) + np.arange(a.n)[:, None]) % np.maximum(every, 1)[:, None]
    row, month = np.nonzero((turn == 0) & (every > 0)[:, None] & h.active)
    planned = chunk.day_in(rng, row, month)
    n = len(row)
    held = planned + np.where(rng.random(n) < 0.6, 0, rng.integers(1, 25, n))
    took_place = (rng.random(n) < 0.84) & chunk.active_on(row, held)
    promised = rng.integers(0, 5, n)
    coming, planned_for, noted = _reviews_ahead(chunk)
    ahead = len(coming)
    return {
        "account_id": chunk.ids(np.concatenate([row, coming])),
        "planned_on": np.concatenate([planned, planned_for]),
        "held_on": np.concatenate([np.where(took_place, held, NO_DAY), np.full(ahead, NO_DAY)]),
        "actions_promised": np.concatenate([np.where(took_place, promised, np.nan), np.full(ahead, np.nan)]),
        "actions_closed": np.concatenate(
            [np.where(took_place, rng.binomial(promised, 0.65), np.nan), np.full(ahead, np.nan)]
        ),
        "recorded_at": np.concatenate([planned, noted]),
    }


def _reviews_ahead(chunk: Chunk) -> tuple[Ints, Days, Days]:
    """The next review of each customer that has reviews: account, day, and when that was noted."""
    rng, a, months = chunk.rng("reviews_ahead"), chunk.accounts, chunk.world.months
    every, row = _REVIEW_MONTHS[a.tier], np.arange(a.n)
    away = every - (months.n - 1 + row) % np.maximum(every, 1)
    first = (months.end.astype("datetime64[M]") + away).astype("datetime64[D]")
    planned, noted = first + rng.integers(0, 28, a.n), months.end - rng.integers(0, 40, a.n)
    keep = (every > 0) & chunk.active_on(row, np.full(a.n, months.end))
    return row[keep], planned[keep], np.maximum(noted, a.started)[keep]


def risks(chunk: Chunk) -> Rows:
    """Risks noted after incidents, departures and slow starts at high- and mid-touch accounts."""
    rng, h, a, months = chunk.rng("risks"), chunk.history, chunk.accounts, chunk.world.months
    seen = np.stack(
        [
            h.storm > 0.9,
            a.champion_left,
            (h.churn_parts[:, :, 3] > 0.5) & (h.churn_parts[:, :, 3] < 0.75),
            h.uplift * (h.churn_parts[:, :, 7] > 0) > 0.04,
            h.use < -1.6,
        ],
        axis=2,
    )
    shown = seen & (h.active & (a.tier < 2)[:, None])[:, :, None]
    row, month, area = expand((shown & (rng.random(shown.shape) < 0.3)).astype(np.int64))
    day = chunk.day_in(rng, row, month)
    closed = day + rng.integers(20, 200, len(row))
    texts = ("Repeated incidents", "Key person left", "Start is late", "Price rise ahead", "Few people use it")
    return {
        "risk_id": serials("R", row, a.first, a.digits),
        "account_id": chunk.ids(row),
        "area": Coded(area, ("quality", "stakeholder", "schedule", "cost", "resource")),
        "opened_on": day,
        "closed_on": np.where(closed <= months.end, closed, NO_DAY),
        "likelihood": np.clip(0.2 + 0.15 * rng.integers(0, 5, len(row)), 0, 1).round(2),
        "impact_mrr": h.mrr[row, month],
        "description": Coded(area, texts),
        "shareable": np.isin(area, _SHARED),
        "recorded_at": chunk.recorded(rng, day),
    }
