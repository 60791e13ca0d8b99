"""Every frame of single accounts, made once for a quarter from its measures and the tables."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

import pandas as pd

from ...data.snapshot import View
from ...errors import UnknownName
from ..quarter import QuarterMeasures
from . import customer, internal
from .frames import INTERNAL
from .measures import AccountMeasures

_MAKERS = {**customer.MAKERS, **internal.MAKERS}


def paying_accounts(measures: QuarterMeasures) -> list[str]:
    """The accounts with MRR at the closing, in order."""
    accounts = measures.frame("accounts")
    return sorted(accounts.loc[accounts["mrr"] > 0, "account_id"])


def chosen_accounts(measures: QuarterMeasures) -> list[str]:
    """The accounts that packs are made for: those named under [packs], in that order, else every paying account.

    UnknownName for one that is not there.
    """
    named = measures.settings.packs.accounts
    if named is None:
        return paying_accounts(measures)
    known = set(measures.frame("accounts")["account_id"])
    for account_id in named:
        if account_id not in known:
            raise UnknownName("account under [packs]", account_id, paying_accounts(measures))
    return list(dict.fromkeys(named))


def measure_accounts(view: View, measures: QuarterMeasures, account_ids: Collection[str]) -> AccountMeasures:
    """Every frame of `metrics.account.frames` for these accounts; what is missing for the others is in `absent`.

    view: that from which the measures were made.
    """
    absent = {name: missing for name in INTERNAL.frames if (missing := _missing(view, name))}
    frames: dict[str, pd.DataFrame] = {}
    for name in INTERNAL.frames:
        if name not in absent:
            made = _MAKERS[name][0](view, measures)
            frames[name] = INTERNAL.shaped(name, made[made["account_id"].isin(account_ids)])
    settings, kept = measures.settings, MappingProxyType(frames)
    return AccountMeasures(measures.quarter, measures.as_of, settings, measures.tables, kept, MappingProxyType(absent))


def _missing(view: View, name: str) -> tuple[str, ...]:
    """The tables (or settings) without which the frame cannot be made."""
    needs = _MAKERS[name][1]
    if name == "open_points":
        return () if any(view.has(table) for table in needs) else needs
    absent = [table for table in needs if table != "journey" and not view.has(table)]
    if "journey" in needs and not absent and not view.settings.journey:
        return ("journey",)
    return tuple(absent)
