"""targets: the plan of company, segments and CSMs per quarter, set before each year from the MRR of that day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import parameters as p
from ..arrays import Coded, Floats, Ints, Rows
from ..chunk import Chunk, csm_ids
from ..world import World

_RATES = {
    "new": 0.06,
    "expansion": 0.036,
    "churn": 0.026,
    "nnmrr": 0.006,
}
_SHARES = {"grr": 0.97, "nrr": 1.012, "logo_churn": 0.035, "adoption_high_share": 0.45}
_GROWTH = 1.25
_OF_CSM = ("nnmrr", "grr", "nrr", "logo_churn")


@dataclass(frozen=True)
class Books:
    """MRR at each month's end by segment and by CSM; months × owners."""

    segments: Floats
    csms: Floats

    def __add__(self, other: Books) -> Books:
        return Books(self.segments + other.segments, self.csms + other.csms)


def books(chunk: Chunk) -> Books:
    """The books of one chunk of accounts, internal accounts left out."""
    h, a, months = chunk.history, chunk.accounts, chunk.world.months
    there = h.active & (h.high == months.ends) & ~a.internal[:, None]
    mrr = np.where(there, h.mrr, 0)
    segments = np.stack([mrr[a.segment == k].sum(axis=0) for k in range(len(p.SEGMENTS))], axis=1)
    csms = np.zeros((months.n, chunk.world.team.n))
    for month in range(months.n):
        csm = a.csm[:, month]
        csms[month] = np.bincount(csm[csm >= 0], weights=mrr[csm >= 0, month], minlength=chunk.world.team.n)
    return Books(segments.astype(float), csms)


def targets(world: World, total: Books) -> Rows:
    """KPI × owner × quarter, in calendar years; shares as fractions, losses as positive numbers."""
    rows: list[tuple[str, str, str, float, np.datetime64]] = []
    for year in _years(world):
        set_on = np.datetime64(f"{year - 1}-12-15")
        month = max(int(world.months.month_of(np.array([set_on]))[0]) - 1, 0)
        month = min(month, world.months.n - 1)
        for quarter in _quarters(world, year):
            period = f"{year}Q{quarter}"
            company = total.segments[month].sum()
            for kpi, value in _plan(company, quarter).items():
                rows.append((kpi, "company", period, value, set_on))
            for name, opening in zip(p.SEGMENTS, total.segments[month], strict=True):
                rows += [(kpi, name, period, value, set_on) for kpi, value in _plan(opening, quarter).items()]
            for name, opening in zip(csm_ids(world), total.csms[month], strict=True):
                plan = _plan(opening, quarter)
                rows += [(kpi, name, period, plan[kpi], set_on) for kpi in _OF_CSM if opening > 0]
    return _columns(sorted(rows))


def _plan(opening: float, quarter: int) -> dict[str, float]:
    """The plan of one owner from the MRR when it was set."""
    level = opening * _GROWTH ** ((quarter - 1) / 4)
    plan = {kpi: float(np.round(rate * level, -3)) for kpi, rate in _RATES.items()}
    return {"mrr_close": float(np.round(opening * _GROWTH ** (quarter / 4), -3)), **plan, **_SHARES}


def _years(world: World) -> range:
    first, last = (int(str(day)[:4]) for day in (world.months.starts[0], world.months.end))
    return range(first, last + 1)


def _quarters(world: World, year: int) -> list[int]:
    """Quarters of the year that begin inside the simulation, and those still to come."""
    first = world.months.starts[0]
    return [q for q in range(1, 5) if np.datetime64(f"{year}-{3 * q - 2:02d}-01") >= first]


def _columns(rows: list[tuple[str, str, str, float, np.datetime64]]) -> Rows:
    kpi, owner, period, target, set_on = (list(column) for column in zip(*rows, strict=True)) if rows else ([],) * 5
    return {
        "kpi": _text(kpi),
        "owner": _text(owner),
        "period": _text(period),
        "target": np.array(target, float),
        "set_on": np.array(set_on, "datetime64[D]"),
        "recorded_at": np.array(set_on, "datetime64[D]"),
    }


def _text(words: list) -> Coded:  # type: ignore[type-arg]
    vocabulary, codes = np.unique(np.array(words, str), return_inverse=True)
    places: Ints = codes.astype(np.int64)
    return Coded(places, vocabulary.tolist())
