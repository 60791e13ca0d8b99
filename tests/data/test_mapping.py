"""From source columns to canonical ones: every step counted, nothing lost or multiplied in silence."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import Desk, new_desk, only, rules

ITEMS = """id,account,plan,start,end,price,off
S1,A1,basic,2026-01-01,,100,10
S2,A1,pro,2026-02-01,2026-03-31,200,0
S3,A2,basic,2026-03-01,,n/a,
"""
COLUMNS = {"subscription_id": "id", "account_id": "account", "starts_on": "start"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def test_columns_are_renamed_and_those_of_the_same_name_taken(desk: Desk) -> None:
    mapped = desk.map("id,name,country,other\nA1,Alpha,NA,x\n", columns={"account_id": "id"})
    assert mapped.mapped == ("account_id", "name", "country")
    assert mapped.origin == {"account_id": "id", "name": "name", "country": "country"}
    assert mapped.unused == ("other",)
    assert desk.rows(mapped) == [("A1", "Alpha", "NA", 2)]


def test_a_missing_column_suggests_the_near_one(desk: Desk) -> None:
    mapped = desk.map("id,name\nA1,x\n", columns={"account_id": "id", "industry": "nme"})
    problem = only(mapped)
    assert (problem.rule, problem.row, problem.column, problem.file) == ("missing_column", 1, "nme", "a.csv")
    assert 'Did you mean "name"?' in problem.remedy
    assert mapped.mapped == ("account_id", "name")


def test_a_column_that_only_one_of_the_files_has_is_a_problem_of_the_other(desk: Desk) -> None:
    desk.write("a2.csv", "account_id\nA2\n")
    mapped = desk.map("account_id,name\nA1,x\n", path=["a.csv", "a2.csv"])
    assert (only(mapped).rule, only(mapped).file, only(mapped).column) == ("missing_column", "a2.csv", "name")


def test_constants_fill_every_row(desk: Desk) -> None:
    columns = {"touch_tier": {"constant": "low"}, "employees": {"constant": 7}, "is_internal": {"constant": False}}
    mapped = desk.map("account_id\nA1\nA2\n", columns=columns)
    assert desk.rows(mapped) == [("A1", "7", "low", "false", 2), ("A2", "7", "low", "false", 3)]


def test_texts_that_mean_not_measured_become_null(desk: Desk) -> None:
    mapped = desk.map("account_id,employees\nA1,n/a\nA2,-\nA3,0\nA4,\n", columns={"employees": {"empty": ["n/a", "-"]}})
    assert [row[1] for row in desk.rows(mapped)] == [None, None, "0", None]


def test_a_value_map_names_what_it_does_not_know(desk: Desk) -> None:
    values = {"touch_tier": {"column": "tier", "values": {"H": "high", "L": "low", "": "tech"}}}
    mapped = desk.map("account_id,tier\nA1,H\nA2,X\nA3,\nA4,X\nA5,L\n", columns=values)
    problem = only(mapped)
    assert (problem.rule, problem.row, problem.column, problem.value) == ("no_value_entry", 3, "tier", "X")
    assert (problem.count, problem.rows) == (2, (3, 5))
    assert [row[1] for row in desk.rows(mapped)] == ["high", None, "tech", None, "low"]


def test_a_star_takes_every_other_value(desk: Desk) -> None:
    values = {"touch_tier": {"column": "tier", "values": {"H": "high", "*": "low"}}}
    mapped = desk.map("account_id,tier\nA1,H\nA2,X\nA3,\n", columns=values)
    assert mapped.problems == ()
    assert [row[1] for row in desk.rows(mapped)] == ["high", "low", None]


def test_a_value_map_does_not_show_personal_values(desk: Desk) -> None:
    desk.write("a.csv", "csm_id,name\nC1,Yamada Hanako\n")
    mapped = desk.map("csm_id,name\nC1,Yamada Hanako\n", "csms", columns={"name": {"values": {"x": "y"}}})
    assert "Hanako" not in str(only(mapped))


def test_a_personal_key_is_masked_in_look_ups_and_filters(desk: Desk) -> None:
    desk.write("people.csv", "mail,account\nx@y.z,A1\n")
    given = {
        "columns": {"contact_id": "mail", "account_id": "owner"},
        "lookups": {"people": {"path": "people.csv", "on": {"mail": "mail"}, "take": {"owner": "account"}}},
    }
    mapped = desk.map("mail\nhanako@example.jp\n", "contacts", where="number(mail) > 1 or 1 == 1", **given)
    assert rules(mapped) == ["not_a_number", "lookup_missing"]
    assert not any("hanako" in str(problem) for problem in mapped.problems)


def test_where_drops_and_counts(desk: Desk) -> None:
    mapped = desk.map(ITEMS, "subscriptions", columns=COLUMNS, where="plan == 'basic'")
    assert mapped.dropped == {"where": 1}
    assert [row[0] for row in desk.rows(mapped)] == ["S1", "S3"]
    assert "plan" not in mapped.unused


def test_a_where_that_is_no_condition_or_names_no_column_is_refused(desk: Desk) -> None:
    assert only(desk.map(ITEMS, "subscriptions", columns=COLUMNS, where="price")).rule == "bad_expression"
    problem = only(desk.map(ITEMS, "subscriptions", columns=COLUMNS, where="plam == 'x'"))
    assert (problem.file, problem.column) == ("workspace.toml", "tables.subscriptions.where")
    assert 'Did you mean "plan"?' in problem.remedy


def test_expressions_fill_columns_as_plain_text(desk: Desk) -> None:
    mrr = {"expression": "round(price * (1 - off / 100), 2)", "empty": ["", "n/a"]}
    ends = {"expression": "date(end) + days(1)"}
    mapped = desk.map(ITEMS, "subscriptions", columns={**COLUMNS, "mrr": mrr, "ends_on": ends})
    assert mapped.problems == ()
    assert mapped.plain == {"ends_on": "date", "mrr": "number"}
    assert [row[3:5] for row in desk.rows(mapped)] == [
        ("2026-01-01", None),
        ("2026-02-01", "2026-04-01"),
        ("2026-03-01", None),
    ]
    assert [row[5] for row in desk.rows(mapped)] == ["90", "200", None]


def test_a_text_where_an_expression_needs_a_number_is_named_at_its_row(desk: Desk) -> None:
    mapped = desk.map(ITEMS, "subscriptions", columns={**COLUMNS, "mrr": {"expression": "price * 2"}})
    problem = only(mapped)
    assert (problem.rule, problem.row, problem.column, problem.value) == ("not_a_number", 4, "price", "n/a")


def test_a_division_by_zero_is_named_at_its_row(desk: Desk) -> None:
    mapped = desk.map(ITEMS, "subscriptions", columns={**COLUMNS, "mrr": {"expression": "100 / off"}})
    assert (only(mapped).rule, only(mapped).row) == ("division_by_zero", 3)


def test_a_wrong_expression_names_its_place(desk: Desk) -> None:
    mapped = desk.map(ITEMS, "subscriptions", columns={**COLUMNS, "mrr": {"expression": "prize * 2"}})
    problem = only(mapped)
    assert (problem.rule, problem.column) == ("bad_expression", "tables.subscriptions.columns.mrr")


def test_a_column_is_filled_in_one_way_only(desk: Desk) -> None:
    both = {"column": "plan", "constant": "x"}
    assert only(desk.map(ITEMS, "subscriptions", columns={**COLUMNS, "plan": both})).rule == "two_sources"


def test_a_look_up_brings_columns_and_never_more_rows(desk: Desk) -> None:
    desk.write("plans.csv", "plan,label,monthly\nbasic,Basic,10\npro,Pro,20\n")
    lookups = {
        "plans": {"path": "plans.csv", "on": {"plan": "plan"}, "take": {"list_price": "monthly", "label": "label"}}
    }
    columns = {**COLUMNS, "product": "label", "mrr": {"expression": "list_price * 3"}}
    mapped = desk.map(ITEMS, "subscriptions", columns=columns, lookups=lookups)
    assert mapped.problems == () and len(mapped.looked_up) == 1
    assert [row[2] for row in desk.rows(mapped)] == ["Basic", "Pro", "Basic"]
    assert [row[-2] for row in desk.rows(mapped)] == ["30", "60", "30"]


def test_a_key_that_is_missing_in_the_look_up_is_named_at_its_row(desk: Desk) -> None:
    desk.write("plans.csv", "plan,label\nbasic,Basic\n")
    lookups = {"plans": {"path": "plans.csv", "on": {"plan": "plan"}, "take": {"label": "label"}}}
    mapped = desk.map(ITEMS, "subscriptions", columns={**COLUMNS, "product": "label"}, lookups=lookups)
    problem = only(mapped)
    assert (problem.rule, problem.file, problem.row, problem.value) == ("lookup_missing", "a.csv", 3, "pro")
    assert "plans.csv" in problem.said


def test_a_key_that_is_twice_in_the_look_up_is_named_and_multiplies_nothing(desk: Desk) -> None:
    desk.write("plans.csv", "plan,label\nbasic,Basic\npro,Pro\nbasic,Other\n")
    lookups = {"plans": {"path": "plans.csv", "on": {"plan": "plan"}, "take": {"label": "label"}}}
    mapped = desk.map(ITEMS, "subscriptions", columns={**COLUMNS, "product": "label"}, lookups=lookups)
    problem = only(mapped)
    assert (problem.rule, problem.file, problem.row, problem.value) == ("lookup_duplicate", "plans.csv", 4, "basic")
    assert len(desk.rows(mapped)) == 3


def test_a_blank_key_takes_blanks(desk: Desk) -> None:
    desk.write("plans.csv", "plan,label\nbasic,Basic\n")
    lookups = {"plans": {"path": "plans.csv", "on": {"plan": "plan"}, "take": {"label": "label"}}}
    mapped = desk.map("account_id,plan\nA1,\n", columns={"name": "label"}, lookups=lookups)
    assert mapped.problems == () and desk.rows(mapped) == [("A1", None, 2)]


def test_rows_that_where_leaves_out_need_no_key_in_the_look_up(desk: Desk) -> None:
    desk.write("plans.csv", "plan,label\nbasic,Basic\n")
    lookups = {"plans": {"path": "plans.csv", "on": {"plan": "plan"}, "take": {"label": "label"}}}
    given = {"columns": {**COLUMNS, "product": "label"}, "lookups": lookups}
    assert desk.map(ITEMS, "subscriptions", where="plan != 'pro'", **given).problems == ()
    after = desk.map(ITEMS.replace("pro", "basic"), "subscriptions", where="label == 'Basic'", **given)
    assert after.problems == () and after.dropped == {}


def test_a_broken_look_up_is_reported_once(desk: Desk) -> None:
    lookups = {"plans": {"path": "plan.csv", "on": {"plan": "plan"}, "take": {"label": "label"}}}
    columns = {**COLUMNS, "product": "label", "mrr": {"expression": "number(label)"}}
    mapped = desk.map(ITEMS, "subscriptions", columns=columns, lookups=lookups, where="label != 'x'")
    assert only(mapped).rule == "missing_file"
    assert "product" not in mapped.mapped and "account_id" in mapped.mapped


def test_a_look_up_may_not_hide_a_column(desk: Desk) -> None:
    desk.write("plans.csv", "plan,label\nbasic,Basic\npro,Pro\n")
    lookups = {"plans": {"path": "plans.csv", "on": {"plan": "plan"}, "take": {"price": "label"}}}
    assert rules(desk.map(ITEMS, "subscriptions", columns=COLUMNS, lookups=lookups)) == ["taken_name"]


def test_columns_become_rows_and_blank_cells_are_counted(desk: Desk) -> None:
    mapped = desk.map(
        "account_id,day,logins,reports\nA1,2026-01-01,3,\nA2,2026-01-01,0,5\n",
        "usage",
        unpivot={"columns": ["logins", "reports"]},
    )
    assert mapped.dropped == {"unpivot": 1}
    assert [row[2:] for row in desk.rows(mapped)] in (
        [("logins", "3", 2), ("logins", "0", 3), ("reports", "5", 3)],
        [("logins", "3", 2), ("reports", "5", 3), ("logins", "0", 3)],
    )


def test_exact_duplicates_of_the_mapped_columns_are_dropped_and_counted(desk: Desk) -> None:
    mapped = desk.map("id,name,x\nA1,Alpha,1\nA1,Alpha,2\nA2,,3\nA2,,3\n", columns={"account_id": "id"}, distinct=True)
    assert mapped.dropped == {"distinct": 2}
    assert desk.rows(mapped) == [("A1", "Alpha", 2), ("A2", None, 4)]


@pytest.mark.parametrize("word", ["合計", "小計", "Total", "Grand total", " TOTAL: ", "総計", "Sub-total"])
def test_total_rows_are_named_and_left_out(desk: Desk, word: str) -> None:
    mapped = desk.map(f"id,employees\nA1,3\n{word},3\n", columns={"account_id": "id"})
    problem = only(mapped)
    assert (problem.rule, problem.row, problem.column) == ("total_row", 3, "id")
    assert len(desk.rows(mapped)) == 1


def test_total_rows_can_be_left_out_by_where_and_names_may_hold_the_word(desk: Desk) -> None:
    text = "id,name,employees\nA1,Total,3\nTotalEnergies,x,1\nTotal,,4\n"
    mapped = desk.map(text, columns={"account_id": "id"}, where='id != "Total"')
    assert mapped.problems == () and mapped.dropped == {"where": 1}
    assert [row[0] for row in desk.rows(mapped)] == ["A1", "TotalEnergies"]


def test_nothing_readable_is_mapped_without_more_problems(desk: Desk) -> None:
    from csworkbench.data.mapping import map_columns
    from csworkbench.data.settings import TableMap

    given = TableMap(path="none.csv", columns={"account_id": "id"})
    raw = desk.read("none.csv")
    mapped = map_columns(desk.connection, raw, given, desk.settings(), desk.folder)
    assert rules(raw) == ["missing_file"] and mapped.problems == () and desk.rows(mapped) == []


def test_nothing_but_the_result_and_the_raw_table_stays_in_the_connection(desk: Desk) -> None:
    desk.write("plans.csv", "plan,label\nbasic,Basic\npro,Pro\n")
    lookups = {"plans": {"path": "plans.csv", "on": {"plan": "plan"}, "take": {"label": "label"}}}
    desk.map(ITEMS, "subscriptions", columns=COLUMNS, lookups=lookups, where="plan == 'pro'", distinct=True)
    tables = desk.connection.execute("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall()
    assert tables == [("mapped_subscriptions",), ("raw_subscriptions",)]


keys = st.sampled_from(["k1", "k2", "k3", "K1", " k1", ""])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(here=st.lists(keys, min_size=1, max_size=8), there=st.lists(keys, min_size=1, max_size=6))
def test_a_look_up_agrees_with_a_dictionary(desk: Desk, here: list[str], there: list[str]) -> None:
    desk.write("t.csv", "k,v\n" + "".join(f"{key},v{i}\n" for i, key in enumerate(there)))
    lookups = {"t": {"path": "t.csv", "on": {"key": "k"}, "take": {"v": "v"}}}
    text = "account_id,key\n" + "".join(f"A{i},{key}\n" for i, key in enumerate(here))
    mapped = desk.map(text, columns={"name": "v"}, lookups=lookups)
    first = {key: f"v{i}" for i, key in reversed(list(enumerate(there))) if key}
    assert [row[1] for row in desk.rows(mapped)] == [first.get(key) for key in here]
    counted = Counter(problem.rule for problem in mapped.problems for _ in range(problem.count))
    assert counted["lookup_missing"] == sum(bool(key) and key not in first for key in here)
    assert counted["lookup_duplicate"] == sum(n - 1 for key, n in Counter(there).items() if key)
