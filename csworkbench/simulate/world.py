"""What all accounts share: months, the CSM team, incidents, competitors, the price round, outages of telemetry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import parameters as p
from .arrays import Days, Flags, Floats, Ints, stream
from .calendar import Calendar

_POOL_SHARE = np.array([0.45, 0.35, 0.2])
POOL_OF_SEGMENT = np.array([0, 1, 2, 0])


@dataclass(frozen=True)
class Team:
    """The CSMs. pool: which segments they serve; steps: skill per journey step; others: skill, all in log units."""

    joined: Days
    pool: Ints
    steps: Floats
    adoption: Floats
    relation: Floats

    @property
    def n(self) -> int:
        """Number of CSMs."""
        return len(self.joined)


@dataclass(frozen=True)
class Incident:
    """A product incident that hits a share of the accounts of some segments in a month."""

    month: int
    share: Floats


@dataclass(frozen=True)
class World:
    """Everything that is not an account's own. competitor: months × segments, log-odds."""

    seed: int
    months: Calendar
    team: Team
    incidents: tuple[Incident, ...]
    competitor: Floats
    outage: int

    @property
    def exported_on(self) -> np.datetime64:
        """The day on which the exports were taken."""
        return self.months.end + p.EXPORT_LAG_DAYS

    def rng(self, chunk: int, purpose: str) -> np.random.Generator:
        """The random stream of one purpose in one chunk of accounts."""
        return stream(self.seed, chunk, purpose)


def make_world(seed: int, n_accounts: int, months: Calendar) -> World:
    """The shared state of a company with that many accounts in all."""
    rng = stream(seed, -1 & 0xFFFF, "world")
    team = _team(rng, max(4, round(n_accounts / p.ACCOUNTS_PER_CSM)), months)
    n_incidents = max(2, months.n // 5)
    hit_in = np.sort(rng.choice(months.n, min(n_incidents, months.n), replace=False))
    incidents = tuple(Incident(int(m), _incident_share(rng)) for m in hit_in)
    return World(seed, months, team, incidents, _competitor(rng, months.n), int(rng.integers(months.n)))


def _team(rng: np.random.Generator, n: int, months: Calendar) -> Team:
    pool = np.sort(np.concatenate([[0, 1, 2], rng.choice(3, n - 3, p=_POOL_SHARE)]))
    first_of_pool = np.concatenate([[True], pool[1:] != pool[:-1]])
    n_days = int((months.end - months.starts[0]).astype(int))
    offset = np.where(rng.random(n) < 0.45, -rng.integers(60, 1500, n), rng.integers(0, max(n_days - 60, 1), n))
    offset = np.where(first_of_pool, -2200, offset)
    joined = months.starts[0] + offset
    order = np.lexsort((joined, pool))
    skill = np.clip(rng.normal(0, 0.32, (n, len(p.STEPS))), -0.8, 0.8)
    return Team(
        joined[order], pool[order], skill, rng.normal(0, 0.3, n).clip(-0.7, 0.7), rng.normal(0, 0.4, n).clip(-1, 1)
    )


def _incident_share(rng: np.random.Generator) -> Floats:
    struck = rng.random(len(p.SEGMENTS)) < 0.55
    return np.where(struck, rng.uniform(0.12, 0.4), 0.03)


def _competitor(rng: np.random.Generator, n: int) -> Floats:
    """A pressure that comes and goes, strongest on the small; months × segments."""
    level = np.zeros((n, len(p.SEGMENTS)))
    for k, weight in enumerate((0.4, 0.55, 0.65, 0.3)):
        start, length = rng.integers(0, max(n - 6, 1)), rng.integers(5, 13)
        shape = np.clip(1 - np.abs(np.arange(n) - start - length / 2) / length, 0, 1)
        level[:, k] = weight * shape
    return level


def csm_at(team: Team, pool: Ints, days: Days, draw: Floats) -> Ints:
    """A CSM of the pool who had joined by that day, by a uniform draw; one per row."""
    chosen = np.zeros(len(pool), np.int64)
    for k in range(3):
        members = np.nonzero(team.pool == k)[0]
        rows = pool == k
        n_there = np.maximum(np.searchsorted(team.joined[members], days[rows], side="right"), 1)
        chosen[rows] = members[np.minimum((draw[rows] * n_there).astype(int), n_there - 1)]
    return chosen


def hit_by_incidents(world: World, rng: np.random.Generator, segment: Ints) -> Flags:
    """Account × month: whether an incident hit the account in that month."""
    hit = np.zeros((len(segment), world.months.n), bool)
    for incident in world.incidents:
        hit[:, incident.month] = rng.random(len(segment)) < incident.share[segment]
    return hit
