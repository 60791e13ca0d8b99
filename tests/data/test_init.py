"""A folder of foreign exports becomes a first workspace.toml whose guesses are right, and honest where they are not."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

from csworkbench.data.init import InitReport, write_first_workspace
from csworkbench.data.settings import ColumnMap, Settings, read_settings
from csworkbench.data.workspace import open_workspace
from csworkbench.errors import CsworkbenchError

TODAY = date(2026, 10, 1)


def text(rows: list[dict[str, object]], delimiter: str = ",") -> str:
    """The rows as CSV."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def put(folder: Path, name: str, rows: list[dict[str, object]], encoding: str = "utf-8", delimiter: str = ",") -> None:
    (folder / name).write_bytes(text(rows, delimiter).encode(encoding))


def mapping(settings: Settings, table: str) -> dict[str, str]:
    """Canonical column → source column or expression or constant."""
    found = {}
    for name, spec in settings.tables[table].columns.items():
        spec = ColumnMap(column=spec) if isinstance(spec, str) else spec
        found[name] = str(spec.column or spec.expression or spec.constant)
    return found


def day(i: int) -> date:
    return date(2024, 1, 15) + timedelta(days=17 * i)


def american(folder: Path) -> Path:
    """A Salesforce account list, Stripe-like subscriptions, product usage, Zendesk-like tickets."""
    ids = [f"0015g00000{i:05}AAA" for i in range(30)]
    put(folder, "salesforce_accounts.csv", [
        {"Account ID": a, "Account Name": f"Name, {i}", "Industry": ["Retail", "Media", ""][i % 3], "Employees": 10 * i,
         "Billing Country": "NA", "Account Owner": ["Ann Lee", "Bo Ek"][i % 2], "Customer Since": f"{day(i):%m/%d/%Y}"}
        for i, a in enumerate(ids)
    ])  # fmt: skip
    put(folder, "subscriptions.csv", [
        {"id": f"sub_{i}", "Customer ID": a, "Plan": "Pro", "Quantity": i + 1, "Interval": ["month", "year"][i % 2],
         "Start Date (UTC)": f"{day(i):%Y-%m-%d} 00:00:00", 
         "Ended At (UTC)": "" if i % 5 else f"{day(i) + timedelta(90):%Y-%m-%d} 00:00:00",
         "MRR": f"{1000 + i}.50", "Currency": "EUR"}
        for i, a in enumerate(ids)
    ])  # fmt: skip
    for month in (7, 8):
        put(folder, f"usage_2026_{month:02}.csv", [
            {"account_id": a, "date": f"2026-{month:02}-03", "feature": f, "active_users": 3, "events": 12}
            for a in ids[1::5] for f in ("search", "export")
        ])  # fmt: skip
    put(folder, "zendesk_tickets.csv", [
        {"Ticket ID": 100 + i, "Organization ID": a, "Created at": f"2026-0{1 + i % 8}-11T09:15:00Z",
         "Solved at": f"2026-0{1 + i % 8}-12T10:15:00Z", "Priority": "high", "Via": "email", "Satisfaction Score": ""}
        for i, a in enumerate(ids[1::5])
    ])  # fmt: skip
    return folder


def japanese(folder: Path) -> Path:
    """CP932 exports of a Japanese CRM, with yen signs, eras and a wide usage sheet in Excel."""
    ids = [f"{i:05}" for i in range(12)]
    put(folder, "取引先.csv", [
        {"取引先コード": a, "取引先名": f"株式会社サンプル{i}", "業種": ["製造", "小売"][i % 2], "従業員数": 50 + i,
         "担当CSM": ["佐藤", "鈴木"][i % 2], "利用開始日": f"令和6年{1 + i % 12}月1日"}
        for i, a in enumerate(ids)
    ], "cp932")  # fmt: skip
    put(folder, "契約.csv", [
        {"契約番号": f"K-{i:03}", "取引先コード": a, "プラン": "標準", "契約開始日": f"2025/{1 + i % 12}/1",
         "解約日": "2026/4/1" if i == 3 else "", "月額（税抜）": f"￥{120_000 + i:,}",
         "支払サイクル": ["月払い", "年払い"][i % 2], "ライセンス数": 10}
        for i, a in enumerate(ids)
    ], "cp932")  # fmt: skip
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "利用実績"
    sheet.append(["2026年度 利用実績"])
    sheet.append([])
    sheet.append(["取引先コード", "対象月", "ログイン回数", "承認件数", "帳票出力数"])
    for a in ids:
        if a != "00003":
            sheet.append([a, date(2026, 8, 1), 10, 4, 2])
    book.save(folder / "利用.xlsx")
    return folder


def test_a_clean_english_export_passes_check_without_an_edit(tmp_path):
    write_first_workspace(american(tmp_path))
    workspace = open_workspace(tmp_path)
    report = workspace.check(today=TODAY)
    assert report.ok, str(report)
    assert mapping(workspace.settings, "accounts") == {
        "account_id": "Account ID",
        "name": "Account Name",
        "started_on": "Customer Since",
        "industry": "Industry",
        "country": "Billing Country",
        "employees": "Employees",
    }
    assert mapping(workspace.settings, "subscriptions") == {
        "subscription_id": "id",
        "account_id": "Customer ID",
        "plan": "Plan",
        "starts_on": "Start Date (UTC)",
        "ends_on": "Ended At (UTC)",
        "mrr": "MRR",
        "currency": "Currency",
        "seats": "Quantity",
        "billing_months": "Interval",
    }
    assert mapping(workspace.settings, "tickets")["account_id"] == "Organization ID"
    assert workspace.settings.tables["usage"].path == ("usage_2026_07.csv", "usage_2026_08.csv")
    assert workspace.settings.company.currency == "EUR"
    assert set(workspace.tables) == {"accounts", "subscriptions", "usage", "tickets", "csms", "assignments"}
    items = workspace.as_of(TODAY).table("subscriptions").set_index("subscription_id")
    assert items.loc["sub_7", "mrr"] == 1007.5
    assert items.loc["sub_7", "billing_months"] == 12
    assert items.loc["sub_7", "starts_on"] == pd.Timestamp(day(7))


def test_japanese_cp932_and_excel_exports_pass_check_without_an_edit(tmp_path):
    report = write_first_workspace(japanese(tmp_path))
    workspace = open_workspace(tmp_path)
    checked = workspace.check(today=TODAY)
    assert checked.ok, str(checked)
    assert workspace.settings.tables["accounts"].encoding == "cp932"
    assert "a guess, look at some names" in report.path.read_text(encoding="utf-8")
    assert (workspace.settings.company.currency, workspace.settings.company.time_zone) == ("JPY", "Asia/Tokyo")
    accounts = workspace.as_of(TODAY).table("accounts")
    assert accounts["account_id"].tolist()[:2] == ["00000", "00001"]
    assert accounts["name"][1] == "株式会社サンプル1"
    assert accounts["started_on"][1] == pd.Timestamp("2024-02-01")
    items = workspace.as_of(TODAY).table("subscriptions")
    assert items["mrr"].tolist()[:2] == [120_000, 120_001]
    assert items["billing_months"].tolist()[:2] == [1, 12]
    usage = workspace.as_of(TODAY).table("usage")
    assert set(usage["feature"]) == {"ログイン回数", "承認件数", "帳票出力数"}
    assert workspace.settings.tables["usage"].skip_rows == 2


def test_an_order_of_day_and_month_that_cannot_be_told_is_left_to_the_user(tmp_path):
    put(
        tmp_path,
        "accounts.csv",
        [{"account_id": f"a{i}", "name": "n", "signup_date": f"0{i + 1}/03/2025"} for i in range(5)],
    )
    report = write_first_workspace(tmp_path)
    assert any("accounts.started_on" in q and "%d/%m/%Y or %m/%d/%Y" in q for q in report.questions)
    assert "TODO?" in report.path.read_text(encoding="utf-8")
    assert mapping(read_settings(tmp_path), "accounts")["started_on"] == "signup_date"
    assert not open_workspace(tmp_path).check(today=TODAY).ok


def test_another_column_of_the_same_export_tells_the_order(tmp_path):
    put(tmp_path, "subscriptions.csv", [
        {"subscription_id": f"s{i}", "account_id": f"a{i}", "start_date": f"0{i + 1}/03/2025",
         "end_date": "28/02/2026", "mrr": 5}
        for i in range(5)
    ])  # fmt: skip
    write_first_workspace(tmp_path)
    columns = read_settings(tmp_path).tables["subscriptions"].columns
    assert columns["starts_on"].format == columns["ends_on"].format == "%d/%m/%Y"


def test_accounts_are_taken_out_of_subscriptions_when_there_is_no_other_export(tmp_path):
    rows = [
        {"Customer ID": f"c{i % 4}", "Customer Name": f"N{i % 4}", "Contract ID": f"k{i}", "Start Date": "2025-01-01",
         "ARR": 1200 * (i + 1)}
        for i in range(8)
    ]  # fmt: skip
    put(tmp_path, "contracts.csv", rows, delimiter=";")
    write_first_workspace(tmp_path)
    workspace = open_workspace(tmp_path)
    assert workspace.check(today=TODAY).ok, str(workspace.check(today=TODAY))
    view = workspace.as_of(TODAY)
    assert view.table("accounts")["account_id"].tolist() == ["c0", "c1", "c2", "c3"]
    assert sorted(view.table("subscriptions")["mrr"]) == [100.0 * (i + 1) for i in range(8)]


def test_one_file_of_customers_with_their_contract_feeds_both_tables(tmp_path):
    put(tmp_path, "顧客一覧.csv", [
        {"顧客ID": f"{i:04}", "顧客名": f"社{i}", "契約開始日": "2025-04-01", "解約日": "", "月額": 30000 + i}
        for i in range(6)
    ], "utf-16")  # fmt: skip
    write_first_workspace(tmp_path)
    workspace = open_workspace(tmp_path)
    assert workspace.check(today=TODAY).ok, str(workspace.check(today=TODAY))
    assert workspace.as_of(TODAY).table("subscriptions")["mrr"].sum() == sum(30000 + i for i in range(6))


def test_parquet_and_duckdb_files_are_mapped_too(tmp_path):
    accounts = pd.DataFrame({"account_id": ["1", "2"], "name": ["A", "B"]})
    accounts.to_parquet(tmp_path / "accounts.parquet")
    with duckdb.connect(str(tmp_path / "billing.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE subs AS SELECT 's' || i AS subscription_id, CAST(i AS VARCHAR) AS account_id,"
            " DATE '2025-01-01' AS start_date, CAST(NULL AS DATE) AS end_date, CAST(10.5 AS DECIMAL(9, 2)) AS mrr"
            " FROM (VALUES (1), (2)) AS v(i)"
        )
    write_first_workspace(tmp_path)
    workspace = open_workspace(tmp_path)
    assert workspace.check(today=TODAY).ok, str(workspace.check(today=TODAY))
    assert workspace.as_of(TODAY).table("subscriptions")["mrr"].tolist() == [10.5, 10.5]


def test_files_that_feed_nothing_are_listed_with_the_reason(tmp_path):
    american(tmp_path)
    put(tmp_path, "colours.csv", [{"shade": "red", "hex": "#f00"}])
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    report = write_first_workspace(tmp_path)
    asides = {aside.name: aside.why for aside in report.plan.asides}
    assert set(asides) == {"colours.csv", "empty.csv", "notes.pdf"}
    assert all(name in str(report) and name in report.path.read_text(encoding="utf-8") for name in asides)


def test_a_needed_table_that_was_not_recognised_is_said(tmp_path):
    put(tmp_path, "accounts.csv", [{"account_id": "1", "name": "A"}, {"account_id": "2", "name": "B"}])
    report = write_first_workspace(tmp_path)
    assert report.missing == ("subscriptions",)
    assert "No export was recognised as subscriptions" in report.path.read_text(encoding="utf-8")


def test_the_exports_are_not_touched_and_the_same_folder_gives_the_same_text(tmp_path):
    american(tmp_path)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    first = write_first_workspace(tmp_path).path.read_bytes()
    assert write_first_workspace(tmp_path, overwrite=True).path.read_bytes() == first
    after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert after.pop("workspace.toml")[0] == first
    assert after == before


def test_a_workspace_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "workspace.toml").write_text("mine")
    with pytest.raises(CsworkbenchError, match="already there"):
        write_first_workspace(american(tmp_path))
    assert (tmp_path / "workspace.toml").read_text() == "mine"


def test_a_folder_without_exports_is_refused(tmp_path):
    with pytest.raises(CsworkbenchError, match="no export that can be read"):
        write_first_workspace(tmp_path)
    with pytest.raises(CsworkbenchError, match="is not a folder"):
        write_first_workspace(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ['a "b" ] = \n # x', "back\\slash", "日本 語", "tab\there"])
def test_column_names_of_any_kind_are_written_as_valid_toml(tmp_path, name):
    put(
        tmp_path,
        "accounts.csv",
        [{"account_id": "1", "name": "A", name: "x"}, {"account_id": "2", "name": "B", name: "y"}],
    )
    put(tmp_path, "subscriptions.csv", [
        {"account_id": str(i), "product": "p", "start_date": "2025-01-01", "mrr": 1, name: ""} for i in (1, 2)
    ])  # fmt: skip
    write_first_workspace(tmp_path)
    assert set(read_settings(tmp_path).tables) == {"accounts", "subscriptions"}


TRUTH = {
    "ravenstack": {
        "accounts": {"account_id": "account_id", "name": "account_name", "started_on": "signup_date"},
        "subscriptions": {
            "subscription_id": "subscription_id", "account_id": "account_id", "starts_on": "start_date",
            "ends_on": "end_date", "mrr": "mrr_amount", "plan": "plan_tier", "seats": "seats",
            "billing_months": "billing_frequency",
        },
        "usage": {"account_id": "account_id", "day": "usage_date", "feature": "feature_name", "count": "usage_count"},
        "tickets": {"ticket_id": "ticket_id", "account_id": "account_id", "opened_at": "submitted_at"},
        "factors": {"account_id": "account_id", "named_on": "churn_date", "event": "churn", "factor": "reason_code"},
    },
    "saas_flowstack": {
        "accounts": {"account_id": "customer_id", "name": "company_name", "started_on": "signup_date"},
        "subscriptions": {
            "subscription_id": "subscription_id", "account_id": "customer_id", "starts_on": "subscription_start",
            "ends_on": "subscription_end", "mrr": "monthly_price * (1 - discount_percent / 100)", "plan": "plan_name",
            "billing_months": "billing_cycle",
        },
        "usage": {"account_id": "customer_id", "day": "usage_month", "users": "active_users"},
        "tickets": {"ticket_id": "ticket_id", "account_id": "customer_id", "opened_at": "ticket_created_date"},
        "csms": {"csm_id": "manager_id", "name": "manager_name"},
        "assignments": {"account_id": "customer_id", "csm_id": "manager_id"},
    },
    "churnsim_crm": {
        "accounts": {"account_id": "account_id", "country": "country"},
        "subscriptions": {
            "subscription_id": "concat(account_id, '-', product)", "account_id": "account_id", "product": "product",
            "starts_on": "start_date", "ends_on": "end_date", "mrr": "mrr", "billing_months": "bill_period_months",
        },
        "usage": {"account_id": "account_id", "day": "week_start", "feature": "event_type", "users": "n_active_users"},
    },
}  # fmt: skip


def guessed(real_data: Path, name: str, folder: Path) -> InitReport:
    """The first guess for a real set, made in a folder of links to it."""
    for path in (real_data / name).iterdir():
        (folder / path.name).symlink_to(path)
    return write_first_workspace(folder)


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_real_sets_are_mapped_as_they_truly_are(real_data, tmp_path, name):
    report = guessed(real_data, name, tmp_path)
    settings = read_settings(tmp_path)
    assert set(report.tables) == set(TRUTH[name])
    for table, truth in TRUTH[name].items():
        found = mapping(settings, table)
        assert {column: found.get(column) for column in truth} == truth
