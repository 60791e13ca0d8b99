"""Exports that nobody here wrote, used as they are: the check counts what contradicts itself, the packs say so."""

from __future__ import annotations

import shutil
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from csworkbench import open_workspace
from csworkbench.data.workspace import Workspace
from csworkbench.metrics.calendar import Quarter
from csworkbench.metrics.quarter import QuarterMeasures, measure_quarter
from csworkbench.story.exhibits.closing import freshness
from csworkbench.story.scene import scene_of

pytestmark = pytest.mark.xdist_group("real exports")
HERE = Path(__file__).parent
QUARTERS = {"churnsim_crm": "2023Q3", "saas_flowstack": "2026Q2", "ravenstack": "2024Q4"}


def lay_out(folder: Path, files: Path) -> Path:
    """A workspace folder: the committed TOML of the set beside links to its files."""
    folder.mkdir()
    shutil.copy(HERE / folder.name / "workspace.toml", folder)
    for file in files.iterdir():
        (folder / file.name).symlink_to(file)
    return folder


@pytest.fixture
def real(real_data, tmp_path):
    """Name of a set → a workspace folder of the test's own."""
    return lambda name: lay_out(tmp_path / name, real_data / name)


@pytest.fixture(scope="module")
def opened(real_data, tmp_path_factory):
    """Name of a set → its workspace as committed, read once for all tests; its folder is `path`."""

    @cache
    def workspace(name: str) -> Workspace:
        return open_workspace(lay_out(tmp_path_factory.mktemp("real") / name, real_data / name))

    return workspace


@pytest.fixture(scope="module")
def measured(opened):
    """Name of a set → the measures of its last quarter, made once."""

    @cache
    def measures(name: str) -> QuarterMeasures:
        quarter = Quarter.parse(QUARTERS[name], 1)
        return measure_quarter(opened(name).as_of(quarter.closing), quarter)

    return measures


def text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def tolerated(report) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for problem in report.tolerated:
        found[(problem.file, problem.rule)] += problem.count
    return found


RAVENSTACK_DAY = "2024-12-31"


@cache
def ravenstack_churn(folder: Path) -> dict[str, int]:
    """The three definitions of churn, and how often the first two contradict the subscriptions."""
    accounts, items = text(folder / "ravenstack_accounts.csv"), text(folder / "ravenstack_subscriptions.csv")
    events = text(folder / "ravenstack_churn_events.csv")
    paid = items[items["is_trial"] == "False"]
    last_end = paid["end_date"].replace("", "9999").groupby(paid["account_id"]).max()
    flagged = accounts["churn_flag"] == "True"
    goes_on = accounts["account_id"].map(last_end) > RAVENSTACK_DAY
    assert items["start_date"].max() <= RAVENSTACK_DAY
    later = (pd.to_datetime(events["churn_date"]) + pd.Timedelta(days=90)).dt.strftime("%Y-%m-%d")
    held = 0
    days = zip(events["account_id"], events["churn_date"], later.clip(upper=RAVENSTACK_DAY), strict=True)
    for account, named, day in days:
        own = paid[paid["account_id"] == account]
        known = own[own["start_date"] <= named]["end_date"].replace("", "9999")
        joined = own["start_date"] <= (known.max() if len(known) else "9999")
        held += bool(((own["start_date"] <= day) & joined & ((own["end_date"] == "") | (own["end_date"] > day))).any())
    return {
        "flagged": int(flagged.sum()),
        "in events": events["account_id"].nunique(),
        "ended": int((items["end_date"] != "").sum()),
        "ended, no trial": int((paid["end_date"] != "").sum()),
        "flagged and paying": int((flagged & goes_on).sum()),
        "not flagged and gone": int((~flagged & accounts["account_id"].isin(paid["account_id"]) & ~goes_on).sum()),
        "events without an end": held,
    }


def ravenstack_by_pandas(folder: Path) -> dict[tuple[str, str], int]:
    """The contradictions of ravenstack counted a second way."""
    accounts, items = text(folder / "ravenstack_accounts.csv"), text(folder / "ravenstack_subscriptions.csv")
    usage, tickets = text(folder / "ravenstack_feature_usage.csv"), text(folder / "ravenstack_support_tickets.csv")
    events = text(folder / "ravenstack_churn_events.csv")
    signup = accounts.set_index("account_id")["signup_date"]
    account = usage["subscription_id"].map(items.set_index("subscription_id")["account_id"])
    first = items[items["is_trial"] == "False"].groupby("account_id")["start_date"].min()
    early = usage["usage_date"] < account.map(signup)
    before_first = ~early & (usage["usage_date"] < account.map(first))
    same_key = pd.DataFrame({"a": account, "d": usage["usage_date"], "f": usage["feature_name"]})
    event = ["account_id", "churn_date", "reason_code"]
    churn = ravenstack_churn(folder)
    return {
        ("ravenstack_accounts.csv", "left_but_paying"): churn["flagged and paying"],
        ("ravenstack_accounts.csv", "stays_but_not_paying"): churn["not flagged and gone"],
        ("ravenstack_churn_events.csv", "churn_without_end"): churn["events without an end"],
        ("ravenstack_feature_usage.csv", "before_start"): int(early.sum()),
        ("ravenstack_feature_usage.csv", "before_subscription"): int(before_first.sum()),
        ("ravenstack_feature_usage.csv", "duplicate"): int(same_key.duplicated().sum()),
        ("ravenstack_support_tickets.csv", "before_start"): int(
            (tickets["submitted_at"] < tickets["account_id"].map(signup)).sum()
        ),
        ("ravenstack_churn_events.csv", "duplicate"): int(events[event].duplicated().sum()),
    }


def flowstack_by_pandas(folder: Path) -> dict[tuple[str, str], int]:
    exported = "2026-07-25"
    items, usage = text(folder / "subscriptions.csv"), text(folder / "usage_logs.csv")
    tickets = text(folder / "support_tickets.csv")
    end = usage["customer_id"].map(items.set_index("customer_id")["subscription_end"])
    features = 2
    return {
        ("usage_logs.csv", "future_date"): features * int((usage["usage_month"] > exported).sum()),
        ("usage_logs.csv", "after_end"): features * int(((end != "") & (usage["usage_month"] >= end)).sum()),
        ("support_tickets.csv", "future_date"): int((tickets["ticket_created_date"] > exported).sum())
        + int((tickets["ticket_resolved_date"] > exported).sum()),
    }


def churnsim_by_pandas(folder: Path) -> dict[tuple[str, str], int]:
    items, usage = text(folder / "subscriptions.csv"), text(folder / "usage_weekly.csv.gz")
    first = usage["account_id"].map(items.groupby("account_id")["start_date"].min())
    file = "usage_weekly.csv.gz"
    return {
        (file, "before_subscription"): int((usage["week_start"] < first).sum()),
        (file, "future_date"): int((usage["week_start"] > "2024-01-01").sum()),
    }


BY_PANDAS = {
    "ravenstack": ravenstack_by_pandas,
    "saas_flowstack": flowstack_by_pandas,
    "churnsim_crm": churnsim_by_pandas,
}


@pytest.mark.parametrize("name", BY_PANDAS)
def test_the_check_finds_and_counts_the_contradictions_by_itself(name, opened):
    report = opened(name).check()
    assert report.ok, report
    found: Counter[tuple[str, str]] = Counter()
    for (file, rule), count in tolerated(report).items():
        found[(file, "duplicate" if rule.startswith("duplicate") else rule)] += count
    expected = BY_PANDAS[name](opened(name).path)
    assert {key: found[key] for key in expected} == expected


def test_three_definitions_of_churn_are_counted_and_the_comment_tells_the_truth(opened):
    folder = opened("ravenstack").path
    churn = ravenstack_churn(folder)
    assert (churn["flagged"], churn["in events"], churn["ended"]) == (110, 352, 486)
    (notice,) = [n for n in opened("ravenstack").check().notices if n.startswith("churn is told")]
    for part in (
        f'{churn["flagged"]} accounts have left by "churn_flag"',
        f"{churn['in events']} accounts stand in 599 churn events",
        f"{churn['ended, no trial']} subscriptions have ended",
    ):
        assert part in notice
    declared = (folder / "workspace.toml").read_text()
    for count in ("110", "352", "600", "486", "408", "591"):
        assert count in declared
    assert (churn["ended, no trial"], churn["events without an end"]) == (408, 591)


def test_rows_of_cdnow_that_repeat_any_earlier_row_are_counted_as_pandas_does(opened):
    folder = opened("cdnow").path
    names = ["account_id", "day", "count", "value"]
    rows = pd.read_csv(folder / "CDNOW_master.txt", sep=r"\s+", names=names, dtype=str, skiprows=1)
    found = tolerated(opened("cdnow").check())
    canonical = rows.assign(value=rows["value"].astype(float))[["account_id", "day", "value"]]
    same_key = canonical.duplicated(["account_id", "day"])
    assert found[("CDNOW_master.txt", "duplicate_row")] == int(canonical.duplicated().sum())
    assert found[("CDNOW_master.txt", "duplicate_key")] == int((same_key & ~canonical.duplicated()).sum())


@pytest.mark.parametrize("name", QUARTERS)
def test_without_the_declared_tolerance_the_same_exports_are_refused(name, real):
    folder = real(name)
    toml = folder / "workspace.toml"
    declared = toml.read_text().splitlines()
    toml.write_text("\n".join(line for line in declared if not line.startswith("on_")))
    report = open_workspace(folder).check()
    assert not report.ok
    assert all("on_" in problem.remedy for problem in report.problems)


@pytest.mark.parametrize("name", QUARTERS)
def test_the_packs_measures_say_what_was_dropped(name, opened, measured):
    measures = measured(name)
    dropped = sum(sum(facts.dropped.values()) for facts in opened(name).snapshot().facts.values())
    shown = freshness(scene_of(measures))
    assert measures.frame("freshness")["dropped"].sum() == dropped > 0
    assert f"{dropped:,} rows" in shown.title


def test_mrr_of_churnsim_equals_a_sum_by_pandas(opened, measured):
    items = text(opened("churnsim_crm").path / "subscriptions.csv")
    day = "2023-09-30"
    holds = items[(items["start_date"] <= day) & (items["end_date"] > day)]
    trend = measured("churnsim_crm").frame("mrr_trend")
    now = trend[(trend["quarter"] == "2023Q3") & (trend["segment"] == "all")].iloc[0]
    assert now["mrr_close"] == pytest.approx(holds["mrr"].astype(float).sum(), abs=0.005)
    assert now["n_close"] == holds["account_id"].nunique()


def test_flowstack_mrr_comes_from_the_price_list_and_the_discount(opened):
    folder = opened("saas_flowstack").path
    items = text(folder / "subscriptions.csv").merge(text(folder / "plans.csv"), on="plan_id")
    net = (items["monthly_price"].astype(float) * (1 - items["discount_percent"].astype(float) / 100)).round(2)
    loaded = opened("saas_flowstack").as_of("2026-06-30").table("subscriptions")
    started = items["subscription_start"] <= "2026-06-30"
    assert loaded["mrr"].sum() == pytest.approx(net[started].sum(), abs=0.005)
