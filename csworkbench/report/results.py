"""What a run came to, and how far it is: values without any machinery behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .index import GOOD
from .plan import Pack

N_SLOWEST = 5


@dataclass(frozen=True)
class CellTime:
    """How long one cell of the template ran. cell: 1-based place in the template."""

    cell: int
    seconds: float


@dataclass(frozen=True)
class Result:
    """What became of one pack. outcome: one of ledger.OUTCOMES. cell: 1-based, of those in the template.

    attempt: of the last try, from 1; 0 when none was made. cells: how long each took.
    """

    pack: Pack
    outcome: str
    reason: str = ""
    cell: int | None = None
    seconds: float = 0.0
    file: str | None = None
    sha256: str | None = None
    key: str = ""
    attempt: int = 0
    cells: tuple[CellTime, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the pack is there and up to date."""
        return self.outcome in GOOD


@dataclass(frozen=True)
class Summary:
    """The end of a run. interrupted: it was cancelled before all packs were made. seconds: of the whole run."""

    output: Path
    run: str
    quarter: str
    as_of: str
    version: str
    results: tuple[Result, ...]
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether every pack came out."""
        return not self.interrupted and all(result.is_good for result in self.results)

    @property
    def counts(self) -> dict[str, int]:
        """Outcome → number of packs."""
        return dict(Counter(result.outcome for result in self.results))

    @property
    def slowest_packs(self) -> tuple[Result, ...]:
        """The packs that took longest, of those that were made."""
        made = sorted((r for r in self.results if r.attempt), key=lambda r: (-r.seconds, r.pack.name))
        return tuple(made[:N_SLOWEST])

    @property
    def slowest_cells(self) -> tuple[tuple[Pack, CellTime], ...]:
        """The cells that took longest, with their packs."""
        timed = [(result.pack, cell) for result in self.results for cell in result.cells]
        return tuple(sorted(timed, key=lambda found: (-found[1].seconds, found[0].name))[:N_SLOWEST])

    def as_json(self) -> dict[str, Any]:
        """The run as JSON-ready values, for a program that is told of it."""
        return {
            "run": self.run,
            "quarter": self.quarter,
            "as_of": self.as_of,
            "version": self.version,
            "output": str(self.output.resolve()),
            "index": str(self.output.resolve() / "index.html"),
            "good": self.is_good,
            "interrupted": self.interrupted,
            "seconds": self.seconds,
            "packs": len(self.results),
            "counts": self.counts,
            "failed": [_told(result) for result in self.results if not result.is_good],
            "slowest_packs": [{"pack": r.pack.name, "seconds": r.seconds} for r in self.slowest_packs],
            "slowest_cells": [
                {"pack": pack.name, "cell": cell.cell, "seconds": cell.seconds} for pack, cell in self.slowest_cells
            ],
        }


def _told(result: Result) -> dict[str, Any]:
    pack = {name: getattr(result.pack, name) for name in ("name", "kind", "unit", "lang")}
    return {**pack, "outcome": result.outcome, "reason": result.reason, "cell": result.cell}


@dataclass(frozen=True)
class Standing:
    """How far a run is. running: names of the packs in work. last: what has just been finished.

    left_seconds: an estimate of what is still to come; None while nothing tells it.
    """

    done: int
    total: int
    running: tuple[str, ...] = ()
    last: Result | None = None
    left_seconds: float | None = None


Progress = Callable[[Standing], None]
