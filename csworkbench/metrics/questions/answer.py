"""The answer to a question: cells of cohort × period, the curve of all, and the accounts behind a cell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...data.expression import ExpressionError
from ...data.expression.matching import matching
from ...errors import CsworkbenchError, UnknownName
from ..intervals import mean_interval, wilson
from ..triangle import MONEY, Aligned, Flags, cells, members_of, summed
from .population import Population, Sized
from .question import START, Question

OTHER, UNKNOWN, FULFILLED, OTHERWISE = "other", "not known", "fulfilled", "otherwise"
MOST_GROUPS = 24
COLUMNS = ["cohort", "period", "n", "n_mature", "value", "share", "low", "high", "mature"]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """cells: one row per cohort × period: cohort, period (since the start), n (accounts), n_mature (those for which the
    period is over and, for a mean, that were measured), value (sum over them), share (of n_mature, of the money of
    period 0, or the mean itself), low, high (95%; null for money), mature. whole: the same for all cohorts together.

    A period of a cohort of starts is mature when it is over; one of any other cohort when it is over for some account,
    and n_mature says for how many.
    """

    question: Question
    cells: pd.DataFrame
    whole: pd.DataFrame
    population: Population = field(repr=False)
    group: pd.Series = field(repr=False)

    @property
    def cohorts(self) -> tuple[str, ...]:
        """The cohorts in their order."""
        return tuple(dict.fromkeys(self.cells["cohort"]))

    def accounts(self, cohort: str, period: int) -> pd.DataFrame:
        """The accounts of one cell, the lost ones first, then by money: account_id, name, segment, started_on, state
        (kept, lost, not_over or not_measured), value (in that period), mrr_start, mrr_now.
        """
        if cohort not in self.cohorts:
            raise UnknownName("cohort", cohort, self.cohorts)
        sized, question = self.population.did(self.question), self.question
        if not 0 <= period < question.periods:
            raise CsworkbenchError(f"period {period} is not in this answer: 0 to {question.periods - 1} are")
        ids = self.group.index[self.group == cohort]
        first = self._first_money()
        state, value = _state(sized, ids, period, question)
        known = self.population.columns.reindex(ids)
        frame = pd.DataFrame(
            {
                "account_id": ids,
                "name": self.population.names.reindex(ids).to_numpy(),
                "segment": known["segment"].to_numpy() if "segment" in known else None,
                "started_on": pd.Series(sized.started_on, sized.ids).reindex(ids).to_numpy(),
                "state": state,
                "value": value,
                "mrr_start": first.reindex(ids).to_numpy(),
                "mrr_now": self.population.mrr_now.reindex(ids).to_numpy(),
            }
        )
        order = frame["state"].map({"lost": 0, "kept": 1, "not_measured": 2, "not_over": 3})
        frame = frame.assign(order=order).sort_values(
            ["order", "mrr_start", "account_id"], ascending=[True, False, True], ignore_index=True
        )
        return frame.drop(columns="order")

    def _first_money(self) -> pd.Series:
        """MRR at the end of the period of start; nothing in a workspace without subscriptions."""
        if not self.population.view.has("subscriptions"):
            return pd.Series(dtype=float)
        paid = self.population.did(Question(grain=self.question.grain))
        return pd.Series(paid.since.value[:, 0] if paid.since.value.shape[1] else 0.0, paid.ids)


def answer(population: Population, question: Question, members: pd.Series | None = None) -> Answer:
    """The answer of that population. Raises UnknownName for a column, ExpressionError for a condition it cannot use.

    members: whether each account (by account_id) is part of it; None for all.
    """
    sized = population.did(question)
    chosen = sized.started_on >= pd.Timestamp(question.since or "0001-01-01")
    if members is not None:
        chosen = chosen & members.reindex(sized.ids, fill_value=False).to_numpy(dtype=bool)
    if question.where:
        chosen = chosen & _fulfilling(population.known(question.where).reindex(sized.ids), question.where)
    names, code = _groups(population, sized, question, chosen)
    rows = np.flatnonzero(chosen)
    since = sized.kept(rows, question.periods, question.counted)
    sizes = np.bincount(code[rows], minlength=len(names))
    frame = _framed(_cells(since, code[rows], len(names), question), sizes, names, question)
    together = _cells(since, np.zeros(len(rows), dtype=np.int64), 1, question)
    whole = _framed(together, np.array([len(rows)]), ["all"], question)
    named = pd.Categorical.from_codes(np.where(chosen, code, -1).astype("int64"), pd.Index(names, dtype="str"))
    return Answer(question, frame, whole, population, pd.Series(named, sized.ids))


def _groups(population: Population, sized: Sized, question: Question, chosen: Flags) -> tuple[list[str], Ints]:
    """The names of the cohorts in their order, and the place of each account's among them."""
    if question.by == START:
        places = np.unique(sized.start[chosen])
        names = [sized.periods[place].label for place in places]
        return names, np.searchsorted(places, sized.start).clip(max=max(len(places) - 1, 0))
    values = _values(population, question.by).reindex(sized.ids)
    said = _binned(values[chosen], values) if _is_number(values) else values.astype("str")
    order = _order(said[chosen], _is_number(values))
    said = said.astype("str").fillna(UNKNOWN)
    place = pd.Index(order, dtype="str").get_indexer(pd.Index(said))
    return order, np.where(place < 0, order.index(OTHER) if OTHER in order else 0, place)


def _values(population: Population, by: str) -> pd.Series:
    """The column of that name, or whether each account fulfils the condition; null where that is not known."""
    known = population.known(by)
    if by in known:
        return known[by]
    if by.isidentifier():
        raise UnknownName("column to make cohorts of", by, (START, *known.columns))
    yes, no = _fulfilling(known, by), _fulfilling(known, f"not ({by})")
    said = np.select([yes, no], [FULFILLED, OTHERWISE], default="")
    return pd.Series(said, known.index, dtype="str").where(yes | no)


def _fulfilling(known: pd.DataFrame, condition: str) -> Flags:
    try:
        return matching(known, condition)
    except ExpressionError as error:
        raise ExpressionError(f"the condition {condition} {error.said}", error.remedy) from None


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _order(said: pd.Series, numbers: bool) -> list[str]:
    """Largest groups first (bins from low to high), the rest as `other`, unknown last."""
    counts = said.value_counts()
    names = list(said.cat.categories) if numbers else sorted(counts.index, key=lambda name: (-counts[name], name))
    if len(names) > MOST_GROUPS:
        names = [*names[: MOST_GROUPS - 1], OTHER]
    names = list(map(str, names))
    return [*names, UNKNOWN] if said.isna().any() or not names else names


def _binned(chosen: pd.Series, values: pd.Series) -> pd.Series:
    """Numbers cut into quarters of the chosen accounts: as "1 to 20", "over 20 to 80".

    A lowest number that a quarter of them share, such as no use at all, stands alone.
    """
    known = chosen.dropna().astype(float)
    edges = np.unique(known.quantile([0, 0.25, 0.5, 0.75, 1], interpolation="lower")) if len(known) else np.zeros(0)
    if len(edges) < 2:
        return pd.Series(pd.Categorical(values.map(lambda v: None if pd.isna(v) else f"{v:g}")), values.index)
    alone = bool((known == edges[0]).mean() >= 0.25)
    labels = [
        f"{'over ' if at or alone else ''}{low:.15g} to {high:.15g}" for at, (low, high) in enumerate(pairwise(edges))
    ]
    bounds, names = (list(edges), labels) if not alone else ([-np.inf, *edges], [f"{edges[0]:.15g}", *labels])
    return pd.cut(values.astype(float), bounds, labels=names, include_lowest=True)


def _cells(since: Aligned, code: Ints, n_groups: int, question: Question) -> dict[str, Floats]:
    """since: see `Sized.kept`; the rule is applied."""
    if question.is_mean:
        return _means(since, code, n_groups)
    if question.rule == "rolling":
        since = replace(since, mature=since.mature & since.mature[:, :1])
    found = cells(since, code, n_groups, question.unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(found.base > 0, found.value / found.base, np.nan)
    low, high = (np.full(share.shape, np.nan),) * 2 if question.unit in MONEY else wilson(found.value, found.n_mature)
    return {"n_mature": found.n_mature, "value": found.value, "share": share, "low": low, "high": high}


def _means(since: Aligned, code: Ints, n_groups: int) -> dict[str, Floats]:
    """The mean of measured values per group × period, with a t interval."""
    value, members = np.where(since.active, since.value, 0.0), members_of(code, n_groups)
    n, total, squares = (summed(members, part) for part in (since.active, value, value**2))
    mean, low, high = mean_interval(n, total, squares)
    return {"n_mature": n, "value": total, "share": mean, "low": low, "high": high}


def _framed(found: dict[str, Floats], sizes: Ints, names: list[str], question: Question) -> pd.DataFrame:
    n, periods = len(names), question.periods
    frame = pd.DataFrame({"cohort": np.repeat(np.array(names, dtype=object), periods)}).astype("str")
    frame["period"], frame["n"] = np.tile(np.arange(periods), n), np.repeat(sizes, periods)
    for name, values in found.items():
        wide = np.full((n, periods), np.nan)
        known = values[:, :periods]
        wide[:, : known.shape[1]] = known
        frame[name] = wide.ravel()
    mature = frame["n_mature"].fillna(0) > 0
    blank = {name: frame[name].where(mature) for name in ("value", "share", "low", "high")}
    return frame.assign(n_mature=frame["n_mature"].fillna(0).astype("int64"), mature=mature, **blank)[COLUMNS]


def _state(sized: Sized, ids: pd.Index, period: int, question: Question) -> tuple[list[str], Floats]:
    if period >= sized.since.mature.shape[1]:
        return ["not_over"] * len(ids), np.full(len(ids), np.nan)
    since = sized.kept(sized.ids.get_indexer(ids), period + 1, question.counted)
    over, kept = since.mature[:, period], since.active[:, period]
    lost = "not_measured" if question.is_mean else "lost"
    return list(np.where(over, np.where(kept, "kept", lost), "not_over")), np.where(
        over, since.value[:, period], np.nan
    )
