"""A template process as its owner sees it."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from pathlib import Path

from .process import ForkedProcess
from .settings import Settings
from .wire import Message, receive, send

START_SECONDS = 120.0
ANSWER_SECONDS = 60.0
END_SECONDS = 3.0
LOST = {"exit_code": -9, "cpu_seconds": 0.0, "peak_mib": 0.0, "is_swept": False}
# This package is imported from its folder, so that it need not be installed where the kernel's Python looks. No folder
# on the way may shadow a module: neither the current one nor ours.
PROGRAM = """
import sys
if sys.path[0] == "": del sys.path[0]
import importlib
sys.path.insert(0, sys.argv[1])
template = importlib.import_module(sys.argv[2])
del sys.path[0]
template.main(*map(int, sys.argv[3:]))
"""


class CannotFork(Exception):
    """No kernel could be forked; the text says why."""


class Retired(Exception):
    """That template forks no more: code has changed, or it has ended. A new one has to be started."""


class Owner:
    """Starts one template and asks it for kernels. cpu_seconds: what warming up took."""

    def __init__(self, settings: Settings) -> None:
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = _start(settings, theirs.fileno())
        self.pid = self._process.pid
        self.is_usable = True
        self.cpu_seconds = self._warmed(settings)
        self._lock = threading.Lock()
        self._numbers = count()
        self._awaited: dict[int, Future[tuple[Message, ForkedProcess | None]]] = {}
        self._kernels: dict[int, ForkedProcess] = {}
        threading.Thread(target=self._listen, name="fork-template", daemon=True).start()

    def _warmed(self, settings: Settings) -> float:
        self._channel.settimeout(START_SECONDS)
        try:
            send(self._channel, {"preload": settings.preload})
            came = receive(self._channel)
            answer = came[0] if came else {"failed": "the template process ended while it was starting"}
        except OSError as error:
            answer = {"failed": f"{type(error).__name__}: {error}"}
        if "failed" in answer:
            self.close()
            self._channel.close()
            raise CannotFork(answer["failed"])
        self._channel.settimeout(None)
        return float(answer["cpu_seconds"])

    def fork(self, request: Message, files: Sequence[int]) -> ForkedProcess:
        """A new kernel; CannotFork or Retired when there is none. files: standard three, ready pipe."""
        answered = self._ask(request, files)
        try:
            answer, kernel = answered.result(ANSWER_SECONDS)
        except TimeoutError:
            self.close()
            raise CannotFork("the template process did not answer") from None
        if "failed" in answer:
            raise CannotFork(answer["failed"])
        if kernel is None:
            self.is_usable = False
            raise Retired
        return kernel

    def _ask(self, request: Message, files: Sequence[int]) -> Future[tuple[Message, ForkedProcess | None]]:
        answered: Future[tuple[Message, ForkedProcess | None]] = Future()
        with self._lock:
            number = next(self._numbers)
            self._awaited[number] = answered
            try:
                send(self._channel, {**request, "number": number}, files)
            except OSError:
                self.is_usable = False
                raise Retired from None
        return answered

    def _listen(self) -> None:
        while (came := receive(self._channel)) is not None:
            message, files = came
            if "ended" in message:
                self._kernels.pop(message["ended"]["pid"]).ended.set_result(message["ended"])
                continue
            kernel = None
            if files:
                kernel = self._kernels[message["pid"]] = ForkedProcess(message["pid"], files[0])
            with self._lock:
                awaited = self._awaited.pop(message["number"])
            awaited.set_result((message, kernel))
        self._lose()

    def _lose(self) -> None:
        with self._lock:
            self.is_usable = False
            self._channel.close()
            awaited, self._awaited = self._awaited, {}
        self._end_process()
        for kernel in self._kernels.values():
            kernel.kill()
            kernel.ended.set_result(LOST)
        self._kernels.clear()
        for future in awaited.values():
            future.set_result(({}, None))

    def close(self) -> None:
        """End the template and with it its kernels."""
        self.is_usable = False
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        self._end_process()

    def _end_process(self) -> None:
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _start(settings: Settings, channel: int) -> subprocess.Popen[bytes]:
    here = Path(__file__).parent
    arguments = [str(here.parent), f"{here.name}.template", str(channel), str(os.getpid())]
    return subprocess.Popen(
        [*settings.python, "-c", PROGRAM, *arguments],
        env=dict(settings.environment),
        pass_fds=[channel],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
