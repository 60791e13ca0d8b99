"""One run of a quarter: marts made once, packs planned, those that changed made and published, all of it told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CsworkbenchError
from ..story.catalogue import languages
from ..version import __version__
from .files import only_writer, temporary_files_in
from .forecasts import FORECASTS
from .index import write_index
from .keys import Inputs, Seen
from .ledger import FILE, FOLDER, Clock, Ledger
from .limits import Bounds, Limits
from .marts import Marts, can_serve, read_marts, save_marts
from .plan import Plan, Scope, only, plan_packs, refuse_mistyped
from .results import Progress, Summary
from .session import Session, run_redactor
from .signals import interrupted_by_sigterm
from .source import MEASURES, Facts, Source
from .tasks import PREVIOUS, tasks_of
from .templates import Template

if TYPE_CHECKING:
    from .run import Make


@dataclass(frozen=True)
class Options:
    """What a person may choose. languages: those of the company when empty. parameters: name → text, for templates.

    fresh: make also what has not changed. retries: of a pack whose kernel died or that took too long. run_seconds: for
    the whole run.
    """

    languages: Sequence[str] = ()
    only: str | None = None
    jobs: int = 1
    limits: Limits = field(default_factory=Limits)
    parameters: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False
    retries: int = 1
    run_seconds: float = float("inf")


@dataclass(frozen=True)
class Order:
    """A quarter to make. measure: makes its marts. unasked: kinds of templates that nobody named.

    inputs: what the marts are made of, given what was seen of it before; without it they are made in every run.
    """

    output: Path
    quarter: str
    as_of: str
    templates: Sequence[Template]
    measure: Callable[[], Source]
    inputs: Callable[[Mapping[str, Seen]], Inputs] = lambda known: Inputs("")
    unasked: Collection[str] = ()

    @property
    def home(self) -> Path:
        """The folder of the ledger and the marts."""
        return self.output / FOLDER

    @property
    def declared(self) -> set[str]:
        """The parameters that some template declares."""
        return {name for template in self.templates for name in template.parameters}


def make_quarter(
    order: Order, options: Options, clock: Clock, progress: Progress = lambda standing: None, how: Make | None = None
) -> Summary:
    """Make the marts unless they are there, and every pack that has changed; publish, and write the index.

    clock: gives the time of each ledger line. progress: called whenever something has started or ended. how: makes one
    pack, in one of `options.jobs` threads; in a kernel on this machine unless given.

    What was typed wrongly is refused before anything is measured; whatever else ends the run is in its ledger.
    """
    bounds = Bounds(options.retries, options.run_seconds)
    choices = {"lang": languages()}
    refuse_mistyped(
        order.templates, Scope(order.quarter, options.languages, choices, {}, options.parameters, order.unasked)
    )
    with only_writer(order.output, order.home) as scratch, temporary_files_in(scratch):
        path = order.home / FILE
        ledger = Ledger(path, _run_name(clock, path), clock)
        told = {"quarter": order.quarter, "as_of": order.as_of, "version": __version__, "jobs": options.jobs}
        with _failure_told(ledger, told), interrupted_by_sigterm():
            data = _data(order, options.fresh, _nothing if how else _warm_up)
        plan = _plan(order, options, data)
        with _failure_told(ledger):
            ledger.append("run_started", **told, planned=len(plan.packs) + len(plan.invalid), inputs=data.inputs.key)
            marts = data.save()
            tasks = tasks_of(plan.packs, marts, options.limits)
            session = Session(ledger, tasks, plan.invalid, bounds, options.jobs, progress)
            session.run(options.fresh, how)
            return _ended(session, marts.facts)


def _ended(session: Session, facts: Facts) -> Summary:
    """The summary of a session, which is in the ledger and the index afterwards."""
    summary = Summary(
        session.output,
        session.ledger.run,
        facts.quarter,
        facts.as_of,
        __version__,
        session.ordered(),
        session.interrupted,
        session.bounds.seconds_so_far,
    )
    write_index(session.output, facts, __version__)
    session.ledger.append(
        "run_finished", counts=summary.counts, interrupted=summary.interrupted, seconds=summary.seconds
    )
    return summary


def _run_name(clock: Clock, ledger: Path) -> str:
    """A name that no other run of this ledger has, also when the clock stands still: it holds the ledger's length."""
    return f"{clock():%Y%m%dT%H%M%S}-{ledger.stat().st_size if ledger.exists() else 0}"


@contextmanager
def _failure_told(ledger: Ledger, started: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Have the ledger tell why a run ended early. started: what to say of the run where it has not begun yet."""
    try:
        yield
    except BaseException as error:
        with suppress(OSError):
            if started is not None:
                ledger.append("run_started", **started, planned=0, inputs="")
            ledger.append("run_failed", reason=run_redactor(ledger.output)(_said(error)))
        raise


def _said(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "the run was cancelled"
    return str(error) if isinstance(error, CsworkbenchError) else f"{type(error).__name__}: {error}"


@dataclass(frozen=True)
class _Data:
    """What the packs are made of. save: puts the marts in place and gives them."""

    facts: Facts
    offered: tuple[str, ...]
    inputs: Inputs
    save: Callable[[], Marts]


def _data(order: Order, fresh: bool, before_measuring: Callable[[], None]) -> _Data:
    """The marts that are there, where they are of the same inputs and sound; else those that are made now."""
    known = None if fresh else read_marts(order.home)
    inputs = _inputs(order, known)
    if known and can_serve(known, inputs.key, order.declared):
        return _Data(known.facts, known.offered, inputs, lambda: known)
    before_measuring()
    source = order.measure()
    if not inputs.are_still_there:
        raise CsworkbenchError("a source changed while it was measured. Run again when the exports are complete.")

    def save() -> Marts:
        source.seal(order.home / FORECASTS, inputs.key)
        return save_marts(source, order.home, order.declared, inputs)

    return _Data(source.facts, tuple(source.savers), inputs, save)


def _warm_up() -> None:
    """Where measures have changed packs will be made: get ready for them meanwhile."""
    from .kernels import warm_up

    warm_up()


def _nothing() -> None:
    """Kernels are started elsewhere."""


def _inputs(order: Order, known: Marts | None) -> Inputs:
    try:
        return order.inputs(known.seen if known else {})
    except OSError:
        # Measuring names the file that cannot be read.
        return Inputs("")


def _plan(order: Order, options: Options, data: _Data) -> Plan:
    """The packs of this run with their parameters; Refusal before anything is written or started."""
    facts, home = data.facts, order.home.resolve()
    before = order.output.resolve().parent / facts.previous / FOLDER / MEASURES
    offered = {
        **{name: str(home / name) for name in data.offered},
        PREVIOUS: str(before) if before.is_dir() else None,
        "as_of": facts.as_of,
    }
    chosen = list(dict.fromkeys(options.languages or facts.languages))
    units = {**facts.units, "lang": languages()}
    scope = Scope(facts.quarter, chosen, units, offered, options.parameters, order.unasked)
    return only(plan_packs(order.templates, scope), options.only)
