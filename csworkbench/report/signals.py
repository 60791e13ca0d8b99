"""What Ctrl-C and SIGTERM do to a run."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .leash import Leashes

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cancel_on_signals(leashes: Leashes) -> Iterator[None]:
    """Turn the first Ctrl-C or SIGTERM into a cancelled run; a second one acts as it always does."""
    with _handled(STOPPING, lambda: setattr(leashes, "cancel_requested", True)):
        yield


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Have SIGTERM raise KeyboardInterrupt, as Ctrl-C does, so that what was begun is cleared away."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    with _handled((signal.SIGTERM,), interrupt):
        yield


@contextmanager
def _handled(names: tuple[signal.Signals, ...], act: Callable[[], None]) -> Iterator[None]:
    """Have the first of these signals do that, and later ones what they did before; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.getsignal(name) for name in names}

    def restore() -> None:
        for name, handler in before.items():
            signal.signal(name, handler)

    def handle(number: int, frame: Any) -> None:
        restore()
        act()

    for name in names:
        signal.signal(name, handle)
    try:
        yield
    finally:
        restore()
