"""All business frames of one quarter, made from the view and the measures that are there already."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType

import pandas as pd

from ...data.asof import UNASSIGNED
from ...data.snapshot import View
from ..book import attributes, paid_spans
from ..calendar import Quarter, quarters_back
from ..frames import empty
from ..measures import QuarterMeasures
from ..renewals import renewals
from . import commitments, concentration, losses, prevention, profile, responses, tenure, themes
from .frames import FRAMES, shaped
from .measures import QuarterBusiness

N_QUARTERS, N_AHEAD = 4, 4
NEEDS = MappingProxyType(
    {
        "commitments": ("reviews", "success_plans", "risks"),
        "overdue": ("reviews", "success_plans"),
        "loss_reasons": ("factors",),
        "prevention": ("factors",),
        "themes": ("feedback",),
        "lost_calls": ("opportunities",),
        "responses": ("activities",),
    }
)
_ANY_OF = ("commitments", "overdue")


def measure_business(view: View, measures: QuarterMeasures) -> QuarterBusiness:
    """Every business frame that the tables of the view allow; what is missing for the others is in `absent`.

    measures: of the same view, by `measure_quarter`.
    """
    making = _Making(view, measures)
    absent = {name: missing for name in FRAMES if (missing := making.missing(name))}
    frames = {name: shaped(name, getattr(making, name)) for name in FRAMES if name not in absent}
    return QuarterBusiness(view.as_of, MappingProxyType(frames), MappingProxyType(absent))


class _Making:
    """The frames while they are made; each property has the name of its frame."""

    def __init__(self, view: View, measures: QuarterMeasures) -> None:
        self.view, self.measures, self.quarter = view, measures, measures.quarter
        self.past = quarters_back(self.quarter, N_QUARTERS)

    def missing(self, name: str) -> tuple[str, ...]:
        """The tables without which the frame cannot be made."""
        needed = NEEDS.get(name, ())
        lacking = tuple(table for table in needed if not self.view.has(table))
        if name in _ANY_OF:
            return needed if len(lacking) == len(needed) else ()
        if name == "renewals_ahead":
            return self.measures.absent.get("renewals", ())
        return lacking

    @cached_property
    def _accounts(self) -> pd.DataFrame:
        return self.measures.frame("accounts")

    @cached_property
    def _known(self) -> pd.DataFrame:
        return attributes(self.view)

    @cached_property
    def _segments(self) -> pd.Series:
        return self._known["segment"].astype("str").fillna(UNASSIGNED)

    @cached_property
    def _groups(self) -> dict[str, str]:
        parents = self._known["parent_id"]
        pairs = zip(parents.index, parents, parents.notna(), strict=True)
        return concentration.roots({str(id): str(parent) if known else None for id, parent, known in pairs})

    def _owned(self, quarter: Quarter, column: str) -> pd.DataFrame:
        """MRR of the quarter's end by account and by group: quarter, segment, unit, owner, mrr."""
        paying = self._accounts[self._accounts[column] > 0]
        rows = paying[["account_id", "segment"]].assign(quarter=quarter.label, mrr=paying[column])
        by_group = rows["account_id"].map(lambda id: self._groups.get(id, id))
        return pd.concat(
            [rows.assign(unit="account", owner=rows["account_id"]), rows.assign(unit="group", owner=by_group)]
        )

    @cached_property
    def concentration(self) -> pd.DataFrame:
        when = {"mrr": self.quarter, "mrr_opening": self.quarter.previous, "mrr_year_ago": self.quarter.year_ago}
        owned = pd.concat([self._owned(quarter, column) for column, quarter in when.items()])
        return concentration.concentration(owned)

    @property
    def _names(self) -> dict[str, str]:
        names = self._known["name"].dropna()
        return dict(zip(names.index, names, strict=True))

    @cached_property
    def groups(self) -> pd.DataFrame:
        owned = self._owned(self.quarter, "mrr")
        return concentration.groups(owned[owned["unit"] == "group"], self._names)

    @cached_property
    def _promised(self) -> pd.DataFrame:
        found = commitments.promised(self.view, self.quarter)
        named = self._accounts.set_index("account_id")[["name", "csm", "mrr"]].reindex(found["account_id"])
        segments = found["account_id"].map(self._segments).fillna(UNASSIGNED)
        return found.assign(segment=segments, **{name: named[name].to_numpy() for name in ("name", "csm", "mrr")})

    @cached_property
    def commitments(self) -> pd.DataFrame:
        return commitments.commitments(self._promised)

    @cached_property
    def overdue(self) -> pd.DataFrame:
        return commitments.overdue(self._promised)

    @cached_property
    def renewals_ahead(self) -> pd.DataFrame:
        ahead = [*quarters_back(self.quarter.next.next.next.next, N_AHEAD)]
        due = renewals(self.view, self.quarter.closing, ahead[-1].closing)
        begins = self.quarter.fiscal_year_start
        due = due[due["renewed"].isna()]
        return due.assign(quarter=[Quarter.of(day.date(), begins).label for day in due["due_on"]])

    @cached_property
    def profile(self) -> pd.DataFrame:
        return profile.profile(profile.described(self.view, self._accounts))

    @cached_property
    def tenure_hazard(self) -> pd.DataFrame:
        months = tenure.account_months(paid_spans(self.view), self.quarter.closing)
        return tenure.tenure_hazard(months, self._segments)

    @cached_property
    def _lost(self) -> pd.DataFrame:
        return losses.lost_accounts(self.measures.frame("movements"), self.past)

    @cached_property
    def loss_reasons(self) -> pd.DataFrame:
        return losses.loss_reasons(self._lost, losses.named(self.view, self.past))

    @cached_property
    def prevention(self) -> pd.DataFrame:
        return prevention.prevention(self._lost, prevention.causes(self.view, self.past))

    @cached_property
    def themes(self) -> pd.DataFrame:
        return themes.themes(themes.mentions(self.view), self._accounts)

    @cached_property
    def lost_calls(self) -> pd.DataFrame:
        return losses.lost_calls(self.view, self.past, self._segments)

    @cached_property
    def responses(self) -> pd.DataFrame:
        frames = self.measures.frames
        adoption = frames["adoption"] if "adoption" in frames else empty("adoption")
        return responses.responses(responses.cases(self.view, self.past, adoption), self._segments)
