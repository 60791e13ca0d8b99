"""What changed for one account between two quarters."""

from __future__ import annotations

import pandas as pd

from .moved import COUNT, MONEY, SHARE
from .told import Told

# frame → its columns that are compared, and how each is written
COMPARED = {
    "accounts": {"mrr": MONEY, "adoption_index": COUNT, "tickets_90d": COUNT, "nps": COUNT},
    "scores": {"p_churn_12": SHARE, "money_at_risk": MONEY},
}
SIGNS = "signs"


def account_moved(old: Told, new: Told, account_id: str) -> pd.DataFrame:
    """One row per measure of the account that either of the two has: measure, kind, old, new, change.

    Null where it was not measured. signs: how many signs of `attention` it shows, 0 where it shows none.
    """
    rows = []
    for frame, columns in COMPARED.items():
        before, after = (_row(told.frame(frame), account_id) for told in (old, new))
        for name, kind in columns.items():
            rows.append((name, kind, *(None if side is None else side[name] for side in (before, after))))
    rows.append((SIGNS, COUNT, *(_signs(told, account_id) for told in (old, new))))
    found = pd.DataFrame(rows, columns=["measure", "kind", "old", "new"]).astype({"old": "float64", "new": "float64"})
    found = found[found[["old", "new"]].notna().any(axis=1)].reset_index(drop=True)
    return found.assign(change=found["new"] - found["old"])


def _row(frame: pd.DataFrame | None, account_id: str) -> pd.Series | None:
    if frame is None:
        return None
    found = frame[frame["account_id"] == account_id]
    return found.iloc[0] if len(found) else None


def _signs(told: Told, account_id: str) -> float | None:
    frame = told.frame("attention")
    if frame is None:
        return None
    row = _row(frame, account_id)
    return 0.0 if row is None else float(len(row["reasons"]))
