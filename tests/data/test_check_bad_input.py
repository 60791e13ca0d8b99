"""Bad input → rule, file, spreadsheet row, column: each class by name, end to end."""

from __future__ import annotations

import gzip

import pytest
from workspaces import COMPANY, FILES, SUBSCRIPTIONS, USAGE, concerned, replaced, write

from csworkbench import open_workspace
from csworkbench.errors import Problem, SettingsError


def case(name, files, *found, toml="", company=COMPANY):
    """One class of bad input. found: every problem as (rule, file, row, column)."""
    return pytest.param(files, toml, company, set(found), id=name)


def place(problem: Problem) -> tuple[str, str, int, str]:
    return (problem.rule, problem.file, problem.row, problem.column)


def rows(table: str, *lines: str) -> dict[str, str | bytes]:
    """The healthy file of a table with rows added."""
    return {table: FILES[table] + "".join(f"{line}\n" for line in lines)}


S, U, T, A = "subscriptions.csv", "usage.csv", "tickets.csv", "accounts.csv"
MRR = ("not_a_number", S, 2, "mrr")
DAY = ("not_a_date", U, 2, "day")

ORPHANS = [("orphan", S, 4, "account_id"), ("orphan", U, 4, "account_id")]
NEAR = [("near_key", S, 4, "account_id"), ("near_key", U, 4, "account_id")]

NUMBERS = [
    case("decimal comma", replaced("subscriptions", "100.50", '"1.200,50"'), MRR),
    case("full-width digits", replaced("subscriptions", "100.50", "１，２００"), MRR),
    case("currency sign", replaced("subscriptions", "100.50", '"¥1,200"'), MRR),
    case("accounting minus", replaced("subscriptions", "100.50", '"(1,200)"'), MRR),
    case("thousands", replaced("subscriptions", "100.50", '"1,200"'), MRR),
    case("exponent", replaced("subscriptions", "100.50", "12E4"), MRR),
    case("unit in the cell", replaced("subscriptions", "100.50", "100.50 EUR"), MRR),
    case("NaN", replaced("subscriptions", "100.50", "NaN"), ("not_finite", S, 2, "mrr")),
    case("infinity", replaced("subscriptions", "100.50", "-inf"), ("not_finite", S, 2, "mrr")),
    case("five decimals", replaced("subscriptions", "100.50", "100.50001"), ("too_many_decimals", S, 2, "mrr")),
    case("absurd amount", replaced("subscriptions", "100.50", "1" * 16), ("too_large", S, 2, "mrr")),
    case("amount missing", replaced("subscriptions", "100.50", ""), ("required_empty", S, 2, "mrr")),
    case("spreadsheet error", replaced("subscriptions", "100.50", "#REF!"), ("sheet_error", S, 2, "mrr")),
    case("half a user", replaced("usage", "export,3,", "export,3.5,"), ("not_whole", U, 2, "users")),
    case("out of range", replaced("tickets", "no,4", "no,6"), ("out_of_range", T, 2, "csat")),
    case("negative count", replaced("usage", "export,1,4", "export,1,-4"), ("out_of_range", U, 3, "count")),
    case("not a flag", replaced("tickets", "no,4", "nope,4"), ("not_a_flag", T, 2, "escalated")),
    case("not a choice", replaced("contacts", "champion", "Champion"), ("not_a_choice", "contacts.csv", 2, "stance")),
]

DATES = [
    case("slashes", replaced("usage", "A1,2025-03-01", "A1,2025/3/1"), DAY),
    case("Japanese era", replaced("usage", "A1,2025-03-01", "A1,令和7年3月1日"), DAY),
    case("day of no calendar", replaced("usage", "A1,2025-03-01", "A1,2025-02-29"), ("impossible_date", U, 2, "day")),
    case("not a date", replaced("usage", "A1,2025-03-01", "A1,soon"), DAY),
    case("time of day", replaced("usage", "A1,2025-03-01", "A1,2025-03-01T00:00:00Z"), ("time_of_day", U, 2, "day")),
    case(
        "day and month mixed",
        {"usage": "account_id,day,feature,users,count\nA1,31/03/2025,export,3,1\nA1,03/31/2025,export,3,1\n"},
        ("day_month_swapped", U, 3, "day"),
        toml='[tables.usage]\nformat = "%d/%m/%Y"',
    ),
    case(
        "day and month mixed, undeclared",
        {"usage": "account_id,day,feature,users,count\nA1,31/03/2025,export,3,1\nA1,03/31/2025,export,3,1\n"},
        DAY,
    ),
    case(
        "year 9999 of a fact", replaced("usage", "A1,2025-03-01", "A1,9999-12-31"), ("date_out_of_range", U, 2, "day")
    ),
    case("year 25", replaced("usage", "A1,2025-03-01", "A1,0025-03-01"), ("date_out_of_range", U, 2, "day")),
    case(
        "end before start", replaced("subscriptions", "2026-02-01,200", "2025-01-31,200"), ("reversed", S, 3, "ends_on")
    ),
    case(
        "resolved before opened",
        replaced("tickets", "2025-05-02 09:30", "2025-04-02 09:30"),
        ("reversed", T, 2, "resolved_at"),
    ),
    case("in the future", replaced("usage", "A1,2025-03-01", "A1,2026-07-01"), ("future_date", U, 2, "day")),
    case("before the start", replaced("usage", "A1,2025-03-01", "A1,2024-12-31"), ("before_start", U, 2, "day")),
    case(
        "before the first subscription",
        replaced("subscriptions", "A1,2025-01-01", "A1,2025-03-02"),
        ("before_subscription", U, 2, "day"),
    ),
    case(
        "date for a time",
        replaced("tickets", "2025-05-01 10:00:00", "2025-05-01"),
        ("no_time_of_day", T, 2, "opened_at"),
    ),
    case(
        "hour 25",
        replaced("tickets", "2025-05-01 10:00:00", "2025-05-01 25:00:00"),
        ("impossible_timestamp", T, 2, "opened_at"),
    ),
    case(
        "hour that the clocks skipped",
        replaced("tickets", "2025-05-01 10:00:00", "2025-03-30 02:30:00"),
        ("dst_gap", T, 2, "opened_at"),
        toml='[tables.tickets]\ntime_zone = "Europe/Berlin"',
    ),
]

ZONES = [
    case(
        "times with and without an offset",
        replaced("tickets", "2025-06-01 10:00:00", "2025-06-01 10:00:00+02:00"),
        ("mixed_offsets", T, 2, "opened_at"),
    ),
    case(
        "declared formats with and without an offset",
        {"tickets": "ticket_id,account_id,opened_at\n1,A1,01/05/2025 10:00\n2,A2,02/05/2025 10:00 +0200\n"},
        ("mixed_offsets", T, 2, "opened_at"),
        toml='[tables.tickets]\nformat = "%d/%m/%Y %H:%M | %d/%m/%Y %H:%M %z"',
    ),
    case(
        "times with and without an offset, zone declared",
        replaced("tickets", "2025-06-01 10:00:00", "2025-06-01 10:00:00+02:00"),
        toml='[tables.tickets]\ntime_zone = "Europe/Berlin"',
    ),
    case("all times with an offset", {"tickets": "ticket_id,account_id,opened_at\n1,A1,2025-05-01T10:00:00Z\n"}),
]

KEYS = [
    case("key missing", replaced("usage", "A1,2025-03-01", ",2025-03-01"), ("required_empty", U, 2, "account_id")),
    case(
        "segment called as the total",
        replaced("accounts", "01-01,SMB", "01-01,all"),
        ("reserved_segment", A, 2, "segment"),
    ),
    case("orphan", replaced("usage", "A1,2025-03-01", "A9,2025-03-01"), ("orphan", U, 2, "account_id")),
    case("orphan of a CSM", replaced("activities", ",C1,", ",C9,"), ("orphan", "activities.csv", 2, "csm_id")),
    case(
        "row twice",
        rows("subscriptions", SUBSCRIPTIONS.splitlines()[1]),
        ("duplicate_row", S, 5, "subscription_id, starts_on"),
    ),
    case(
        "row that repeats one that is not the first of its key",
        rows("usage", "A1,2025-03-01,export,9,9", "A1,2025-03-01,export,9,9"),
        ("duplicate_key", U, 6, "account_id, day, feature"),
        ("duplicate_row", U, 7, "account_id, day, feature"),
    ),
    case("key twice", rows("usage", "A1,2025-03-01,export,9,9"), ("duplicate_key", U, 6, "account_id, day, feature")),
    case(
        "account twice fans out",
        rows("accounts", "A1,Acme Ltd,2025-01-01,SMB,12,no"),
        ("duplicate_key", A, 5, "account_id"),
    ),
    case(
        "blanks around a key",
        replaced("accounts", "A3,Gamma", '"A3 ",Gamma'),
        ("blank_around_key", A, 4, "account_id"),
        *ORPHANS,
    ),
    case(
        "long number rounded", replaced("tickets", "\n1,A1", "\n1.23457E+18,A1"), ("key_lost_digits", T, 2, "ticket_id")
    ),
    case(
        "number against text key",
        {
            "accounts": FILES["accounts"].replace("A3", "00123"),
            "subscriptions": SUBSCRIPTIONS.replace("A3", "123"),
            "usage": USAGE.replace("A3", "123.0"),
        },
        *ORPHANS,
        *NEAR,
    ),
    case(
        "case",
        replaced("usage", "A1,2025", "a1,2025"),
        ("near_key", U, 2, "account_id"),
        ("orphan", U, 2, "account_id"),
    ),
    case(
        "width",
        replaced("usage", "A1,2025", "Ａ1,2025"),
        ("near_key", U, 2, "account_id"),
        ("orphan", U, 2, "account_id"),
    ),
    case(
        "composed letters",
        {"usage": USAGE + "A1,2025-03-05,caf\u00e9,1,1\nA1,2025-03-06,cafe\u0301,1,1\n"},
        ("near_key", U, 7, "feature"),
    ),
    case("blanks within", rows("usage", "A3,2025-03-09,re ports,1,1"), ("near_key", U, 6, "feature")),
]

MONEY = [
    case(
        "overlapping subscriptions",
        rows("subscriptions", "S1,A1,2025-06-01,,120,EUR,"),
        ("overlap", S, 5, "subscription_id"),
    ),
    case("negative MRR", replaced("subscriptions", "100.50", "-100.50"), ("negative_mrr", S, 2, "mrr")),
    case("second currency", replaced("subscriptions", "100.50,EUR", "100.50,USD"), ("no_rate", S, 2, "currency")),
    case("no currency", replaced("subscriptions", "100.50,EUR", "100.50,"), ("no_currency", S, 2, "currency")),
    case("not a currency", replaced("subscriptions", "100.50,EUR", "100.50,€"), ("not_a_currency", S, 2, "currency")),
    case("control total", {}, ("total_differs", S, 0, "mrr"), toml="[tables.subscriptions]\ntotals = { mrr = 600 }"),
    case(
        "control count",
        {},
        ("total_differs", A, 0, "account_id"),
        toml="[tables.accounts]\ntotals = { account_id = 4 }",
    ),
    case("declared rows", {}, ("row_count", U, 0, ""), toml="[tables.usage]\nrows = 5"),
]

FILES_CASES = [
    case("row cut in the middle", {"usage": USAGE + "A3,2025-03-03,rep"}, ("cut_row", U, 6, "")),
    case(
        "trailing comma shifts columns",
        {"usage": USAGE.replace("export,3,10", "export,,3,10")},
        ("too_many_values", U, 2, ""),
    ),
    case(
        "quote swallows rows",
        {"usage": USAGE.replace("2025-03-01,export,1", '2025-03-01,"export,1')},
        ("stray_quote", U, 3, ""),
    ),
    case("header repeated", {"usage": USAGE + USAGE.splitlines()[0] + "\n"}, ("repeated_header", U, 6, "")),
    case("total row", {"subscriptions": SUBSCRIPTIONS + "Total,,,,600.75,,\n"}, ("total_row", S, 5, "subscription_id")),
    case("title row", {"usage": "Usage of March\n" + USAGE}, ("title_rows", U, 1, "")),
    case(
        "column twice",
        {"usage": USAGE.replace("feature,users", "count,users")},
        ("duplicate_column", U, 1, "count"),
        ("not_a_number", U, 2, "count"),
    ),
    case("empty file", {"usage": ""}, ("empty_file", U, 0, "")),
    case("header only", {"usage": USAGE.splitlines()[0] + "\n"}, ("header_only", U, 0, "")),
    case("truncated gzip", {"usage": gzip.compress(USAGE.encode())[:-12]}, ("truncated_gz", U, 0, "")),
]


LEFT_FLAG = """\
account_id,name,started_on,segment,gone
A1,Acme,2025-01-01,SMB,{0}
A2,Beta,2025-02-01,SMB,{1}
A3,Gamma,2025-03-01,Mid,no
A4,Delta,2025-03-01,Mid,yes
"""
EVENT = "account_id,named_on,event,factor\n"
DECLARED = "[tables.accounts]\nleft = \"gone == 'yes'\""
WITHOUT_END = ("churn_without_end", "factors.csv", 2, "named_on")

CHURN = [
    case(
        "left but paying",
        {"accounts": LEFT_FLAG.format("yes", "yes")},
        ("left_but_paying", A, 2, "gone"),
        toml=DECLARED,
    ),
    case(
        "stays but not paying",
        {"accounts": LEFT_FLAG.format("no", "no")},
        ("stays_but_not_paying", A, 3, "gone"),
        toml=DECLARED,
    ),
    case("left as the subscriptions say", {"accounts": LEFT_FLAG.format("no", "yes")}, toml=DECLARED),
    case(
        "left with an end that was decided",
        {
            "accounts": LEFT_FLAG.format("yes", "yes"),
            "subscriptions": SUBSCRIPTIONS.replace(
                "2025-01-01,,100.50,EUR,", "2025-01-01,2026-09-01,100.50,EUR,2026-06-01"
            ),
        },
        toml=DECLARED,
    ),
    case(
        "left for a free plan",
        {"accounts": LEFT_FLAG.format("yes", "yes"), "subscriptions": SUBSCRIPTIONS.replace("100.50", "0")},
        toml=DECLARED,
    ),
    case(
        "churn and won back after a gap",
        {
            "factors": f"{EVENT}A2,2025-11-20,churn,price\n",
            "subscriptions": SUBSCRIPTIONS + "S9,A2,2026-02-10,,50,EUR,\n",
        },
    ),
    case("churn without an end", {"factors": f"{EVENT}A1,2025-06-01,churn,price\n"}, WITHOUT_END),
    case("churn of the last days", {"factors": f"{EVENT}A1,2026-06-29,churn,price\n"}, WITHOUT_END),
    case("churn 90 days before the end", {"factors": f"{EVENT}A2,2025-11-03,churn,price\n"}),
    case(
        "churn 91 days before the end",
        {
            "factors": f"{EVENT}A2,2025-11-02,churn,price\n",
            "subscriptions": SUBSCRIPTIONS.replace("2025-12-01", ""),
        },
        WITHOUT_END,
    ),
    case("churn before an end long decided", {"factors": f"{EVENT}A2,2025-09-02,churn,price\n"}),
    case("another event", {"factors": f"{EVENT}A1,2025-06-01,stall,price\n"}),
    case(
        "condition that is none",
        {},
        ("bad_expression", "workspace.toml", 0, "tables.accounts.left"),
        toml='[tables.accounts]\nleft = "employees"',
    ),
]


@pytest.mark.parametrize(
    ("files", "toml", "company", "found"), [*NUMBERS, *DATES, *ZONES, *KEYS, *MONEY, *CHURN, *FILES_CASES]
)
def test_bad_input_is_named_with_file_row_and_column(tmp_path, files, toml, company, found):
    report = open_workspace(write(tmp_path, files, toml, company, concerned(files, toml))).check()
    assert {place(problem) for problem in report.problems} == found


def test_where_a_damaged_subscription_leaves_the_end_unknown_nothing_is_said_of_churn(tmp_path):
    files = {"accounts": LEFT_FLAG.format("yes", "yes"), **replaced("subscriptions", "2026-02-01,200", "soon,200")}
    problems = open_workspace(write(tmp_path, files, DECLARED)).check().problems
    assert {place(problem) for problem in problems} == {("not_a_date", S, 3, "ends_on")}


def test_left_is_known_for_accounts_only(tmp_path):
    with pytest.raises(SettingsError, match=r"tables\.usage\.left"):
        open_workspace(write(tmp_path, toml="[tables.usage]\nleft = \"feature == 'x'\""))


def test_the_healthy_workspace_has_no_problems(tmp_path):
    report = open_workspace(write(tmp_path)).check()
    assert (report.problems, report.tolerated) == ((), ())
