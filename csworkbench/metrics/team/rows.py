"""The rows that CSMs are compared on: what happened to each account while it was in a CSM's charge."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...data.snapshot import View
from ..book import paid_spans
from ..calendar import Quarter
from ..revenue import UNASSIGNED_CSM, credited_moves
from ..rollup import days, rolled_up
from .mix import tenure_of

_LOST = ["contraction", "churn"]


def revenue_rows(view: View, quarters: Sequence[Quarter], movements: pd.DataFrame) -> pd.DataFrame:
    """One row per account with opening MRR and quarter: account_id, csm_id, segment, tenure, plan, weight, gain, loss.

    movements: the frame of the quarter's measures. csm_id: who was in charge on the day of the largest decision of the
    quarter; where nothing moved, on its last day. Accounts in nobody's charge are left out. weight: opening MRR; gain:
    expansion; loss: contraction + churn; in company currency per month.
    """
    place = {quarter.label: at for at, quarter in enumerate(quarters)}
    moved = movements[(movements["mrr_open"] > 0) & movements["quarter"].isin(place)]
    moved = moved.assign(window=moved["quarter"].map(place).astype("int64"))
    windows = [(quarter.opening, quarter.closing) for quarter in quarters]
    credited = credited_moves(view, windows, moved)
    size = (credited["expansion"] - credited["contraction"] - credited["churn"]).abs()
    decided = credited.assign(size=size).sort_values(["size", "owner"], ascending=[False, True])
    owner = decided.drop_duplicates(["window", "account_id"]).set_index(["window", "account_id"])["owner"]
    keys = pd.MultiIndex.from_frame(moved[["window", "account_id"]])
    csm_id = pd.Series(owner.reindex(keys).to_numpy(), moved.index, dtype="str").fillna(moved["csm_id"])
    rows = moved.assign(
        csm_id=csm_id,
        weight=moved["mrr_open"],
        gain=moved["expansion"],
        loss=moved[_LOST].sum(axis=1),
        opening=pd.to_datetime(moved["window"].map(lambda at: windows[at][0])).astype("datetime64[us]"),
    )
    kept = rows[rows["csm_id"].notna() & (rows["csm_id"] != UNASSIGNED_CSM)]
    return with_kind(view, kept, "opening")


def with_kind(view: View, rows: pd.DataFrame, day: str) -> pd.DataFrame:
    """The rows with tenure and plan of their account on that day. day: the column (datetime64) that holds it."""
    paid = paid_spans(view)["first_paid_on"].reindex(rows["account_id"]).to_numpy()
    on = [pd.Timestamp(value).date() for value in rows[day].unique()]
    plans = rolled_up(view, "team/main_plans", days(on)) if on else pd.DataFrame(columns=["account_id", "day", "plan"])
    plans = plans.astype({"account_id": "str", "day": "datetime64[us]", "plan": "str"}).rename(columns={"day": day})
    known = rows.merge(plans, on=["account_id", day], how="left")
    age_days = (known[day] - pd.Series(paid, known.index)).dt.days
    return known.assign(tenure=tenure_of(age_days), plan=known["plan"].fillna("none"))


def adoption_rows(view: View, quarter: Quarter, adoption: pd.DataFrame, owners: pd.Series) -> pd.DataFrame:
    """One row per account with a measured Adoption Index at the quarter's end; outcome 1 in the top band, else 0.

    adoption: the frame of the measures. owners: csm_id per account_id on that day.
    """
    bands = view.settings.adoption.bands
    top = max(bands, key=lambda name: bands[name], default="")
    now = adoption[(adoption["quarter"] == quarter.label) & adoption["band"].notna()]
    rows = now[["account_id", "segment", "band"]].assign(csm_id=now["account_id"].map(owners), weight=1.0)
    rows = rows[rows["csm_id"].notna()].assign(closing=pd.Timestamp(quarter.closing).as_unit("us"))
    return with_kind(view, rows.assign(outcome=(rows["band"] == top).astype(float)), "closing")
