"""The templates of this process: each started when first needed, shared by all threads, ended with the process."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections import defaultdict
from collections.abc import Sequence

from .owner import CannotFork, Owner, Retired
from .process import ForkedProcess
from .settings import Settings
from .wire import Message

MOST_STARTS = 3
TRY_AGAIN_SECONDS = 60.0

_owners: dict[Settings, Owner] = {}
_broken: dict[Settings, tuple[float, str]] = {}
_locks: defaultdict[Settings, threading.Lock] = defaultdict(threading.Lock)


def fork_kernel(settings: Settings, request: Message, files: Sequence[int]) -> ForkedProcess:
    """A kernel forked from the template with those settings; CannotFork when there is no way.

    A template that has ended or whose code has changed is replaced by a new one.
    """
    for _ in range(MOST_STARTS):
        try:
            return template(settings).fork(request, files)
        except Retired:
            continue
    raise CannotFork(f"{MOST_STARTS} template processes in a row ended at once")


def template(settings: Settings) -> Owner:
    """The running template with those settings, started if need be; CannotFork when it could not start just now."""
    with _locks[settings]:
        owner = _owners.get(settings)
        if owner is not None and owner.is_usable:
            return owner
        tried_at, reason = _broken.get(settings, (-TRY_AGAIN_SECONDS, ""))
        if time.monotonic() - tried_at < TRY_AGAIN_SECONDS and reason:
            raise CannotFork(reason)
        try:
            _owners[settings] = Owner(settings)
        except CannotFork as failure:
            _broken[settings] = time.monotonic(), str(failure)
            raise
        return _owners[settings]


def close_templates() -> None:
    """End all templates of this process and their kernels."""
    for settings in list(_owners):
        _owners.pop(settings).close()
    _broken.clear()


def _forget() -> None:
    """In a fork of the owner: the templates are not its own."""
    _owners.clear()
    _locks.clear()


atexit.register(close_templates)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
