"""What a question measures, cell by cell, against a second way that reads the raw tables account by account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from small_company import company, view_of

from csworkbench.data.snapshot import View
from csworkbench.errors import CsworkbenchError
from csworkbench.metrics.adoption import adoption
from csworkbench.metrics.questions import MEASURES, Population, Question, answer
from csworkbench.metrics.triangle import RULES

END = date(2026, 6, 30)
PERIODS = 5


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return company(60, seed=3)


@pytest.fixture(scope="module")
def view(tables: dict[str, pd.DataFrame]) -> View:
    return view_of(END, tables)


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def quarters(start: date) -> list[tuple[date, date]]:
    """First and last day of the quarter of the start and of those after it that are over."""
    first = date(start.year, 3 * ((start.month - 1) // 3) + 1, 1)
    found = []
    while (last := month_end(first.year, first.month + 2)) <= END:
        found.append((first, last))
        first = last + timedelta(days=1)
    return found


def mrr(items: pd.DataFrame, account: str, day: date) -> float:
    total = 0.0
    for row in items[items["account_id"] == account].to_dict("records"):
        begun = pd.Timestamp(row["starts_on"]).date() <= day
        over = pd.notna(row["ends_on"]) and pd.Timestamp(row["ends_on"]).date() <= day
        total += row["mrr"] if begun and not over else 0.0
    return total


def first_day(items: pd.DataFrame, account: str) -> date | None:
    days = sorted({pd.Timestamp(day).date() for day in items.loc[items["account_id"] == account, "starts_on"]})
    return next((day for day in days if mrr(items, account, day) > 0), None)


def kept(done: Sequence[bool], k: int, rule: str) -> bool:
    if rule == "on":
        return done[k]
    return any(done[k:]) if rule == "on_or_after" else all(done[: k + 1])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("measure", ["usage", "feature:export"])
def test_use_is_what_the_rows_of_usage_say(
    view: View, tables: dict[str, pd.DataFrame], measure: str, rule: str
) -> None:
    usage = tables["usage"].assign(day=pd.to_datetime(tables["usage"]["day"]).dt.date)
    begun, hits, sizes = min(usage["day"]).replace(day=1), np.zeros(PERIODS), np.zeros(PERIODS)
    for account in sorted(set(usage["account_id"])):
        start = first_day(tables["subscriptions"], account)
        if start is None or start > END:
            continue
        mine = usage[(usage["account_id"] == account) & (usage["feature"].isin(_features(measure)))]
        used = mine[(mine["count"] > 0) | ((measure == "usage") & (mine["users"] > 0))]["day"]
        spans = quarters(start)
        done = [any(first <= day <= last for day in used) for first, last in spans]
        for k, (first, _) in enumerate(spans[:PERIODS]):
            if first >= begun and (rule != "rolling" or spans[0][0] >= begun):
                sizes[k] += 1
                hits[k] += kept(done, k, rule)
    whole = answer(Population(view), Question(measure=measure, rule=rule, periods=PERIODS)).whole  # type: ignore[arg-type]
    assert whole["n_mature"].to_list() == sizes.astype(int).tolist()
    assert whole["value"].to_list() == hits.tolist() and 0 < hits[-1] < sizes[-1]


def _features(measure: str) -> tuple[str, ...]:
    return ("export",) if measure.startswith("feature:") else ("report", "share", "export")


def test_the_adoption_index_is_the_mean_over_measured_accounts_on_the_last_day_of_each_period(
    view: View, tables: dict[str, pd.DataFrame]
) -> None:
    whole = answer(Population(view), Question(measure="adoption_index", periods=PERIODS)).whole
    assert whole["share"].to_list() == pytest.approx(_means(tables, lambda day: _indexes(view, day)))


def _indexes(view: View, day: date) -> dict[str, float]:
    found = adoption(view, [day]).set_index("account_id")["adoption_index"].dropna()
    return {str(account): float(value) for account, value in found.items()}


def test_health_is_the_mean_score_of_those_that_pay_and_a_population_without_scores_says_so(
    view: View, tables: dict[str, pd.DataFrame]
) -> None:
    def score(account: str, day: date) -> float:
        return (int(account) * 7 + day.toordinal()) % 100.0

    def scores(days: Sequence[date]) -> pd.DataFrame:
        rows = [(account, pd.Timestamp(day), score(account, day)) for day in days for account in _paying(tables, day)]
        return pd.DataFrame(rows, columns=["account_id", "closing", "health"])

    whole = answer(Population(view, health=scores), Question(measure="health", periods=PERIODS)).whole
    expected = _means(tables, lambda day: {account: score(account, day) for account in _paying(tables, day)})
    assert whole["share"].to_list() == pytest.approx(expected)
    with pytest.raises(CsworkbenchError, match="health"):
        answer(Population(view), Question(measure="health"))


def _paying(tables: dict[str, pd.DataFrame], day: date) -> list[str]:
    return [each for each in tables["accounts"]["account_id"] if mrr(tables["subscriptions"], each, day) > 0]


def _means(tables: dict[str, pd.DataFrame], scored: Callable[[date], dict[str, float]]) -> list[float]:
    known = {last: scored(last) for _, last in quarters(date(2023, 1, 1))}
    values: list[list[float]] = [[] for _ in range(PERIODS)]
    for account in tables["accounts"]["account_id"]:
        start = first_day(tables["subscriptions"], account)
        spans = [] if start is None else quarters(start)
        for k, (_, last) in enumerate(spans[:PERIODS]):
            if account in known[last]:
                values[k].append(known[last][account])
    return [float(np.mean(each)) for each in values]


def test_every_measure_has_an_answer_in_every_grain_and_rule(view: View) -> None:
    def level(days: Sequence[date]) -> pd.DataFrame:
        rows = [(each, pd.Timestamp(day), 50.0) for day in days for each in view.table("accounts")["account_id"]]
        return pd.DataFrame(rows, columns=["account_id", "closing", "health"])

    population = Population(view, health=level)
    for measure in (*MEASURES, "feature:share", "event:share", "amount:share"):
        for grain in ("month", "quarter"):
            for rule in RULES:
                found = answer(population, Question(measure=measure, grain=grain, rule=rule)).whole  # type: ignore[arg-type]
                assert found["share"].notna().any(), (measure, grain, rule)


@pytest.mark.parametrize("measure", ["adoption_index", "health"])
def test_scores_are_made_for_the_days_that_the_day_of_start_leaves_and_again_for_earlier_ones(
    view: View, measure: str
) -> None:
    asked: list[date] = []

    def health(days: Sequence[date]) -> pd.DataFrame:
        asked.extend(days)
        scored = adoption(view, days)
        return scored.rename(columns={"adoption_index": "health"})[["account_id", "closing", "health"]]

    population = Population(view, health=health)
    for since in ("2025-01-01", "2025-04-01", "2024-04-01", ""):
        asked.clear()
        question = Question(measure=measure, since=since, periods=PERIODS, grain="month")
        assert population.has_done(question.parameters) == (since == "2025-04-01")
        found, fresh = answer(population, question), answer(Population(view, health=health), question)
        pd.testing.assert_frame_equal(found.cells, fresh.cells, check_exact=True)
        pd.testing.assert_frame_equal(found.whole, fresh.whole, check_exact=True)
        assert found.whole["n_mature"].iloc[0] > 0
        assert all(day.isoformat() >= since for day in asked) or since == ""
