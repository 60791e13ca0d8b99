"""The measures of single accounts: kept as Parquet and JSON, read back for one account only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from ...data.settings import Company, Settings
from ...errors import CsworkbenchError
from ..calendar import Quarter
from ..measures import FILE, FORMAT, QuarterMeasures
from ..saved import read_facts
from ..shapes import Shapes
from .frames import CUSTOMER, CUSTOMER_TABLES, INTERNAL


@dataclass(frozen=True)
class AccountMeasures(QuarterMeasures):
    """Frames of `metrics.account.frames`, of many accounts or of one."""

    def frame(self, name: str) -> pd.DataFrame:
        """The frame of that name; UnknownName, or CsworkbenchError that says what is missing for it."""
        return INTERNAL.one_of(self.frames, name, self.absent)

    def of(self, account_id: str) -> AccountMeasures:
        """The rows of one account."""
        own = {name: frame[frame["account_id"] == account_id] for name, frame in self.frames.items()}
        return replace(self, frames={name: frame.reset_index(drop=True) for name, frame in own.items()})

    def for_customers(self) -> CustomerView:
        """What customers may see: their frames and columns, and of the settings what names things they know."""
        frames = {name: CUSTOMER.shaped(name, self.frames[name]) for name in CUSTOMER.frames if name in self.frames}
        absent = {name: missing for name, missing in self.absent.items() if name in CUSTOMER.frames}
        tables = tuple(name for name in self.tables if name in CUSTOMER_TABLES)
        return CustomerView(self.quarter, self.as_of, _known_settings(self.settings), tables, frames, absent)


class CustomerView(AccountMeasures):
    """What one customer may see of itself, and of the others only quartiles over five or more of them.

    It reads only the frames and columns of `frames.CUSTOMER`, and of those only the rows of that one account.
    """


def _known_settings(settings: Settings) -> Settings:
    """Settings with nothing in them but the company's name, its calendar, its colour and the names of milestones."""
    company = settings.company
    known = Company(
        name=company.name,
        currency=company.currency,
        fiscal_year_start=company.fiscal_year_start,
        languages=company.languages,
    )
    brand = settings.brand.model_copy(update={"logo": None})
    return Settings(company=known, journey=settings.journey, brand=brand)


def customer_view(folder: str | Path, account_id: str) -> CustomerView:
    """What that customer may see, from a folder that `for_customers().save` wrote; CsworkbenchError without it."""
    return CustomerView(*_read(Path(folder), CUSTOMER, account_id))


def internal_view(folder: str | Path, account_id: str) -> AccountMeasures:
    """All that is known of one account, from a folder that `save` wrote; CsworkbenchError without it."""
    return AccountMeasures(*_read(Path(folder), INTERNAL, account_id))


Parts = tuple[Quarter, date, Settings, tuple[str, ...], Mapping[str, pd.DataFrame], Mapping[str, tuple[str, ...]]]


def _read(place: Path, shapes: Shapes, account_id: str) -> Parts:
    facts = read_facts(place, FILE, FORMAT, "measures of accounts", "measure the quarter again")
    settings = Settings.model_validate(facts["settings"])
    quarter = Quarter.parse(facts["quarter"], settings.company.fiscal_year_start)
    names = [name for name in shapes.frames if name in facts["frames"]]
    frames = {name: _rows(place, name, shapes, account_id) for name in names}
    if frames["profile"].empty:
        raise CsworkbenchError(f"no account {account_id} was measured. Name it in accounts under [packs].")
    absent = {name: tuple(missing) for name, missing in facts["absent"].items() if name in shapes.frames}
    return quarter, date.fromisoformat(facts["as_of"]), settings, tuple(facts["tables"]), frames, absent


def _rows(place: Path, name: str, shapes: Shapes, account_id: str) -> pd.DataFrame:
    """The account's rows of a frame; other rows and columns are not read."""
    own = [("account_id", "==", account_id)]
    return shapes.shaped(name, pd.read_parquet(place / f"{name}.parquet", columns=[*shapes.frames[name]], filters=own))
