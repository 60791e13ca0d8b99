"""When each account reaches each milestone of its success journey."""

from __future__ import annotations

import numpy as np

from . import parameters as p
from .arrays import NO_DAY, Days, Flags, Floats, sigmoid
from .population import Population
from .world import World

FASTER_FROM_SHARE = 0.55
FASTER_STEP = 1
FASTER_BY = 0.35


def faster_from(world: World) -> np.datetime64:
    """The day on which guided data import began and step data_connected became quicker for new accounts."""
    day: np.datetime64 = world.months.starts[int(world.months.n * FASTER_FROM_SHARE)]
    return day


def milestone_days(world: World, accounts: Population) -> Days:
    """Account × step: the day it would be reached, NaT when the account stalls before it."""
    rng = world.rng(accounts.chunk, "journey")
    n, k = accounts.n, len(p.STEPS)
    skill = step_skill(world, accounts)
    size = 0.12 * np.log(accounts.seats / 40.0)
    pace = np.log(p.STEP_MEDIAN_DAYS) + size[:, None] - 0.18 * accounts.fit[:, None] - skill
    pace[:, FASTER_STEP] -= FASTER_BY * (accounts.started >= faster_from(world))
    took = np.maximum(np.exp(pace + 0.45 * rng.normal(0, 1, (n, k))), 1.0)
    stalled = rng.random((n, k)) < sigmoid(p.STEP_STALL - 1.1 * skill - 0.4 * accounts.fit[:, None])
    reached = accounts.started[:, None] + np.cumsum(took, axis=1).astype(int)
    reached[np.cumsum(stalled, axis=1) > 0] = NO_DAY
    return np.asarray(reached)


def step_skill(world: World, accounts: Population) -> Floats:
    """Account × step: skill of the CSM at the start, half of it for half a year after joining; 0 without a CSM."""
    team = world.team
    csm = np.maximum(accounts.first_csm, 0)
    tenure = (np.maximum(accounts.started, accounts.assigned) - team.joined[csm]).astype(int)
    weight = np.where(accounts.first_csm < 0, 0.0, np.where(tenure < 180, 0.5, 1.0))
    return np.asarray(team.steps[csm] * weight[:, None])


def progress(reached: Days, day: np.datetime64) -> Floats:
    """Share of the steps reached before that day."""
    done: Flags = reached < day
    return np.asarray(done.mean(axis=1))
