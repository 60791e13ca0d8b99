"""The life of the accounts of one chunk, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import parameters as p
from .arrays import NO_DAY, Days, Flags, Floats, Ints, pick, sigmoid
from .contracts import Ledger
from .hazard import State, churn_contributions, contraction_logit, expansion_contributions
from .journey import milestone_days, progress
from .population import Population
from .world import World

WAITING, ACTIVE, NOTICE, GONE = 0, 1, 2, 3


@dataclass
class History:
    """What happened, account × month (contributions also × driver).

    low, high: first and last day of the month on which the account is a customer; none when low > high.
    at_risk: the account could decide to leave in the month, so its probabilities are defined.
    decided, grew, shrank: day of the decision to leave, of the growth, of the shrinking; NaT without one.
    uplift: price rise announced for the next renewal. failed: payment failed in the month.
    """

    low: Days
    high: Days
    at_risk: Flags
    p_churn: Floats
    p_expansion: Floats
    p_contraction: Floats
    churn_parts: Floats
    expansion_parts: Floats
    use: Floats
    mood: Floats
    need: Floats
    storm: Floats
    seats: Ints
    mrr: Ints
    failed: Flags
    decided: Days
    grew: Days
    shrank: Days
    reached: Days
    renewed: Flags
    uplift: Floats
    addons: Flags

    @property
    def active(self) -> Flags:
        """Account × month: a customer on at least one day of the month."""
        return np.asarray(self.low <= self.high)


def _empty(world: World, accounts: Population, reached: Days) -> History:
    n, m = accounts.n, world.months.n

    def floats(*more: int) -> Floats:
        return np.zeros((n, m, *more), np.float32)

    def days() -> Days:
        return np.full((n, m), NO_DAY)

    never = np.broadcast_to(world.months.starts, (n, m))
    return History(
        low=never.copy(),
        high=never - 1,
        at_risk=np.zeros((n, m), bool),
        p_churn=floats(),
        p_expansion=floats(),
        p_contraction=floats(),
        churn_parts=np.zeros((n, m, len(p.CHURN_DRIVERS))),
        expansion_parts=np.zeros((n, m, len(p.EXPANSION_DRIVERS))),
        use=floats(),
        mood=floats(),
        need=floats(),
        storm=floats(),
        seats=np.zeros((n, m), np.int64),
        mrr=np.zeros((n, m), np.int64),
        failed=np.zeros((n, m), bool),
        decided=days(),
        grew=days(),
        shrank=days(),
        reached=reached,
        renewed=np.zeros((n, m), bool),
        uplift=floats(),
        addons=np.zeros((n, m, 2), bool),
    )


class Life:
    """The latent state that moves from month to month; see docs/simulator.md."""

    def __init__(
        self, world: World, accounts: Population, history: History, ledger: Ledger, rng: np.random.Generator
    ) -> None:
        n = accounts.n
        self.world, self.accounts, self.history, self.ledger, self.rng = world, accounts, history, ledger, rng
        self.status = np.full(n, WAITING)
        self.use = -0.9 + 0.5 * accounts.fit + rng.normal(0, 0.5, n)
        self.mood = 0.5 * accounts.fit + rng.normal(0, 0.5, n)
        self.need = rng.normal(-0.12, 0.2, n)
        self.growth = rng.normal(0.012, 0.012, n)
        self.storm, self.champion, self.failing = np.zeros(n), np.zeros(n), np.zeros(n)
        self.grown = np.full(n, 24)
        self.ends = np.full(n, NO_DAY)
        self.joined = np.zeros(n, bool)
        self.uplift = p.UPLIFTS[pick(rng, p.UPLIFT_SHARE, n=n)]
        settled = 0.3 + 0.9 * accounts.fit + rng.normal(0, 0.6, n)
        self.use = np.where(accounts.started < world.months.starts[0], settled, self.use)

    def run(self) -> None:
        """All months."""
        for month in range(self.world.months.n):
            self._begin(month)
            state = self._state(month)
            self._decide(month, state)
            self._keep(month)
            self._move_on(month)

    def _begin(self, month: int) -> None:
        """Starts, ends, renewals and returns that the contract puts into this month."""
        months, history, ledger = self.world.months, self.history, self.ledger
        starts = (self.status == WAITING) & (self.accounts.started <= months.ends[month])
        ledger.start(np.nonzero(starts)[0], self.accounts.started[starts], month)
        leaving = (self.status == NOTICE) & (self.ends <= months.ends[month])
        history.high[:, month] = np.where(leaving, self.ends - 1, months.ends[month])
        first = months.starts[month]
        history.low[:, month] = np.where(starts, np.maximum(self.accounts.started, first), first)
        back = (self.status == GONE) & (months.starts[month] - self.ends > 75) & (ledger.spell == 0)
        back &= self.rng.random(self.accounts.n) < 0.012
        again = months.starts[month] + self.rng.integers(0, 27, self.accounts.n)
        history.low[back, month] = again[back]
        ledger.restart(np.nonzero(back)[0], again[back], month)
        due = ledger.due(month) & (self.status == ACTIVE)
        ledger.renew(np.nonzero(due)[0], month, self.uplift[due])
        history.renewed[:, month] = due & self.accounts.annual
        self.uplift[due] = p.UPLIFTS[pick(self.rng, p.UPLIFT_SHARE, n=int(due.sum()))]
        history.high[(self.status == GONE) & ~back, month] = months.starts[month] - 1
        history.high[(self.status == WAITING) & ~starts, month] = months.starts[month] - 1
        self.joined = np.asarray(starts | back)
        self.status[leaving] = GONE
        self.status[self.joined] = ACTIVE
        self.use[back], self.mood[back] = -0.3, 0.0
        self.storm[back] = self.champion[back] = self.failing[back] = 0.0

    def _state(self, month: int) -> State:
        accounts, months, ledger = self.accounts, self.world.months, self.ledger
        day = months.starts[month]
        return State(
            age_months=np.maximum(month - ledger.anniversary, 0),
            annual=accounts.annual,
            months_left=ledger.months_left(month),
            uplift=self.uplift,
            first_value=self.history.reached[:, p.FIRST_VALUE] < day,
            progress=progress(self.history.reached, day),
            use=self.use,
            mood=self.mood,
            need=self.need,
            storm=self.storm,
            champion=self.champion,
            failing=self.failing,
            grown=self.grown,
            relation=self._csm_effect(month, self.world.team.relation),
            competitor=self.world.competitor[month, accounts.segment],
            segment=accounts.segment,
            frailty=accounts.frailty,
        )

    def _csm_effect(self, month: int, skill: Floats) -> Floats:
        """Skill of the CSM in charge, growing over the first half year; 0 without one."""
        csm = self.accounts.csm[:, month]
        tenure = (self.world.months.starts[month] - self.world.team.joined[csm]).astype(int)
        return np.where(csm < 0, 0.0, skill[csm] * np.clip(tenure / 180.0, 0, 1))

    def _decide(self, month: int, state: State) -> None:
        history, rng, months = self.history, self.rng, self.world.months
        risk = (self.status == ACTIVE) & ~self.joined
        parts, growth = churn_contributions(state), expansion_contributions(state)
        chances = [sigmoid(parts.sum(axis=1)), sigmoid(growth.sum(axis=1)), sigmoid(contraction_logit(state))]
        history.churn_parts[:, month], history.expansion_parts[:, month] = parts, growth
        history.p_churn[:, month], history.p_expansion[:, month], history.p_contraction[:, month] = chances
        history.at_risk[:, month] = risk
        history.storm[:, month], history.uplift[:, month] = self.storm, self.uplift
        draws = rng.random((3, len(risk)))
        first = self.ledger.first_free_day(month)
        leave = risk & (draws[0] < chances[0])
        grow = risk & ~leave & (draws[1] < chances[1])
        shrink = risk & ~leave & ~grow & (draws[2] < chances[2])
        day = first + (rng.random(len(risk)) * (months.starts[month] + 28 - first).astype(int)).astype(int)
        for table, rows in ((history.decided, leave), (history.grew, grow), (history.shrank, shrink)):
            table[rows, month] = day[rows]
        self.ends[leave] = self.ledger.leave(np.nonzero(leave)[0], day[leave], month)
        self.status[leave] = NOTICE
        self.need[grow] -= self.ledger.grow(np.nonzero(grow)[0], day[grow], rng)
        self.need[shrink] += self.ledger.shrink(np.nonzero(shrink)[0], day[shrink], rng)
        self.grown = np.where(grow, 0, self.grown + 1)

    def _keep(self, month: int) -> None:
        history = self.history
        history.use[:, month], history.mood[:, month], history.need[:, month] = self.use, self.mood, self.need
        history.seats[:, month], history.mrr[:, month] = self.ledger.seats, self.ledger.mrr()
        history.addons[:, month] = self.ledger.addons

    def _move_on(self, month: int) -> None:
        """The state at the start of the next month: what happened this month begins to show."""
        accounts, rng, n = self.accounts, self.rng, self.accounts.n
        done = progress(self.history.reached, self.world.months.ends[month])
        pull = self._csm_effect(month, self.world.team.adoption)
        aim = -1.2 + 1.5 * done + 0.9 * accounts.fit + 0.6 * pull - 0.7 * self.storm - 0.9 * self.champion
        self.use += 0.25 * (aim - self.use) + rng.normal(0, 0.3, n) - 0.35 * (self.status == NOTICE)
        self.storm = 0.5 * self.storm + 1.0 * accounts.incident[:, month]
        self.champion = 0.7 * self.champion + 1.0 * accounts.champion_left[:, month]
        failed = rng.random(n) < np.where(self.failing > 0.4, 0.3, np.where(accounts.annual, 0.006, 0.02))
        self.history.failed[:, month] = failed
        self.failing = 0.5 * self.failing + 1.0 * failed
        level = 0.55 * accounts.fit + 0.35 * self._csm_effect(month, self.world.team.relation) + 0.25 * self.use
        shock = -0.8 * accounts.incident[:, month] - 0.4 * accounts.champion_left[:, month]
        self.mood += 0.2 * (level - self.mood) + shock + rng.normal(0, 0.25, n)
        self.need += self.growth + rng.normal(0, 0.035, n)


def live(world: World, accounts: Population) -> tuple[History, Ledger]:
    """The history and the contract changes of a chunk of accounts."""
    ledger = Ledger(world.months, accounts)
    history = _empty(world, accounts, milestone_days(world, accounts))
    Life(world, accounts, history, ledger, world.rng(accounts.chunk, "life")).run()
    return history, ledger
