"""The accounts of one chunk: who they are, when they start, what they buy first, who looks after them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import parameters as p
from .arrays import Days, Flags, Floats, Ints, pick, stream
from .names import company_names
from .world import POOL_OF_SEGMENT, World, csm_at, hit_by_incidents


@dataclass(frozen=True)
class Arrivals:
    """Start day of every account of the company, in order; the number of an account is its place here."""

    started: Days


@dataclass(frozen=True)
class Population:
    """Accounts as arrays of one value each, or one per month.

    first: number of the first account. fit, frailty, polite: latent traits in standard units. csm: account × month,
    -1 without one. handover: month in which the second CSM takes over, beyond the end where none does.
    champion_left: account × month. telemetry: account × month, whether use was measured.
    """

    chunk: int
    first: int
    digits: int
    started: Days
    segment: Ints
    japanese: Flags
    names: list[str]
    industry: Ints
    tier: Ints
    plan: Ints
    annual: Flags
    seats: Ints
    discount: Floats
    addons: Flags
    fit: Floats
    frailty: Floats
    polite: Floats
    assigned: Days
    first_csm: Ints
    second_csm: Ints
    handover: Ints
    csm: Ints
    incident: Flags
    champion_left: Flags
    telemetry: Flags
    internal: Flags

    @property
    def n(self) -> int:
        """Number of accounts."""
        return len(self.started)

    @property
    def ids(self) -> list[str]:
        """The account ids."""
        return [f"A{k:0{self.digits}d}" for k in range(self.first, self.first + self.n)]


def arrivals(world: World, n: int) -> Arrivals:
    """Start days of all n accounts: a base that was there before, then more each month."""
    rng = stream(world.seed, 0, "arrivals")
    months = world.months
    n_base = round(n * p.BASE_SHARE) if months.n > 1 else n
    before = months.starts[0] - 1 - (1700 * rng.random(n_base) ** 1.3).astype(int)
    weight = 1.012 ** np.arange(months.n) * np.exp(rng.normal(0, 0.12, months.n))
    month = pick(rng, weight / weight.sum(), n=n - n_base)
    within = months.starts[month] + rng.integers(0, 28, n - n_base)
    started = np.sort(np.concatenate([before, within]))
    day = (started - started.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
    return Arrivals(np.sort(started - np.maximum(day - 27, 0)))


def population(world: World, everyone: Arrivals, chunk: int, first: int, last: int) -> Population:
    """Accounts number first up to (not including) last."""
    rng = world.rng(chunk, "population")
    started = everyone.started[first:last]
    n = len(started)
    segment = pick(rng, p.SEGMENT_SHARE, n=n)
    japanese = rng.random(n) < np.where(segment == 3, 0.8, 0.58)
    names, industry = company_names(stream(world.seed, 0, "names"), first, japanese, segment == 3)
    tier = pick(rng, p.TIER_SHARE, segment)
    seats = p.SEATS_MEDIAN[segment] * np.exp(rng.normal(0, 1, n) * p.SEATS_SPREAD[segment])
    old = started < world.months.starts[0]
    assigned, first_csm, second_csm, handover, csm = _csms(world, rng, started, segment, tier)
    return Population(
        chunk=chunk,
        first=first + 1,
        digits=max(4, len(str(len(everyone.started)))),
        started=started,
        segment=segment,
        japanese=japanese,
        names=names,
        industry=industry,
        tier=tier,
        plan=pick(rng, p.PLAN_SHARE, segment),
        annual=rng.random(n) < p.ANNUAL_SHARE[segment],
        seats=np.maximum(seats.round().astype(np.int64), p.SEATS_LEAST[segment]),
        discount=p.DISCOUNTS[pick(rng, np.array([0.45, 0.25, 0.2, 0.1]), n=n)],
        addons=rng.random((n, 2)) < p.ADDON_AT_START,
        fit=(rng.normal(0, 1, n) + 0.15 * old).clip(-2.5, 2.5),
        frailty=rng.normal(0, 0.35, n),
        polite=rng.normal(0, 0.9, n),
        assigned=assigned,
        first_csm=first_csm,
        second_csm=second_csm,
        handover=handover,
        csm=csm,
        incident=hit_by_incidents(world, rng, segment),
        champion_left=_champion_left(world, rng, started),
        telemetry=_telemetry(world, rng, n),
        internal=(np.arange(first, last) % p.INTERNAL_EVERY) == 117,
    )


def _csms(
    world: World, rng: np.random.Generator, started: Days, segment: Ints, tier: Ints
) -> tuple[Days, Ints, Ints, Ints, Ints]:
    months, n = world.months, len(started)
    pool = POOL_OF_SEGMENT[segment]
    assigned = np.maximum(started, months.starts[0] - rng.integers(0, 300, n))
    first = csm_at(world.team, pool, assigned, rng.random(n))
    begins = np.maximum(months.month_of(assigned), 0)
    second = csm_at(world.team, pool, np.full(n, months.end), rng.random(n))
    handover = _handover(world, rng, begins, second)
    handover = np.where((second == first) | (tier == 3) | (handover >= months.n), months.n, handover)
    now = np.arange(months.n)
    csm = np.where(now >= handover[:, None], second[:, None], first[:, None])
    csm[(now < begins[:, None]) | (tier == 3)[:, None]] = -1
    return assigned, np.where(tier == 3, -1, first), second, handover, csm


def _handover(world: World, rng: np.random.Generator, begins: Ints, second: Ints) -> Ints:
    """The month in which the second CSM takes over: soon after joining, or any later one; beyond the end for none."""
    joined = world.months.month_of(world.team.joined[second])
    draw = rng.random(len(begins))
    new_hire = np.where(draw < 0.6, joined + 1 + (draw * 5).astype(int), world.months.n)
    return np.where(joined >= begins, new_hire, begins + 3 + (draw * 70).astype(int))


def _champion_left(world: World, rng: np.random.Generator, started: Days) -> Flags:
    """Account × month: the month after the first in which the champion leaves, at most once per account."""
    left = rng.random((len(started), world.months.n)) < 0.014
    left &= np.arange(world.months.n) > world.months.month_of(started)[:, None]
    return np.asarray(left & (np.cumsum(left, axis=1) == 1))


def _telemetry(world: World, rng: np.random.Generator, n: int) -> Flags:
    """Account × month: False where use was not measured, which is not the same as no use."""
    months = world.months.n
    now = np.arange(months)
    never = rng.random(n) < p.NO_TELEMETRY_SHARE
    begins = np.where(rng.random(n) < p.TELEMETRY_FROM_LATER_SHARE, rng.integers(0, months, n), 0)
    gap = np.where(rng.random(n) < p.TELEMETRY_GAP_SHARE, rng.integers(0, months, n), months)
    length = rng.integers(1, 4, n)
    out = (now >= gap[:, None]) & (now < (gap + length)[:, None])
    measured = ~never[:, None] & (now >= begins[:, None]) & ~out
    measured[:, world.outage] &= rng.random(n) < 0.85
    return np.asarray(measured)
