"""Account-sized frames summed up: per quarter and segment, with their rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import fsum

import numpy as np
import pandas as pd

from .book import ALL, with_total
from .calendar import Quarter
from .intervals import wilson
from .revenue import MOVES

_KEYS = ["quarter", "segment"]

FLOWS = ("nnmrr", "new", "expansion", "churn")
LEVELS = ("mrr_close", "adoption_high_share")


def _over_zero(whole: pd.Series) -> pd.Series:
    """The denominators, NaN where there is nothing to divide by."""
    return whole.where(whole > 0)


def mrr_trend(movements: pd.DataFrame) -> pd.DataFrame:
    """The sums of movements per quarter × segment ("all" included), and GRR, NRR, logo churn and quick ratio of each.

    movements: quarter, account_id, segment, mrr_open, …, mrr_close. Every segment has a row in every quarter. Rates are
    as in `metrics.revenue`; logo_churn_low and _high are the Wilson 95% interval.
    """
    opened, left = movements["mrr_open"] > 0, movements["mrr_close"] <= 0
    rows = movements.assign(
        held=movements["mrr_open"].where(opened, 0.0),
        kept=movements["mrr_close"].clip(upper=movements["mrr_open"]).where(opened, 0.0),
        grown=movements["mrr_close"].where(opened, 0.0),
        n_open=opened,
        n_churned=opened & left,
        n_close=~left,
    )
    columns = ["mrr_open", *MOVES, "mrr_close", "held", "kept", "grown", "n_open", "n_churned", "n_close"]
    both = with_total(rows)
    sums = both.groupby(_KEYS)[columns].sum().reindex(_grid(both), fill_value=0)
    low, high = wilson(sums["n_churned"], sums["n_open"])
    return (
        sums.round(4)
        .assign(
            grr=sums["kept"] / _over_zero(sums["held"]),
            nrr=sums["grown"] / _over_zero(sums["held"]),
            logo_churn=sums["n_churned"] / _over_zero(sums["n_open"]),
            quick_ratio=(sums["new"] + sums["expansion"]) / _over_zero(sums["contraction"] + sums["churn"]),
            logo_churn_low=low,
            logo_churn_high=high,
        )
        .reset_index()
    )


def _grid(rows: pd.DataFrame) -> pd.MultiIndex:
    """Every quarter × segment."""
    return pd.MultiIndex.from_product([sorted(rows[key].unique()) for key in _KEYS], names=_KEYS)


def nnmrr_trend(by_csm: pd.DataFrame, by_segment: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """NNMRR of every book: quarter, owner_kind (csm, segment, all), owner, name, sums, n_accounts.

    by_csm, by_segment: `revenue.books` with quarter. names: csm_id → name. The owner of all is "company".
    """
    numbers = ["expansion", "contraction", "churn", "nnmrr", "n_accounts"]
    total = by_segment.groupby("quarter")[numbers].sum().reset_index()
    books = [
        total.assign(owner_kind=ALL, owner="company", name="company"),
        by_segment.assign(owner_kind="segment", name=by_segment["owner"]),
        by_csm.assign(owner_kind="csm", name=by_csm["owner"].map(lambda owner: names.get(owner, owner))),
    ]
    return pd.concat(books, ignore_index=True)


def targets_of(targets: pd.DataFrame, kpi: str, quarters: Sequence[Quarter]) -> pd.DataFrame:
    """The target of a KPI per quarter × owner: that of the quarter, else what its months say.

    targets: kpi, owner, period (2026Q3 or 2026-09), target. Returns quarter, owner, target. Months of a flow
    (FLOWS) are summed when all three are set; of a level (LEVELS) the last one counts; monthly rates say nothing.
    """
    labels = {q.label: q.label for q in quarters}
    counted = 3 if kpi in FLOWS else 1 if kpi in LEVELS else 0
    months = {f"{end:%Y-%m}": q.label for q in quarters for end in q.months[len(q.months) - counted :]}
    of_kpi = targets[(targets["kpi"] == kpi) & targets["period"].isin([*labels, *months]) & targets["target"].notna()]
    said: dict[tuple[str, str], float] = {}
    by_month: dict[tuple[str, str], list[float]] = {}
    for owner, period, target in of_kpi[["owner", "period", "target"]].itertuples(index=False):
        if period in labels:
            said[period, owner] = target
        else:
            by_month.setdefault((months[period], owner), []).append(target)
    summed = {key: fsum(each) for key, each in by_month.items() if len(each) == counted}
    rows = [(*key, target) for key, target in sorted({**summed, **said}.items())]
    found = pd.DataFrame(rows, columns=["quarter", "owner", "target"])
    return found.astype({"quarter": "str", "owner": "str", "target": "float64"})


def adoption_bands(adoption: pd.DataFrame, bands: Mapping[str, float]) -> pd.DataFrame:
    """Accounts and MRR per band, quarter and segment ("all" included), and their shares of what was measured.

    adoption: the frame adoption. bands: name → lower bound; low to high within a quarter and segment. Accounts
    without an index are in no band.
    """
    measured = with_total(adoption[adoption["band"].notna()])
    names = sorted(bands, key=lambda name: bands[name])
    grid = (
        measured[_KEYS].drop_duplicates().merge(pd.DataFrame({"band": names, "order": range(len(names))}), how="cross")
    )
    sums = measured.groupby([*_KEYS, "band"])["mrr"].agg(["size", "sum"])
    found = grid.sort_values([*_KEYS, "order"]).join(sums, on=[*_KEYS, "band"])
    n, mrr = found["size"].fillna(0), found["sum"].fillna(0.0)
    whole = found.assign(n=n, mrr=mrr).groupby(_KEYS)[["n", "mrr"]].transform("sum")
    shares = {"share_accounts": n / _over_zero(whole["n"]), "share_mrr": mrr / _over_zero(whole["mrr"])}
    return found[[*_KEYS, "band"]].assign(n_accounts=n, mrr=mrr.round(4), **shares, target_share=np.nan)


def renewal_rates(renewals: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Renewals per quarter × segment ("all" included), and the rates over what fell due by `as_of`.

    renewals: the frame renewals. n_due, n_renewed (some MRR renewed) and n_open (something not settled) count accounts;
    due_mrr is all that is due, renewed_mrr all that is renewed. logo_rate: accounts renewed ÷ due; gross_rate:
    Σ min(renewed, due) ÷ Σ due; net_rate: Σ renewed ÷ Σ due; null while nothing fell due.
    """
    fell = (renewals["due_on"] <= pd.Timestamp(as_of)) & renewals["renewed"].notna()
    renewed = renewals["renewed_mrr"].fillna(0.0)
    rows = renewals.assign(
        open_=renewals["renewed"].isna(),
        renewed_mrr=renewed,
        won=renewed > 0,
        fell_due=fell,
        fell_mrr=renewals["due_mrr"].where(fell, 0.0),
        kept=renewed.clip(upper=renewals["due_mrr"]).where(fell, 0.0),
        net=renewed.where(fell, 0.0),
    )
    return _rates(_summed(with_total(rows)))


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Per quarter × segment: counts of accounts and sums of MRR."""
    flags = ["open_", "won", "fell_due"]
    accounts = rows.groupby([*_KEYS, "account_id"])[flags].any()
    accounts["won_due"] = accounts["won"] & accounts["fell_due"]
    counts = accounts.groupby(_KEYS).sum().join(accounts.groupby(_KEYS).size().rename("n_due"))
    return counts.join(rows.groupby(_KEYS)[["due_mrr", "renewed_mrr", "fell_mrr", "kept", "net"]].sum())


def _rates(sums: pd.DataFrame) -> pd.DataFrame:
    return sums.assign(
        n_renewed=sums["won"],
        n_open=sums["open_"],
        logo_rate=sums["won_due"] / _over_zero(sums["fell_due"]),
        gross_rate=sums["kept"] / _over_zero(sums["fell_mrr"]),
        net_rate=sums["net"] / _over_zero(sums["fell_mrr"]),
    ).reset_index()
