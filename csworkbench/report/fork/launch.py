"""One launch: which files a kernel gets, the wait until its sockets are bound, work beside a running event loop."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from .owner import CannotFork

LAUNCHERS = (["ipykernel_launcher"], ["ipykernel"])
STANDARD = ("stdin", "stdout", "stderr")
T = TypeVar("T")


def taken_apart(command: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The Python with its own options, and the arguments of the kernel; CannotFork for another command."""
    module = command.index("-m") + 1 if "-m" in command else len(command)
    options = command[1 : module - 1]
    if command[module : module + 1] not in LAUNCHERS or not all(option.startswith(("-X", "-W")) for option in options):
        raise CannotFork(f'only "python -m ipykernel_launcher" can be forked, not "{" ".join(command[:2])}"')
    return (command[0], *options), command[module + 1 :]


@contextmanager
def kernel_files(options: Mapping[str, Any]) -> Iterator[tuple[list[int], int]]:
    """Descriptors for a kernel: standard three as for subprocess, ready pipe; and the end of that pipe to read.

    All but the last are closed afterwards; after an error that one too.
    """
    reader, writer = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    try:
        yield [*(_descriptor(place, options.get(name), null) for place, name in enumerate(STANDARD)), writer], reader
    except BaseException:
        os.close(reader)
        raise
    finally:
        os.close(null)
        os.close(writer)


def _descriptor(place: int, option: Any, null: int) -> int:
    if option is None:
        return null if place == 0 or not _is_open(place) else place
    if option == subprocess.DEVNULL:
        return null
    number = option if isinstance(option, int) else int(option.fileno())
    if number < 0:
        raise CannotFork("no pipe can be laid to a forked kernel")
    return number


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


async def read_when_ready(reader: int, longest_seconds: float) -> dict[str, Any]:
    """What a kernel says when its sockets are bound; empty when it ends or takes longer."""
    loop = asyncio.get_running_loop()
    can_read = asyncio.Event()
    loop.add_reader(reader, can_read.set)
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(can_read.wait(), longest_seconds)
            said = os.read(reader, 4096)
            return dict(json.loads(said)) if said else {}
    finally:
        loop.remove_reader(reader)
        os.close(reader)
    return {}


def beside(work: Callable[[], T], undo: Callable[[T], None]) -> Awaitable[T]:
    """The result of blocking work in a thread of its own, for awaiting; undone when nobody waits for it any more."""
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()
    awaited = asyncio.wrap_future(result)

    def run() -> None:
        try:
            made = work()
        except BaseException as error:
            result.set_exception(error)
            return
        result.set_result(made)
        if awaited.cancelled():
            undo(made)

    threading.Thread(target=run, name="fork-kernel", daemon=True).start()
    return awaited
