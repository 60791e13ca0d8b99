"""The tree from the goal of the company (KGI) to what people can move (KPIs): plan and actual by owner."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from ..calendar import Quarter
from ..intervals import SMALLEST_GROUP
from ..measures import QuarterMeasures
from ..revenue import gross_revenue_retention, logo_churn, net_revenue_retention
from ..trend import targets_of
from .work import loads

PARENTS: Mapping[str, str] = MappingProxyType(
    {
        "mrr_close": "",
        "new": "mrr_close",
        "nnmrr": "mrr_close",
        "expansion": "nnmrr",
        "churn": "nnmrr",
        "nrr": "nnmrr",
        "grr": "nnmrr",
        "logo_churn": "grr",
        "renewal_rate": "grr",
        "adoption_high_share": "grr",
        "steps_in_time": "adoption_high_share",
        "time_to_value": "adoption_high_share",
        "proactive_share": "adoption_high_share",
    }
)
LOWER_IS_BETTER = frozenset({"churn", "logo_churn", "time_to_value"})
_OF_TREND = ("mrr_close", "new", "expansion", "churn", "nrr", "grr", "logo_churn")
_RATES = {"nrr": net_revenue_retention, "grr": gross_revenue_retention, "logo_churn": logo_churn}
_COMPANY, _ALL = "company", "all"


def kpis(measures: QuarterMeasures, work: pd.DataFrame | None) -> pd.DataFrame:
    """Every KPI × owner with an actual value or a target, the tree from its root down, companies before their parts.

    Returns kpi, parent, level (0 is the KGI), owner_kind (company, segment, csm), owner, target, actual, before (last
    quarter). work: the frame work, or None. A CSM's rates are over the accounts in charge at the end; under 5 null.
    """
    now, then = (_actuals(measures, work, quarter) for quarter in (measures.quarter, measures.quarter.previous))
    keys = ["kpi", "owner_kind", "owner"]
    both = now.rename(columns={"value": "actual"}).merge(then.rename(columns={"value": "before"}), "left", keys)
    both = both.merge(_targets(measures), "left", ["kpi", "owner"])
    both = both[both["actual"].notna() | both["target"].notna()]
    order = {name: at for at, name in enumerate(PARENTS)}
    kinds = {_COMPANY: 0, "segment": 1, "csm": 2}
    sorted_ = both.assign(a=both["kpi"].map(order), b=both["owner_kind"].map(kinds)).sort_values(
        ["a", "b", "owner"], ignore_index=True
    )
    return sorted_.assign(parent=sorted_["kpi"].map(PARENTS), level=sorted_["kpi"].map(level)).drop(columns=["a", "b"])


def level(kpi: str) -> int:
    """How far below the KGI a KPI stands."""
    return 0 if not PARENTS[kpi] else 1 + level(PARENTS[kpi])


def _targets(measures: QuarterMeasures) -> pd.DataFrame:
    if "targets" not in measures.frames:
        return pd.DataFrame({"kpi": [], "owner": [], "target": []}).astype({"kpi": "str", "owner": "str"})
    of = measures.frames["targets"]
    known = of[of["kpi"].isin(list(PARENTS))]
    found = [targets_of(rows, str(kpi), [measures.quarter]).assign(kpi=kpi) for kpi, rows in known.groupby("kpi")]
    if not found:
        return known[["kpi", "owner", "target"]]
    return pd.concat(found, ignore_index=True).drop(columns="quarter").astype({"owner": "str", "target": "float64"})


def _actuals(measures: QuarterMeasures, work: pd.DataFrame | None, quarter: Quarter) -> pd.DataFrame:
    """kpi, owner_kind, owner, value of everything that was measured of one quarter."""
    parts = [_of_trend(measures, quarter), _nnmrr(measures, quarter), _of_csms(measures, quarter)]
    parts += [_adopted(measures, quarter), _renewed(measures, quarter)]
    parts += [_journey(measures)] if quarter == measures.quarter else []
    parts += [_proactive(work, quarter)] if work is not None else []
    columns = ["kpi", "owner_kind", "owner", "value"]
    rows = [row for part in parts for row in part]
    return pd.DataFrame(rows, columns=columns).astype({"value": "float64", "owner": "str"})


Row = tuple[str, str, str, float]


def _rows_of(measures: QuarterMeasures, name: str, quarter: Quarter | None) -> pd.DataFrame:
    if name not in measures.frames:
        return pd.DataFrame()
    frame = measures.frames[name]
    return frame if quarter is None else frame[frame["quarter"] == quarter.label]


def _part(segment: str) -> tuple[str, str]:
    return (_COMPANY, _COMPANY) if segment == _ALL else ("segment", segment)


def _of_trend(measures: QuarterMeasures, quarter: Quarter) -> list[Row]:
    rows = _rows_of(measures, "mrr_trend", quarter).to_dict("records")
    small = {row["segment"] for row in rows if row["n_open"] < SMALLEST_GROUP}
    return [
        (kpi, *_part(row["segment"]), float("nan") if kpi in _RATES and row["segment"] in small else row[kpi])
        for row in rows
        for kpi in _OF_TREND
    ]


def _nnmrr(measures: QuarterMeasures, quarter: Quarter) -> list[Row]:
    rows = _rows_of(measures, "nnmrr", quarter).to_dict("records")
    kinds = {"all": _COMPANY, "segment": "segment", "csm": "csm"}
    return [
        ("nnmrr", kinds[row["owner_kind"]], row["owner"], row["nnmrr"])
        for row in rows
        if not (row["owner_kind"] == "csm" and row["owner"] == "unassigned")
    ]


def _of_csms(measures: QuarterMeasures, quarter: Quarter) -> list[Row]:
    rows: list[Row] = []
    moved = _rows_of(measures, "movements", quarter)
    for csm_id, book in moved.groupby("csm_id") if len(moved) else ():
        enough = (book["mrr_open"] > 0).sum() >= SMALLEST_GROUP
        rows += [(kpi, "csm", str(csm_id), rate(book)) for kpi, rate in _RATES.items() if enough]
    return rows


def _adopted(measures: QuarterMeasures, quarter: Quarter) -> list[Row]:
    bands = measures.settings.adoption.bands
    top = max(bands, key=lambda name: bands[name], default="")
    rows = _rows_of(measures, "adoption_bands", quarter).to_dict("records")
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["segment"]] = counts.get(row["segment"], 0) + row["n_accounts"]
    return [
        ("adoption_high_share", *_part(row["segment"]), row["share_accounts"])
        for row in rows
        if row["band"] == top and counts[row["segment"]] >= SMALLEST_GROUP
    ]


def _renewed(measures: QuarterMeasures, quarter: Quarter) -> list[Row]:
    rows = _rows_of(measures, "renewal_rates", quarter).to_dict("records")
    return [
        ("renewal_rate", *_part(row["segment"]), row["gross_rate"]) for row in rows if row["n_due"] >= SMALLEST_GROUP
    ]


def _journey(measures: QuarterMeasures) -> list[Row]:
    rows: list[Row] = []
    steps = _rows_of(measures, "journey_steps", None)
    for segment, group in steps.groupby("segment") if len(steps) else ():
        n = group["n_eligible"].sum()
        if n >= SMALLEST_GROUP:
            rows.append(("steps_in_time", *_part(str(segment)), group["n_reached"].sum() / n))
    for row in _rows_of(measures, "time_to_value", None).to_dict("records"):
        if row["n"] >= SMALLEST_GROUP:
            rows.append(("time_to_value", *_part(row["segment"]), row["median_days"]))
    return rows


def _proactive(work: pd.DataFrame, quarter: Quarter) -> list[Row]:
    found = loads(work[work["quarter"] == quarter.label])
    rows: list[Row] = []
    for row in found.to_dict("records"):
        if row["known_hours"] > 0:
            rows.append(("proactive_share", "csm", row["csm_id"], 1 - row["reactive_hours"] / row["known_hours"]))
    if found["known_hours"].sum() > 0:
        share = 1 - found["reactive_hours"].sum() / found["known_hours"].sum()
        rows.append(("proactive_share", _COMPANY, _COMPANY, share))
    return rows
