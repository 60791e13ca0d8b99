"""The balance of three characters: what the team gives, what it is rated for, and what the book asks for.

Seller (proactive, wins), supporter (steady, gets customers there), analyst (explains). Always shares, never a label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

CHARACTERS: tuple[Literal["seller", "supporter", "analyst"], ...] = ("seller", "supporter", "analyst")
TEAM = "team"
GIVES, RATED, ASKED = "gives", "rated", "asked"
RENEWAL_DAYS, YOUNG_DAYS = 180, 365
LEAST_RATING = 1.0
_FELL = 0.75

Words = Mapping[Literal["seller", "supporter", "analyst"], Sequence[str]]


def _character_of(words: Words) -> dict[str, str]:
    return {word: character for character in CHARACTERS for word in words.get(character, ())}


def given(work: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Shares of hours per CSM and of the team: view, owner, character, share, n (touches). words: as the settings."""
    known = work.assign(character=work["function"].map(_character_of(words))).dropna(subset=["character"])
    return _shares(known.rename(columns={"csm_id": "owner", "hours": "amount"}), GIVES)


def rated(ratings: pd.DataFrame, fte: pd.Series, words: Words) -> pd.DataFrame:
    """Shares of rated strength: per CSM the mean score above 1 of each character's competencies ÷ their sum.

    ratings: csm_id, competency, score, n_ratings. fte: per csm_id; the team's shares are the CSMs', weighted by it.
    """
    known = ratings.assign(character=ratings["competency"].map(_character_of(words))).dropna(subset=["character"])
    grouped = known.assign(above=known["score"] - LEAST_RATING).groupby(["csm_id", "character"])
    means = grouped.agg(above=("above", "mean"), n=("n_ratings", "sum")).reset_index()
    total = means.groupby("csm_id")["above"].transform("sum")
    shares = means.assign(
        amount=(means["above"] / total.where(total > 0)) * means["csm_id"].map(fte).astype(float).fillna(1.0)
    )
    return _shares(shares.rename(columns={"csm_id": "owner"}).dropna(subset=["amount"]), RATED)


def calls(accounts: pd.DataFrame) -> pd.DataFrame:
    """Which characters each account calls for: one column of true or false per character.

    accounts: one row per account: renewal_in_days, n_open_sales, days_since_start, stuck, is_lowest_band, fell_points,
    tickets_90d, champion_left, nps, coverage, has_gap, usage_90d, usage_prior_90d; null is no call.
    seller: a renewal within 180 days, or an open upsell or cross-sell. supporter: in its first year and not through the
    journey, stuck, in the lowest band, 15 points down, 5 tickets in 90 days, champion gone, or a detractor.
    analyst: use not measured in full, a say–do gap, or use down by a quarter without a ticket.
    """
    a = accounts
    silent_fall = (a["usage_90d"] < _FELL * a["usage_prior_90d"]) & (a["tickets_90d"].fillna(0) == 0)
    supporter = [
        (a["days_since_start"] <= YOUNG_DAYS) & a["is_on_the_way"],
        a["stuck"],
        a["is_lowest_band"],
        a["fell_points"] >= 15,
        a["tickets_90d"] >= 5,
        a["champion_left"],
        a["nps"] <= 6,
    ]
    rules = {
        "seller": [a["renewal_in_days"].between(0, RENEWAL_DAYS), a["n_open_sales"] > 0],
        "supporter": supporter,
        "analyst": [a["coverage"] < 1, a["has_gap"], silent_fall],
    }
    return pd.DataFrame({name: pd.concat(flags, axis=1).fillna(False).any(axis=1) for name, flags in rules.items()})


def asked(calls: pd.DataFrame, owners: pd.Series) -> pd.DataFrame:
    """Shares of what the accounts ask for, by CSM and in all; an account's calls share one unit. n: accounts calling.

    calls: as `calls` gives them; owners: csm_id of the same rows, those without one are left out.
    """
    held = calls[owners.notna()].astype(float)
    each = held.div(held.sum(axis=1).where(lambda total: total > 0), axis=0)
    each = each.assign(owner=owners[owners.notna()]).dropna()
    long = each.melt("owner", var_name="character", value_name="amount")
    return _shares(long[long["amount"] > 0].assign(n=1), ASKED)


def _shares(rows: pd.DataFrame, view: str) -> pd.DataFrame:
    """Shares of `amount` per owner over the three characters, and of all owners together as the team."""
    if rows.empty:
        return pd.DataFrame(columns=["view", "owner", "character", "share", "n"])
    both = pd.concat([rows.assign(owner=TEAM), rows])[["owner", "character", "amount", "n"]]
    sums = both.groupby(["owner", "character"])[["amount", "n"]].sum()
    owners = sums.index.get_level_values("owner").unique()
    grid = pd.MultiIndex.from_product([owners, CHARACTERS], names=["owner", "character"])
    sums = sums.reindex(grid, fill_value=0)
    total = sums.groupby("owner")["amount"].transform("sum")
    found = sums.assign(share=sums["amount"] / total.where(total > 0), view=view).dropna(subset=["share"])
    return found.reset_index()[["view", "owner", "character", "share", "n"]]
