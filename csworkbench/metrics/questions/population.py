"""The accounts that questions are asked over: what is known of each, and what each did since it started."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...data.snapshot import View
from ...errors import CsworkbenchError, UnknownName
from ..adoption import adoption_grid
from ..book import attributes, mrr_on, paid_spans
from ..calendar import Grain, Period
from ..cohorts import event_activity, paid_activity, places_of, usage_activity
from ..journey import journey, value_step
from ..rollup import rolled_up
from ..triangle import Activity, Aligned, Flags, Floats, Rule, aligned, retained
from .early import early_use
from .question import ADOPTION, EARLY, EVENT, HEALTH, LONGEST, PAID, Question, question_of

Scores = Callable[[Sequence[date]], pd.DataFrame]
_ATTRIBUTES = ["segment", "touch_tier", "industry", "country", "language", "employees"]


@dataclass(frozen=True)
class Sized:
    """What each account did from its own start, for one activity and grain.

    ids: the accounts, in the rows' order. started_on: their first paid days, or the first days of the periods in which
    their events began. start: places of those periods among `periods`. since: as many periods as a question may show.
    last: the last period since the start in which each account was active, below 0 for none. scored_since: scores are
    there for accounts that started from then on, ISO; empty for all.
    """

    ids: pd.Index
    started_on: pd.DatetimeIndex
    start: NDArray[np.int64]
    periods: tuple[Period, ...]
    since: Aligned
    last: NDArray[np.int64]
    scored_since: str = ""

    def kept(self, rows: NDArray[np.int64], periods: int, rule: Rule) -> Aligned:
        """The first periods of these rows; active: over, and retained under the rule, which may look further ahead."""
        value, active = self.since.value[rows, :periods], self.since.active[rows, :periods]
        mature = self.since.mature[rows, :periods]
        if rule == "on_or_after":
            active = mature & (np.arange(mature.shape[1]) <= self.last[rows][:, None])
        return Aligned(value, retained(active, "rolling") if rule == "rolling" else active, mature)


def _last_active(activity: Activity) -> NDArray[np.int64]:
    """The last period since its start in which each account was active; below 0 for none."""
    active = activity.active[:, : activity.n_complete]
    if not active.shape[1]:
        return np.full(len(activity.accounts), -1)
    last = active.shape[1] - 1 - active[:, ::-1].argmax(axis=1) - activity.start
    return np.where(active.any(axis=1), last, -1)


@dataclass(frozen=True)
class Population:
    """Every account that ever paid, as known on the day of the view. Roll-ups run in the engine, once each.

    more: further columns to split and filter by, indexed by account_id, such as health. health: from days to the health
    score of every account that pays on each of them: account_id, closing, health (0–100, null where not measured).
    """

    view: View
    more: pd.DataFrame | None = None
    health: Scores | None = field(default=None, repr=False, compare=False)
    _kept: dict[tuple[str, Grain], Sized] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def columns(self) -> pd.DataFrame:
        """What can split or filter, indexed by account_id: attributes as known now, and facts of the start.

        plan_at_start, product_at_start: of the largest of its first items. csm_at_start: the first CSM in charge.
        first_value: "in time" or "not in time" for the milestone of first value; null while it may still come in time.
        """
        spans = self.spans
        known = attributes(self.view)[_ATTRIBUTES].reindex(spans.index)
        found = known.join(self._first_items).join(self._first_csms).join(self._first_value)
        found = found if self.more is None else found.join(self.more)
        return found.loc[:, found.notna().any()].rename_axis("account_id")

    def known(self, *texts: str) -> pd.DataFrame:
        """The columns that a name or a condition may speak of: `columns`, and with "early_" in it also `early`."""
        return self.columns.join(self.early) if any(EARLY in text for text in texts) else self.columns

    @cached_property
    def early(self) -> pd.DataFrame:
        """Use of each feature in the first 90 days, as columns early_NAME; see `early.early_use`."""
        return early_use(self.view, self.spans["first_paid_on"], self.features)

    @cached_property
    def spans(self) -> pd.DataFrame:
        """See `book.paid_spans`; every account, without days, in a workspace without subscriptions."""
        if self.view.has("subscriptions"):
            return paid_spans(self.view)
        columns = ["first_paid_on", "paid_until"]
        return pd.DataFrame(index=attributes(self.view).index, columns=columns, dtype="datetime64[us]")

    @cached_property
    def names(self) -> pd.Series:
        """The name of each account, its id where it has none."""
        named = attributes(self.view)["name"].reindex(self.spans.index).astype("str")
        return named.where(named.notna(), named.index.to_series())

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The features with use, sorted."""
        if not self.view.has("usage"):
            return ()
        found = self.view.sql("SELECT DISTINCT u.feature FROM usage AS u WHERE u.feature IS NOT NULL")["feature"]
        return tuple(sorted(map(str, found)))

    @cached_property
    def mrr_now(self) -> pd.Series:
        """MRR on the day of the view, 0 for accounts that left; null in a workspace without subscriptions."""
        if not self.view.has("subscriptions"):
            return pd.Series(np.nan, self.spans.index)
        now = mrr_on(self.view, [self.view.as_of]).iloc[:, 0]
        return now.reindex(self.spans.index).fillna(0.0)

    def has_done(self, parameters: Mapping[str, object]) -> bool:
        """Whether what a question with these parameters looks at was rolled up before; False for one that is none."""
        try:
            return self._done(question_of(parameters)) is not None
        except CsworkbenchError:
            return False

    def did(self, question: Question) -> Sized:
        """What the question looks at, from each account's start; made at the first question of its kind."""
        found = self._done(question)
        if found is None:
            found = self._kept[question.activity, question.grain] = self._made(question)
        return found

    def _done(self, question: Question) -> Sized | None:
        found = self._kept.get((question.activity, question.grain))
        return found if found is not None and found.scored_since <= question.since else None

    def _made(self, question: Question) -> Sized:
        activity = self._activity(question)
        since = aligned(activity, LONGEST)
        if question.unit == "usage" and not question.is_mean and not question.measure.startswith(EVENT):
            since = replace(since, mature=since.mature & self._measured(activity, since.mature.shape[1]))
        begun = pd.DatetimeIndex([period.starts_on for period in activity.periods])[activity.start]
        paid = pd.DatetimeIndex(self.spans["first_paid_on"].reindex(activity.accounts))
        started_on, last = paid.where(paid.notna(), begun), _last_active(activity)
        scored_since = question.since if question.is_mean else ""
        return Sized(activity.accounts, started_on, activity.start, activity.periods, since, last, scored_since)

    def _activity(self, question: Question) -> Activity:
        if not self.view.has(question.table):
            raise CsworkbenchError(f"this workspace has no table {question.table}, which {question.measure} needs")
        if question.feature and question.feature not in self.features:
            raise UnknownName("feature in use", question.feature, self.features)
        if question.activity == EVENT + question.feature:
            return event_activity(self.view, question.grain, (question.feature,))
        first = self.spans["first_paid_on"]
        if question.activity == PAID:
            return paid_activity(self.view, question.grain, first)
        if question.measure == "usage":
            return usage_activity(self.view, question.grain, first)
        return self._scored(question) if question.is_mean else self._feature(question)

    def _scored(self, question: Question) -> Activity:
        """A score on the last day of each period from `since` on, not a number where it was not measured."""
        if question.measure == HEALTH and self.health is None:
            raise CsworkbenchError("health over time is not measured here: it needs the panel of the models")
        paid = paid_activity(self.view, question.grain, self.spans["first_paid_on"])
        value = np.full(paid.value.shape, np.nan)
        ends = [period.ends_on for period in paid.periods[: paid.n_complete]]
        first = sum(end.isoformat() < question.since for end in ends)
        if ends[first:]:
            score = self._adoption if question.measure == ADOPTION else self._healths
            value[:, first : len(ends)] = score(paid.accounts, ends[first:], paid.value[:, first : len(ends)])
        return Activity(paid.accounts, paid.periods, paid.start, value, np.isfinite(value), paid.n_complete)

    def _adoption(self, accounts: pd.Index, days: Sequence[date], mrr: Floats) -> Floats:
        return adoption_grid(self.view, accounts, days, mrr)

    def _healths(self, accounts: pd.Index, days: Sequence[date], mrr: Floats) -> Floats:
        """Health as account × day, as `health` scores it."""
        value = np.full(mrr.shape, np.nan)
        scored = self.health(days) if self.health else pd.DataFrame(columns=["account_id", "closing", HEALTH])
        row = accounts.get_indexer(pd.Index(scored["account_id"]))
        column = pd.DatetimeIndex(list(days)).get_indexer(pd.DatetimeIndex(scored["closing"]))
        value[row[row >= 0], column[row >= 0]] = scored[HEALTH][row >= 0]
        return value

    def _feature(self, question: Question) -> Activity:
        """Use of one feature, of the accounts for which any use was measured."""
        base = usage_activity(self.view, question.grain, self.spans["first_paid_on"])
        value = np.zeros(base.value.shape)
        if len(base.periods):
            used = rolled_up(
                self.view, "events_in_periods", {}, **places_of(base.periods), features=(question.feature,)
            )
            row = base.accounts.get_indexer(pd.Index(used["account_id"].astype("str")))
            place = used["place"].to_numpy(dtype="int64")
            seen = (row >= 0) & (place >= 0) & (used["value"].to_numpy(dtype=float) > 0)
            value[row[seen], place[seen]] = 1.0
        return Activity(base.accounts, base.periods, base.start, value, value > 0, base.n_complete)

    def _measured(self, activity: Activity, n: int) -> Flags:
        """Account × period since its start: whether use was measured by then, at the company as a whole."""
        first = self.view.sql("SELECT min(u.day) AS day FROM usage AS u")["day"].iloc[0]
        begun = sum(pd.Timestamp(period.starts_on) < first.replace(day=1) for period in activity.periods)
        measured: Flags = activity.start[:, None] + np.arange(n) >= begun
        return measured

    @property
    def _first_items(self) -> pd.DataFrame:
        if not self.view.has("subscriptions"):
            return pd.DataFrame(index=self.spans.index)
        found = rolled_up(self.view, "first_items").astype({"account_id": "str"}).set_index("account_id")
        return found.rename(columns={"plan": "plan_at_start", "product": "product_at_start"})

    @property
    def _first_csms(self) -> pd.DataFrame:
        if not self.view.has("assignments"):
            return pd.DataFrame(index=self.spans.index)
        found = rolled_up(self.view, "first_csms").astype({"account_id": "str"}).set_index("account_id")
        return found.rename(columns={"csm_id": "csm_at_start"})

    @property
    def _first_value(self) -> pd.DataFrame:
        step = value_step(self.view.settings.journey)
        if step is None or not self.view.has("milestones"):
            return pd.DataFrame(index=self.spans.index)
        rows = journey(self.view, self.view.as_of)
        due = sum(each.days for each in self.view.settings.journey[: self._place(step.id) + 1])
        rows = rows[rows["milestone"] == step.id].set_index("account_id")
        took = (rows["reached_on"] - rows["started_on"]).dt.days
        waited = (pd.Timestamp(self.view.as_of) - rows["started_on"]).dt.days
        said = pd.Series(np.where(took <= due, "in time", "not in time"), rows.index, dtype="str")
        return said.where((took <= due) | (waited >= due)).to_frame("first_value")

    def _place(self, milestone: str) -> int:
        return [step.id for step in self.view.settings.journey].index(milestone)
