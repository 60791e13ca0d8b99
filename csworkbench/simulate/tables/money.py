"""opportunities, factors, invoices: renewals, growth, reasons and payments."""

from __future__ import annotations

import numpy as np

from .. import parameters as p
from ..arrays import NO_DAY, Coded, Days, Flags, Floats, Ints, Rows, constant, serials
from ..chunk import Chunk
from ..contracts import GREW, RENEWED, UPGRADED

_CALLS = ("commit", "likely", "at_risk", "lost")
_PRODUCTS = ("Hibiori", *p.ADDONS)
_OPEN, _WON, _LOST = 0, 1, 2


def opportunities(chunk: Chunk) -> Rows:
    """Renewals 90 days ahead, growth that was won, and growth that was tried."""
    rng = chunk.rng("opportunities")
    parts = [_renewals(chunk), _growth(chunk, rng), _tried(chunk, rng)]
    row, kind, item, mrr, due_mrr, created, due, closed, stage = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.lexsort((kind, created, row))
    month = np.clip(chunk.world.months.month_of(created), 0, chunk.world.months.n - 1)
    call = _call(chunk, rng, row, month)
    known = chunk.recorded(rng, created)
    return {
        "opportunity_id": serials("O", row[order], chunk.accounts.first, chunk.accounts.digits),
        "account_id": chunk.ids(row[order]),
        "kind": Coded(kind[order], ("renewal", "upsell", "cross_sell")),
        "product": Coded(item[order], _PRODUCTS),
        "mrr": mrr[order],
        "due_mrr": due_mrr[order],
        "created_on": created[order],
        "due_on": due[order],
        "closed_on": closed[order],
        "stage": Coded(stage[order], ("open", "won", "lost")),
        "csm_call": Coded(call[order], _CALLS),
        "recorded_at": known[order],
    }


def _call(chunk: Chunk, rng: np.random.Generator, row: Ints, month: Ints) -> Ints:
    """The CSM's forecast by what could be seen at the creation, with a human error."""
    h = chunk.history
    worry = -0.9 * h.use[row, month] - 0.7 * h.mood[row, month] + h.storm[row, month] + rng.normal(0, 0.8, len(row))
    return np.digitize(worry, [0.3, 1.5, 3.2])


def _parts(*columns: object) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(column) for column in columns)


def _renewals(chunk: Chunk) -> tuple[np.ndarray, ...]:
    h, led, a, months = chunk.history, chunk.ledger, chunk.accounts, chunk.world.months
    c = led.changes()
    renewed = (c.kind == RENEWED) & a.annual[c.account]
    key = c.account[renewed] * 100_000 + c.day[renewed].astype(int)
    keys, place = np.unique(key, return_inverse=True)
    won_row, won_due = keys // 100_000, (keys % 100_000).astype("datetime64[D]")
    won_mrr, won_before = (np.bincount(place, weights=v[renewed], minlength=len(keys)) for v in (c.mrr, c.before))
    lost_row, spell = np.nonzero(~np.isnat(led.ends) & a.annual[:, None])
    lost_due, lost_on = led.ends[lost_row, spell], led.decided[lost_row, spell]
    lost_mrr = h.mrr[lost_row, months.month_of(lost_on)]
    month = months.n - 1
    left = led.months_left(month)
    going = a.annual & h.active[:, -1] & (h.high[:, -1] == months.end) & np.isnat(led.ends[np.arange(a.n), led.spell])
    open_row = np.nonzero(going & (left <= 3))[0]
    ahead = months.starts[-1].astype("datetime64[M]") + left[open_row]
    open_due = ahead.astype("datetime64[D]") + led.day[open_row]
    row = np.concatenate([won_row, lost_row, open_row])
    due = np.concatenate([won_due, lost_due, open_due])
    closed = np.concatenate([won_due, lost_on, np.full(len(open_row), NO_DAY)])
    mrr = np.concatenate([won_mrr, np.zeros(len(lost_row)), np.full(len(open_row), np.nan)])
    before = np.concatenate([won_before, lost_mrr, h.mrr[open_row, -1]])
    stage = np.repeat([_WON, _LOST, _OPEN], [len(won_row), len(lost_row), len(open_row)])
    created = np.where(np.isnat(closed), due - 90, np.minimum(due - 90, closed))
    created = np.maximum(created, a.started[row])
    keep = created <= months.end
    return tuple(column[keep] for column in _parts(row, 0 * row, 0 * row, mrr, before, created, due, closed, stage))


def _growth(chunk: Chunk, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    c = chunk.ledger.changes()
    grew = np.isin(c.kind, (GREW, UPGRADED))
    row, item, day = c.account[grew], c.item[grew], c.day[grew]
    created = np.maximum(day - rng.integers(12, 60, len(row)), chunk.accounts.started[row])
    gain = (c.mrr - c.before)[grew].astype(float)
    nothing = np.full(len(row), np.nan)
    kind = np.where(item > 0, 2, 1)
    return _parts(row, kind, item, gain, nothing, created, day, day, np.full(len(row), _WON))


def _tried(chunk: Chunk, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    h, end = chunk.history, chunk.world.months.end
    row, month = np.nonzero(h.at_risk & (rng.random(h.active.shape) < 0.012))
    created = chunk.day_in(rng, row, month)
    closed = created + rng.integers(20, 120, len(row))
    closed = np.where(closed <= end, closed, NO_DAY)
    stage = np.where(np.isnat(closed), _OPEN, _LOST)
    item = rng.integers(0, 3, len(row))
    mrr = (h.mrr[row, month] * 0.2).round(-2)
    nothing = np.full(len(row), np.nan)
    return _parts(row, np.where(item > 0, 2, 1), item, mrr, nothing, created, created + 90, closed, stage)


def factors(chunk: Chunk) -> Rows:
    """Reasons named after the event: of losses by the drivers that pushed most, of growth by chance."""
    rng, h = chunk.rng("factors"), chunk.history
    lost = _reasons(chunk, rng, ~np.isnat(h.decided), h.decided, 0)
    less = _reasons(chunk, rng, ~np.isnat(h.shrank), h.shrank, 1)
    more = _reasons(chunk, rng, ~np.isnat(h.grew) & (rng.random(h.grew.shape) < 0.4), h.grew, 2)
    row, event, reason, named = (np.concatenate(column) for column in zip(lost, less, more, strict=True))
    keep = named <= chunk.world.months.end
    row, event, reason, named = row[keep], event[keep], reason[keep], named[keep]
    order = np.lexsort((event, named, row))
    row, event, reason, named = row[order], event[order], reason[order], named[order]
    grown = event == 2
    n_bad = len(p.REASON_FACTOR)
    factor = np.where(grown, n_bad + rng.integers(0, 3, len(row)), reason)
    preventable = rng.random(len(row)) < p.REASON_PREVENTABLE[reason]
    closed = named + rng.integers(30, 240, len(row))
    done = ~grown & (rng.random(len(row)) < 0.5) & (closed <= chunk.world.months.end)
    young = named - chunk.accounts.started[row] < 200
    told_once = np.unique(np.stack([row, named.astype(np.int64), event, factor]), axis=1, return_index=True)[1]
    table: dict[str, Coded | np.ndarray] = {
        "account_id": chunk.ids(row),
        "named_on": named,
        "event": Coded(event, ("churn", "contraction", "expansion")),
        "factor": Coded(factor, (*p.REASON_FACTOR, "team_growth", "new_use_case", "strong_champion")),
        "phase": Coded(np.where(young, 0, 1), ("onboarding", "operation")),
        "department": Coded(np.where(grown, n_bad, reason), (*p.REASON_DEPARTMENT, "Customer Success")),
        "preventable": np.where(grown, np.nan, preventable),
        "closed_on": np.where(done, closed, NO_DAY),
        "recorded_at": named,
    }
    return {name: column[np.sort(told_once)] for name, column in table.items()}


def _reasons(
    chunk: Chunk, rng: np.random.Generator, happened: Flags, days: Days, event: int
) -> tuple[Ints, Ints, Ints, Days]:
    """The reason as the team saw it: drawn by the weight of the drivers that pushed."""
    row, month = np.nonzero(happened)
    columns = [p.CHURN_DRIVERS.index(reason) for reason in p.REASONS]
    push: Floats = np.clip(chunk.history.churn_parts[row, month][:, columns], 0, None)
    seen = 2.5 * push + rng.gumbel(0, 0.5, push.shape)
    named = days[row, month] + rng.integers(3, 40, len(row))
    return row, np.full(len(row), event), seen.argmax(axis=1), named


def invoices(chunk: Chunk) -> Rows:
    """Monthly bills, or a year in advance; a failed payment is a second version, and comes late or never."""
    rng, h, a, months = chunk.rng("invoices"), chunk.history, chunk.accounts, chunk.world.months
    day = np.minimum(months.starts + chunk.ledger.day[:, None], months.ends)
    now = np.arange(months.n)
    back = np.where(chunk.ledger.spell == 1, chunk.ledger.anniversary, -1)
    yearly = h.renewed | (months.month_of(a.started)[:, None] == now) | (back[:, None] == now)
    billed = np.where(a.annual[:, None], yearly, True) & (h.low <= day) & (day <= h.high)
    row, month = np.nonzero(billed)
    issued = day[row, month]
    failed = h.failed[row, month]
    n = len(row)
    pays_in = 8 + (18 * np.exp(rng.normal(0, 0.35, n))).astype(int) + np.where(failed, rng.integers(15, 50, n), 0)
    never = failed & (rng.random(n) < 0.12)
    paid = np.where(never | (issued + pays_in > months.end), NO_DAY, issued + pays_in)
    ids, failures = serials("N", row, a.first, a.digits), np.where(failed, 1 + rng.integers(0, 2, n), 0)
    told = np.minimum(issued + rng.integers(3, 15, n), chunk.world.exported_on)
    k = np.repeat(np.arange(n), 1 + failed)
    later = np.concatenate([[False], k[1:] == k[:-1]])
    return {
        "invoice_id": [ids[i] for i in k.tolist()],
        "account_id": chunk.ids(row[k]),
        "issued_on": issued[k],
        "due_on": issued[k] + 30,
        "paid_on": paid[k],
        "amount": (h.mrr[row, month] * np.where(a.annual[row], 12, 1))[k],
        "currency": constant(p.CURRENCY, len(k)),
        "failures": np.where(later, failures[k], 0),
        "recorded_at": np.where(later, told[k], issued[k]),
    }
