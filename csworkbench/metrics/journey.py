"""The success journey: which milestone each account reached, when, and where accounts are stuck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ..data.asof import Day, day_of
from ..data.settings import Milestone
from ..data.snapshot import View
from .book import attributes, mrr_on, owners_on, paid_spans, segment_of, with_total
from .intervals import shrunk_shares, wilson
from .rollup import rolled_up
from .survival import kaplan_meier, survival_quantiles


def journey(view: View, closing: Day | None = None) -> pd.DataFrame:
    """Every account × milestone of the configured journey, as it stood on `closing` (default: the day of the view).

    Returns account_id, segment, csm_id (in charge on closing), started_on, step (1-based), milestone, previous_on (the
    start for step 1), reached_on, days (from previous to this; below 0 when out of order), elapsed_days (since then),
    due_days, reached_in_time (null while the window is open or the step before is not reached), stuck (a paying account
    whose next step is overdue), alive (MRR on closing); sorted by account_id, step.
    An account starts on `started_on`, else on its first day with MRR; one without either is left out.
    """
    day = day_of(closing or view.as_of)
    starts = _starts(view, day)
    steps = view.settings.journey
    frame = _grid(starts, _reached(view, steps, day).reindex(starts.index), steps)
    frame = _timed(frame, day)
    alive = mrr_on(view, [day]).iloc[:, 0]
    frame["alive"] = alive.reindex(frame["account_id"]).fillna(0.0).to_numpy() > 0
    frame["stuck"] = frame["alive"] & frame["waiting"] & (frame["elapsed_days"] > frame["due_days"])
    frame["segment"] = segment_of(view, frame["account_id"])
    frame["csm_id"] = frame["account_id"].map(owners_on(view, [day]).iloc[:, 0]).astype("str")
    return frame.drop(columns="waiting")


def _starts(view: View, day: date) -> pd.Series:
    """The day on which each account started, by `day`; indexed by account_id."""
    said, paid = attributes(view)["started_on"], paid_spans(view)["first_paid_on"]
    starts = said.dropna().combine_first(paid).rename("started_on").rename_axis("account_id")
    return starts[starts <= pd.Timestamp(day)].sort_index()


def _reached(view: View, steps: Sequence[Milestone], day: date) -> pd.DataFrame:
    """The first day on which each account reached each milestone: indexed by account_id, one column per step."""
    names = [step.id for step in steps]
    long = rolled_up(view, "milestone_days", milestones=names, through=day)
    long = long.astype({"account_id": "str", "milestone": "str", "reached_on": "datetime64[us]"})
    return long.pivot(index="account_id", columns="milestone", values="reached_on").reindex(columns=names)


def _grid(starts: pd.Series, reached: pd.DataFrame, steps: Sequence[Milestone]) -> pd.DataFrame:
    """Account × step with previous_on, reached_on and whether the account waits for this step."""
    n, names = len(steps), [step.id for step in steps]
    on = reached.to_numpy(dtype="datetime64[us]")
    previous = np.column_stack([starts.to_numpy(dtype="datetime64[us]"), on[:, :-1]])
    later = np.logical_or.accumulate(~np.isnat(on)[:, ::-1], axis=1)[:, ::-1]
    flat = {
        "account_id": np.repeat(starts.index.to_numpy(), n),
        "started_on": np.repeat(starts.to_numpy(), n),
        "step": np.tile(np.arange(1, n + 1), len(starts)),
        "milestone": np.tile(np.array(names, dtype=object), len(starts)),
        "due_days": np.tile([step.days for step in steps], len(starts)),
        "previous_on": previous.ravel(),
        "reached_on": on.ravel(),
        "waiting": (~np.isnat(previous) & ~later).ravel(),
    }
    return pd.DataFrame(flat).astype({"account_id": "str", "milestone": "str"})


def _timed(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    days = (frame["reached_on"] - frame["previous_on"]).dt.days
    elapsed = (pd.Timestamp(day) - frame["previous_on"]).dt.days
    within = days <= frame["due_days"]
    judged = frame["previous_on"].notna() & (frame["reached_on"].notna() | (elapsed >= frame["due_days"]))
    in_time = within.astype("boolean").mask(~judged)
    return frame.assign(days=days, elapsed_days=elapsed, reached_in_time=in_time)


def funnel(journey: pd.DataFrame) -> pd.DataFrame:
    """How far accounts came: step, milestone, n (accounts), n_reached, share of all that started."""
    grouped = journey.groupby(["step", "milestone"])["reached_on"]
    counts = pd.DataFrame({"n": grouped.size(), "n_reached": grouped.count()}).reset_index()
    return counts.assign(share=counts["n_reached"] / counts["n"])


def step_conversion(journey: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Reached the step within its due days ÷ reached the step before with those days elapsed.

    journey: as `journey` returns it. by: a column such as segment or csm_id. Returns per step (× by): step, milestone,
    n_eligible, n_reached, share in [0, 1] (NaN without eligible accounts), low, high (Wilson 95%). By csm_id also
    shrunk, shrunk_low and shrunk_high: beta-binomial over the CSMs of a step.
    """
    keys = [by] if by else []
    eligible = journey["previous_on"].notna() & (journey["elapsed_days"] >= journey["due_days"])
    in_time = eligible & journey["reached_in_time"].fillna(False).astype(bool)
    grouped = journey.assign(n_eligible=eligible, n_reached=in_time).groupby([*keys, "step", "milestone"])
    counts = grouped[["n_eligible", "n_reached"]].sum().reset_index()
    low, high = wilson(counts["n_reached"], counts["n_eligible"])
    share = counts["n_reached"] / counts["n_eligible"].where(counts["n_eligible"] > 0)
    counts = counts.assign(share=share, low=low, high=high)
    return counts.join(_shrunk(counts)) if by == "csm_id" else counts


def _shrunk(counts: pd.DataFrame) -> pd.DataFrame:
    """The shrunk share of each CSM among the CSMs of the same step."""
    found = []
    for _, step in counts.groupby("step"):
        drawn = shrunk_shares(step["n_reached"].to_numpy(dtype=float), step["n_eligible"].to_numpy(dtype=float))
        found.append(drawn[["shrunk", "low", "high"]].set_index(step.index))
    names = {"low": "shrunk_low", "high": "shrunk_high"}
    return pd.concat(found).rename(columns=names) if found else pd.DataFrame(columns=["shrunk", *names.values()])


def stuck(journey: pd.DataFrame) -> pd.DataFrame:
    """Accounts that wait for a step longer than it should take, the longest first.

    Returns account_id, segment, csm_id, step, milestone, overdue_days.
    """
    late = journey[journey["stuck"]]
    late = late.assign(overdue_days=late["elapsed_days"] - late["due_days"])
    picked = late[["account_id", "segment", "csm_id", "step", "milestone", "overdue_days"]]
    return picked.sort_values(["overdue_days", "account_id"], ascending=[False, True], ignore_index=True)


def out_of_order(journey: pd.DataFrame) -> pd.DataFrame:
    """Steps reached before the step that should come first, or without it.

    Returns account_id, step, milestone, reached_on, previous_on.
    """
    early = journey["reached_on"].notna() & (journey["previous_on"].isna() | (journey["days"] < 0))
    return journey.loc[early, ["account_id", "step", "milestone", "reached_on", "previous_on"]].reset_index(drop=True)


def step_days(journey: pd.DataFrame, by: str) -> pd.DataFrame:
    """Days from the step before, censored accounts kept: median_days and p75_days per value of `by` and step.

    journey: as `journey` returns it; days below 0 count as 0. NaN where the curve stays above, or nobody reached the
    step before.
    """
    begun = journey[journey["previous_on"].notna()]
    reached = begun["reached_on"].notna().to_numpy()
    waited = begun["days"].where(reached, begun["elapsed_days"]).clip(lower=0).to_numpy(dtype=float)
    rows: Mapping[Any, Any] = begun.groupby([by, "step"]).indices
    found = [(*key, *survival_quantiles(waited[at], reached[at], (0.5, 0.75))) for key, at in rows.items()]
    return pd.DataFrame(found, columns=[by, "step", "median_days", "p75_days"])


def journey_steps(journey: pd.DataFrame, mrr: pd.Series) -> pd.DataFrame:
    """Step conversion per segment ("all" included), with median days and who is stuck.

    journey: as `journey` returns it. mrr: MRR now per account_id. Columns as of the frame journey_steps.
    """
    both = with_total(journey)
    steps = step_conversion(both, "segment").set_index(["segment", "step"])
    held = both[both["stuck"]].assign(mrr=both["account_id"].map(mrr).fillna(0.0))
    late = held.groupby(["segment", "step"])["mrr"].agg(["size", "sum"]).reindex(steps.index).fillna(0)
    medians = step_days(both, "segment").set_index(["segment", "step"])["median_days"]
    steps["median_days"] = medians.reindex(steps.index).astype(float)
    return steps.assign(n_stuck=late["size"], mrr_stuck=late["sum"]).reset_index()


def value_step(steps: Sequence[Milestone]) -> Milestone | None:
    """The first milestone that is marked as first value; None when none is."""
    return next((step for step in steps if step.first_value), None)


def time_to_value(journey: pd.DataFrame, milestone: str, closing: date, paid_until: pd.Series) -> pd.DataFrame:
    """Kaplan–Meier from start to the first value milestone, per segment ("all" included).

    journey: as `journey` returns it. paid_until: see `book.paid_spans`; an account that left without value is censored
    on that day, one that still waits on `closing`. Returns segment, n, n_reached, median_days, p75_days, p90_days,
    low_days, high_days (95% interval of the median); NaN where the curve does not come down so far.
    """
    rows = journey[journey["milestone"] == milestone]
    left = pd.Series(paid_until.reindex(rows["account_id"]).to_numpy(), rows.index)
    last = left.where(left < pd.Timestamp(closing), pd.Timestamp(closing))
    until = rows["reached_on"].where(rows["reached_on"].notna(), last)
    waited = (until - rows["started_on"]).dt.days.clip(lower=0)
    both = with_total(rows.assign(waited=waited))
    return pd.DataFrame([_quantiles(segment, group) for segment, group in both.groupby("segment")])


def _quantiles(segment: object, rows: pd.DataFrame) -> dict[str, object]:
    curve = kaplan_meier(rows["waited"], rows["reached_on"].notna())
    low, high = curve.quantile_interval(0.5)
    return {
        "segment": segment,
        "n": curve.n,
        "n_reached": curve.n_events,
        "median_days": curve.median,
        "p75_days": curve.quantile(0.75),
        "p90_days": curve.quantile(0.9),
        "low_days": low,
        "high_days": high,
    }
