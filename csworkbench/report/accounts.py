"""The marts of single accounts: what customers may see of themselves, and what stays inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .slices import write_slices

if TYPE_CHECKING:
    from ..data.snapshot import View
    from ..metrics.account.measures import AccountMeasures
    from ..metrics.quarter import QuarterMeasures
    from ..models.quarter import QuarterScores

CUSTOMERS, ACCOUNTS, SCORES = "customers", "accounts", "scores"
_SCORED = ("scores", "reasons", "whitespace")


def account_savers(view: View, measures: QuarterMeasures, scores: QuarterScores) -> Mapping[str, Callable[[Path], Any]]:
    """The marts `customers`, which holds nothing that a customer may not see, and `accounts`, with the scores.

    Nothing is measured before one of them is saved.
    """
    from ..metrics.account.make import chosen_accounts, measure_accounts

    @cache
    def found() -> AccountMeasures:
        return measure_accounts(view, measures, chosen_accounts(measures))

    def save_customers(folder: Path) -> None:
        shown = found().for_customers()
        shown.save(folder)
        write_slices(folder, shown.frames, chosen_accounts(measures))

    def save_accounts(folder: Path) -> None:
        scored = _scores_of(scores, chosen_accounts(measures))
        found().save(folder)
        scored.save(folder / SCORES)
        write_slices(folder, {**found().frames, **scored.frames}, chosen_accounts(measures))

    return {CUSTOMERS: save_customers, ACCOUNTS: save_accounts}


def _scores_of(scores: QuarterScores, account_ids: list[str]) -> QuarterScores:
    """The scores of these accounts only."""
    from ..models.quarter import QuarterScores

    frames = {name: frame for name, frame in scores.frames.items() if name in _SCORED}
    own = {name: frame[frame["account_id"].isin(account_ids)] for name, frame in frames.items()}
    return QuarterScores(scores.as_of, own, {name: why for name, why in scores.absent.items() if name in _SCORED})
