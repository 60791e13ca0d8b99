"""The facts are complete, readable, in time and in agreement with each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from company import ITEM, final_items, holding, mapped, paying, read

from csworkbench.data.workspace import Workspace, open_workspace
from csworkbench.schema import TABLES
from csworkbench.simulate import simulate
from csworkbench.simulate.calendar import calendar
from csworkbench.simulate.chunk import Chunk
from csworkbench.simulate.dynamics import live
from csworkbench.simulate.population import arrivals, population
from csworkbench.simulate.tables.contract import subscriptions
from csworkbench.simulate.world import make_world

pytestmark = pytest.mark.xdist_group("simulate")

END, EXPORTED = pd.Timestamp("2026-09-30"), pd.Timestamp("2026-10-05")


@pytest.mark.parametrize("name", sorted(set(TABLES) - {"events"}))
def test_every_column_of_every_table_is_filled_somewhere(sample: Path, name: str) -> None:
    frame = read(sample, name)
    assert list(frame) == list(TABLES[name].names)
    assert frame.notna().any().all(), frame.columns[~frame.notna().any()]


@pytest.mark.parametrize("name", sorted(set(TABLES) - {"events"}))
def test_nothing_is_known_before_it_happens_or_after_the_export(sample: Path, name: str) -> None:
    frame, table = read(sample, name), TABLES[name]
    for column in table.columns:
        if column.type in ("date", "timestamp") and not column.ahead:
            last = EXPORTED if column.name == "recorded_at" else END + pd.Timedelta(days=1)
            assert frame[column.name].max() <= last, column.name
    if table.happened and name not in ("subscriptions", "invoices"):
        assert (frame["recorded_at"] >= frame[table.happened].dt.normalize()).all()


def test_check_finds_no_problem_in_the_sample(opened: Workspace) -> None:
    assert [str(problem) for problem in opened.check().problems] == []


@pytest.mark.parametrize("arguments", [(1, 1), (3, 2), (60, 14)])
@pytest.mark.parametrize("usage", ["daily", "monthly"])
def test_check_finds_no_problem_in_other_companies(tmp_path: Path, arguments: tuple[int, int], usage: str) -> None:
    folder = simulate(tmp_path / "new", *arguments, 11, "2024-02-29", "parquet", usage)  # type: ignore[arg-type]
    assert [str(problem) for problem in open_workspace(folder).check().problems] == []


def test_items_that_hold_add_up_to_the_mrr_of_the_account(tmp_path: Path) -> None:
    world = make_world(8, 400, calendar(24, "2026-09-30"))
    accounts = population(world, arrivals(world, 400), 0, 0, 400)
    history, ledger = live(world, accounts)
    chunk = Chunk(world, accounts, history, ledger)
    rows = subscriptions(chunk)
    frame = pd.DataFrame({name: rows[name] for name in ("starts_on", "ends_on", "mrr", "recorded_at")})
    frame["subscription_id"], frame["account"] = rows["subscription_id"], rows["account_id"].codes
    items = frame.sort_values("recorded_at", kind="stable").drop_duplicates(ITEM, keep="last")
    for month, day in enumerate(world.months.ends):
        held = holding(items, day).groupby("account")["mrr"].sum().reindex(range(400)).fillna(0)
        there = history.active[:, month] & (history.high[:, month] == day)
        assert (held.to_numpy() == np.where(there, history.mrr[:, month], 0)).all()


@pytest.mark.parametrize("day", ["2024-02-29", "2025-06-30", "2026-03-31", "2026-08-15"])
def test_on_no_day_is_an_item_known_to_hold_twice(opened: Workspace, day: str) -> None:
    known = opened.as_of(day).table("subscriptions")
    assert not holding(known, day).duplicated("subscription_id").any()


def test_corrections_are_later_versions_of_the_same_item(sample: Path) -> None:
    rows = read(sample, "subscriptions")
    versions = rows.groupby(ITEM)["recorded_at"].agg(["size", "nunique"])
    assert (versions["size"] == versions["nunique"]).all()
    assert (versions["size"] > 1).sum() > 10
    assert (rows.groupby(ITEM)["mrr"].nunique() > 1).any()


def test_some_facts_are_recorded_late(sample: Path) -> None:
    milestones = read(sample, "milestones")
    late = (milestones["recorded_at"] > milestones["reached_on"]).mean()
    assert 0.02 < late < 0.12


def test_use_that_was_not_measured_has_no_rows_and_no_use_is_zero(sample: Path) -> None:
    usage, accounts = read(sample, "usage"), paying(sample)
    silent = set(accounts["account_id"]) - set(usage["account_id"])
    assert 0.03 < len(silent) / len(accounts) < 0.2
    assert (usage["count"] == 0).mean() > 0.02
    assert not usage.duplicated(["account_id", "day", "feature"]).any()
    assert (usage["count"] >= usage["users"]).all()


def test_use_falls_at_obon_and_at_the_turn_of_the_year(sample: Path) -> None:
    weekly = read(sample, "usage").groupby("day")["count"].sum()
    for dip in ("2024-08-12", "2025-08-11", "2024-12-30", "2025-12-29"):
        day = pd.Timestamp(dip)
        around = weekly[[day - pd.Timedelta(days=21), day + pd.Timedelta(days=21)]].mean()
        assert weekly[day] < 0.75 * around, dip


def test_a_vendor_scores_unmeasured_accounts_zero(sample: Path) -> None:
    health, usage = read(sample, "vendor_health"), read(sample, "usage")
    unmeasured = ~health["account_id"].isin(usage["account_id"])
    unmeasured &= health.groupby("account_id")["day"].transform("size") > 3
    assert unmeasured.sum() > 100
    assert (health.loc[unmeasured, "score"] == 0).all()
    assert (health["score"] > 0).mean() > 0.85


def test_people_are_invented_ids(sample: Path) -> None:
    assert read(sample, "contacts")["contact_id"].str.fullmatch(r"C\d{4}-\d").all()
    assert read(sample, "interviews")["candidate_id"].str.fullmatch(r"P\d{4}").all()


def test_company_names_are_distinct_and_in_two_languages(sample: Path) -> None:
    accounts = read(sample, "accounts")
    assert accounts["name"].is_unique
    japanese = accounts["name"].str.contains("[\u3040-\u9fff]")
    assert (japanese == (accounts["language"] == "ja")).all()
    assert 0.3 < japanese.mean() < 0.8


def test_no_two_parts_of_a_big_company_share_a_key(big: Path) -> None:
    for name in ("accounts", "tickets", "activities", "invoices", "opportunities"):
        frame = read(big, name)
        assert not frame.duplicated([*TABLES[name].key, "recorded_at"]).any(), name
    assert mapped(big)["usage"] == "usage.parquet"
    assert final_items(big)["account_id"].nunique() == len(paying(big))
