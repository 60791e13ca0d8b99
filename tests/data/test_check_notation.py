"""Other notations are read exactly where they are declared, and the remedy names the one that fits."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from workspaces import COMPANY, USAGE, concerned, replaced, write

from csworkbench import open_workspace


def read(folder, table, column, texts, declared, company=COMPANY):
    """The values of one column written as `texts`, and the rules that it breaks."""
    header = {
        "subscriptions": "subscription_id,account_id,starts_on,mrr",
        "usage": "account_id,day,feature",
        "tickets": "ticket_id,account_id,opened_at",
    }[table]
    rows = []
    for i, text in enumerate(texts):
        cells = {"subscription_id": f"S{i}", "account_id": "A1", "starts_on": "2025-03-01", "mrr": "1"}
        cells |= {"ticket_id": str(i), "day": "2025-03-01", "feature": f"f{i}", "opened_at": "2025-03-01 10:00:00"}
        cells[column] = f'"{text}"'
        rows.append(",".join(cells[name] for name in header.split(",")))
    files = {table: "\n".join([header, *rows]) + "\n"}
    if table == "subscriptions":
        files["usage"] = USAGE.splitlines()[0] + "\nA1,2025-04-01,export,1,1\n"
    toml = f"[tables.{table}]\ncredits = true\non_before_start = 'keep'\non_reversed = 'keep'\n"
    toml += "on_future = 'keep'\n" + (f'columns.{column} = {{ column = "{column}", {declared} }}' if declared else "")
    workspace = open_workspace(write(folder, files, toml, company, concerned(files)))
    report = workspace.check()
    if report.problems:
        return [problem.rule for problem in report.problems]
    frame = workspace.as_of("2100-01-01").table(table)
    return [str(value) if hasattr(value, "year") else float(value) for value in frame[column]]


NUMBERS = {
    "1.234,56": (["1.200,50", "1200,5", "-7", "1.234"], [1200.5, 1200.5, -7, 1234]),
    "1,234.56": (["1,200.50", "1200.5", "12,345,678"], [1200.5, 1200.5, 12345678]),
    "1 234,56": (["1 200,50", "1\u00a0200", "1\u202f200"], [1200.5, 1200, 1200]),
    "1'234.56": (["1'200.50", "3"], [1200.5, 3]),
    "1234,56": (["1200,50", "7"], [1200.5, 7]),
    "fullwidth + 1,234.56": (["１，２００", "－５"], [1200, -5]),
    "yen + 1,234.56": (["¥1,200", "￥7", "1,200円", "-¥5", "¥-5"], [1200, 7, 1200, -5, -5]),
    "dollar + 1,234.56": (["$1,200.50", "-$3"], [1200.5, -3]),
    "euro + 1.234,56": (["1.200,50 €", "€3"], [1200.5, 3]),
    "accounting + 1,234.56": (["(1,200)", "▲1,200", "1,200-", "1,200"], [-1200, -1200, -1200, 1200]),
    "accounting + yen + 1,234.56": (["(¥1,200)", "▲¥5"], [-1200, -5]),
    "percent": (["12.5%", "50 %"], [0.125, 0.5]),
    "scientific": (["1.2e3", "5"], [1200, 5]),
}


@pytest.mark.parametrize("notation", NUMBERS)
def test_numbers_are_read_as_declared(tmp_path, notation):
    texts, numbers = NUMBERS[notation]
    assert read(tmp_path, "subscriptions", "mrr", texts, f'numbers = "{notation}"') == numbers


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("1,234.56", "1,2"),
        ("1,234.56", "1.200,50"),
        ("1.234,56", "1234.5"),
        ("1.234,56", "1.23"),
        ("1234,56", "1.234"),
        ("yen", "$5"),
        ("accounting", "(-5)"),
        ("accounting", "((5))"),
        ("scientific", "e5"),
        ("fullwidth", "二"),
        ("1,234.56", "--5"),
        ("percent", "%"),
    ],
)
def test_what_is_not_written_as_declared_is_refused(tmp_path, notation, text):
    assert read(tmp_path, "subscriptions", "mrr", [text], f'numbers = "{notation}"') == ["not_a_number"]


DATES = {
    "%d/%m/%Y": (["31/12/2025", "1/2/2025"], ["2025-12-31", "2025-02-01"]),
    "YYYY/M/D": (["2025/9/3", "2025/12/31"], ["2025-09-03", "2025-12-31"]),
    "YYYY年M月D日": (["2025年9月3日"], ["2025-09-03"]),
    "%Y%m%d": (["20250903"], ["2025-09-03"]),
    "%d %b %Y": (["3 Sep 2025"], ["2025-09-03"]),
    "%Y-%m-%d %H:%M:%S": (["2025-09-03 23:59:59"], ["2025-09-03"]),
    "wareki": (
        ["令和8年9月30日", "令和元年5月1日", "平成31年4月30日", "令和８年９月３０日", "R8.9.30", "昭和64年1月7日"],
        ["2026-09-30", "2019-05-01", "2019-04-30", "2026-09-30", "2026-09-30", "1989-01-07"],
    ),
    "excel": (["45658", "45658.0"], ["2025-01-01", "2025-01-01"]),
    "iso | %d.%m.%Y": (["2025-09-03", "3.9.2025"], ["2025-09-03", "2025-09-03"]),
}


@pytest.mark.parametrize("pattern", DATES)
def test_dates_are_read_as_declared(tmp_path, pattern):
    texts, days = DATES[pattern]
    assert [day[:10] for day in read(tmp_path, "usage", "day", texts, f'format = "{pattern}"')] == sorted(days)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%d/%m/%Y", "31/02/2025"),
        ("%d/%m/%Y", "1/2/25"),
        ("YYYY/M/D", " 2025/9/3"),
        ("YYYY/M/D", "2025/9/3x"),
        ("wareki", "令和元年4月30日"),
        ("wareki", "令和8年13月1日"),
        ("wareki", "令和0年5月1日"),
        ("wareki", "2025年9月3日"),
    ],
)
def test_dates_that_do_not_exist_as_declared_are_refused(tmp_path, pattern, text):
    assert read(tmp_path, "usage", "day", [text], f'format = "{pattern}"') == ["not_a_date"]


BERLIN = COMPANY + 'time_zone = "Europe/Berlin"\n'


@pytest.mark.parametrize(
    ("text", "declared", "local"),
    [
        ("2025-07-01T10:00:00Z", "", "2025-07-01 12:00:00"),
        ("2025-07-01T10:00:00+09:00", "", "2025-07-01 03:00:00"),
        ("2025-01-01 23:30:00Z", "", "2025-01-02 00:30:00"),
        ("2025-07-01 10:00", "", "2025-07-01 10:00:00"),
        ("2025-07-01 10:00:00", 'time_zone = "Asia/Tokyo"', "2025-07-01 03:00:00"),
        ("01/07/2025 10:00", 'format = "%d/%m/%Y %H:%M"', "2025-07-01 10:00:00"),
        ("2025-07-01", 'format = "%Y-%m-%d"', "2025-07-01 00:00:00"),
        ("2025-07-01 10:00 +0000", 'format = "%Y-%m-%d %H:%M %z"', "2025-07-01 12:00:00"),
    ],
)
def test_times_become_local_time_of_the_reporting_zone(tmp_path, text, declared, local):
    assert read(tmp_path, "tickets", "opened_at", [text], declared, BERLIN) == [local]


def test_an_hour_that_the_clocks_skipped_is_refused_and_the_same_hour_elsewhere_is_not(tmp_path):
    skipped = "2025-03-30 02:30:00"
    assert read(tmp_path, "tickets", "opened_at", [skipped], "", BERLIN) == ["dst_gap"]
    assert read(tmp_path, "tickets", "opened_at", [skipped], 'time_zone = "Asia/Tokyo"', BERLIN) == [
        "2025-03-29 18:30:00"
    ]


@pytest.mark.parametrize(
    ("text", "zone", "twice"),
    [
        ("2025-10-26 02:00:00", "Europe/Berlin", True),
        ("2025-10-26 02:59:59", "Europe/Berlin", True),
        ("2025-10-26 01:59:59", "Europe/Berlin", False),
        ("2025-10-26 03:00:00", "Europe/Berlin", False),
        ("2025-10-26 02:30:00+02:00", "Europe/Berlin", False),
        ("2025-11-02 01:30:00", "America/New_York", True),
        ("2025-04-06 01:45:00", "Australia/Lord_Howe", True),
        ("2025-04-06 01:15:00", "Australia/Lord_Howe", False),
        ("2025-10-26 02:30:00", "Asia/Tokyo", False),
    ],
)
def test_an_hour_that_occurs_twice_is_told_and_read_as_its_second_pass(tmp_path, text, zone, twice):
    files = {"tickets": f"ticket_id,account_id,opened_at\n1,A1,{text}\n"}
    toml = f'[tables.tickets]\ncolumns.opened_at = {{ column = "opened_at", time_zone = "{zone}" }}'
    workspace = open_workspace(write(tmp_path, files, toml, tables=concerned(files)))
    told = [notice for notice in workspace.check().notices if "occurs twice" in notice]
    assert [
        f"1 times lie in the hour that occurs twice when clocks are set back in {zone} (row 2)" in n for n in told
    ] == [True] * twice
    if twice:
        second = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
        opened_at = workspace.as_of("2026-06-30").table("tickets")["opened_at"].iloc[0]
        assert opened_at == second.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("declared", "rule"),
    [
        ('numbers = "1.2.3"', "unknown_notation"),
        ('format = "DD.MM"', "bad_format"),
        ('format = "%Q"', "bad_format"),
        ('time_zone = "Mars/Olympus"', "unknown_time_zone"),
        ('numbers = "1,234.56 + 1.234,56"', "two_readings"),
        ('format = "%d/%m/%Y | %m/%d/%Y"', "two_readings"),
    ],
)
def test_a_wrong_declaration_is_named_in_workspace_toml(tmp_path, declared, rule):
    toml = f'[tables.tickets]\ncolumns.opened_at = {{ column = "opened_at", {declared} }}'
    (problem,) = open_workspace(write(tmp_path, toml=toml, tables=concerned({}, toml))).check().problems
    assert (problem.rule, problem.file, problem.column) == (rule, "workspace.toml", "tables.tickets.columns.opened_at")


def remedy(folder, column, *texts):
    rows = "".join(
        f'A1,2025-03-01,f{i},1,"{t}"\n' if column == "count" else f"A1,{t},f{i},1,1\n" for i, t in enumerate(texts)
    )
    files = {"usage": f"account_id,day,feature,users,count\n{rows}"}
    (problem,) = open_workspace(write(folder, files, tables=concerned(files))).check().problems
    return problem.remedy


@pytest.mark.parametrize(
    ("column", "texts", "said"),
    [
        ("day", ["31/01/2025", "02/01/2025"], 'All 2 values fit "%d/%m/%Y".'),
        ("day", ["01/02/2025", "02/01/2025"], 'All 2 values fit "%d/%m/%Y" and "%m/%d/%Y": only you know which holds.'),
        (
            "day",
            ["31/01/2025", "01/31/2025", "30/01/2025"],
            '2 fit "%d/%m/%Y" and 1 fit "%m/%d/%Y"; the column mixes them.',
        ),
        ("day", ["令和7年1月31日"], 'All 1 values fit "wareki".'),
        ("count", ["1.200,50", "3,5"], 'All 2 values fit "1.234,56".'),
        ("count", ["¥1,200"], 'All 1 values fit "1,234.56 + yen".'),
        ("count", ["1,200"], 'All 1 values fit "1,234.56" and "1.234,56": only you know which holds.'),
        ("count", ["１２"], 'All 1 values fit "fullwidth".'),
    ],
)
def test_the_remedy_names_the_notation_that_reads_every_value(tmp_path, column, texts, said):
    assert remedy(tmp_path, column, *texts).endswith(said)


def test_one_bad_cell_in_a_healthy_column_gets_no_misleading_advice(tmp_path):
    (problem,) = open_workspace(write(tmp_path, replaced("usage", "A1,2025-03-01", "A1,01/03/2025"))).check().problems
    assert problem.remedy == (
        "Write dates as YYYY-MM-DD, or declare the format in workspace.toml: format under [tables.usage]."
    )
