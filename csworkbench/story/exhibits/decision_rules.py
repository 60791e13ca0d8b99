"""Which decisions a pack asks for: fixed rules over what was measured, never an opinion.

Each decision says what is to be decided, about whom, why, who decides, by when, and the MRR that hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ...metrics.trend import targets_of
from ..language import is_missing
from ..scene import ALL, COMPANY, Scene
from .chances import chance_of_leaving
from .forecast import forecast_row
from .renewals import by_account

NOTICE_DAYS = 30
SOONEST_DAYS = 14
LIKELY_TO_LEAVE = 0.3
N_RENEWALS = 5
RENEWAL, MORE_RENEWALS, GAP, TWICE, NO_OWNER, OVERDUE, NO_PLAN = (
    "renewal", "more_renewals", "gap", "twice", "no_owner", "overdue", "no_plan"
)  # fmt: skip
DOUBTFUL, SAFE = ("at_risk", "lost"), ("commit", "likely")


@dataclass(frozen=True)
class Decision:
    """One decision. about: account name, segment or KPI. whose: name of the CSM, else a role (empty: nobody yet).

    money: MRR per month that hangs on it, None where it has none. n: how many accounts or promises. p: chance of
    leaving. call: what the CSM calls. on: the day it is about. value, plan: where a plan was missed.
    """

    kind: str
    about: str
    by: date
    whose: str = ""
    money: float | None = None
    n: int = 1
    p: float | None = None
    call: str = ""
    on: date | None = None
    value: float | None = None
    plan: float | None = None


def decisions(scene: Scene) -> list[Decision]:
    """What the numbers ask to be decided: renewals first, then plans, then care; the largest first within each.

    renewal: due next quarter, called at risk or lost by its CSM, or with a chance of leaving of 30% or more, to be
    decided 30 days before it is due (in 14 days at the latest where that has passed); the five largest one by one, the
    rest together. gap: next quarter's expected net new MRR is below its plan. twice: a segment's NRR was below plan in
    this quarter and the last. no_owner: accounts with a sign have no CSM. overdue: promises are overdue. no_plan: there
    are plans, but none for the MRR of next quarter.
    """
    return [*_renewals(scene), *_gap(scene), *_twice(scene), *_no_owner(scene), *_overdue(scene), *_no_plan(scene)]


def _soon(scene: Scene) -> date:
    return scene.measures.as_of + timedelta(days=SOONEST_DAYS)


def _first_month(scene: Scene) -> date:
    """The end of the first month of next quarter."""
    return scene.quarter.next.months[0]


def doubtful_renewals(scene: Scene) -> pd.DataFrame:
    """Accounts with a renewal due next quarter that is in doubt, the largest first; p: chance of leaving by then."""
    if not scene.has("renewals_ahead"):
        return pd.DataFrame()
    due = scene.mine("renewals_ahead", scene.quarter.next)
    rows = by_account(due) if len(due) else due.assign(csm_call="")
    rows = rows.assign(p=chance_of_leaving(scene, rows)) if len(rows) else rows.assign(p=0.0)
    rows = rows[rows["csm_call"].isin(DOUBTFUL) | (rows["p"] >= LIKELY_TO_LEAVE)]
    named = scene.with_names(rows, "csm")
    return named.sort_values(["due_mrr", "account_id"], ascending=[False, True], ignore_index=True)


def _renewals(scene: Scene) -> Iterator[Decision]:
    rows = doubtful_renewals(scene)
    for row in rows.head(N_RENEWALS).to_dict("records"):
        on = row["due_on"].date()
        by = max(on - timedelta(days=NOTICE_DAYS), min(on, _soon(scene)))
        p = None if is_missing(row["p"]) else float(row["p"])
        about = (str(row["name"]), by, _text(row["csm"]), float(row["due_mrr"]))
        yield Decision(RENEWAL, *about, p=p, call=_text(row["csm_call"]), on=on)
    rest = rows.iloc[N_RENEWALS:]
    if len(rest):
        first = rest["due_on"].min().date()
        by = max(first - timedelta(days=NOTICE_DAYS), min(first, _soon(scene)))
        yield Decision(MORE_RENEWALS, "", by, money=float(rest["due_mrr"].sum()), n=len(rest), on=first)


def _text(value: object) -> str:
    return "" if is_missing(value) else str(value)


def _gap(scene: Scene) -> Iterator[Decision]:
    """The forecast of the pack's part of the book against the plan of the next quarter."""
    row, plan = forecast_row(scene, scene.unit), _plan(scene, "nnmrr", scene.segment or COMPANY)
    if row is not None and plan is not None and row.expected < plan:
        yield Decision(GAP, scene.unit, _first_month(scene), money=plan - row.expected, value=row.expected, plan=plan)


def _plan(scene: Scene, kpi: str, owner: str, before: bool = False) -> float | None:
    """The plan of a KPI for the next quarter, or for the last one."""
    if not scene.has("targets"):
        return None
    quarter = scene.quarter.previous if before else scene.quarter.next
    found = targets_of(scene.frame("targets"), kpi, [quarter])
    mine = found[found["owner"] == owner]["target"]
    return float(mine.iloc[0]) if len(mine) else None


def _twice(scene: Scene) -> Iterator[Decision]:
    """Segments whose NRR was below plan in this quarter and in the last."""
    if not scene.has("mrr_trend"):
        return
    trend, found = scene.frame("mrr_trend"), list[Decision]()
    for segment in [scene.segment] if scene.segment else scene.segments:
        now, then = (_nrr(trend, segment, q.label) for q in (scene.quarter, scene.quarter.previous))
        plan, plan_then = scene.target("nrr", segment), _plan(scene, "nrr", segment, before=True)
        known = (now, then, plan, plan_then)
        if now is not None and None not in known and now[0] < (plan or 0) and then and then[0] < (plan_then or 0):
            money = ((plan or 0) - now[0]) * now[1]
            found.append(Decision(TWICE, segment, _first_month(scene), money=money, value=now[0], plan=plan))
    yield from sorted(found, key=lambda one: -(one.money or 0.0))


def _nrr(trend: pd.DataFrame, segment: str, quarter: str) -> tuple[float, float] | None:
    """NRR and opening MRR; None for a small group."""
    rows = trend[(trend["segment"] == segment) & (trend["quarter"] == quarter)]
    if rows.empty or rows["n_open"].iloc[0] < SMALLEST_GROUP:
        return None
    return float(rows["nrr"].iloc[0]), float(rows["mrr_open"].iloc[0])


def _no_owner(scene: Scene) -> Iterator[Decision]:
    if not scene.has("attention", "accounts") or scene.frame("accounts")["csm"].isna().all():
        return
    rows = scene.mine("attention")
    rows = rows[rows["csm"].isna()]
    if len(rows):
        yield Decision(NO_OWNER, _largest(rows), _soon(scene), money=float(rows["mrr"].sum()), n=len(rows))


def _largest(rows: pd.DataFrame) -> str:
    row = rows.sort_values(["mrr", "account_id"], ascending=[False, True]).iloc[0]
    return str(row["account_id"] if is_missing(row["name"]) else row["name"])


def _overdue(scene: Scene) -> Iterator[Decision]:
    if not scene.has("overdue"):
        return
    rows = scene.mine("overdue")
    if len(rows):
        rows = rows.assign(mrr=rows["mrr"].fillna(0.0))
        money = rows.drop_duplicates("account_id")["mrr"].sum()
        yield Decision(OVERDUE, _largest(rows), _soon(scene), money=float(money), n=int(rows["n"].sum()))


def _no_plan(scene: Scene) -> Iterator[Decision]:
    if not scene.has("targets") or scene.target("mrr_close") is None:
        return
    if _plan(scene, "mrr_close", scene.segment or COMPANY) is None:
        yield Decision(NO_PLAN, ALL if scene.segment is None else scene.segment, _first_month(scene))
