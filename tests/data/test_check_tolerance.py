"""Dirt that workspace.toml tolerates is dropped or kept as declared, and always counted."""

from __future__ import annotations

import pytest
from workspaces import COMPANY, FILES, SUBSCRIPTIONS, USAGE, concerned, replaced, write

from csworkbench import open_workspace


def opened(folder, files, toml, company=COMPANY):
    workspace = open_workspace(write(folder, files, toml, company, concerned(files, toml)))
    assert workspace.check().problems == ()
    return workspace


def usage(workspace):
    """Account and day of the usage that was kept."""
    frame = workspace.as_of("2030-01-01").table("usage")
    return sorted(zip(frame["account_id"], frame["day"].dt.strftime("%Y-%m-%d"), strict=True))


HEALTHY = [("A1", "2025-03-01"), ("A2", "2025-03-01"), ("A3", "2025-03-01"), ("A3", "2025-03-02")]
DIRT = {
    "orphan": ("on_orphan", "A9,2025-03-01,export,1,1", ("A9", "2025-03-01")),
    "future_date": ("on_future", "A1,2026-07-01,export,1,1", ("A1", "2026-07-01")),
    "before_start": ("on_before_start", "A1,2024-12-31,export,1,1", ("A1", "2024-12-31")),
    "after_end": ("on_after_end", "A2,2026-02-01,export,1,1", ("A2", "2026-02-01")),
    "duplicate_key": ("on_duplicate", "A1,2025-03-01,export,9,9", ("A1", "2025-03-01")),
    "duplicate_row": ("on_duplicate", "A1,2025-03-01,export,3,10", ("A1", "2025-03-01")),
}


@pytest.mark.parametrize("rule", DIRT)
def test_a_dropped_row_is_gone_and_counted(tmp_path, rule):
    policy, line, _ = DIRT[rule]
    workspace = opened(tmp_path, {"usage": f"{USAGE}{line}\n"}, f'[tables.usage]\n{policy} = "drop"')
    assert usage(workspace) == HEALTHY
    assert workspace.check().facts["usage"].dropped == {rule: 1}
    assert [(p.rule, p.row, p.tolerated) for p in workspace.check().tolerated] == [(rule, 6, True)]


@pytest.mark.parametrize("rule", DIRT)
def test_a_kept_row_stays_and_is_counted(tmp_path, rule):
    policy, line, kept = DIRT[rule]
    workspace = opened(tmp_path, {"usage": f"{USAGE}{line}\n"}, f'[tables.usage]\n{policy} = "keep"')
    assert usage(workspace) == sorted([*HEALTHY, kept])
    assert workspace.check().facts["usage"].tolerated == {rule: 1}
    assert [(p.rule, p.row) for p in workspace.check().tolerated] == [(rule, 6)]


def test_usage_after_the_end_is_kept_and_told_when_nothing_is_declared(tmp_path):
    workspace = opened(tmp_path, {"usage": f"{USAGE}A2,2026-02-01,export,1,1\n"}, "")
    assert workspace.check().facts["usage"].tolerated == {"after_end": 1}


def test_a_row_with_two_faults_is_dropped_once(tmp_path):
    toml = '[tables.usage]\non_orphan = "drop"\non_future = "drop"'
    workspace = opened(tmp_path, {"usage": f"{USAGE}A9,2026-07-01,export,1,1\n"}, toml)
    assert sum(workspace.check().facts["usage"].dropped.values()) == 1
    assert {p.rule for p in workspace.check().tolerated} == {"orphan", "future_date"}


CHURN_ACCOUNTS = """\
account_id,started_on,gone,recorded_at
A1,2025-01-01,yes,2025-06-01
A2,2025-02-01,no,2025-02-01
A3,2025-03-01,yes,2025-03-01
A3,2025-03-01,no,2025-04-01
"""
CHURN_EVENTS = """\
account_id,named_on,event,factor
A1,2025-06-01,churn,price
A1,2025-06-01,churn,price
A3,2025-07-01,churn,price
"""
CHURN_TOML = """
[tables.accounts]
left = "gone == 'yes'"
on_churn_disagrees = "keep"
[tables.factors]
on_churn_disagrees = "keep"
on_duplicate = "drop"
"""


def test_churn_that_contradicts_itself_is_kept_counted_and_told_in_every_definition(tmp_path):
    workspace = opened(tmp_path, {"accounts": CHURN_ACCOUNTS, "factors": CHURN_EVENTS}, CHURN_TOML)
    report = workspace.check()
    assert report.facts["accounts"].tolerated == {"left_but_paying": 1, "stays_but_not_paying": 1}
    assert report.facts["factors"].tolerated == {"churn_without_end": 2}
    assert '1 accounts have left by "gone"; 2 accounts stand in 2 churn events; 1 subscriptions have ended' in str(
        report
    )
    assert report.facts["accounts"].rows == 4


def test_the_flag_of_today_is_in_no_view_of_the_past(tmp_path):
    workspace = opened(tmp_path, {"accounts": CHURN_ACCOUNTS}, CHURN_TOML.split("[tables.factors]")[0])
    assert "gone" not in workspace.as_of("2026-06-30").table("accounts").columns
    plain = tmp_path / "plain"
    plain.mkdir()
    without = opened(plain, {"accounts": CHURN_ACCOUNTS}, "")
    for day in ("2025-03-31", "2026-06-30"):
        left, right = (each.as_of(day).table("accounts") for each in (workspace, without))
        assert left.equals(right)


def test_a_column_that_looks_like_churn_is_pointed_out_while_left_is_not_declared(tmp_path):
    accounts = "account_id,started_on,Churned?\nA1,2025-01-01,yes\nA2,2025-02-01,no\nA3,2025-03-01,no\n"
    report = opened(tmp_path, {"accounts": accounts}, "").check()
    assert any('"Churned?" is not used' in notice and "left" in notice for notice in report.notices)


def test_a_value_out_of_range_is_emptied_and_the_row_stays(tmp_path):
    toml = '[tables.tickets]\non_out_of_range = "empty"'
    workspace = opened(tmp_path, replaced("tickets", "no,4", "no,7"), toml)
    assert workspace.as_of("2026-06-30").table("tickets")["csat"].isna().all()
    assert workspace.check().facts["tickets"].tolerated == {"out_of_range": 1}


def test_a_row_with_a_value_out_of_range_can_be_dropped(tmp_path):
    toml = '[tables.tickets]\non_out_of_range = "drop"'
    workspace = opened(tmp_path, replaced("tickets", "no,4", "no,7"), toml)
    assert list(workspace.as_of("2026-06-30").table("tickets")["ticket_id"]) == ["2"]


def test_a_lost_optional_reference_is_emptied_not_the_row(tmp_path):
    toml = '[tables.activities]\non_orphan = "drop"'
    workspace = opened(tmp_path, replaced("activities", ",C1,", ",C9,"), toml)
    activities = workspace.as_of("2026-06-30").table("activities")
    assert list(activities["activity_id"]) == ["1"]
    assert activities["csm_id"].isna().all()
    assert workspace.check().facts["activities"].tolerated == {"orphan": 1}


def test_internal_accounts_are_left_out_with_their_facts_and_counted(tmp_path):
    workspace = opened(tmp_path, replaced("accounts", "SMB,8,no", "SMB,8,yes"), "")
    assert list(workspace.as_of("2026-06-30").table("accounts")["account_id"]) == ["A1", "A3"]
    dropped = {name: dict(fact.dropped) for name, fact in workspace.check().facts.items() if fact.dropped}
    assert dropped == {name: {"internal": 1} for name in ("accounts", "subscriptions", "usage", "tickets")}


OVERLAP = {"subscriptions": f"{SUBSCRIPTIONS}S1,A1,2025-06-01,,120,EUR,\n"}
MRR = "SELECT sum(mrr) AS mrr FROM subscriptions WHERE account_id = 'A1' AND (ends_on IS NULL OR ends_on > $day)"


def mrr(workspace, day):
    return workspace.as_of(day).sql(MRR, day=day)["mrr"].iloc[0]


def test_overlapping_items_can_both_count(tmp_path):
    workspace = opened(tmp_path, OVERLAP, '[tables.subscriptions]\non_overlap = "sum"')
    assert mrr(workspace, "2025-06-30") == 220.50


def test_of_overlapping_items_the_later_can_end_the_earlier(tmp_path):
    workspace = opened(tmp_path, OVERLAP, '[tables.subscriptions]\non_overlap = "latest"')
    assert mrr(workspace, "2025-05-31") == 100.50
    assert mrr(workspace, "2025-06-30") == 120.00
    assert workspace.check().facts["subscriptions"].tolerated == {"overlap": 1}


def test_items_that_follow_each_other_do_not_overlap(tmp_path):
    text = SUBSCRIPTIONS.replace("S1,A1,2025-01-01,,", "S1,A1,2025-01-01,2025-06-01,") + "S1,A1,2025-06-01,,120,EUR,\n"
    opened(tmp_path, {"subscriptions": text}, "")


def test_credits_are_negative_mrr_only_where_declared(tmp_path):
    workspace = opened(
        tmp_path, replaced("subscriptions", "100.50", "-100.50"), "[tables.subscriptions]\ncredits = true"
    )
    assert workspace.as_of("2026-06-30").table("subscriptions")["mrr"].min() == -100.5


def test_other_currencies_are_converted_at_the_declared_rate_to_the_cent(tmp_path):
    company = f"{COMPANY}[rates]\nUSD = 0.9\n"
    workspace = opened(tmp_path, replaced("subscriptions", "100.50,EUR", "100.55,USD"), "", company)
    item = workspace.as_of("2026-06-30").table("subscriptions").set_index("subscription_id").loc["S1"]
    assert (item["mrr"], item["currency"]) == (90.495, "EUR")


def test_keys_stay_text_as_written(tmp_path):
    names = {"A1": "00123", "A2": "NA", "A3": "1234567890123456789"}
    files = {}
    for table, text in FILES.items():
        for old, new in names.items():
            text = text.replace(f"{old},", f"{new},")
        files[table] = text.replace("S1,", "12E4,").replace("S2,", "None,")
    workspace = opened(tmp_path, files, "")
    view = workspace.as_of("2026-06-30")
    assert set(view.table("accounts")["account_id"]) == {"00123", "NA", "1234567890123456789"}
    assert set(view.table("subscriptions")["subscription_id"]) == {"12E4", "None", "S3"}


def test_a_never_ending_date_is_no_end_and_is_told(tmp_path):
    workspace = opened(tmp_path, replaced("subscriptions", "A1,2025-01-01,,", "A1,2025-01-01,9999-12-31,"), "")
    assert workspace.as_of("2026-06-30").table("subscriptions").set_index("subscription_id")["ends_on"].isna()["S1"]
    assert any("9999-12-31" in notice for notice in workspace.check().notices)


def test_groups_that_are_nearly_one_word_are_told_and_not_merged(tmp_path):
    workspace = opened(tmp_path, replaced("accounts", "2025-02-01,SMB", "2025-02-01,smb"), "")
    assert any('"SMB" and "smb"' in notice for notice in workspace.check().notices)
    assert set(workspace.as_of("2026-06-30").table("accounts")["segment"]) == {"SMB", "smb", "Mid"}


def test_personal_values_are_masked(tmp_path):
    report = open_workspace(
        write(tmp_path, replaced("contacts", "hanako@acme.example", '" hanako@acme.example"'))
    ).check()
    assert [p.rule for p in report.problems] == ["blank_around_key"]
    assert "hanako" not in str(report) + str(report.as_json())


def test_a_personal_key_that_is_nearly_another_shows_neither(tmp_path):
    twice = FILES["contacts"] + "Hanako@acme.example,A1,buyer,5,champion,2025-01-10,\n"
    report = open_workspace(write(tmp_path, {"contacts": twice})).check()
    assert "near_key" in {p.rule for p in report.problems}
    assert "anako" not in str(report) + str(report.as_json())


def test_a_text_of_the_data_cannot_steer_a_terminal(tmp_path):
    report = open_workspace(write(tmp_path, replaced("usage", "A1,2025-03-01", "A1,\x1b[31m2025"))).check()
    assert not report.ok
    assert "\x1b" not in str(report)


def test_a_problem_lists_its_first_twenty_rows_and_counts_all(tmp_path):
    text = "account_id,day,feature,users,count\n" + "".join(f"A1,day {i},export,1,1\n" for i in range(50))
    (problem,) = open_workspace(write(tmp_path, {"usage": text})).check().problems
    assert (problem.row, problem.count, problem.rows) == (2, 50, tuple(range(2, 22)))


def test_usage_is_rolled_up_from_raw_events_by_local_day(tmp_path):
    events = """\
account_id,user_id,at,feature
A1,u1,2025-03-01T23:30:00Z,export
A1,u1,2025-03-02T08:00:00+01:00,export
A1,u2,2025-03-02T09:00:00+01:00,export
A1,u2,2025-03-02T09:00:00+01:00,reports
"""
    files = {"events": events}
    folder = write(tmp_path, files, company=COMPANY + 'time_zone = "Europe/Berlin"\n')
    toml = folder / "workspace.toml"
    toml.write_text(toml.read_text().replace("[tables.usage]\npath = 'usage.csv'\n", ""))
    workspace = open_workspace(folder)
    frame = workspace.as_of("2026-06-30").table("usage")
    rows = frame[["feature", "users", "count"]].itertuples(index=False, name=None)
    assert list(rows) == [("export", 2, 3.0), ("reports", 1, 1.0)]
    assert set(frame["day"].dt.strftime("%Y-%m-%d")) == {"2025-03-02"}
    assert "events" not in workspace.tables


def test_events_that_were_recorded_late_count_from_then_on(tmp_path):
    events = """\
account_id,user_id,at,feature,recorded_at
A1,u1,2025-03-02 08:00:00,export,2025-03-02
A1,u2,2025-03-02 09:00:00,export,2025-03-09
A1,u1,2025-03-02 10:00:00,export,2025-03-09
"""
    folder = write(tmp_path, {"events": events})
    toml = folder / "workspace.toml"
    toml.write_text(toml.read_text().replace("[tables.usage]\npath = 'usage.csv'\n", ""))
    workspace = open_workspace(folder)
    seen = {
        day: workspace.as_of(day).table("usage")[["users", "count"]].iloc[0] for day in ("2025-03-08", "2025-03-09")
    }
    assert {day: tuple(row) for day, row in seen.items()} == {"2025-03-08": (1, 1), "2025-03-09": (2, 3)}


def test_usage_and_events_together_are_refused(tmp_path):
    events = "account_id,user_id,at,feature\nA1,u1,2025-03-02 08:00:00,export\n"
    report = open_workspace(write(tmp_path, {"events": events})).check()
    assert [p.rule for p in report.problems] == ["usage_twice"]


def test_a_clean_total_passes_and_counts_what_is_dropped_later(tmp_path):
    toml = '[tables.usage]\non_orphan = "drop"\nrows = 5\ntotals = { count = 32.5, account_id = 4 }'
    opened(tmp_path, {"usage": f"{USAGE}A9,2025-03-01,export,1,10\n"}, toml)
