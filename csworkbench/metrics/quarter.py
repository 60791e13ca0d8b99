"""All measures of one quarter, made once and read by every pack."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType

import pandas as pd

from ..data.snapshot import View
from ..errors import CsworkbenchError
from . import accounts, adoption, attention, cohorts, journey, revenue, service, trend
from .book import mrr_on, paid_spans, segment_of
from .calendar import Quarter, quarters_back
from .frames import FRAMES, shaped
from .freshness import freshness
from .measures import QuarterMeasures, load_measures
from .triangle import RULES, Activity, Unit, triangle

__all__ = ["QuarterMeasures", "load_measures", "measure_quarter"]

N_TREND, N_RECENT, N_COHORTS, JOURNEY_MONTHS = 8, 5, 12, 24

NEEDS = MappingProxyType(
    {
        "adoption": ("usage",),
        "adoption_bands": ("usage",),
        "journey": ("milestones",),
        "journey_steps": ("milestones",),
        "time_to_value": ("milestones",),
        "say_do": ("surveys", "usage"),
        "targets": ("targets",),
    }
)


def measure_quarter(view: View, quarter: Quarter) -> QuarterMeasures:
    """Every frame of the quarter that the tables of the view allow; what is missing for the others is in `absent`.

    view: as known on a day that is not before the quarter's closing, of a company with the quarter's fiscal year;
    CsworkbenchError otherwise.
    """
    begins = view.settings.company.fiscal_year_start
    if quarter.fiscal_year_start != begins:
        raise CsworkbenchError(f"{quarter} is of a fiscal year from month {quarter.fiscal_year_start}, not {begins}")
    if view.as_of < quarter.closing:
        raise CsworkbenchError(f"{quarter} closes on {quarter.closing}; a view of {view.as_of} does not know it yet")
    making = _Making(view, quarter)
    absent = {name: missing for name in FRAMES if (missing := making.missing(name))}
    frames = {name: shaped(name, getattr(making, name)) for name in FRAMES if name not in absent}
    return QuarterMeasures(
        quarter, view.as_of, view.settings, view.tables, MappingProxyType(frames), MappingProxyType(absent)
    )


class _Making:
    """The frames of a quarter while they are made; each property has the name of its frame."""

    def __init__(self, view: View, quarter: Quarter) -> None:
        self.view, self.quarter, self.closing = view, quarter, quarter.closing
        self.quarters = quarters_back(quarter, N_TREND)
        self.recent = quarters_back(quarter, N_RECENT)

    def missing(self, name: str) -> tuple[str, ...]:
        """The tables (or settings) without which the frame cannot be made."""
        view, absent = self.view, tuple(table for table in NEEDS.get(name, ()) if not self.view.has(table))
        if name in ("journey", "journey_steps", "time_to_value") and not absent:
            unset = not view.settings.journey or (
                name == "time_to_value" and not journey.value_step(view.settings.journey)
            )
            return ("journey",) if unset else ()
        if name == "service" and not (view.has("tickets") or view.has("surveys")):
            return ("tickets", "surveys")
        if name in ("renewals", "renewal_rates") and not (view.has("opportunities") or self._renewal_dates):
            return ("subscriptions.renews_on", "opportunities")
        return absent

    @cached_property
    def _renewal_dates(self) -> bool:
        return bool(self.view.sql("SELECT count(s.renews_on) AS n FROM subscriptions AS s")["n"].iloc[0])

    @cached_property
    def movements(self) -> pd.DataFrame:
        windows = [(q.opening, q.closing) for q in self.quarters]
        return self._labelled(revenue.movements_between(self.view, windows))

    def _labelled(self, frame: pd.DataFrame) -> pd.DataFrame:
        labels = {place: q.label for place, q in enumerate(self.quarters)}
        return frame.assign(quarter=frame["window"].map(labels))

    @cached_property
    def mrr_trend(self) -> pd.DataFrame:
        return trend.mrr_trend(self.movements)

    @cached_property
    def nnmrr(self) -> pd.DataFrame:
        windows = [(q.opening, q.closing) for q in self.quarters]
        credited = revenue.credited_moves(self.view, windows, self.movements)
        by_csm = revenue.books(credited, self.movements, "csm")
        by_csm = by_csm if self.view.has("assignments") else by_csm.iloc[:0]
        by_segment = revenue.books(self.movements.assign(owner=self.movements["segment"]), self.movements, "segment")
        names = accounts.csm_names(self.view)
        found = trend.nnmrr_trend(self._labelled(by_csm), self._labelled(by_segment), names)
        if not self.view.has("targets"):
            return found.assign(target=float("nan"))
        return found.merge(trend.targets_of(self.targets, "nnmrr", self.quarters), on=["quarter", "owner"], how="left")

    @cached_property
    def cohorts(self) -> pd.DataFrame:
        since, started = quarters_back(self.quarter, N_COHORTS)[0].starts_on, paid_spans(self.view)["first_paid_on"]
        segments = segment_of(self.view, started.index)
        segments.index = started.index
        paid = cohorts.paid_activity(self.view, "quarter", started, since, self.closing)
        activities: dict[Unit, Activity] = {"logo": paid, "revenue": paid}
        if self.view.has("usage"):
            activities["usage"] = cohorts.usage_activity(self.view, "quarter", started, since, self.closing)
        found = []
        for unit, activity in activities.items():
            for rule in RULES:
                split = triangle(activity, unit, rule, N_COHORTS, segments, "segment")
                whole = triangle(activity, unit, rule, N_COHORTS).assign(segment="all")
                found.append(pd.concat([whole, split]).assign(unit=unit, rule=rule))
        return pd.concat(found, ignore_index=True)

    @cached_property
    def adoption(self) -> pd.DataFrame:
        scored = adoption.adoption(self.view, [q.closing for q in self.recent])
        labels = {pd.Timestamp(q.closing): q.label for q in self.recent}
        return scored.assign(quarter=scored["closing"].map(labels))

    @cached_property
    def adoption_bands(self) -> pd.DataFrame:
        bands = self.view.settings.adoption.bands
        found = trend.adoption_bands(self.adoption, bands)
        if not self.view.has("targets"):
            return found
        wanted = trend.targets_of(self.targets, "adoption_high_share", self.recent)
        owner = found["segment"].replace({"all": "company"})
        goal = found.assign(owner=owner).merge(wanted, on=["quarter", "owner"], how="left")["target"]
        top = found["band"] == max(bands, key=lambda name: bands[name], default="")
        return found.assign(target_share=goal.to_numpy()).assign(target_share=lambda f: f["target_share"].where(top))

    @cached_property
    def _journey(self) -> pd.DataFrame:
        return journey.journey(self.view, self.closing)

    @cached_property
    def journey(self) -> pd.DataFrame:
        since = pd.Timestamp(self.closing) - pd.DateOffset(months=JOURNEY_MONTHS)
        return self._journey[self._journey["started_on"] > since]

    @cached_property
    def journey_steps(self) -> pd.DataFrame:
        return journey.journey_steps(self.journey, self._mrr)

    @cached_property
    def _mrr(self) -> pd.Series:
        return mrr_on(self.view, [self.closing]).iloc[:, 0]

    @cached_property
    def time_to_value(self) -> pd.DataFrame:
        step = journey.value_step(self.view.settings.journey)
        paid_until = paid_spans(self.view)["paid_until"]
        return journey.time_to_value(self.journey, step.id if step else "", self.closing, paid_until)

    @cached_property
    def renewals(self) -> pd.DataFrame:
        due_in = [self.quarter.previous, self.quarter, self.quarter.next, self.quarter.next.next]
        due = revenue.renewals(self.view, due_in[0].opening, due_in[-1].closing)
        label = pd.Series(None, due.index, dtype="str")
        for q in due_in:
            label = label.mask(due["due_on"].between(pd.Timestamp(q.starts_on), pd.Timestamp(q.closing)), q.label)
        return due.assign(quarter=label)

    @cached_property
    def renewal_rates(self) -> pd.DataFrame:
        return trend.renewal_rates(self.renewals, self.view.as_of)

    @cached_property
    def service(self) -> pd.DataFrame:
        sizes = self.mrr_trend.set_index(["quarter", "segment"])["n_close"]
        labels = [q.label for q in self.recent]
        return service.service(self.view, self.recent, sizes[sizes.index.get_level_values("quarter").isin(labels)])

    @cached_property
    def _signals(self) -> pd.DataFrame:
        """The accounts frame with the columns that rules need beside it, indexed by account_id."""
        ends = [q.closing for q in self.recent]
        wide = mrr_on(self.view, ends)
        frame = accounts.described(self.view, wide.index, self.closing)
        frame = frame.assign(
            mrr=wide[pd.Timestamp(self.closing)],
            mrr_opening=wide[pd.Timestamp(self.quarter.opening)],
            mrr_year_ago=wide[pd.Timestamp(self.quarter.year_ago.closing)],
            renews_on=accounts.renews_next(self.view, self.closing).reindex(wide.index),
        )
        frame = accounts.zero_where_none(self.view, frame.join(accounts.signals(self.view, self.closing)))
        frame = frame.join(self._adoption_now).join(self._journey_now)
        frame["renewal_in_days"] = (frame["renews_on"] - pd.Timestamp(self.closing)).dt.days
        now = self.movements[self.movements["quarter"] == self.quarter.label].set_index("account_id")
        return frame.assign(contraction=now["contraction"].reindex(wide.index)).rename_axis("account_id")

    @property
    def _adoption_now(self) -> pd.DataFrame:
        columns = ["adoption_index", "band", "coverage", "adoption_index_opening"]
        if self.missing("adoption"):
            return pd.DataFrame(columns=columns, dtype="float64")
        by_quarter = {label: rows.set_index("account_id") for label, rows in self.adoption.groupby("quarter")}
        before = by_quarter.get(self.quarter.previous.label, self.adoption.iloc[:0].set_index("account_id"))
        now = by_quarter.get(self.quarter.label, self.adoption.iloc[:0].set_index("account_id"))
        return now[columns[:3]].join(before["adoption_index"].rename(columns[3]))

    @property
    def _journey_now(self) -> pd.DataFrame:
        if self.missing("journey"):
            columns = ["milestone", "milestone_next", "days_since_milestone"]
            return pd.DataFrame(columns=columns, dtype="float64").assign(stuck=pd.Series(dtype="boolean"))
        return accounts.journey_state(self._journey, self.view.settings.journey, self.closing)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        return self._signals.reset_index()

    @cached_property
    def say_do(self) -> pd.DataFrame:
        return service.say_do(self.accounts)

    @cached_property
    def attention(self) -> pd.DataFrame:
        return attention.attention(self.accounts, self.view.settings.adoption.bands)

    @cached_property
    def targets(self) -> pd.DataFrame:
        return self.view.table("targets").astype({"kpi": "str", "owner": "str", "period": "str"})

    @cached_property
    def freshness(self) -> pd.DataFrame:
        return freshness(self.view)
