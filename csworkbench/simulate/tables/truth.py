"""The true probabilities behind the facts; kept apart and never mapped in workspace.toml."""

from __future__ import annotations

import numpy as np

from .. import parameters as p
from ..arrays import Rows
from ..chunk import Chunk


def account_months(chunk: Chunk) -> Rows:
    """One row per account and month in which the account could decide to leave; internal accounts are left out."""
    h = chunk.history
    row, month = np.nonzero(h.at_risk & ~chunk.accounts.internal[:, None])
    rows: dict[str, object] = {
        "account_id": chunk.ids(row),
        "month_end": chunk.world.months.ends[month],
        "p_churn": h.p_churn[row, month],
        "p_expansion": h.p_expansion[row, month],
        "p_contraction": h.p_contraction[row, month],
        "churned": (~np.isnat(h.decided[row, month])).astype(np.int64),
        "expanded": (~np.isnat(h.grew[row, month])).astype(np.int64),
        "contracted": (~np.isnat(h.shrank[row, month])).astype(np.int64),
    }
    for k, driver in enumerate(p.CHURN_DRIVERS):
        rows[f"churn_{driver}"] = h.churn_parts[row, month, k]
    for k, driver in enumerate(p.EXPANSION_DRIVERS):
        rows[f"expansion_{driver}"] = h.expansion_parts[row, month, k]
    return rows  # type: ignore[return-value]
