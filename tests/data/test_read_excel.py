"""Excel sheets: values as a person sees them, and every trap of a sheet refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from reading import Desk, new_desk, only, rules

ROWS: list[list[Any]] = [["account_id", "name", "started_on"], ["A1", "Alpha", date(2026, 1, 31)]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def book(desk: Desk, rows: list[list[Any]], change: Callable[[Any], None] | None = None, name: str = "a.xlsx") -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    made.save(desk.folder / name)


def test_cells_come_as_plain_text_with_their_rows(desk: Desk) -> None:
    book(
        desk,
        [
            ["account_id", "mrr", "day", "at", "flag"],
            [123, 0.1 + 0.2, date(2026, 9, 30), datetime(2026, 9, 30, 8, 5), True],
            ["00123", 1200.0, None, None, False],
            ["NA", 1e-7, None, None, None],
        ],
    )
    raw = desk.read("a.xlsx")
    assert raw.problems == ()
    assert desk.rows(raw) == [
        ("123", "0.3", "2026-09-30", "2026-09-30 08:05:00", "true", 2),
        ("00123", "1200", None, None, "false", 3),
        ("NA", "0.0000001", None, None, None, 4),
    ]
    assert raw.plain == {"mrr": "number", "day": "timestamp", "at": "timestamp"}


def test_a_number_shown_with_leading_zeros_keeps_them(desk: Desk) -> None:
    def format_it(sheet: Any) -> None:
        sheet["A2"].number_format = "00000"

    book(desk, [["account_id"], [123]], format_it)
    assert desk.rows(desk.read("a.xlsx")) == [("00123", 2)]


def test_a_number_of_more_than_15_digits_is_refused(desk: Desk) -> None:
    book(desk, [["account_id", "name"], [1234567890123456789, "x"], ["1234567890123456789", "y"]])
    problem = only(desk.read("a.xlsx"))
    assert (problem.rule, problem.row, problem.column) == ("number_too_long", 2, "account_id")


def test_numbers_typed_as_text_stay_as_typed(desk: Desk) -> None:
    book(desk, [["account_id", "mrr"], ["A1", "1,200"], ["A2", 1200]])
    raw = desk.read("a.xlsx")
    assert [row[1] for row in desk.rows(raw)] == ["1,200", "1200"]
    assert "mrr" not in raw.plain


def test_a_missing_sheet_lists_those_that_are_there(desk: Desk) -> None:
    book(desk, ROWS, lambda sheet: sheet.parent.create_sheet("Contacts"))
    problem = only(desk.read("a.xlsx", sheet="Contact"))
    assert problem.rule == "missing_sheet"
    assert '"Sheet", "Contacts"' in problem.said and 'Did you mean "Contacts"?' in problem.remedy


def test_one_of_several_sheets_must_be_chosen(desk: Desk) -> None:
    book(desk, ROWS, lambda sheet: sheet.parent.create_sheet("Notes"))
    assert only(desk.read("a.xlsx")).rule == "which_sheet"
    assert desk.rows(desk.read("a.xlsx", sheet="Sheet")) == [("A1", "Alpha", "2026-01-31", 2)]


def test_the_error_of_a_formula_is_refused_at_its_cell(desk: Desk) -> None:
    def break_it(sheet: Any) -> None:
        sheet["B3"].value, sheet["B3"].data_type = "#REF!", "e"

    book(desk, [*ROWS, ["A2", "x", None]], break_it)
    problem = only(desk.read("a.xlsx"))
    assert (problem.rule, problem.row, problem.column, problem.value) == ("formula_error", 3, "name", "#REF!")


def test_a_formula_without_a_stored_result_is_not_taken_for_a_blank(desk: Desk) -> None:
    book(desk, [*ROWS, ["A2", "=A2", None]])
    problem = only(desk.read("a.xlsx"))
    assert (problem.rule, problem.row) == ("formula_without_result", 3)
    assert "cell B3" in problem.said


def test_merged_cells_are_refused_but_not_in_title_rows(desk: Desk) -> None:
    book(desk, [*ROWS, ["A2", "Beta", None]], lambda sheet: sheet.merge_cells("A2:A3"))
    problem = only(desk.read("a.xlsx"))
    assert (problem.rule, problem.row) == ("merged_cells", 2) and "A2:A3" in problem.said
    book(desk, [["Customers", None, None], *ROWS], lambda sheet: sheet.merge_cells("A1:C1"))
    assert only(desk.read("a.xlsx")).remedy == "Declare skip_rows = 1."
    raw = desk.read("a.xlsx", skip_rows=1)
    assert raw.problems == () and desk.rows(raw) == [("A1", "Alpha", "2026-01-31", 3)]


def test_blank_rows_do_not_shift_the_row_numbers(desk: Desk) -> None:
    book(desk, [*ROWS, [None, None, None], ["A2", "Beta", None]])
    assert [row[-1] for row in desk.rows(desk.read("a.xlsx"))] == [2, 4]


def test_a_repeated_header_and_duplicate_names_are_refused(desk: Desk) -> None:
    book(desk, [["a", "b", "b"], [1, 2, 3], ["a", "b", "b"]])
    assert "duplicate_column" in rules(desk.read("a.xlsx"))
    book(desk, [*ROWS, ROWS[0]])
    assert (only(desk.read("a.xlsx")).rule, only(desk.read("a.xlsx")).row) == ("repeated_header", 3)


def test_a_value_to_the_right_of_the_header_is_refused(desk: Desk) -> None:
    book(desk, [["a", "b"], [1, 2], [3, 4, 5]])
    problem = only(desk.read("a.xlsx"))
    assert (problem.rule, problem.row) == ("too_many_values", 3) and "column C" in problem.said


def test_an_empty_sheet_and_one_with_a_header_only_have_different_words(desk: Desk) -> None:
    book(desk, [])
    assert only(desk.read("a.xlsx")).rule == "empty_file"
    book(desk, ROWS[:1])
    assert only(desk.read("a.xlsx")).rule == "header_only"


def test_a_cut_or_damaged_file_is_refused(desk: Desk) -> None:
    book(desk, ROWS * 40)
    whole = (desk.folder / "a.xlsx").read_bytes()
    desk.write("a.xlsx", whole[: len(whole) // 2])
    assert only(desk.read("a.xlsx")).rule == "corrupt_xlsx"
    with zipfile.ZipFile(desk.folder / "b.xlsx", "w") as archive:
        archive.writestr("hello.txt", "no book")
    assert only(desk.read("b.xlsx")).rule == "corrupt_xlsx"


def test_the_old_format_is_refused_with_the_way_out(desk: Desk) -> None:
    desk.write("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert only(desk.read("a.xls")).rule == "old_excel"
