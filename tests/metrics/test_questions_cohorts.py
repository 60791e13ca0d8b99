"""What makes a cohort: months and quarters, plan, CSM, first value, any column, and any condition over features."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from small_company import company, items, view_of

from csworkbench.errors import UnknownName
from csworkbench.metrics.questions import Population, Question, answer

END = date(2026, 6, 30)


@pytest.fixture(scope="module")
def small() -> Population:
    """Five accounts, small enough to check by eye; e began before use was measured, d is too young to be judged."""
    known = pd.DataFrame(
        {
            "account_id": [*"abcde"],
            "segment": ["smb", "smb", "big", "big", "big"],
            "touch_tier": ["tech", "high", "high", None, "high"],
            "industry": ["Retail", "Retail", "Finance", "Finance", "Retail"],
            "employees": [10, 20, 30, 40, 50],
        }
    )
    starts = {"a": "2026-01-05", "b": "2026-02-10", "c": "2026-03-20", "d": "2026-06-01", "e": "2025-01-01"}
    bought = items(*((each, day, None, 10.0) for each, day in starts.items()))
    bought = bought.assign(plan=["basic", "basic", "plus", "plus", "basic"], product="x")
    grown = items(("a", "2026-03-01", None, 90.0)).assign(plan="plus", product="x", subscription_id="later")
    used = [("a", "2026-01-06", "api", 3), ("a", "2026-04-04", "api", 4), ("a", "2026-04-05", "api", 8)]
    used += [("b", "2026-02-10", "web", 1), ("c", "2026-03-21", "api", 1), ("d", "2026-06-02", "api", 9)]
    tables = {
        "accounts": known,
        "subscriptions": pd.concat([bought, grown], ignore_index=True),
        "usage": pd.DataFrame(used, columns=["account_id", "day", "feature", "count"]),
        "assignments": pd.DataFrame(
            {
                "account_id": ["a", "a", "b", "c"],
                "csm_id": ["kim", "lee", "lee", "kim"],
                "starts_on": ["2026-01-05", "2026-04-01", "2026-02-10", "2026-03-20"],
            }
        ),
        "milestones": pd.DataFrame(
            {
                "account_id": ["a", "a", "b", "b"],
                "milestone": ["kickoff", "first_report", "kickoff", "first_report"],
                "reached_on": ["2026-01-10", "2026-02-01", "2026-02-20", "2026-06-01"],
            }
        ),
    }
    return Population(view_of(END, tables))


def cohorts(population: Population, **asked: str) -> dict[str, str]:
    """Cohort → its accounts."""
    group = answer(population, Question(**asked)).group.dropna()  # type: ignore[arg-type]
    return {str(name): "".join(sorted(rows.index)) for name, rows in group.groupby(group)}


def test_cohorts_by_start_column_plan_csm_and_first_value_hold_the_accounts_that_one_would_sort_by_hand(
    small: Population,
) -> None:
    assert cohorts(small, grain="month") == {
        "2025-01": "e",
        "2026-01": "a",
        "2026-02": "b",
        "2026-03": "c",
        "2026-06": "d",
    }
    assert cohorts(small) == {"2025Q1": "e", "2026Q1": "abc", "2026Q2": "d"}
    assert cohorts(small, by="segment") == {"smb": "ab", "big": "cde"}
    assert cohorts(small, by="industry") == {"Retail": "abe", "Finance": "cd"}
    assert cohorts(small, by="touch_tier") == {"tech": "a", "high": "bce", "not known": "d"}
    assert cohorts(small, by="plan_at_start") == {"basic": "abe", "plus": "cd"}
    assert cohorts(small, by="csm_at_start") == {"kim": "ac", "lee": "b", "not known": "de"}
    assert cohorts(small, by="first_value") == {"in time": "a", "not in time": "bce", "not known": "d"}


def test_early_use_counts_the_first_90_days_and_knows_nothing_of_those_it_did_not_see(small: Population) -> None:
    early = small.early
    assert early.loc[["a", "b", "c"], "early_api"].to_list() == [7.0, 0.0, 1.0]
    assert early.loc[["a", "b", "c"], "early_web"].to_list() == [0.0, 1.0, 0.0]
    assert early.loc[["d", "e"]].isna().all().all()


def test_a_condition_makes_two_cohorts_and_leaves_what_is_not_known_apart(small: Population) -> None:
    assert cohorts(small, by="early_api > 0") == {"fulfilled": "ac", "otherwise": "b", "not known": "de"}
    assert cohorts(small, by="early_api >= 2 and employees < 15") == {
        "fulfilled": "a",
        "otherwise": "bcde",
    }
    assert cohorts(small, by="early_api > 0", where='industry == "Retail"') == {
        "fulfilled": "a",
        "otherwise": "b",
        "not known": "e",
    }
    for wrong in ("early_apo", "bye"):
        with pytest.raises(UnknownName):
            cohorts(small, by=wrong)


def test_the_lowest_number_stands_alone_where_a_quarter_of_the_accounts_share_it(small: Population) -> None:
    assert cohorts(small, by="early_web") == {"0": "ac", "over 0 to 1": "b", "not known": "de"}


def test_early_use_of_every_account_is_the_sum_of_its_rows() -> None:
    tables = company(50, seed=5)
    population = Population(view_of(END, tables))
    usage = tables["usage"].assign(day=pd.to_datetime(tables["usage"]["day"]))
    first = population.spans["first_paid_on"]
    begun, seen = usage["day"].min().replace(day=1), set(usage["account_id"])
    for account, start in first.items():
        last = start + timedelta(days=89)
        for feature in ("export", "report", "share"):
            found = population.early.loc[account, f"early_{feature}"]
            mine = usage[(usage["account_id"] == account) & (usage["feature"] == feature)]
            if account not in seen or start < begun or last > pd.Timestamp(END):
                assert pd.isna(found)
            else:
                assert found == mine.loc[mine["day"].between(start, last), "count"].sum()


def test_further_columns_split_as_well(small: Population) -> None:
    more = pd.DataFrame({"health": [10.0, 20.0, 30.0, 40.0, 50.0]}, index=pd.Index([*"abcde"], name="account_id"))
    wide = Population(small.view, more)
    assert cohorts(wide, by="health < 25") == {"fulfilled": "ab", "otherwise": "cde"}
