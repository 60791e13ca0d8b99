"""What the accounts of a segment have that the rest of the book has not."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...data.snapshot import View
from ..intervals import SMALLEST_GROUP
from .differences import median_difference, share_difference

MEDIANS = ("mrr", "employees", "tenure_months", "adoption_index", "touches")
SHARES = ("plan", "touch_tier", "industry")
TOUCH_DAYS = 90
_COLUMNS = ["segment", "aspect", "value", "n", "n_rest", "here", "rest", "difference", "low", "high"]


def described(view: View, accounts: pd.DataFrame) -> pd.DataFrame:
    """The paying accounts with what a profile compares; a column of an absent table is null.

    accounts: the frame accounts. employees: as the table says. tenure_months: since started_on, of 30.4375 days. plan:
    that of the largest item. touches: activities of the last 90 days.
    """
    paying = accounts[accounts["mrr"] > 0].set_index("account_id")
    days = (pd.Timestamp(view.as_of) - paying["started_on"]).dt.days
    known = view.sql("SELECT account_id, employees FROM accounts").astype({"account_id": "str"})
    return paying[["segment", "mrr", "touch_tier", "industry", "adoption_index"]].assign(
        employees=known.set_index("account_id")["employees"].astype("float64").reindex(paying.index),
        tenure_months=days / 30.4375,
        plan=_plans(view).reindex(paying.index),
        touches=_touches(view, paying.index),
    )


def _plans(view: View) -> pd.Series:
    items = view.sql(
        "SELECT account_id, plan, sum(mrr) AS mrr FROM subscriptions WHERE starts_on <= $day"
        " AND (ends_on IS NULL OR ends_on > $day) AND plan IS NOT NULL GROUP BY account_id, plan",
        day=view.as_of,
    ).astype({"account_id": "str", "plan": "str", "mrr": "float64"})
    items = items.sort_values(["account_id", "mrr", "plan"], ascending=[True, False, True])
    return items.drop_duplicates("account_id").set_index("account_id")["plan"]


def _touches(view: View, ids: pd.Index) -> pd.Series:
    if not view.has("activities"):
        return pd.Series(float("nan"), ids)
    since = (pd.Timestamp(view.as_of) - pd.Timedelta(days=TOUCH_DAYS)).date()
    counted = view.sql(
        'SELECT account_id, count(*) AS n FROM activities WHERE CAST("at" AS DATE) > $since'
        ' AND CAST("at" AS DATE) <= $day GROUP BY account_id',
        since=since,
        day=view.as_of,
    ).astype({"account_id": "str", "n": "float64"})
    return counted.set_index("account_id")["n"].reindex(ids).fillna(0.0)


def profile(found: pd.DataFrame) -> pd.DataFrame:
    """Every segment against the rest of the book.

    found: `described`. One row per segment × aspect (× value of a share): n and n_rest (accounts with the aspect
    measured), here and rest (medians, or shares of accounts in [0, 1]), their difference with its 95% interval. All
    numbers are null where a side has fewer than five accounts.
    """
    rows = [row for segment in sorted(found["segment"].unique()) for row in _of_segment(found, segment)]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _of_segment(found: pd.DataFrame, segment: str) -> Iterator[tuple[object, ...]]:
    mine = found["segment"] == segment
    for aspect in MEDIANS:
        here, rest = found.loc[mine, aspect].dropna(), found.loc[~mine, aspect].dropna()
        if len(here) or len(rest):
            found_ = (here.median(), rest.median(), *median_difference(here.to_numpy(float), rest.to_numpy(float)))
            yield _row(segment, aspect, "", len(here), len(rest), found_)
    for aspect in SHARES:
        yield from _shares(segment, aspect, found.loc[mine, aspect].dropna(), found.loc[~mine, aspect].dropna())


def _shares(segment: str, aspect: str, here: pd.Series, rest: pd.Series) -> Iterator[tuple[object, ...]]:
    n, n_rest = len(here), len(rest)
    for value in sorted({*here, *rest}):
        hits, hits_rest = int((here == value).sum()), int((rest == value).sum())
        shares = (hits / n if n else float("nan"), hits_rest / n_rest if n_rest else float("nan"))
        yield _row(segment, aspect, value, n, n_rest, (*shares, *share_difference(hits, n, hits_rest, n_rest)))


def _row(segment: str, aspect: str, value: str, n: int, n_rest: int, numbers: tuple[float, ...]) -> tuple[object, ...]:
    small = min(n, n_rest) < SMALLEST_GROUP
    return segment, aspect, value, n, n_rest, *((float("nan"),) * len(numbers) if small else numbers)
