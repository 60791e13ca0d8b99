"""The few figures of each unit that the index of a run shows: how much there is, and what moved since last quarter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..data.asof import ALL

if TYPE_CHECKING:
    import pandas as pd

    from ..metrics.quarter import QuarterMeasures
    from ..story.language import Language

COMPANY = ""
Figures = Mapping[str, float | None]
Headlines = Mapping[str, Mapping[str, Figures]]


def headlines_of(measures: QuarterMeasures, accounts: Collection[str]) -> dict[str, dict[str, Figures]]:
    """Unit kind ("" for the company) → unit → mrr, mrr_before (money), nrr, nrr_before, grr, grr_before (shares)."""
    segments = _of_segments(measures) if "mrr_trend" in measures.frames else {}
    return {
        COMPANY: {COMPANY: segments.pop(ALL)} if ALL in segments else {},
        "segment": segments,
        "account": _of_accounts(measures, accounts) if "accounts" in measures.frames else {},
    }


def _of_segments(measures: QuarterMeasures) -> dict[str, Figures]:
    frame, quarter = measures.frame("mrr_trend"), measures.quarter
    now, before = (_by_segment(frame, label) for label in (quarter.label, quarter.previous.label))
    return {unit: {**figures, **_called_before(before.get(unit, {}))} for unit, figures in now.items()}


def _by_segment(frame: pd.DataFrame, quarter: str) -> dict[str, Figures]:
    rows = frame[frame["quarter"] == quarter].to_dict("records")
    shown = {"mrr": "mrr_close", "nrr": "nrr", "grr": "grr"}
    return {str(row["segment"]): {name: _number(row[column]) for name, column in shown.items()} for row in rows}


def _called_before(figures: Figures) -> Figures:
    return {f"{name}_before": value for name, value in figures.items()}


def _of_accounts(measures: QuarterMeasures, accounts: Collection[str]) -> dict[str, Figures]:
    frame = measures.frame("accounts")
    chosen = frame[frame["account_id"].isin(list(accounts))]
    rows = zip(chosen["account_id"], chosen["mrr"], chosen["mrr_opening"], strict=True)
    return {str(unit): {"mrr": _number(now), "mrr_before": _number(before)} for unit, now, before in rows}


def _number(value: Any) -> float | None:
    # Without pandas, which every run would load for it; only a number that is none differs from itself.
    return None if value is None or value != value else float(value)


@dataclass(frozen=True)
class Headline:
    """The figures of one unit as written: the MRR, and the changes since last quarter; "–" where not measured."""

    mrr: str
    change: str
    nrr: str = ""
    grr: str = ""

    @property
    def has_shares(self) -> bool:
        """Whether retention is among them."""
        return bool(self.nrr)


def headline(figures: Figures, language: Language) -> Headline:
    """The figures in words of a language."""
    now, before = figures.get("mrr"), figures.get("mrr_before")
    growth = now / before - 1 if now is not None and before else None
    shares = [_share(figures, name, language) for name in ("nrr", "grr") if name in figures]
    return Headline(language.money(now), language.percent_change(growth), *shares)


def _share(figures: Figures, name: str, language: Language) -> str:
    now, before = figures.get(name), figures.get(f"{name}_before")
    text = language.percent(now)
    return text if now is None or before is None else f"{text} ({language.points(now - before)})"
