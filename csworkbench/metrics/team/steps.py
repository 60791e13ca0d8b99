"""Steps of the journey by the CSM who was in charge when the step began."""

from __future__ import annotations

import pandas as pd

from ...data.snapshot import View
from ..intervals import shrunk_shares
from .pooling import LEVEL

_MAIN = frozenset({"main", "primary", "lead", "owner", "csm"})


def step_rows(view: View, journey: pd.DataFrame) -> pd.DataFrame:
    """One row per account and step whose due days are over: account_id, csm_id, segment, step, milestone, outcome.

    journey: the frame of the measures. csm_id: in charge on the day of the step before, else the first one after it;
    steps of accounts that nobody was ever in charge of are left out. outcome: 1 reached in time, else 0; weight: 1.
    """
    rows = due_steps(journey).drop(columns="csm_id")
    known = rows.assign(csm_id=in_charge(view, rows["account_id"], rows["previous_on"]), weight=1.0)
    columns = ["account_id", "csm_id", "segment", "step", "milestone", "previous_on", "outcome", "weight"]
    return known.loc[known["csm_id"].notna(), columns].reset_index(drop=True)


def due_steps(journey: pd.DataFrame) -> pd.DataFrame:
    """The rows of the journey whose due days are over, with outcome: 1 reached in time, else 0."""
    due = journey["previous_on"].notna() & (journey["elapsed_days"] >= journey["due_days"])
    rows = journey[due].reset_index(drop=True)
    return rows.assign(outcome=rows["reached_in_time"].fillna(False).astype(float))


def in_charge(view: View, account_ids: pd.Series, on: pd.Series) -> pd.Series:
    """The CSM in charge of each account on its own day, else the first one assigned later; null when nobody ever was.

    A main role goes before others, then the latest assignment, as in `metrics.book.owners_on`.
    """
    known = view.table("assignments")[["account_id", "csm_id", "role", "starts_on", "ends_on"]]
    wanted = pd.DataFrame({"row": account_ids.index, "account_id": account_ids, "on": on})
    pairs = wanted.merge(known.astype({"account_id": "str", "csm_id": "str"}), on="account_id")
    pairs = pairs[(pairs["ends_on"].isna() | (pairs["ends_on"] > pairs["on"]))]
    later = pairs["starts_on"] > pairs["on"]
    other = ~(pairs["role"].isna() | pairs["role"].str.lower().isin(_MAIN))
    wait = (pairs["starts_on"] - pairs["on"]).abs().dt.days
    ranked = pairs.assign(later=later, other=other, wait=wait).sort_values(["row", "later", "other", "wait", "csm_id"])
    found = ranked.drop_duplicates("row").set_index("row")["csm_id"]
    return found.reindex(account_ids.index).astype("str")


def step_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Share in time per CSM and step, drawn to the team's (beta-binomial, 90%); rows: as `step_rows` gives them.

    Returns csm_id, step, milestone, n_eligible, n_reached, share, shrunk, low, high, team (share of all CSMs).
    """
    grouped = rows.groupby(["csm_id", "step", "milestone"])["outcome"].agg(["size", "sum"]).reset_index()
    counts = grouped.rename(columns={"size": "n_eligible", "sum": "n_reached"}).astype({"n_reached": "int64"})
    found = []
    for _, step in counts.groupby("step"):
        hits, n = step["n_reached"].to_numpy(dtype=float), step["n_eligible"].to_numpy(dtype=float)
        drawn = shrunk_shares(hits, n, LEVEL)[["share", "shrunk", "low", "high"]].set_index(step.index)
        found.append(drawn.assign(team=hits.sum() / n.sum()))
    columns = ["share", "shrunk", "low", "high", "team"]
    return counts.join(pd.concat(found) if found else pd.DataFrame(columns=columns, dtype="float64"))
