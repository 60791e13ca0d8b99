"""MRR, its movements between two days, and the rates made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from ..data.asof import Day, day_of
from ..data.snapshot import View
from .book import mrr_on, owners_on, paid_spans, segment_of
from .renewals import renewals
from .rollup import Rows, rolled_up

__all__ = [
    "MOVES",
    "gross_revenue_retention",
    "logo_churn",
    "movements",
    "movements_between",
    "mrr",
    "net_revenue_retention",
    "nnmrr",
    "quick_ratio",
    "renewals",
]

MOVES = ("new", "expansion", "contraction", "churn", "reactivation")
UNASSIGNED_CSM = "unassigned"


def mrr(view: View, on: Day | None = None) -> pd.DataFrame:
    """MRR of every account that has any on that day (default: the day of the view).

    Returns account_id, segment, mrr (company currency per month), sorted by account_id.
    """
    day = day_of(on or view.as_of)
    wide = mrr_on(view, [day])
    ids = pd.Series(wide.index)
    return pd.DataFrame({"account_id": ids, "segment": segment_of(view, ids), "mrr": wide.iloc[:, 0].to_numpy()})


def movements(view: View, opening: Day, closing: Day) -> pd.DataFrame:
    """How each account's MRR moved from the end of `opening` to the end of `closing`.

    Returns one row per account with MRR on either day, sorted: account_id, segment, csm_id (in charge on closing, else
    on opening), mrr_open, new, expansion, contraction, churn, reactivation, mrr_close. Company currency per month,
    losses as positive numbers; opening + new + expansion + reactivation − contraction − churn = closing.
    new: from zero for the first time. reactivation: from zero after MRR on an earlier day.
    """
    return movements_between(view, [(day_of(opening), day_of(closing))]).drop(columns="window")


def movements_between(view: View, windows: Sequence[tuple[date, date]]) -> pd.DataFrame:
    """`movements` of several windows at once, with `window`, the place of the window, in front."""
    on = [day for window in windows for day in window]
    wide, owners = mrr_on(view, on), owners_on(view, on)
    first_paid_on = paid_spans(view)["first_paid_on"].reindex(wide.index)
    segment = segment_of(view, wide.index).to_numpy()
    owners = owners.reindex(wide.index)
    frames = []
    for place, (opening, closing) in enumerate(windows):
        first, last = pd.Timestamp(opening), pd.Timestamp(closing)
        moved = _moves(wide[first], wide[last], first_paid_on <= first)
        csm_id = owners[last].where(owners[last].notna(), owners[first])
        moved.insert(0, "csm_id", csm_id.astype("str"))
        moved.insert(0, "segment", segment)
        frames.append(moved[(moved["mrr_open"] != 0) | (moved["mrr_close"] != 0)].assign(window=place).reset_index())
    moved = pd.concat(frames, ignore_index=True)
    return moved[["window", "account_id", "segment", "csm_id", "mrr_open", *MOVES, "mrr_close"]]


def _moves(opened: pd.Series, closed: pd.Series, paid_before: pd.Series) -> pd.DataFrame:
    """The difference of each account in the one movement that it is."""
    gain, loss = (closed - opened).clip(lower=0).round(4), (opened - closed).clip(lower=0).round(4)
    came, went = (opened <= 0) & (closed > 0), (opened > 0) & (closed <= 0)
    kinds = {
        "new": gain.where(came & ~paid_before, 0.0),
        "expansion": gain.where(~came, 0.0),
        "contraction": loss.where(~went, 0.0),
        "churn": loss.where(went, 0.0),
        "reactivation": gain.where(came & paid_before, 0.0),
    }
    return pd.DataFrame({"mrr_open": opened, **kinds, "mrr_close": closed})


def gross_revenue_retention(panel: pd.DataFrame) -> float:
    """Share of opening MRR still there at the end, expansion not counted.

    panel: one row per account; columns mrr_open, mrr_close (currency units per month); rows with mrr_open of zero or
    less are left out. Returns a share in [0, 1]; NaN when no account had MRR at the start.
    Source: Σ min(mrr_close, mrr_open) / Σ mrr_open, the complement of ChartMogul's gross MRR churn rate.
    """
    opened = panel[panel["mrr_open"] > 0]
    return _ratio(np.minimum(opened["mrr_close"], opened["mrr_open"]).sum(), opened["mrr_open"].sum())


def net_revenue_retention(panel: pd.DataFrame) -> float:
    """Closing MRR of the accounts that had MRR at the start ÷ their opening MRR.

    panel: as for `gross_revenue_retention`; churned accounts stay in the denominator. Returns a share of 0 or more;
    NaN when no account had MRR at the start.
    Source: Σ mrr_close / Σ mrr_open, the complement of ChartMogul's net MRR churn rate, reactivation left out.
    """
    opened = panel[panel["mrr_open"] > 0]
    return _ratio(opened["mrr_close"].sum(), opened["mrr_open"].sum())


def logo_churn(panel: pd.DataFrame) -> float:
    """Share of the accounts with MRR at the start that have none at the end.

    panel: as for `gross_revenue_retention`. Returns a share in [0, 1]; NaN when no account had MRR at the start.
    """
    opened = panel[panel["mrr_open"] > 0]
    return _ratio(float((opened["mrr_close"] <= 0).sum()), float(len(opened)))


def quick_ratio(panel: pd.DataFrame) -> float:
    """(new + expansion) ÷ (contraction + churn); NaN when nothing was lost.

    panel: rows of `movements`. Source: InsightSquared's SaaS quick ratio, reactivation left out.
    """
    sums = panel[["new", "expansion", "contraction", "churn"]].sum()
    return _ratio(sums["new"] + sums["expansion"], sums["contraction"] + sums["churn"])


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def nnmrr(view: View, opening: Day, closing: Day, by: Literal["csm", "segment"] = "csm") -> pd.DataFrame:
    """Net new MRR of each book: expansion − contraction − churn of the accounts that had MRR at the start.

    by csm: each change is credited to the CSM in charge on the day of the decision (`decided_on` of the item that
    ended, else the day of the change), netted per account and CSM; "unassigned" when nobody was. by segment: as the
    accounts are split now. Returns owner, expansion, contraction, churn, nnmrr, n_accounts (with opening MRR; by csm:
    in charge on closing), sorted by owner. The sum over all books is that of `movements`.
    """
    windows = [(day_of(opening), day_of(closing))]
    moved = movements_between(view, windows)
    credited = credited_moves(view, windows, moved) if by == "csm" else moved.assign(owner=moved["segment"])
    return books(credited, moved, by).drop(columns="window")


def books(credited: pd.DataFrame, moved: pd.DataFrame, by: Literal["csm", "segment"]) -> pd.DataFrame:
    """Net new MRR per window × owner: window, owner, expansion, contraction, churn, nnmrr, n_accounts.

    credited: window, owner, expansion, contraction, churn. moved: `movements_between` of the same windows.
    """
    lost = ["expansion", "contraction", "churn"]
    opened = moved[moved["mrr_open"] > 0]
    owner = opened["segment"] if by == "segment" else opened["csm_id"].fillna(UNASSIGNED_CSM)
    sums = credited.groupby(["window", "owner"])[lost].sum()
    sizes = opened.assign(owner=owner).groupby(["window", "owner"]).size().rename("n_accounts")
    both = sums.join(sizes, how="outer").fillna(0.0).sort_index().reset_index()
    both.insert(5, "nnmrr", both["expansion"] - both["contraction"] - both["churn"])
    return both.astype({"n_accounts": "int64"})


def credited_moves(view: View, windows: Sequence[tuple[date, date]], moved: pd.DataFrame) -> pd.DataFrame:
    """Expansion, contraction and churn per window × account × owner, owner being the CSM on the day of the decision.

    moved: `movements_between` of the same windows. Without assignments everything is "unassigned".
    """
    if not view.has("assignments"):
        return moved.assign(owner=UNASSIGNED_CSM)
    changed = _decided_changes(view, windows)
    kept = moved.loc[moved["mrr_open"] > 0, ["window", "account_id", "mrr_close"]]
    changed = changed.merge(kept, on=["window", "account_id"])
    gain, loss = changed["delta"].clip(lower=0), (-changed["delta"]).clip(lower=0)
    left = changed["mrr_close"] <= 0
    return changed[["window", "account_id", "owner"]].assign(
        expansion=gain, contraction=loss.where(~left, 0.0), churn=loss.where(left, 0.0)
    )


def _decided_changes(view: View, windows: Sequence[tuple[date, date]]) -> pd.DataFrame:
    rows: Rows = [{"quarter": place, "opening": first, "closing": last} for place, (first, last) in enumerate(windows)]
    changed = rolled_up(view, "mrr_changes", {"windows": rows}).rename(columns={"quarter": "window"})
    changed = changed.astype({"account_id": "str", "csm_id": "str", "window": "int64"})
    changed = changed.assign(owner=changed["csm_id"].fillna(UNASSIGNED_CSM), delta=changed["delta"].round(4))
    return changed.sort_values(["window", "account_id", "owner"], ignore_index=True)
