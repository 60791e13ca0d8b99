"""Running many packs: an outcome for every one of them, bounded retries, and a clean end when the run must stop."""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from .leash import Leashes
from .limits import Bounds
from .make import Made, make
from .tasks import PackTask

POLL_SECONDS = 0.2
STOPPING_SECONDS = 20.0
# Outcomes that a second try can change.
PASSING = ("kernel_died", "timeout")

Make = Callable[[PackTask, Leashes], Made]


@dataclass(frozen=True)
class Watch:
    """What is called when a pack starts, and when it is tried again after that outcome; attempts count from 1."""

    started: Callable[[PackTask, int], None] = lambda task, attempt: None
    retried: Callable[[PackTask, int, Made], None] = lambda task, attempt, made: None


def run_packs(
    tasks: Sequence[PackTask],
    leashes: Leashes,
    jobs: int = 1,
    bounds: Bounds | None = None,
    watch: Watch | None = None,
    how: Make = make,
) -> Iterator[tuple[PackTask, Made, int]]:
    """Tasks with what came of them and the number of tries, as they come.

    how: makes one pack; called in `jobs` threads. When `leashes.cancel_requested` turns true, or the run has taken
    longer than it may, every kernel ends and what had not finished is told so.
    """
    run = _Run(deque(tasks), leashes, bounds or Bounds(), watch or Watch(), how)
    pool = ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="pack")
    try:
        while run.is_going_on:
            run.start(pool, jobs)
            yield from run.finished()
            yield from run.stopped()
    finally:
        leashes.cancel()
        pool.shutdown(wait=False, cancel_futures=True)


@dataclass
class _Run:
    waiting: deque[PackTask]
    leashes: Leashes
    bounds: Bounds
    watch: Watch
    how: Make
    running: dict[Future[Made], PackTask] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    reason: str = ""
    give_up_at: float = math.inf

    @property
    def is_going_on(self) -> bool:
        return bool(self.waiting or self.running)

    def start(self, pool: ThreadPoolExecutor, jobs: int) -> None:
        while self.waiting and len(self.running) < jobs and not self.reason:
            task = self.waiting.popleft()
            self.attempts[task.pack.name] += 1
            self.watch.started(task, self.attempts[task.pack.name])
            self.running[pool.submit(self.how, task, self.leashes)] = task

    def finished(self) -> Iterator[tuple[PackTask, Made, int]]:
        done, _ = wait(self.running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        self._look_for_the_end()
        for future in done:
            task, made = self.running.pop(future), _made(future)
            n = self.attempts[task.pack.name]
            if made.outcome in PASSING and n <= self.bounds.retries and not self.reason:
                self.watch.retried(task, n, made)
                self.waiting.append(task)
            else:
                yield task, self._judged(made), n

    def stopped(self) -> Iterator[tuple[PackTask, Made, int]]:
        """What will not be made any more because the run ends."""
        if not self.reason:
            return
        yield from ((task, Made("cancelled", self.reason), self.attempts[task.pack.name]) for task in self.waiting)
        self.waiting.clear()
        if time.monotonic() > self.give_up_at:
            cut = self._judged(Made("cancelled"))
            yield from ((task, cut, self.attempts[task.pack.name]) for task in self.running.values())
            self.running.clear()

    def _judged(self, made: Made) -> Made:
        """A pack that was cut by the limit of the run is a timeout."""
        if made.outcome != "cancelled" or not self.reason:
            return made
        outcome = "cancelled" if self.leashes.cancel_requested else "timeout"
        return replace(made, outcome=outcome, reason=self.reason)

    def _look_for_the_end(self) -> None:
        if self.reason:
            return
        if self.leashes.cancel_requested:
            self.reason = "the run was cancelled"
        elif self.bounds.are_passed:
            self.reason = f"the run took longer than {self.bounds.run_seconds:g} seconds"
        if self.reason:
            self.give_up_at = time.monotonic() + STOPPING_SECONDS
            self.leashes.cancel()


def _made(future: Future[Made]) -> Made:
    error = future.exception()
    return future.result() if error is None else Made("kernel_died", f"{type(error).__name__}: {error}")
