"""The Adoption Index: how well an account uses what it bought, from 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..data.asof import UNASSIGNED, Day, day_of
from ..data.settings import Adoption
from ..data.snapshot import View
from ..errors import UnknownName
from .book import attributes, mrr_on, seats_on
from .intervals import SMALLEST_GROUP
from .usage import MONTHLY, core_of, grain_days, recent_use
from .use_windows import SlotUse, Use, Window, buckets_of, use_in, window_of

Part = Literal["seats", "breadth", "depth", "regularity"]
PARTS: tuple[Part, ...] = ("seats", "breadth", "depth", "regularity")
COLUMNS = ["closing", "account_id", "segment", *PARTS, "adoption_index", "band", "coverage", "mrr"]
Floats = NDArray[np.float64]


def adoption(view: View, closings: Sequence[Day]) -> pd.DataFrame:
    """The Adoption Index of every account with MRR on each closing day, over the window that ends on it.

    Parts, each in [0, 1]: seats (most users of one feature on one day ÷ seats bought, at most 1; null without users or
    seats), breadth (core features used ÷ core features bought; null without either), depth (count per user, or per seat
    where users are not exported, ÷ its median among peers in use, at most 1), regularity (weeks with use ÷ whole weeks
    of the window, or of the time measured). A measured account without use scores 0; one never measured has null parts.

    Returns one row per closing × account, sorted: closing, account_id, segment, the four parts, adoption_index (0–100
    or null), band, coverage (share of the weights whose part is there), mrr.
    """
    days = sorted({day_of(closing) for closing in closings})
    paid, split, settings = mrr_on(view, days), attributes(view), view.settings.adoption
    known = _known(view, paid.index, days, split)
    segment = split["segment"].reindex(paid.index).astype("str").fillna(UNASSIGNED)
    frames = []
    for place, mrr in enumerate(paid.to_numpy().T):
        facts = _facts(known, place, mrr)
        frame = pd.DataFrame(facts.parts(known), columns=list(PARTS))
        frame["adoption_index"], frame["coverage"] = adoption_index(frame, settings.weights)
        frame["band"] = band_of(frame["adoption_index"], settings.bands)
        frame["account_id"], frame["segment"] = paid.index[facts.paid], segment.array[facts.paid]
        frames.append(frame.assign(closing=paid.columns[place], mrr=mrr[facts.paid]))
    return pd.concat(frames, ignore_index=True)[COLUMNS]


def adoption_grid(view: View, accounts: pd.Index, closings: Sequence[date], mrr: Floats) -> Floats:
    """The Adoption Index as account × closing, not a number where the account has no MRR or was not measured.

    closings: ascending. mrr: account × closing.
    """
    found = np.full(mrr.shape, np.nan)
    first = view.sql("SELECT min(u.day) AS day FROM usage AS u")["day"].iloc[0]
    measured = [place for place, closing in enumerate(closings) if pd.Timestamp(closing) >= first]
    if not measured:
        return found
    known = _known(view, accounts, [closings[place] for place in measured], attributes(view))
    for at, place in enumerate(measured):
        facts = _facts(known, at, mrr[:, place])
        found[facts.paid, place], _ = _index(facts.parts(known), known.adoption.weights)
    return found


def adoption_index(parts: pd.DataFrame, weights: Mapping[Part, float]) -> tuple[pd.Series, pd.Series]:
    """Weighted geometric mean of the parts that are there, 0–100, and the share of the weights that they carry.

    parts: one column per part, in [0, 1] or null. The index is null where every part is; a part of 0 makes it 0.
    """
    index, coverage = _index(parts[list(PARTS)].to_numpy(dtype=float), weights)
    return pd.Series(index, parts.index), pd.Series(coverage, parts.index)


def _index(parts: Floats, weights: Mapping[Part, float]) -> tuple[Floats, Floats]:
    """parts: account × part, in the order of `PARTS`."""
    names = [name for name in PARTS if name in weights]
    values, weight = parts[:, [PARTS.index(name) for name in names]], np.array([weights[name] for name in names])
    there = ~np.isnan(values) * weight
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(there > 0, np.log(values), 0.0)
        index = 100 * np.exp((logs * there).sum(axis=1) / there.sum(axis=1))
    return index.round(6), (there.sum(axis=1) / weight.sum()).round(6)


def band_of(index: pd.Series, bands: Mapping[str, float]) -> pd.Series:
    """The band with the highest lower bound that the index reaches; null for a null index or one below all bounds."""
    names = sorted(bands, key=lambda name: bands[name])
    place = np.searchsorted([bands[name] for name in names], index.to_numpy(dtype=float), side="right") - 1
    found = pd.Series(np.array([*names, None], dtype=object)[place], index.index)
    return found.where(index.notna()).astype("str")


@dataclass(frozen=True)
class _Known:
    """What is known of some accounts: `bought` (seats) as account × closing, and their use by slots of the windows.

    said: which of users and amount the export says at all.
    """

    adoption: Adoption
    grain: int
    windows: Sequence[Window]
    use: SlotUse
    first_on: NDArray[np.datetime64]
    said: Mapping[str, bool]
    n_core_bought: Floats
    bought: Floats
    peers: NDArray[np.int64]


def _known(view: View, accounts: pd.Index, closings: Sequence[date], attributes: pd.DataFrame) -> _Known:
    grain, settings = grain_days(view), view.settings.adoption
    ever = recent_use(view, max(closings), grain)
    windows = [window_of(closing, settings.window_days, grain) for closing in closings]
    measured = [window for window in windows if pd.Timestamp(window.through) >= ever["first_on"].min()]
    use = use_in(view, accounts, measured or windows[-1:], core_of(view))
    peers, _ = pd.factorize(_peers(settings.peers, attributes).reindex(accounts).fillna(""))
    return _Known(
        settings,
        grain,
        windows,
        use,
        ever["first_on"].reindex(accounts).to_numpy(dtype="datetime64[us]"),
        {"users": bool(ever["n_users"].any()), "amount": bool(ever["n_counts"].any())},
        use.n_core_bought,
        _seats_bought(view, accounts, closings),
        peers,
    )


@dataclass(frozen=True)
class _Facts:
    """What the parts of the accounts with MRR on one closing day are made of; paid: the places of these accounts."""

    paid: NDArray[np.int64]
    use: Use
    days_measured: Floats
    n_core_bought: Floats
    seats_bought: Floats
    peers: NDArray[np.int64]

    def parts(self, known: _Known) -> Floats:
        """Account × part, in the order of `PARTS`."""
        parts = {
            "seats": _share(self.use.users, self.seats_bought),
            "breadth": _share(self.use.n_core, self.n_core_bought),
            "depth": self._depth(by_head=bool(np.isfinite(known.use.users).any())),
            "regularity": self._regularity(known),
        }
        return np.column_stack([parts[name] for name in PARTS])

    def _depth(self, by_head: bool) -> Floats:
        heads, amount = self.use.users if by_head else self.seats_bought, self.use.amount
        each = np.where(amount == 0, 0.0, amount / np.where(heads > 0, heads, np.nan))
        in_use = pd.Series(each).where(each > 0)
        among = in_use.groupby(self.peers).agg(["median", "count"])
        median = among["median"].where(among["count"] >= SMALLEST_GROUP, in_use.median())
        return _share(each, median.reindex(self.peers).to_numpy())

    def _regularity(self, known: _Known) -> Floats:
        span = known.grain if known.grain >= MONTHLY else 7
        whole = max(known.adoption.window_days // span, 1)
        return _share(self.use.n_periods, np.clip(self.days_measured // span, 1, whole))


def _share(part: Floats, whole: Floats) -> Floats:
    """At most 1; not a number where either is missing or the whole is nothing."""
    return np.minimum(part / np.where(whole > 0, whole, np.nan), 1.0)


def _facts(known: _Known, place: int, mrr: Floats) -> _Facts:
    paid, window = np.flatnonzero(mrr > 0), known.windows[place]
    since = known.first_on[paid]
    days_measured = (np.datetime64(window.through, "us") - since) / np.timedelta64(1, "D") + 1
    use = known.use.within(window, *buckets_of(known.adoption.window_days, known.grain))
    silent = (days_measured >= 1) & np.isnan(use.n_periods[paid])
    columns = {
        name: np.where(silent & known.said.get(name, True), 0.0, values[paid]) for name, values in vars(use).items()
    }
    return _Facts(
        paid,
        Use(**columns),
        days_measured,
        known.n_core_bought[paid],
        known.bought[paid, place],
        known.peers[paid],
    )


def _seats_bought(view: View, accounts: pd.Index, closings: Sequence[date]) -> Floats:
    """Seats as account × closing: the most entitled of one feature, else those of the subscription."""
    bought: Floats = seats_on(view, closings).reindex(accounts).to_numpy()
    if not view.has("entitlements"):
        return bought
    entitled = view.sql("SELECT account_id, max(seats) AS seats FROM entitlements GROUP BY account_id")
    seats = entitled.astype({"account_id": "str", "seats": "float64"}).set_index("account_id")["seats"]
    known = seats.reindex(accounts).to_numpy()[:, None]
    return np.where(np.isnan(known), bought, known)


def _peers(column: str, attributes: pd.DataFrame) -> pd.Series:
    if column not in attributes:
        raise UnknownName("column of peers", column, tuple(attributes.columns))
    peers: pd.Series = attributes[column].astype("str")
    return peers
