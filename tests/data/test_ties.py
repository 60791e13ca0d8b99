"""Rows that a declared tolerance lets share a key, and rows that only differ in their place, lead to one result."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest
from databases import snapshot_of
from workspaces import write

from csworkbench import open_workspace
from csworkbench.data.check.report import CheckReport
from csworkbench.data.settings import parse_settings

SETTINGS = parse_settings('[company]\nname = "T"\ncurrency = "EUR"\nexported_on = "2026-06-30"\n')


def test_of_two_values_of_an_attribute_from_one_day_the_same_holds_whatever_their_order() -> None:
    accounts = pd.DataFrame({"account_id": ["A1", "A2"], "name": ["Acme", "Beta"], "segment": ["SMB", "SMB"]})
    twice = pd.DataFrame(
        {
            "account_id": ["A1", "A1", "A1", "A2"],
            "attribute": "segment",
            "value": ["Mid", "Big", "Huge", "Mid"],
            "valid_from": pd.Timestamp("2026-01-01"),
        }
    )
    found = set()
    for order in itertools.permutations(range(3)):
        frames = {"accounts": accounts, "account_history": twice.iloc[[*order, 3]]}
        known = snapshot_of(frames, SETTINGS).as_of("2026-06-30").table("accounts")
        found.add(tuple(known["segment"]))
    assert found == {("Big", "Mid")}


ACCOUNTS = """\
account_id,name,started_on,segment,gone
A1,Acme,2025-01-01,SMB,yes
A2,Beta,2025-02-01,SMB,no
A3,Gamma,2025-03-01,Mid,no
"""
HEADER = "subscription_id,account_id,starts_on,ends_on,mrr,currency,decided_on\n"
OTHERS = ["S2,A2,2025-02-01,,200.00,EUR,\n", "S3,A3,2025-03-01,,300.25,EUR,\n"]
TWICE = ["S1,A1,2025-01-01,2025-02-01,100.50,EUR,\n", "S1,A1,2025-01-01,,100.50,EUR,\n"]
KEPT = '[tables.accounts]\nleft = "gone == \'yes\'"\n[tables.subscriptions]\non_duplicate = "keep"\n'


def checked(folder: Path, items: list[str]) -> CheckReport:
    folder.mkdir()
    files = {"accounts": ACCOUNTS, "subscriptions": HEADER + "".join(items)}
    return open_workspace(write(folder, files, KEPT)).check()


def test_of_an_item_kept_twice_the_open_one_says_how_long_the_account_stays(tmp_path: Path) -> None:
    """Then the account is still paying, and its use in March is not after its end."""
    orders = [[*TWICE, *OTHERS], [*TWICE[::-1], *OTHERS], [*OTHERS, *TWICE]]
    for at, items in enumerate(orders):
        report = checked(tmp_path / str(at), items)
        assert [problem.rule for problem in report.problems] == ["left_but_paying"]
        assert {problem.rule for problem in report.tolerated} == {"duplicate_key"}


@pytest.mark.parametrize("turned", [1, -1])
def test_the_advice_on_a_column_of_two_notations_names_both_wherever_they_stand(tmp_path: Path, turned: int) -> None:
    days = [day.date() for day in pd.date_range("2025-03-01", periods=400)]
    slashes, dots = ([day.strftime(how) for day in days for _ in range(15)] for how in ("%Y/%m/%d", "%d.%m.%Y"))
    rows = [f"A1,{day},f{at}" for at, day in enumerate(slashes + dots)][::turned]
    text = "\n".join(["account_id,day,feature", *rows]) + "\n"
    (problem,) = open_workspace(write(tmp_path, {"usage": text})).check().problems
    assert 'of 12,000 values 6,000 fit "%Y/%m/%d" and 6,000 fit "%d.%m.%Y"' in problem.remedy
