"""Who an account is and who looks after it, month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...data.asof import UNASSIGNED
from .grid import Arrays, Floats, Grid, as_numbers
from .known import Reader
from .months import month_numbers

Texts = npt.NDArray[Any]
ATTRIBUTES = ("segment", "touch_tier", "industry")


def read_attributes(reader: Reader, grid: Grid) -> tuple[dict[str, Texts], Floats]:
    """Text attributes as account × month, and started_on as days since 1970.

    `segment` is the column of the settings that splits the book, "unassigned" where it is empty.
    """
    split = reader.snapshot.settings.segments.column
    columns = tuple(dict.fromkeys((*ATTRIBUTES, split)))
    versions = reader.rows("panel_accounts")
    changed = reader.rows("panel_attributes") if reader.has("account_history") else None
    found = {name: _text(versions, changed, name, grid, reader.months.until) for name in columns}
    segment = found[split].copy()
    segment[segment == None] = UNASSIGNED  # noqa: E711
    started = _by_version(versions, as_numbers(versions["started_on"]), grid, reader.months.until, np.nan)
    return {**{name: found[name] for name in ATTRIBUTES}, "segment": segment}, started.astype(np.float32)


def _by_version(
    versions: pd.DataFrame, values: npt.NDArray[Any], grid: Grid, until: date, empty: object
) -> npt.NDArray[Any]:
    row = grid.ids.get_indexer(pd.Index(versions["account_id"]))
    known, gone = (month_numbers(versions[name], until) for name in ("known_from", "known_until"))
    found = np.full(grid.shape, empty, values.dtype)
    for column, month in enumerate(range(grid.first, 1)):
        here = (row >= 0) & (known <= month) & (month < gone)
        found[row[here], column] = values[here]
    return found


def _text(versions: pd.DataFrame, changed: pd.DataFrame | None, name: str, grid: Grid, until: date) -> Texts:
    given = versions[name].astype(object).where(versions[name].notna(), None).to_numpy(dtype=object)
    found = _by_version(versions, given, grid, until, None)
    if changed is not None:
        later = changed[(changed["attribute"] == name) & changed["value"].notna()]
        row, column, inside = grid.place(later)
        found[row[inside], column[inside]] = later["value"].to_numpy(dtype=object)[inside]
    return found


def read_owners(reader: Reader, grid: Grid) -> tuple[Texts, Arrays]:
    """The CSM in charge as account × month, and features of `code` csm but csm_churn_12m."""
    owners = reader.rows("panel_owners")
    csm = _none_for_missing(grid.spread_text(owners, "csm_id"))
    before = _none_for_missing(grid.spread_text(owners, "csm_before"))
    since = grid.spread(owners, ["in_charge_on"])["in_charge_on"]
    both = (csm != None) & (before != None)  # noqa: E711
    features = {
        "csm_tenure_months": grid.months_since(since),
        "csm_changed_180d": np.where(both, csm != before, np.nan).astype(np.float32),
    }
    if reader.has("csms"):
        features["csm_experience_months"] = _experience(reader, grid, csm)
    return csm, features


def _none_for_missing(texts: Texts) -> Texts:
    found = texts.copy()
    found[pd.isna(texts)] = None
    return found


def _experience(reader: Reader, grid: Grid, csm: Texts) -> Floats:
    joined = reader.rows("panel_csms").rename(columns={"csm_id": "account_id"})
    team = Grid(pd.Index(sorted(joined["account_id"].unique())), grid.first, grid.days)
    months = team.months_since(team.spread(joined, ["joined_on"])["joined_on"])
    row = team.ids.get_indexer(pd.Index(csm.ravel())).reshape(csm.shape)
    column = np.broadcast_to(np.arange(grid.shape[1]), grid.shape)
    return np.where(row >= 0, months[row, column] if len(team.ids) else np.nan, np.nan).astype(np.float32)
