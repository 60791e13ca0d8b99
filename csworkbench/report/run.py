"""Running many packs: an outcome for every one of them, and a clean end when the run is cancelled."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .execute import Failure
from .leash import Leashes
from .plan import Pack
from .redact import Redact

POLL_SECONDS = 0.2
CANCEL_SECONDS = 20.0


@dataclass(frozen=True)
class Result:
    """What became of one pack. outcome: one of ledger.OUTCOMES. cell: 1-based, of those in the template."""

    pack: Pack
    outcome: str
    reason: str = ""
    cell: int | None = None
    seconds: float = 0.0
    file: str | None = None
    sha256: str | None = None


def outcome_of(pack: Pack, make: Callable[[Pack], Mapping[str, Any]], redact: Redact) -> Result:
    """The result of making one pack; nothing that goes wrong in it is raised."""
    started = time.monotonic()
    try:
        made = make(pack)
        return Result(pack, "succeeded", seconds=_since(started), **made)
    except Failure as failure:
        return Result(pack, failure.outcome, redact(failure.reason), failure.cell, _since(started))
    except Exception as error:
        reason = redact(f"{type(error).__name__}: {error}")
        return Result(pack, "render_error", reason, seconds=_since(started))


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def run_packs(
    packs: Sequence[Pack],
    work: Callable[[Pack], Result],
    leashes: Leashes,
    jobs: int = 1,
    executor: Executor | None = None,
) -> Iterator[Result]:
    """Results as they come. executor: where packs are submitted to; threads that each drive a kernel, unless given.

    When `leashes.cancel_requested` turns true every kernel ends and what had not finished is `cancelled`.
    """
    pool = executor or ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="pack")
    futures = {pool.submit(work, pack): pack for pack in packs}
    waiting = set(futures)
    give_up_at = math.inf
    try:
        while waiting:
            done, waiting = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            if leashes.cancel_requested and give_up_at == math.inf:
                give_up_at = time.monotonic() + CANCEL_SECONDS
                leashes.cancel()
                done |= {future for future in waiting if future.cancel()}
            if time.monotonic() > give_up_at:
                done |= waiting
            waiting -= done
            yield from (_result(future, futures[future]) for future in done)
    finally:
        leashes.cancel()
        pool.shutdown(wait=False, cancel_futures=True)


def _result(future: Future[Result], pack: Pack) -> Result:
    if future.cancelled() or not future.done():
        return Result(pack, "cancelled", "the run was cancelled")
    error = future.exception()
    return future.result() if error is None else Result(pack, "kernel_died", type(error).__name__)


@contextmanager
def cancel_on_signals(leashes: Leashes) -> Iterator[None]:
    """Turn the first Ctrl-C or SIGTERM into a cancelled run; a second one acts as it always does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}

    def request(number: int, frame: object) -> None:
        leashes.cancel_requested = True
        for name, handler in before.items():
            signal.signal(name, handler)

    for name in before:
        signal.signal(name, request)
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
