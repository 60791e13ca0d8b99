"""Runs that are killed with SIGKILL, each in a child of its own: at every touch of the disk, or at any instant.

    python killed.py FOLDER files EVERY    # before every n-th file operation
    python killed.py FOLDER instants N     # at random instants, until N runs were killed

Prints one JSON object: how many runs were killed, and everything that was found wrong afterwards.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from workbench import drawn, leftovers, packs_in, run, untrue, write_template

from csworkbench.report.quarter import Options

UNITS = ["a", "b", "c", "d"]
TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "fcntl.flock")
ONE_BY_ONE = Options(jobs=2)


def in_child(work: Callable[[], object]) -> int:
    """Do it in a fork of this process; its pid."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_at_touch(number: int) -> None:
    """Have this process killed right before its n-th touch of the disk."""
    touched = 0

    def hook(event: str, _: object) -> None:
        nonlocal touched
        if event in TOUCHES:
            touched += 1
            if touched == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


class Bench:
    """An output with good packs of older data, a run over newer data that is killed, and what must hold then."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.template = folder, write_template(folder / "segment.ipynb")
        self.before = self._made("before", "old")
        self.undisturbed = self._made("undisturbed", "old", "new")

    def _made(self, name: str, *contents: str) -> dict[str, bytes]:
        for content in contents:
            self.run(self.folder / name, content)
        return packs_in(self.folder / name)

    def run(self, output: Path, content: str) -> None:
        run(self.template, output, UNITS, ONE_BY_ONE, content, how=drawn)

    def output(self) -> Path:
        """A copy of the output as it was before the run that is killed."""
        place = self.folder / "out"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.folder / "before", place)
        return place

    def faults(self, output: Path) -> Iterator[str]:
        """What is wrong right after the kill, and after the run that resumes."""
        for name, content in packs_in(output).items():
            if name != "index.html" and content not in (self.before.get(name), self.undisturbed[name]):
                yield f"{name} is neither the old nor the new pack"
        yield from (f"{name} is not what the ledger says" for name in untrue(output))
        if ended(in_child(lambda: self.run(output, "new"))):
            yield "the next run failed"
        if packs_in(output) != self.undisturbed:
            yield "the next run did not end like an undisturbed one"
        yield from (f"{name} was left" for name in leftovers(output))
        yield from (f"{path.name} was left" for path in Path(tempfile.gettempdir()).glob("csw-*"))


def at_every_touch(bench: Bench, every: int) -> tuple[int, list[str]]:
    killed, faults = 0, []
    while True:
        output, number = bench.output(), 1 + killed * every

        def touched(output: Path = output, number: int = number) -> None:
            kill_at_touch(number)
            bench.run(output, "new")

        if ended(in_child(touched)) == 0:
            return killed, faults
        killed += 1
        faults += [f"touch {number}: {fault}" for fault in bench.faults(output)]


def at_instants(bench: Bench, n: int) -> tuple[int, list[str]]:
    chance, faults, killed = random.Random(7), [], 0
    for _ in ("cold", "warm"):
        output, started = bench.output(), time.monotonic()
        ended(in_child(lambda place=output: bench.run(place, "new")))  # type: ignore[misc]
        whole = time.monotonic() - started
    for _ in range(20 * n):
        if killed == n:
            break
        output, instant = bench.output(), chance.uniform(0, 1.25 * whole)
        pid = in_child(lambda place=output: bench.run(place, "new"))  # type: ignore[misc]
        time.sleep(instant)
        os.kill(pid, signal.SIGKILL)
        killed += ended(pid) != 0
        faults += [f"after {instant:.3f} s: {fault}" for fault in bench.faults(output)]
    return killed, faults


if __name__ == "__main__":
    place, how, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    tempfile.tempdir = str(place / "tmp")
    (place / "tmp").mkdir()
    killed, faults = (at_every_touch if how == "files" else at_instants)(Bench(place), number)
    print(json.dumps({"killed": killed, "faults": faults}))
