"""What customers ask for and how they use the product: themes of their feedback, weighed by MRR."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from ...data.snapshot import View
from ..book import with_total
from .frames import empty

YEAR_DAYS = 365


def mentions(view: View) -> pd.DataFrame:
    """Feedback of the last two years: account_id, kind, theme ("" where none was named), recent (the last year)."""
    rows = view.sql(
        "SELECT feedback_id, account_id, coalesce(kind, '') AS kind, coalesce(theme, '') AS theme,"
        " CASE WHEN given_on > $year_ago THEN 1 ELSE 0 END AS recent FROM feedback"
        " WHERE given_on > $since AND given_on <= $as_of",
        year_ago=view.as_of - timedelta(days=YEAR_DAYS),
        since=view.as_of - timedelta(days=2 * YEAR_DAYS),
        as_of=view.as_of,
    )
    return rows.astype({"account_id": "str", "kind": "str", "theme": "str", "recent": "bool"})


def themes(given: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Themes by segment ("all" included) and kind (product: a request; use_case: how the product is used).

    given: `mentions`; accounts: account_id, segment and mrr of today. n: mentions of the last 365 days; n_before: of
    the 365 before; n_accounts, mrr: paying accounts behind the recent ones and their MRR, each counted once; share:
    of the segment's MRR.
    """
    paying = accounts.loc[accounts["mrr"] > 0, ["account_id", "segment", "mrr"]]
    rows = given.merge(paying, on="account_id")
    if rows.empty:
        return empty("themes")
    keys = ["segment", "kind", "theme"]
    counts = with_total(rows).groupby(keys).agg(n=("recent", "sum"), n_all=("recent", "size"))
    heads = with_total(rows[rows["recent"]].drop_duplicates(["account_id", "kind", "theme"]))
    behind = heads.groupby(keys).agg(n_accounts=("account_id", "size"), mrr=("mrr", "sum"))
    found = counts.join(behind).fillna({"n_accounts": 0, "mrr": 0.0}).reset_index()
    book = with_total(paying).groupby("segment")["mrr"].sum()
    return found.assign(n_before=found["n_all"] - found["n"], share=found["mrr"] / found["segment"].map(book))
