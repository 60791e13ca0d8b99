"""What the packs of a quarter are made of: marts that are made once, and what a run must know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CsworkbenchError
from ..schema import PACKS_NEED
from .brand import brand_of

if TYPE_CHECKING:
    from ..data.snapshot import View
    from ..data.workspace import Workspace
    from ..metrics.calendar import Quarter
    from ..metrics.quarter import QuarterMeasures
    from ..models.quarter import QuarterScores

MEASURES = "measures"
SNAPSHOT = "snapshot"
SCORES = "scores"
PINS = "pins"
TEAM = "team"


@dataclass(frozen=True)
class Facts:
    """What a run must know to plan its packs. as_of: ISO date. units: unit kind → texts.

    names: unit → language → what readers call it. notices: what a person should hear in every run.
    fiscal_year_start: month. brand: fields of brand.Brand. headlines: of headlines_of.
    """

    quarter: str
    previous: str
    as_of: str
    company: str
    languages: tuple[str, ...] = ("en",)
    units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    fiscal_year_start: int = 1
    brand: Mapping[str, str] = field(default_factory=dict)
    currency: str = "USD"
    headlines: Mapping[str, Mapping[str, Mapping[str, float | None]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Marts that can be saved. savers: name of a mart, which is also that of the parameter, → writes it to a folder.

    seal: writes the forecast of the next quarter down in a folder; it takes the key of the inputs too.
    """

    facts: Facts
    savers: Mapping[str, Callable[[Path], Any]]
    seal: Callable[[Path, str], None] = lambda folder, data_hash: None


def measured(
    workspace: Workspace, quarter: Quarter, as_of: date, today: date | None = None, earlier: Sequence[Path] = ()
) -> Source:
    """The workspace measured and scored for that quarter, once, with what was known on `as_of`.

    today: the day of the exports where the workspace does not say it. earlier: folders of sealed forecasts. Raises
    errors.Refusal with every problem of the workspace; CsworkbenchError when it lacks a table that every pack needs.
    """
    from ..metrics.quarter import measure_quarter
    from ..models.quarter import scores_on_trial
    from .forecasts import held_to_account, seal_forecast

    snapshot = workspace.snapshot(today)
    missing = [name for name in PACKS_NEED if name not in snapshot.tables]
    if missing:
        raise CsworkbenchError(_no_packs(missing))
    view = snapshot.as_of(as_of)
    measures = measure_quarter(view, quarter)
    scores, faults = held_to_account(scores_on_trial(snapshot, as_of), earlier, snapshot, as_of)
    facts = _facts(workspace, measures, (*_notices(workspace, quarter), *faults))
    savers = {SNAPSHOT: workspace.save, **_savers(workspace.path, view, measures, scores)}
    return Source(facts, savers, lambda folder, data_hash: seal_forecast(scores, folder, data_hash))


def _facts(workspace: Workspace, measures: QuarterMeasures, notices: tuple[str, ...]) -> Facts:
    from .headlines import headlines_of

    settings, quarter, units = workspace.settings, measures.quarter, _units(measures)
    named = {unit: dict(by_language) for unit, by_language in settings.segments.names.items()}
    return Facts(
        quarter.label,
        quarter.previous.label,
        measures.as_of.isoformat(),
        settings.shown_name,
        settings.company.languages,
        units,
        {**_account_names(measures), **named},
        notices,
        settings.company.fiscal_year_start,
        asdict(brand_of(settings, workspace.path)),
        settings.company.currency,
        headlines_of(measures, units["account"]),
    )


def _savers(
    workspace: Path, view: View, measures: QuarterMeasures, scores: QuarterScores
) -> Mapping[str, Callable[[Path], Any]]:
    """Mart → what writes it. Pins are read and the business is measured now: a fault in them ends the run at once."""
    from ..metrics.business.measures import FOLDER as BUSINESS
    from ..metrics.business.quarter import measure_business
    from ..metrics.questions.pinned import answer_pins, save_pinned
    from ..metrics.questions.pins import load_pins
    from ..metrics.team.quarter import measure_team
    from ..models.health_over_time import health_on
    from .accounts import account_savers

    business, pins = measure_business(view, measures), load_pins(workspace)
    segments, health = _units(measures)["segment"], partial(health_on, view.snapshot)

    def save(folder: Path) -> None:
        measures.save(folder)
        business.save(folder / BUSINESS)
        scores.save(folder / SCORES)

    return {
        MEASURES: save,
        **account_savers(view, measures, scores),
        PINS: lambda folder: save_pinned(answer_pins(view, pins, segments, health), folder),
        TEAM: lambda folder: measure_team(view, measures).save(folder),
    }


def _no_packs(missing: Sequence[str]) -> str:
    names = " and ".join(missing)
    return (
        f"this workspace has no table {names}, and every pack needs it. Declare where it comes from under"
        f" [tables.{missing[0]}] in workspace.toml. Without it the check works, and so do cohorts in a notebook:"
        ' csworkbench.metrics.cohorts.retention(view, events="…") over a feature of usage.'
    )


def _units(measures: QuarterMeasures) -> dict[str, list[str]]:
    """The texts that packs are repeated over, each in a fixed order."""
    from ..metrics.account.make import chosen_accounts

    accounts = measures.frame("accounts")
    columns = {"segment": "segment", "csm": "csm_id"}
    units = {kind: sorted(map(str, accounts[column].dropna().unique())) for kind, column in columns.items()}
    return {**units, "account": chosen_accounts(measures)}


def _account_names(measures: QuarterMeasures) -> dict[str, dict[str, str]]:
    """Account → its name, in every language the same."""
    accounts = measures.frame("accounts").set_index("account_id")["name"]
    chosen = _units(measures)["account"]
    return {unit: dict.fromkeys(measures.company.languages, accounts[unit]) for unit in chosen}


def _notices(workspace: Workspace, quarter: Quarter) -> Iterator[str]:
    """Tolerated problems, and that nothing in the exports happened in the quarter."""
    yield from (f"tolerated: {problem}" for problem in workspace.check().tolerated)
    latest = max((fact.latest for fact in workspace.snapshot().facts.values() if fact.latest), default=None)
    if latest and latest < quarter.starts_on:
        said = f"note: nothing in the exports happened in {quarter}; the latest fact is of {latest}"
        yield f"{said}. Declare exported_on under [company], or choose an earlier --quarter."
