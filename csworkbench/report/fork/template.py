"""The template process: imports once, stays single-threaded, forks a kernel per request, ends with its owner."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

from .child import Birth, become_kernel
from .linux import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, other_threads, prctl
from .reaper import Reaper
from .warm import KERNEL_MODULES, CannotWarm, Stamps, changed, warm_up
from .wire import Message, receive, send

CHECK_SECONDS = 1.0


@dataclass
class Template:
    """One warmed process. channel: to the owner. owner: its pidfd. set_by_modules: variables that loading set."""

    channel: socket.socket
    owner: int
    loaded: Stamps
    set_by_modules: dict[str, str]
    reaper: Reaper = field(default_factory=Reaper)
    is_retired: bool = False
    checked_at: float = 0.0

    def serve(self) -> Birth | None:
        """Fork as told until the owner is gone; in a fork, what it is to become."""
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        poll.register(self.owner, select.POLLIN)
        while not (self.is_retired and not self.reaper.pids):
            ready = {number for number, _ in poll.poll()}
            for pidfd in ready & self.reaper.pids.keys():
                poll.unregister(pidfd)
                send(self.channel, {"ended": asdict(self.reaper.end(pidfd))})
            if self.owner in ready:
                return None
            if self.channel.fileno() in ready:
                came = receive(self.channel)
                if came is None:
                    return None
                birth = self._answer(*came, poll)
                if birth is not None:
                    return birth
        return None

    def _answer(self, message: Message, files: list[int], poll: select.poll) -> Birth | None:
        number = message["number"]
        try:
            refused = self._refusal()
            if refused is not None:
                send(self.channel, {"number": number, **refused})
                return None
            pid = os.fork()
            if pid == 0:
                return Birth(message, files, self.set_by_modules)
            pidfd = self.reaper.add(pid)
            poll.register(pidfd, select.POLLIN)
            send(self.channel, {"number": number, "pid": pid}, [pidfd])
        except OSError as error:
            send(self.channel, {"number": number, "failed": f"{type(error).__name__}: {error}"})
        finally:
            if os.getpid() == MAIN:
                for file in files:
                    os.close(file)
        return None

    def _refusal(self) -> dict[str, str] | None:
        threads = other_threads()
        if threads:
            return {"failed": f"the template has other threads, so that a fork is unsafe: {', '.join(threads)}"}
        now = time.monotonic()
        if not self.is_retired and now - self.checked_at > CHECK_SECONDS:
            self.checked_at = now
            self.is_retired = changed(self.loaded) is not None
        return {"retired": "code has changed"} if self.is_retired else None


MAIN = os.getpid()


def main(channel_number: int, owner_pid: int) -> None:
    """Run a template whose owner is that process, then what a fork of it became."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    channel = socket.socket(fileno=channel_number)
    owner = os.pidfd_open(owner_pid)
    if os.getppid() != owner_pid:
        return
    try:
        born = _serve(channel, owner)
    except OSError:
        return
    if born is not None:
        channel.detach()
        become_kernel(born, template_pid=MAIN)


def _serve(channel: socket.socket, owner: int) -> Birth | None:
    came = receive(channel)
    if came is None:
        return None
    before = dict(os.environ)
    try:
        loaded = warm_up([*KERNEL_MODULES, *came[0]["preload"]])
    except CannotWarm as failure:
        send(channel, {"failed": str(failure)})
        return None
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    # From now on kernels are to be ended first. The signal would also come when only the owner's thread ended.
    prctl(PR_SET_PDEATHSIG, 0)
    signal.signal(signal.SIGTERM, _leave)
    send(channel, {"ready": True, "cpu_seconds": time.process_time()})
    template = Template(channel, owner, loaded, dict(os.environ.items() - before.items()))
    try:
        return template.serve()
    finally:
        if os.getpid() == MAIN:
            template.reaper.end_all()


def _leave(number: int, frame: Any) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
