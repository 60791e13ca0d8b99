"""What the packs of a quarter are made of: the measures, and the units that packs are repeated over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import CsworkbenchError
from ..schema import PACKS_NEED

if TYPE_CHECKING:
    from ..data.workspace import Workspace
    from ..metrics.calendar import Quarter


class Measures(Protocol):
    """What a run needs to know of the measures of a quarter."""

    @property
    def as_of(self) -> date:
        """The day whose knowledge they hold."""

    @property
    def company(self) -> Any:
        """Its name and languages."""

    def save(self, folder: Path) -> Any:
        """Write them as Parquet and JSON."""


@dataclass(frozen=True)
class Source:
    """What the packs are made of.

    units: unit kind → texts. names: unit → language → what readers call it. save_snapshot: writes the tables.
    """

    quarter: str
    previous: str
    measures: Measures
    units: Mapping[str, Sequence[str]]
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    save_snapshot: Callable[[Path], Any] | None = None


def measured(workspace: Workspace, quarter: Quarter, as_of: date) -> Source:
    """The workspace measured for that quarter, once, with what was known on `as_of`.

    Raises CsworkbenchError when it lacks a table that every pack needs.
    """
    from ..metrics.quarter import measure_quarter

    missing = [name for name in PACKS_NEED if name not in workspace.tables]
    if missing:
        raise CsworkbenchError(_no_packs(missing))
    measures = measure_quarter(workspace.as_of(as_of), quarter)
    names = workspace.settings.segments.names
    return Source(quarter.label, quarter.previous.label, measures, _units(measures), names, workspace.save)


def _no_packs(missing: Sequence[str]) -> str:
    names = " and ".join(missing)
    return (
        f"this workspace has no table {names}, and every pack needs it. Declare where it comes from under"
        f" [tables.{missing[0]}] in workspace.toml. Without it the check works, and so do cohorts in a notebook:"
        ' csworkbench.metrics.cohorts.retention(view, events="…") over a feature of usage.'
    )


def _units(measures: Any) -> dict[str, list[str]]:
    """The texts that packs are repeated over, each in a fixed order."""
    accounts = measures.frame("accounts")
    columns = {"segment": "segment", "account": "account_id", "csm": "csm_id"}
    return {kind: sorted(map(str, accounts[column].dropna().unique())) for kind, column in columns.items()}
