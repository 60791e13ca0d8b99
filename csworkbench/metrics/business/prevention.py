"""What could have been prevented, and by whom: causes of lost accounts by department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from ...data.snapshot import View
from ..book import ALL, with_total
from ..calendar import Quarter
from .frames import empty
from .losses import NAMED_WITHIN_DAYS

_KEYS = ["account_id", "department", "reason"]


def causes(view: View, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """Causes of leaving named since a year before these quarters, one row per account, department and reason.

    Returns account_id, department ("" where none was named), reason, preventable, closed: whether the cause was
    removed by the end of the day of the view.
    """
    rows = view.sql(
        "SELECT account_id, coalesce(department, '') AS department, factor AS reason,"
        " max(CASE WHEN preventable THEN 1 ELSE 0 END) AS preventable,"
        " min(CASE WHEN closed_on <= $as_of THEN 1 ELSE 0 END) AS closed"
        " FROM factors WHERE event = 'churn' AND named_on >= $since"
        " GROUP BY account_id, coalesce(department, ''), factor",
        since=quarters[0].starts_on - timedelta(days=NAMED_WITHIN_DAYS),
        as_of=view.as_of,
    )
    return rows.astype({**dict.fromkeys(_KEYS, "str"), "preventable": "bool", "closed": "bool"})


def prevention(lost: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """The register of causes by segment ("all" included), department and reason, and for all of them ("all", "all").

    lost: `lost_accounts`; named: `causes`. n: accounts that left for which the cause was named; n_preventable,
    mrr_preventable: those of which it is said that the loss was preventable, and the monthly MRR lost with them, which
    prevention would have kept; n_closed: of the preventable ones, those whose cause was removed since. An account with
    several causes stands under each and counts once in "all", closed there when all its preventable causes are.
    """
    rows = lost.merge(named, on="account_id")
    if rows.empty:
        return empty("prevention")
    known = rows[rows["preventable"]]
    kept = known.assign(mrr_preventable=known["mrr"])[[*_KEYS, "mrr_preventable", "closed"]]
    detailed = rows.drop(columns=["preventable", "closed"]).merge(kept, on=_KEYS, how="left")
    once = detailed.groupby(["account_id", "segment"], as_index=False).agg(
        mrr=("mrr", "first"), mrr_preventable=("mrr_preventable", "first"), closed=("closed", "min")
    )
    both = with_total(pd.concat([detailed, once.assign(department=ALL, reason=ALL)], ignore_index=True))
    found = both.groupby(["segment", "department", "reason"]).agg(
        n=("account_id", "size"),
        mrr=("mrr", "sum"),
        n_preventable=("mrr_preventable", "count"),
        mrr_preventable=("mrr_preventable", "sum"),
        n_closed=("closed", lambda closed: int(closed.fillna(False).astype(bool).sum())),
    )
    return found.reset_index()
