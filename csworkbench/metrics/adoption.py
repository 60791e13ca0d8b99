"""The Adoption Index: how well an account uses what it bought, from 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from ..data.asof import UNASSIGNED, Day, day_of
from ..data.snapshot import View
from ..errors import UnknownName
from .book import attributes, mrr_on, seats_on
from .intervals import SMALLEST_GROUP
from .usage import MONTHLY, core_of, grain_days, lag_days, recent_use, use_in_windows

Part = Literal["seats", "breadth", "depth", "regularity"]
PARTS: tuple[Part, ...] = ("seats", "breadth", "depth", "regularity")


def adoption(view: View, closings: Sequence[Day]) -> pd.DataFrame:
    """The Adoption Index of every account with MRR on each closing day, over the window that ends on it.

    Parts, each in [0, 1]: seats (most users of one feature on one day ÷ seats bought, at most 1; null without users or
    seats), breadth (core features used ÷ core features bought; null without either), depth (count per user, or per seat
    where users are not exported, ÷ its median among peers in use, at most 1), regularity (weeks with use ÷ whole weeks
    of the window, or of the time measured). A measured account without use scores 0; one never measured has null parts.

    Returns one row per closing × account, sorted: closing, account_id, segment, the four parts, adoption_index (0–100
    or null), band, coverage (share of the weights whose part is there), mrr.
    """
    days = [day_of(closing) for closing in closings]
    wide = mrr_on(view, days)
    known = attributes(view)
    facts = _facts(view, days, wide, known)
    parts = pd.DataFrame({"seats": _seats(facts), "breadth": _breadth(facts), "regularity": _regularity(view, facts)})
    parts.insert(2, "depth", _depth(facts))
    settings = view.settings.adoption
    index, coverage = adoption_index(parts, settings.weights)
    scored = parts.assign(
        adoption_index=index, band=band_of(index, settings.bands), coverage=coverage, mrr=facts["mrr"]
    )
    scored.insert(0, "segment", facts["segment"])
    return scored.reset_index()


def adoption_index(parts: pd.DataFrame, weights: Mapping[Part, float]) -> tuple[pd.Series, pd.Series]:
    """Weighted geometric mean of the parts that are there, 0–100, and the share of the weights that they carry.

    parts: one column per part, in [0, 1] or null. The index is null where every part is; a part of 0 makes it 0.
    """
    names = [name for name in PARTS if name in weights]
    values, weight = parts[names].to_numpy(dtype=float), np.array([weights[name] for name in names])
    there = ~np.isnan(values) * weight
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(there > 0, np.log(values), 0.0)
        index = 100 * np.exp((logs * there).sum(axis=1) / there.sum(axis=1))
    coverage = there.sum(axis=1) / weight.sum()
    return pd.Series(index.round(6), parts.index), pd.Series(coverage.round(6), parts.index)


def band_of(index: pd.Series, bands: Mapping[str, float]) -> pd.Series:
    """The band with the highest lower bound that the index reaches; null for a null index or one below all bounds."""
    names = sorted(bands, key=lambda name: bands[name])
    place = np.searchsorted([bands[name] for name in names], index.to_numpy(dtype=float), side="right") - 1
    found = pd.Series(np.array([*names, None], dtype=object)[place], index.index)
    return found.where(index.notna()).astype("str")


def _facts(view: View, closings: Sequence[date], wide: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Everything the parts are made of, indexed by closing, account_id, for accounts with MRR above zero."""
    grain, core = grain_days(view), core_of(view)
    ever = recent_use(view, max(closings), grain)
    paid = _long(wide).to_frame("mrr")
    facts = paid[paid["mrr"] > 0].join(use_in_windows(view, closings, grain, core))
    ids, through = facts.index.get_level_values("account_id"), facts.index.get_level_values("closing").to_series()
    first_on = ever["first_on"].reindex(ids)
    measured = (through - pd.Timedelta(days=lag_days(grain))).to_numpy() - first_on.to_numpy()
    facts = facts.assign(
        grain=grain,
        days_measured=measured / np.timedelta64(1, "D") + 1,
        n_core_bought=core.size_of(ids).to_numpy(),
        seats_bought=_seats_bought(view, closings).reindex(facts.index),
        segment=known["segment"].reindex(ids).astype("str").fillna(UNASSIGNED).to_numpy(),
        peers=_peers(view, known).reindex(ids).fillna("").to_numpy(),
    )
    said = {"users": ever["n_users"].any(), "amount": ever["n_counts"].any(), "n_core": True, "n_periods": True}
    return _zero_where_silent(facts, [column for column, is_said in said.items() if is_said])


def _long(wide: pd.DataFrame) -> pd.Series:
    """Account × day as one series indexed by closing, account_id."""
    index = pd.MultiIndex.from_product([wide.columns, wide.index], names=["closing", "account_id"])
    return pd.Series(wide.to_numpy(dtype=float).ravel("F"), index)


def _seats_bought(view: View, closings: Sequence[date]) -> pd.Series:
    """Seats per closing × account: the most entitled of one feature, else those of the subscription."""
    bought = _long(seats_on(view, closings))
    if not view.has("entitlements"):
        return bought
    entitled = view.sql("SELECT account_id, max(seats) AS seats FROM entitlements GROUP BY account_id")
    seats = entitled.astype({"account_id": "str", "seats": "float64"}).set_index("account_id")["seats"].dropna()
    everywhere = pd.DataFrame({pd.Timestamp(closing): seats for closing in closings})
    return _long(everywhere).combine_first(bought)


def _peers(view: View, known: pd.DataFrame) -> pd.Series:
    column = view.settings.adoption.peers
    if column not in known:
        raise UnknownName("column of peers", column, tuple(known.columns))
    peers: pd.Series = known[column].astype("str")
    return peers


def _zero_where_silent(facts: pd.DataFrame, said: Sequence[str]) -> pd.DataFrame:
    """A measured account without rows in the window used nothing. said: the columns that the export fills at all."""
    silent = (facts["days_measured"] >= 1) & facts["n_periods"].isna()
    return facts.assign(**{column: facts[column].astype("float64").mask(silent, 0.0) for column in said})


def _seats(facts: pd.DataFrame) -> pd.Series:
    return (facts["users"] / facts["seats_bought"].where(facts["seats_bought"] > 0)).clip(upper=1)


def _breadth(facts: pd.DataFrame) -> pd.Series:
    return (facts["n_core"] / facts["n_core_bought"]).clip(upper=1)


def _depth(facts: pd.DataFrame) -> pd.Series:
    heads = facts["users"] if facts["users"].notna().any() else facts["seats_bought"]
    each = (facts["amount"] / heads.where(heads > 0)).mask(facts["amount"] == 0, 0.0)
    in_use = each.where(each > 0)
    closing = facts.index.get_level_values("closing")
    among = in_use.groupby([closing, facts["peers"]])
    everyone = in_use.groupby(closing).transform("median")
    median = among.transform("median").where(among.transform("count") >= SMALLEST_GROUP, everyone)
    return (each / median).clip(upper=1)


def _regularity(view: View, facts: pd.DataFrame) -> pd.Series:
    span = facts["grain"].where(facts["grain"] >= MONTHLY, 7)
    whole = view.settings.adoption.window_days // span
    expected = (facts["days_measured"] // span).clip(lower=1, upper=whole.clip(lower=1))
    share: pd.Series = (facts["n_periods"] / expected).clip(upper=1)
    return share
