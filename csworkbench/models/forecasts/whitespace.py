"""What each account does not hold yet: how many of its peers do, how likely it is to come, and what it would bring."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...data.snapshot import View
from ...data.sql import sql_file
from ...metrics.book import mrr_on, paid_spans, segment_of
from ...metrics.intervals import SMALLEST_GROUP
from ..frames import shaped

WINDOW_MONTHS = 24
AHEAD_MONTHS = 12
FEWEST_EVENTS = 5
PRIOR_EVENTS = 2.0
SIZE_FACTOR = 2.0
MONTH_DAYS = 365.25 / 12


def reason_against(view: View) -> str:
    """Why there is no whitespace as known on the day of the view; empty when there is one."""
    spans = product_spans(view)
    n = int(spans.loc[spans["held"], "product"].nunique())
    return "" if n > 1 else f"{n} products are sold; 2 are needed" if n != 1 else "only 1 product is sold; 2 are needed"


def whitespace(view: View) -> pd.DataFrame:
    """The frame `whitespace`: accounts that pay and go on × products that somebody holds and they do not.

    mrr: list price of the account's entitlement to a feature of the product's name (letter case aside), else the
    account's MRR × the median of (product ÷ other MRR) among holders of the segment (of all where they are fewer
    than 5). peers: share that holds it of the n_peers other accounts of the segment whose MRR is at most twice and at
    least half as high (of the segment, then of all, where those are fewer than 5; null under 5). p: chance of taking
    it within 12 months while it stays a customer, from how often customers of the last 24 months took it, by segment,
    drawn towards all by a prior worth 2 events; null under 5 events in all, and for an account that gave the product
    up (`dropped_on`). expected_mrr: p × mrr.
    """
    spans = product_spans(view)
    accounts = _accounts(view, spans)
    products = sorted(spans.loc[spans["held"], "product"].unique())
    rates = take_rates(view, spans, accounts)
    found = [_of_product(product, spans[spans["product"] == product], accounts, rates) for product in products]
    rows = _priced(view, pd.concat(found, ignore_index=True))
    return shaped("whitespace", rows.assign(expected_mrr=rows["p"] * rows["mrr"]))


def product_spans(view: View) -> pd.DataFrame:
    """Account × product ever paid for by the day of the view, sorted; columns as product_spans.sql says."""
    spans = view.sql(sql_file(__package__ or "", "product_spans"), day=view.as_of)
    dates = dict.fromkeys(("first_on", "ended_on"), "datetime64[us]")
    spans = spans.astype({"account_id": "str", "product": "str", "held_mrr": "float64", **dates})
    spans = spans.astype({"held": "bool", "stays": "bool"})
    return spans.sort_values(["account_id", "product"], ignore_index=True)


def _accounts(view: View, spans: pd.DataFrame) -> pd.DataFrame:
    """Accounts that pay on the day of the view, indexed by account_id, sorted: segment, mrr, stays."""
    paid = mrr_on(view, [view.as_of]).iloc[:, 0]
    ids = paid.index[paid > 0]
    stays = spans.groupby("account_id")["stays"].any().reindex(ids).fillna(True).astype("bool")
    return pd.DataFrame({"segment": segment_of(view, ids).to_numpy(), "mrr": paid[ids], "stays": stays}, index=ids)


def take_rates(view: View, spans: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """How often a product is taken by customers who never had it, by product and segment: rate per month, n_events.

    Counted over the last 24 months; a product bought on the day on which the account began is no event, and neither
    are the months after an account stopped paying. n_events: of the product, over all segments.
    """
    paid = paid_spans(view)
    segment = pd.Series(segment_of(view, paid.index).to_numpy(), paid.index)
    since, until = pd.Timestamp(view.as_of) - pd.DateOffset(months=WINDOW_MONTHS), pd.Timestamp(view.as_of)
    begins = paid["first_paid_on"].where(paid["first_paid_on"] > since, since)
    watched_until = paid["paid_until"].where(paid["paid_until"] < until, until)
    found = []
    for product, rows in spans.groupby("product"):
        first_on = rows.set_index("account_id")["first_on"].reindex(paid.index)
        ends = watched_until.where(first_on.isna(), first_on)
        took = (first_on > paid["first_paid_on"]) & (first_on > since)
        months = ((ends - begins).dt.days / MONTH_DAYS).clip(lower=0)
        found.append(_shrunk(took, months, segment).assign(product=product))
    return pd.concat(found).set_index("product", append=True).swaplevel()


def _shrunk(took: pd.Series, months: pd.Series, segment: pd.Series) -> pd.DataFrame:
    """Events per account-month by segment, drawn towards all: gamma-Poisson, the prior worth PRIOR_EVENTS."""
    sums = pd.DataFrame({"events": took.astype("float64"), "months": months}).groupby(segment.rename("segment")).sum()
    n_events = int(sums["events"].sum())
    if not n_events:
        return sums.assign(rate=0.0, n_events=0)[["rate", "n_events"]]
    overall = n_events / sums["months"].sum()
    rate = (sums["events"] + PRIOR_EVENTS) / (sums["months"] + PRIOR_EVENTS / overall)
    return sums.assign(rate=rate, n_events=n_events)[["rate", "n_events"]]


def _of_product(product: str, rows: pd.DataFrame, accounts: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Accounts that stay and do not hold the product, with all but their list price."""
    rows = rows.set_index("account_id")
    held = accounts.index.isin(rows.index[rows["held"]])
    peers, n_peers = holding_peers(accounts["segment"].to_numpy(dtype=str), accounts["mrr"].to_numpy(), held)
    rate = rates.loc[product].reindex(accounts["segment"])
    dropped_on = rows["ended_on"].reindex(accounts.index)
    estimable = (rate["n_events"] >= FEWEST_EVENTS).to_numpy() & dropped_on.isna().to_numpy()
    p = np.where(estimable, 1 - np.exp(-AHEAD_MONTHS * rate["rate"].to_numpy()), np.nan)
    priced = accounts["mrr"] * _relative_price(rows["held_mrr"].reindex(accounts.index).where(held), accounts)
    found = pd.DataFrame({"account_id": accounts.index, "product": product, "mrr": priced.to_numpy(), "p": p})
    found = found.assign(peers=peers, n_peers=n_peers, dropped_on=dropped_on.to_numpy())
    return found[accounts["stays"].to_numpy() & ~held]


def _relative_price(held_mrr: pd.Series, accounts: pd.DataFrame) -> pd.Series:
    """Median of product ÷ other MRR among the holders of each account's segment; of all where those are under 5."""
    other = accounts["mrr"] - held_mrr
    ratio = (held_mrr / other).where((other > 0) & (held_mrr > 0))
    by_segment = ratio.groupby(accounts["segment"]).agg(["median", "count"])
    enough = by_segment["median"].where(by_segment["count"] >= SMALLEST_GROUP, ratio.median())
    return accounts["segment"].map(enough).astype("float64")


def holding_peers(segment: np.ndarray, mrr: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of each account's peers that hold a product (null under 5 peers), and how many peers it has.

    Peers: other accounts of the segment within a factor of 2 in MRR; all of the segment where those are fewer than 5,
    and all accounts where that is so too.
    """
    everyone = _within(mrr, mrr, held, np.inf)
    n_peers, n_hold = everyone
    for name in np.unique(segment):
        of = segment == name
        for factor in (np.inf, SIZE_FACTOR):
            n, hold = _within(mrr[of], mrr[of], held[of], factor)
            n_peers[of] = np.where(n >= SMALLEST_GROUP, n, n_peers[of])
            n_hold[of] = np.where(n >= SMALLEST_GROUP, hold, n_hold[of])
    share = np.divide(n_hold, n_peers, where=n_peers >= SMALLEST_GROUP, out=np.full(len(mrr), np.nan))
    return share, n_peers


def _within(wanted: np.ndarray, mrr: np.ndarray, held: np.ndarray, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """For each wanted MRR: how many others lie within the factor, and how many of them hold the product."""
    order = np.argsort(mrr, kind="stable")
    levels, holds = mrr[order], np.append(0, np.cumsum(held[order]))
    first = np.searchsorted(levels, wanted / factor, side="left")
    last = np.searchsorted(levels, wanted * factor, side="right")
    return last - first - 1, holds[last] - holds[first] - held


def _priced(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the list price of the account's own entitlement where there is one."""
    if not view.has("entitlements"):
        return rows
    listed = view.sql("SELECT account_id, feature, list_price_mrr FROM entitlements WHERE list_price_mrr > 0")
    keys = pd.MultiIndex.from_arrays(
        [listed["account_id"].astype("str"), listed["feature"].astype("str").str.casefold()]
    )
    price = pd.Series(listed["list_price_mrr"].to_numpy(dtype=np.float64), keys).groupby(level=[0, 1]).max()
    wanted = pd.MultiIndex.from_arrays([rows["account_id"], rows["product"].str.casefold()])
    own = price.reindex(wanted).to_numpy()
    return rows.assign(mrr=np.where(np.isnan(own), rows["mrr"], own))
