"""From tasks to published packs: what is unchanged is kept, the rest is made, and every step is in the ledger."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .files import write_atomically
from .ledger import PACK_KEYS, Ledger
from .limits import Bounds
from .plan import Pack
from .redact import Redact, redactor
from .remaining import Remaining
from .results import Progress, Result, Standing
from .tasks import PackTask, unchanged

if TYPE_CHECKING:
    from .make import Made
    from .run import Make

_TOLD = ("outcome", "reason", "cell", "seconds", "file", "sha256", "key", "attempt")


@dataclass
class Session:
    """The making of the packs of one run. jobs: packs at a time. progress: told of every start and end."""

    ledger: Ledger
    tasks: Sequence[PackTask]
    invalid: Sequence[tuple[Pack, str]]
    bounds: Bounds
    jobs: int
    progress: Progress
    results: list[Result] = field(default_factory=list)
    running: dict[str, None] = field(default_factory=dict)
    interrupted: bool = False

    def __post_init__(self) -> None:
        self.remaining = Remaining((task.pack for task in self.tasks), self.jobs)

    def run(self, fresh: bool, how: Make | None) -> None:
        """Make every pack that has changed, or all of them."""
        redact = run_redactor(self.output)
        kept = {} if fresh else unchanged(self.tasks, self.output)
        rest = [task for task in self.tasks if task.pack.name not in kept]
        self.ledger.append_all("planned", [_named(task.pack) for task in rest])
        self._finish(Result(pack, "param_invalid", redact(reason)) for pack, reason in self.invalid)
        self._finish(_kept(task, kept[task.pack.name].sha256) for task in self.tasks if task.pack.name in kept)
        self._say()
        if rest:
            self._make(rest, redact, how)

    @property
    def output(self) -> Path:
        """The folder of the packs."""
        return self.ledger.output

    def ordered(self) -> tuple[Result, ...]:
        """The results as the packs were planned; what stands for a template that cannot be used comes last."""
        found = {result.pack.name: result for result in self.results}
        names = [pack.name for pack in (*(task.pack for task in self.tasks), *(pack for pack, _ in self.invalid))]
        return tuple(found[name] for name in names)

    def _make(self, tasks: Sequence[PackTask], redact: Redact, how: Make | None) -> None:
        from .leash import Leashes
        from .make import make
        from .run import Watch, run_packs
        from .signals import cancel_on_signals

        if how is None:
            from .kernels import warm_up

            warm_up()
        leashes = Leashes()
        watch = Watch(self._started, self._retried)
        with cancel_on_signals(leashes):
            for task, made, attempt in run_packs(tasks, leashes, self.jobs, self.bounds, watch, how or make):
                self.running.pop(task.pack.name, None)
                self._finish([replace(published(task, made, self.output, redact), attempt=attempt)])
                self._say(self.results[-1])
        self.interrupted = leashes.cancel_requested

    def _started(self, task: PackTask, attempt: int) -> None:
        self.ledger.append("started", **_named(task.pack), attempt=attempt)
        self.running[task.pack.name] = None
        self._say()

    def _retried(self, task: PackTask, attempt: int, made: Made) -> None:
        self.running.pop(task.pack.name, None)
        told = {name: getattr(made, name) for name in ("outcome", "reason", "cell", "seconds")}
        self.ledger.append("retried", **_named(task.pack), attempt=attempt, **told)

    def _finish(self, results: Iterable[Result]) -> None:
        new = list(results)
        self.results += new
        for result in new:
            self.remaining.done(result)
        lines = [{**_named(r.pack), **{name: getattr(r, name) for name in _TOLD}} for r in new]
        if lines:
            self.ledger.append_all("finished", lines)

    def _say(self, last: Result | None = None) -> None:
        total = len(self.tasks) + len(self.invalid)
        # Whoever read the progress may have gone; that is no reason to end a run.
        with suppress(OSError, ValueError):
            self.progress(Standing(len(self.results), total, tuple(self.running), last, self.remaining.seconds))


def _kept(task: PackTask, sha256: str | None) -> Result:
    return Result(task.pack, "skipped", file=file_of(task.pack), sha256=sha256, key=task.key)


def published(task: PackTask, made: Made, output: Path, redact: Redact) -> Result:
    """The result of a pack that was made; a good one lies in the output afterwards, whole and on the disk."""
    result = Result(
        task.pack, made.outcome, redact(made.reason), made.cell, made.seconds, key=task.key, cells=made.cells
    )
    if made.outcome != "succeeded":
        return result
    try:
        write_atomically(output / file_of(task.pack), made.html)
    except OSError as error:
        return replace(
            result, outcome="render_error", reason=f"the pack could not be written: {error.strerror or error}"
        )
    return replace(result, file=file_of(task.pack), sha256=hashlib.sha256(made.html).hexdigest())


def file_of(pack: Pack) -> str:
    """The name of its file."""
    return f"{pack.name}.html"


def _named(pack: Pack) -> dict[str, Any]:
    return {name: getattr(pack, name) for name in PACK_KEYS}


def run_redactor(output: Path) -> Redact:
    """Hides secrets of the environment and where the folders of this machine lie."""
    return redactor(os.environ, {str(output.resolve()): "OUTPUT", str(Path.home()): "~"})
