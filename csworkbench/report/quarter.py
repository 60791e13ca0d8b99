"""One run of a quarter: check, measure once, plan, run, publish, index."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import CsworkbenchError, UnknownName
from ..story.catalogue import languages
from .execute import Limits, execute
from .files import only_writer, replace_folder, write_atomically
from .index import GOOD, render_index
from .leash import Leashes
from .ledger import FILE, FOLDER, PACK_KEYS, Clock, Ledger, pack_statuses
from .plan import Pack, Scope, only, plan_packs
from .publish import Page, render_pack
from .redact import redactor
from .run import Result, cancel_on_signals, outcome_of, run_packs
from .source import Source
from .templates import Template, pack_templates, read_template

MEASURES = "measures"
SNAPSHOT = "snapshot"


@dataclass(frozen=True)
class Options:
    """What a person may choose. languages: those of the company when empty. parameters: name → text, for templates."""

    languages: Sequence[str] = ()
    only: str | None = None
    jobs: int = 1
    limits: Limits = field(default_factory=Limits)
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """The end of a run. interrupted: it was cancelled before all packs were made."""

    output: Path
    results: tuple[Result, ...]
    interrupted: bool = False

    @property
    def is_good(self) -> bool:
        """Whether every pack came out."""
        return not self.interrupted and all(result.outcome in GOOD for result in self.results)


Progress = Callable[[int, int, Result | None], None]


def chosen_templates(packs: Sequence[str], own_folder: Path | None = None) -> list[Template]:
    """The templates of that kind or path; all of them when none is named. own_folder: templates of the workspace."""
    known = pack_templates()
    if own_folder is not None:
        known |= {path.stem: path for path in sorted(own_folder.glob("*.ipynb"))}
    paths = [_path(name, known) for name in dict.fromkeys(packs)] or list(known.values())
    if not paths:
        raise CsworkbenchError("there is no pack template. Reinstall csworkbench, or name one with --packs FILE.ipynb")
    return [read_template(path) for path in paths]


def _path(name: str, known: Mapping[str, Path]) -> Path:
    if name.endswith(".ipynb"):
        return Path(name)
    if name not in known:
        raise UnknownName("pack", name, list(known))
    return known[name]


def plan(source: Source, templates: Sequence[Template], options: Options, output: Path) -> tuple[Pack, ...]:
    """The packs of this run with their parameters; Refusal before anything is written or started."""
    home = output.resolve() / FOLDER
    before = output.resolve().parent / source.previous / FOLDER / MEASURES
    offered = {
        "measures": str(home / MEASURES),
        "snapshot": str(home / SNAPSHOT),
        "previous": str(before) if before.is_dir() else None,
        "as_of": source.measures.as_of.isoformat(),
    }
    chosen = list(dict.fromkeys(options.languages or source.measures.company.languages))
    scope = Scope(source.quarter, chosen, {**source.units, "lang": languages()}, offered, options.parameters)
    return only(plan_packs(templates, scope), options.only)


def make_packs(
    source: Source,
    packs: Sequence[Pack],
    options: Options,
    output: Path,
    clock: Clock,
    progress: Progress,
    version: str,
) -> Summary:
    """Save the measures, make every pack, publish those that came out, and write the index.

    clock: gives the time of each ledger line. progress: called with done, total and the last result.
    """
    output.mkdir(parents=True, exist_ok=True)
    home = output / FOLDER
    with only_writer(home):
        _save(source, packs, home)
        ledger = Ledger(home / FILE, _run_name(clock), clock)
        ledger.append(
            "run_started",
            quarter=source.quarter,
            as_of=source.measures.as_of.isoformat(),
            version=version,
            planned=len(packs),
            jobs=options.jobs,
        )
        for pack in packs:
            ledger.append("planned", **_named(pack))
        summary = _run(source, packs, options, output, ledger, progress, version)
        counts = dict(Counter(result.outcome for result in summary.results))
        ledger.append("run_finished", counts=counts, interrupted=summary.interrupted)
        write_index(output, source.measures.company, version)
    return summary


def _save(source: Source, packs: Iterable[Pack], home: Path) -> None:
    wanted = {name for pack in packs for name in pack.parameters}
    savers: dict[str, Callable[[Path], Any]] = {MEASURES: source.measures.save}
    if SNAPSHOT in wanted and source.save_snapshot is not None:
        savers[SNAPSHOT] = source.save_snapshot
    for name, save in savers.items():
        new = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=home))
        try:
            save(new)
            replace_folder(new, home / name)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _run(
    source: Source,
    packs: Sequence[Pack],
    options: Options,
    output: Path,
    ledger: Ledger,
    progress: Progress,
    version: str,
) -> Summary:
    leashes = Leashes()
    redact = redactor(os.environ, {str(output.resolve()): "OUTPUT", str(Path.home()): "~"})
    results: list[Result] = []

    def work(pack: Pack) -> Result:
        ledger.append("started", **_named(pack))
        return outcome_of(pack, lambda pack: _make(pack, source, options, output, leashes, version), redact)

    progress(0, len(packs), None)
    with cancel_on_signals(leashes):
        for result in run_packs(packs, work, leashes, options.jobs):
            results.append(result)
            told = {name: getattr(result, name) for name in ("outcome", "reason", "cell", "seconds", "file", "sha256")}
            ledger.append("finished", **_named(result.pack), **told)
            progress(len(results), len(packs), result)
    return Summary(output, tuple(results), leashes.cancel_requested)


def _make(pack: Pack, source: Source, options: Options, output: Path, leashes: Leashes, version: str) -> dict[str, Any]:
    notebook = execute(pack, options.limits, leashes)
    content = render_pack(notebook, _page(pack, source, version)).encode()
    file = f"{pack.name}.html"
    write_atomically(output / file, content)
    return {"file": file, "sha256": hashlib.sha256(content).hexdigest()}


def _page(pack: Pack, source: Source, version: str) -> Page:
    company, as_of = str(source.measures.company.name), source.measures.as_of.isoformat()
    unit = None if pack.unit is None else source.names.get(pack.unit, {}).get(pack.lang, pack.unit)
    title = " · ".join([company if unit is None else unit, pack.kind.capitalize(), pack.quarter])
    return Page(title, pack.lang, company, pack.quarter, as_of, unit, version)


def _named(pack: Pack) -> dict[str, Any]:
    return {name: getattr(pack, name) for name in PACK_KEYS}


def _run_name(clock: Clock) -> str:
    return f"{clock():%Y%m%dT%H%M%S%f}-{os.getpid()}"


def write_index(output: Path, company: Any, version: str) -> None:
    """Write index.html of an output folder from its ledger."""
    found = pack_statuses(output)
    page = render_index(found, output, str(company.name), next(iter(company.languages), "en"), version)
    write_atomically(output / "index.html", page.encode())
