"""The panel of a snapshot, made block by block of accounts so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...data.snapshot import Snapshot
from .account_features import Texts, read_attributes, read_owners
from .book_features import book_features, read_book, undecided
from .events import read_events
from .features import FEATURES
from .grid import Floats, Grid
from .known import Months, Reader
from .months import anchor, month_no, snapshot_days
from .panel import Panel
from .peers import peer_churn
from .service_features import read_service
from .usage_features import Measured, read_measured, read_usage, usage_features

BLOCK = 10_000
HISTORY_MONTHS = 12
_TEXTS = ("segment", "touch_tier", "industry")


@dataclass(frozen=True)
class _Block:
    """Some accounts: arrays over the months of the panel, preceded by 12 months for `here`, `segment` and `csm`."""

    ids: pd.Index
    here: npt.NDArray[np.bool_]
    texts: dict[str, Texts]
    numbers: dict[str, Floats]
    leaving: pd.DataFrame


def build(snapshot: Snapshot, until: date, n_months: int | None) -> Panel:
    """See panel.build_panel."""
    events = read_events(Reader(snapshot, Months({0: until})))
    wanted = _n_months(snapshot, events, until) if n_months is None else n_months
    long, short = _months(until, wanted + HISTORY_MONTHS), _months(until, wanted)
    everyone = Reader(snapshot, short)
    measured = read_measured(everyone) if everyone.has("usage") else None
    blocks = [_block(snapshot, long, short, ids, measured) for ids in _ids(snapshot)]
    absent = {name: feature.table for name, feature in FEATURES.items() if feature.table not in snapshot.relations}
    rows = _rows(blocks, short, absent)
    features = tuple(name for name in FEATURES if name in rows.columns)
    leaving = pd.concat([block.leaving for block in blocks], ignore_index=True) if blocks else _LEAVING
    return Panel(rows, events, leaving, until, features, absent)


def _n_months(snapshot: Snapshot, events: pd.DataFrame, until: date) -> int:
    """Back to the month before the first loss; without any, to the first subscription."""
    left = events.loc[events["kind"] == "churn", "on"]
    first = left.min()
    if left.empty:
        first = snapshot.as_of(until).sql("SELECT min(starts_on) AS day FROM subscriptions")["day"].iloc[0]
    if pd.isna(first):
        return 1
    day = anchor(until)
    return month_no(until, day) - month_no(pd.Timestamp(first).date(), day) + (1 if left.empty else 2)


def _months(until: date, n_months: int) -> Months:
    days = snapshot_days(until, n_months)
    return Months(dict(zip(range(1 - n_months, 1), days, strict=True)))


def _ids(snapshot: Snapshot) -> Iterator[pd.Index]:
    relation = snapshot.relations["subscriptions"]
    ids = snapshot.engine.query(f"SELECT DISTINCT account_id FROM {relation}")["account_id"].astype("str")
    known = pd.Index(sorted(ids))
    for start in range(0, len(known), BLOCK):
        yield known[start : start + BLOCK]


def _block(snapshot: Snapshot, long: Months, short: Months, ids: pd.Index, measured: Measured | None) -> _Block:
    within = (str(ids[0]), str(ids[-1]))
    reader, wide = Reader(snapshot, short, within), Reader(snapshot, long, within)
    grid, before = _grid(ids, short), _grid(ids, long)
    book = read_book(wide, long)
    texts, started_on = read_attributes(wide, before)
    numbers: dict[str, Floats] = dict(book_features(book, before, started_on))  # type: ignore[arg-type]
    texts["csm_id"] = np.full(before.shape, None, object)
    if wide.has("assignments"):
        texts["csm_id"], of_csm = read_owners(wide, before)
        numbers.update(of_csm)  # type: ignore[arg-type]
    numbers = {name: values[:, HISTORY_MONTHS:] for name, values in numbers.items()}
    numbers.update(read_service(reader, grid, numbers["tenure_months"]))  # type: ignore[arg-type]
    if measured is not None:
        usage = read_usage(reader, short, measured)
        numbers.update(usage_features(usage, measured.features, grid, numbers["seats"], short.until))  # type: ignore[arg-type]
    leaving = _leaving(book)
    return _Block(ids, undecided(book, before), texts, numbers, leaving)


def _grid(ids: pd.Index, months: Months) -> Grid:
    days = np.array([np.datetime64(day) for day in months.days.values()])
    return Grid(ids, min(months.days), days)


_LEAVING = pd.DataFrame({"account_id": [], "decided_on": [], "ends_on": [], "mrr": []})


def _leaving(book: pd.DataFrame) -> pd.DataFrame:
    said = book[(book["month"] == 0) & (book["leaves"] == 1)]
    return said[list(_LEAVING.columns)].sort_values("account_id", ignore_index=True)


def _rows(blocks: list[_Block], short: Months, absent: Mapping[str, str]) -> pd.DataFrame:
    here = np.concatenate([block.here for block in blocks])
    texts = {name: np.concatenate([block.texts[name] for block in blocks]) for name in (*_TEXTS, "csm_id")}
    chosen = np.nonzero(here[:, HISTORY_MONTHS:])
    peers = {
        "peer_churn_3m": peer_churn(here, texts["segment"], 3),
        "csm_churn_12m": peer_churn(here, texts["csm_id"], 12),
    }
    days = np.array([np.datetime64(day, "us") for day in short.days.values()])
    ids = np.concatenate([block.ids.to_numpy(dtype=object) for block in blocks])
    columns: dict[str, object] = {
        "account_id": pd.array(ids[chosen[0]], dtype="str"),
        "month_end": days[chosen[1]],
        "segment": _text(texts["segment"], chosen),
        "csm_id": _text(texts["csm_id"], chosen),
    }
    for name in FEATURES:
        if name in _TEXTS:
            columns[name] = _text(texts[name], chosen)
        elif name in peers and name not in absent:
            columns[name] = peers[name][:, HISTORY_MONTHS:][chosen]
        elif name in blocks[0].numbers:
            columns[name] = np.concatenate([_taken(block, name) for block in blocks])
    return pd.DataFrame(columns, copy=False)


def _taken(block: _Block, name: str) -> Floats:
    return block.numbers[name][block.here[:, HISTORY_MONTHS:]]


def _text(values: Texts, chosen: tuple[npt.NDArray[np.int64], ...]) -> object:
    return pd.array(values[:, HISTORY_MONTHS:][chosen], dtype="str")
