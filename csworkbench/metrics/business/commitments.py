"""What had been promised for the quarter, and what became of it."""

from __future__ import annotations

import pandas as pd

from ...data.snapshot import View
from ..book import ALL
from ..calendar import Quarter

ACTION, REVIEW, CRITERION, RISK = "action", "review", "criterion", "risk"
_COUNTS = ["n", "n_kept", "n_partly", "n_missed", "n_open"]


def promised(view: View, quarter: Quarter) -> pd.DataFrame:
    """One row per promise that the quarter had to keep, of the tables that are there.

    action: the actions promised in a review held in the quarter before (n of them, n_kept closed, the rest open);
    left out where nobody recorded how many were closed.
    review: planned for the quarter; kept when held, else open. criterion: a success criterion due in the quarter; kept
    when met, partly, missed, else open. risk: open when the quarter began; kept when closed by its end.
    Returns account_id, kind, what, n, n_kept, n_partly, n_missed, n_open, since (promised on) and due_on.
    """
    parts = [
        *(_reviews(view, quarter) if view.has("reviews") else ()),
        *([_criteria(view, quarter)] if view.has("success_plans") else ()),
        *([_risks(view, quarter)] if view.has("risks") else ()),
    ]
    found = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    days = {"since": "datetime64[us]", "due_on": "datetime64[us]"}
    types = {"account_id": "str", "what": "str", **days, **dict.fromkeys(_COUNTS, "int64")}
    return pd.DataFrame(found.astype(types))


def commitments(found: pd.DataFrame) -> pd.DataFrame:
    """The promises counted per kind and segment, "all" included. found: `promised` with the column segment."""
    both = pd.concat([found.assign(segment=ALL), found])
    return both.groupby(["segment", "kind"])[_COUNTS].sum().reset_index()


def overdue(found: pd.DataFrame) -> pd.DataFrame:
    """The promises that are still open, risks left out; n: how many of them. found: `promised`."""
    late = found[(found["n_open"] > 0) & (found["kind"] != RISK)]
    return late.assign(n=late["n_open"])


def _counted(rows: pd.DataFrame, kind: str, **counts: pd.Series) -> pd.DataFrame:
    zeros = rows.assign(kind=kind, **dict.fromkeys(_COUNTS, 0))
    return zeros.assign(**counts)[["account_id", "kind", "what", *_COUNTS, "since", "due_on"]]


def _reviews(view: View, quarter: Quarter) -> list[pd.DataFrame]:
    before = quarter.previous
    held = view.sql(
        "SELECT account_id, '' AS what, held_on AS since, actions_promised AS n, actions_closed AS closed"
        " FROM reviews WHERE held_on >= $first AND held_on <= $last AND actions_promised > 0"
        " AND actions_closed IS NOT NULL",
        first=before.starts_on,
        last=before.closing,
    ).assign(due_on=pd.Timestamp(quarter.closing))
    kept = held[["n", "closed"]].min(axis=1)
    planned = view.sql(
        "SELECT account_id, '' AS what, planned_on AS since, planned_on AS due_on,"
        " CASE WHEN held_on IS NULL THEN 0 ELSE 1 END AS kept FROM reviews"
        " WHERE planned_on >= $first AND planned_on <= $last",
        first=quarter.starts_on,
        last=quarter.closing,
    )
    one = pd.Series(1, planned.index)
    return [
        _counted(held, ACTION, n=held["n"], n_kept=kept, n_open=held["n"] - kept),
        _counted(planned, REVIEW, n=one, n_kept=planned["kept"], n_open=1 - planned["kept"]),
    ]


def _criteria(view: View, quarter: Quarter) -> pd.DataFrame:
    due = view.sql(
        "SELECT account_id, criterion AS what, agreed_on AS since, due_on, coalesce(status, 'open') AS status"
        " FROM success_plans WHERE due_on >= $first AND due_on <= $last",
        first=quarter.starts_on,
        last=quarter.closing,
    )
    named = {"n_kept": "met", "n_partly": "partly", "n_missed": "missed", "n_open": "open"}
    counts = {column: (due["status"] == status).astype(int) for column, status in named.items()}
    return _counted(due, CRITERION, n=pd.Series(1, due.index), **counts)


def _risks(view: View, quarter: Quarter) -> pd.DataFrame:
    open_ = view.sql(
        "SELECT account_id, coalesce(description, area, '') AS what, opened_on AS since,"
        " CASE WHEN closed_on <= $last THEN 1 ELSE 0 END AS closed FROM risks"
        " WHERE opened_on <= $opening AND (closed_on IS NULL OR closed_on > $opening)",
        opening=quarter.opening,
        last=quarter.closing,
    ).assign(due_on=pd.Timestamp(quarter.closing))
    one = pd.Series(1, open_.index)
    return _counted(open_, RISK, n=one, n_kept=open_["closed"], n_open=1 - open_["closed"])
