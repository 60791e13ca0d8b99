"""What falls due for renewal, and what became of it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from ..data.asof import Day, day_of
from ..data.snapshot import View
from .book import segment_of
from .rollup import rolled_up

MATCH_DAYS = 31
COLUMNS = ["account_id", "segment", "subscription_id", "due_on", "due_mrr", "renewed", "renewed_mrr", "csm_call"]


def renewals(view: View, opening: Day, closing: Day) -> pd.DataFrame:
    """Every renewal due after `opening` and by `closing`.

    Due is an item on its `renews_on`, with the MRR it has on the day before; a row of the item that ended earlier is
    not due. A renewal opportunity without such an item within 31 days is due on its `due_on`.
    Renewed by the day of the view: the item goes on, or an item of the same account and product starts on the due
    date (its MRR is shared by due MRR where several ended). An opportunity alone: won or lost as closed, else by the
    MRR of its account and product on the due date. Before the due date only a closed opportunity settles it.

    Returns account_id, segment, subscription_id (null for an opportunity alone), due_on, due_mrr, renewed (null while
    open), renewed_mrr (null while open), csm_call; sorted by due_on, account_id, subscription_id.
    """
    opening, closing = day_of(opening), day_of(closing)
    items, offers = due_items(view, opening, closing), renewal_opportunities(view, opening, closing)
    near = _nearest(items, offers)
    items = items.join(offers.loc[near, ["stage", "won_mrr", "csm_call"]].set_index(near.index))
    alone = offers[
        offers["due_on"].between(_day(opening, 1), _day(closing)) & ~offers.index.isin(_taken(items, offers))
    ]
    alone = alone.assign(subscription_id=pd.Series(None, alone.index, dtype="str"))
    due = pd.concat([frame for frame in (items, alone) if len(frame)] or [items], ignore_index=True)
    settled = _settled(due, view.as_of)
    settled.insert(1, "segment", segment_of(view, settled["account_id"]).to_numpy())
    return settled[COLUMNS].sort_values(["due_on", "account_id", "subscription_id"], ignore_index=True)


def _day(day: date, plus: int = 0) -> pd.Timestamp:
    return pd.Timestamp(day + timedelta(days=plus))


def due_items(view: View, opening: date, closing: date) -> pd.DataFrame:
    """Items due in the window: subscription_id, account_id, product, due_on, due_mrr, held_mrr (on the due date)."""
    due = rolled_up(view, "renewals", after=opening, through=closing)
    due = _typed(due[due["due_mrr"] > 0]).sort_values(["due_on", "account_id", "subscription_id"], ignore_index=True)
    after = _typed(rolled_up(view, "successors", after=opening, through=closing))
    due = due.merge(after, on=["account_id", "product", "due_on"], how="left")
    lapsed = due["due_mrr"].where(due["held_mrr"] <= 0, 0.0)
    of_all = lapsed.groupby([due["account_id"], due["product"], due["due_on"]]).transform("sum")
    inherited = due["successor_mrr"].fillna(0.0) * (lapsed / of_all.where(of_all > 0, np.inf))
    return due.assign(held_mrr=(due["held_mrr"] + inherited).round(4)).drop(columns="successor_mrr")


def renewal_opportunities(view: View, opening: date, closing: date) -> pd.DataFrame:
    """Renewal opportunities due in the window or within 31 days of it; empty without the table."""
    if not view.has("opportunities"):
        empty = {
            name: pd.Series(dtype="str") for name in ("opportunity_id", "account_id", "product", "stage", "csm_call")
        }
        money = {name: pd.Series(dtype="float64") for name in ("due_mrr", "won_mrr", "held_mrr")}
        return pd.DataFrame({**empty, **money, "due_on": pd.Series(dtype="datetime64[us]")})
    wide = timedelta(days=MATCH_DAYS)
    found = _typed(rolled_up(view, "renewal_opportunities", after=opening - wide, through=closing + wide))
    found = found.assign(due_mrr=found["due_mrr"].fillna(found["before_mrr"])).drop(columns="before_mrr")
    return found.sort_values("opportunity_id", ignore_index=True)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    texts = {"subscription_id", "account_id", "product", "opportunity_id", "stage", "csm_call"} & set(frame.columns)
    money = {name: "float64" for name in frame.columns if name.endswith("_mrr")}
    return frame.astype({**dict.fromkeys(texts, "str"), **money, "due_on": "datetime64[us]"})


def _pairs(items: pd.DataFrame, offers: pd.DataFrame) -> pd.DataFrame:
    """Item × opportunity of one account (and product, where the opportunity names one) within 31 days."""
    left = items[["account_id", "product", "due_on"]].rename_axis("item").reset_index()
    right = offers[["account_id", "product", "due_on"]].rename_axis("offer").reset_index()
    pairs = left.merge(right, on="account_id", suffixes=("", "_offer"))
    gap = (pairs["due_on"] - pairs["due_on_offer"]).abs().dt.days
    same = pairs["product_offer"].isna() | (pairs["product_offer"] == pairs["product"])
    return pairs.assign(gap=gap)[same & (gap <= MATCH_DAYS)].sort_values(["item", "gap", "offer"])


def _nearest(items: pd.DataFrame, offers: pd.DataFrame) -> pd.Series:
    """Item → the opportunity whose due date is nearest."""
    return _pairs(items, offers).drop_duplicates("item").set_index("item")["offer"]


def _taken(items: pd.DataFrame, offers: pd.DataFrame) -> pd.Series:
    """Opportunities that have an item."""
    return _pairs(items, offers)["offer"]


def _settled(due: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The renewals with renewed and renewed_mrr: by what holds once due, by a closed opportunity before."""
    past, item = due["due_on"] <= pd.Timestamp(as_of), due["subscription_id"].notna()
    won, lost = due["stage"] == "won", due["stage"] == "lost"
    by_stage = (won | lost) & ~(past & item)
    paid = due["held_mrr"].where(~by_stage, due["won_mrr"].fillna(due["due_mrr"]).where(won, 0.0))
    known = past | by_stage
    renewed = (paid > 0).astype("boolean").mask(~known)
    return due.assign(renewed=renewed, renewed_mrr=paid.where(known))
