"""Which accounts entered the lists of a pack, and which left them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...data.asof import ALL
from .told import Told

N_LISTED = 10
ATTENTION, AT_RISK, EXPANSION = "attention", "at_risk", "expansion"
# list → the column of scores by which its first ten are chosen
RANKED_BY = {AT_RISK: "money_at_risk", EXPANSION: "expected_expansion_mrr"}
ENTERED, LEFT = "entered", "left"
COLUMNS = ["list", "move", "account_id", "name", "segment", "mrr", "pays"]


def lists(old: Told, new: Told, segment: str = ALL) -> pd.DataFrame:
    """One row per account that entered or left a list between the two.

    attention: all accounts that show a sign; at_risk and expansion: the ten with most money in them. mrr: the account's
    MRR now, or in the old one where it pays no more. pays: whether it still pays. Largest MRR first within a list.
    """
    known = {**_accounts(old), **_accounts(new)}
    paying = _paying(new)
    rows = []
    for name in (ATTENTION, AT_RISK, EXPANSION):
        was, is_ = _members(old, name, segment), _members(new, name, segment)
        if was is None or is_ is None:
            continue
        moves = [(ENTERED, account) for account in is_ - was] + [(LEFT, account) for account in was - is_]
        rows += [[name, move, account, *known.get(account, (account, None, None)), account in paying]
                 for move, account in moves]  # fmt: skip
    found = pd.DataFrame(rows, columns=COLUMNS).astype({"mrr": "float64"})
    order = pd.Categorical(found["list"], [ATTENTION, AT_RISK, EXPANSION], ordered=True)
    ranked = found.assign(order=order).sort_values(
        ["order", "move", "mrr", "account_id"], ascending=[True, True, False, True], ignore_index=True
    )
    return ranked[COLUMNS]


def listed(told: Told, segment: str = ALL) -> Mapping[str, int]:
    """How many accounts each list holds; a list that could not be made is not there."""
    found = {name: _members(told, name, segment) for name in (ATTENTION, AT_RISK, EXPANSION)}
    return {name: len(members) for name, members in found.items() if members is not None}


def _members(told: Told, name: str, segment: str) -> set[str] | None:
    frame = told.frame(ATTENTION if name == ATTENTION else "scores")
    if frame is None:
        return None
    mine = frame if segment == ALL else frame[frame["segment"] == segment]
    if name != ATTENTION:
        by = RANKED_BY[name]
        known = mine[mine[by].notna() & (mine[by] > 0)]
        mine = known.sort_values([by, "account_id"], ascending=[False, True]).head(N_LISTED)
    return set(mine["account_id"])


def _accounts(told: Told) -> dict[str, tuple[str, str | None, float]]:
    frame = told.frame("accounts")
    if frame is None:
        return {}
    paying = frame[frame["mrr"] > 0]
    names = paying["name"].where(paying["name"].notna(), paying["account_id"])
    return dict(zip(paying["account_id"], zip(names, paying["segment"], paying["mrr"], strict=True), strict=True))


def _paying(told: Told) -> set[str]:
    return set(_accounts(told))
