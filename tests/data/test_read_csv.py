"""Delimited text: what is read as it is, and every way in which a damaged file is refused."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import Desk, new_desk, only, rules

GOOD = "account_id,name,seats\nA1,Alpha,1\nA2,Beta,2\nA3,Gamma,3\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def test_values_stay_text_and_rows_count_from_the_header(desk: Desk) -> None:
    desk.write("a.csv", "account_id,name\n00123,NA\n1234567890123456789,None\n12E4,null\n 7 ,nan\n")
    raw = desk.read()
    assert raw.problems == () and raw.columns == ("account_id", "name")
    assert desk.rows(raw) == [
        ("00123", "NA", 2),
        ("1234567890123456789", "None", 3),
        ("12E4", "null", 4),
        (" 7 ", "nan", 5),
    ]


def test_an_empty_field_is_null_quoted_or_not(desk: Desk) -> None:
    desk.write("a.csv", 'account_id,name,seats\nA1,,""\n')
    assert desk.rows(desk.read()) == [("A1", None, None, 2)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_kind_of_line_end_is_read(desk: Desk, end: str, last: bool) -> None:
    text = GOOD if last else GOOD.rstrip("\n")
    desk.write("a.csv", text.replace("\n", end))
    raw = desk.read()
    assert raw.problems == ()
    assert desk.rows(raw) == [("A1", "Alpha", "1", 2), ("A2", "Beta", "2", 3), ("A3", "Gamma", "3", 4)]


def test_mixed_line_ends_are_read(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace("\n", "\r\n", 2))
    assert len(desk.rows(desk.read())) == 3


def test_a_row_cut_in_the_middle_is_named(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace("A2,Beta,2", "A2,Be"))
    raw = desk.read()
    problem = only(raw)
    assert (problem.rule, problem.row, problem.file) == ("too_few_values", 3, "a.csv")
    assert "holds 2 of 3 values" in str(problem) and "a.csv row 3" in str(problem)
    assert [row[-1] for row in desk.rows(raw)] == [2, 4]


def test_a_file_cut_within_its_last_row_is_named(desk: Desk) -> None:
    desk.write("a.csv", GOOD[:-8])
    problem = only(desk.read())
    assert (problem.rule, problem.row) == ("cut_row", 4)
    assert "without a line end" in problem.said


def test_a_file_cut_at_a_row_boundary_is_found_by_the_declared_number_of_rows(desk: Desk) -> None:
    desk.write("a.csv", GOOD)
    assert desk.read(rows=3).problems == ()
    problem = only(desk.read(rows=4))
    assert problem.rule == "row_count"
    assert "holds 3 rows, but rows = 4 is declared" in problem.said


def test_a_truncated_gz_is_refused(desk: Desk) -> None:
    packed = gzip.compress((GOOD * 50).encode())
    desk.write("a.csv.gz", packed[: len(packed) // 2])
    assert only(desk.read("a.csv.gz")).rule == "truncated_gz"


def test_a_damaged_gz_is_refused_by_its_checksum(desk: Desk) -> None:
    packed = bytearray(gzip.compress(GOOD.encode(), compresslevel=0))
    packed[packed.index(b"Beta")] ^= 1
    desk.write("a.csv.gz", bytes(packed))
    assert only(desk.read("a.csv.gz")).rule == "corrupt_gz"


def test_every_single_bit_flip_in_a_gz_is_refused_or_changes_nothing(desk: Desk) -> None:
    packed = gzip.compress(GOOD.encode(), mtime=0)
    desk.write("good.csv.gz", packed)
    expected = desk.rows(desk.read("good.csv.gz"))
    for bit in range(0, len(packed) * 8, 7):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        desk.write("a.csv.gz", bytes(flipped))
        raw = desk.read("a.csv.gz")
        assert raw.problems or desk.rows(raw) == expected, f"bit {bit}"


def test_a_trailing_comma_that_shifts_columns_is_named(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace("A2,Beta,2", "A2,Beta,2,"))
    problem = only(desk.read())
    assert (problem.rule, problem.row) == ("trailing_delimiter", 3)


def test_trailing_commas_on_every_row_are_one_problem_with_their_number(desk: Desk) -> None:
    header, *rows = GOOD.splitlines()
    desk.write("a.csv", "\n".join([header, *(f"{row}," for row in rows)]))
    problem = only(desk.read())
    assert (problem.rule, problem.row, problem.count, problem.rows) == ("trailing_delimiter", 2, 3, (2, 3, 4))


@pytest.mark.parametrize("row", ["A2,Beta,,", 'A2,"Be,ta",2,', 'A2,"Beta",,', "A2,,,,"])
def test_empty_values_beyond_the_header_never_pass(desk: Desk, row: str) -> None:
    desk.write("a.csv", GOOD.replace("A2,Beta,2", row))
    assert only(desk.read()).rule == "trailing_delimiter"


def test_a_header_that_ends_in_a_comma_like_all_its_rows_is_read_with_a_notice(desk: Desk) -> None:
    desk.write("a.csv", "".join(f"{line},\n" for line in GOOD.splitlines()))
    raw = desk.read()
    assert raw.problems == () and raw.columns == ("account_id", "name", "seats")
    assert raw.notices == ("a.csv: column 4 has neither name nor values",)


def test_a_value_in_a_column_without_a_name_is_named(desk: Desk) -> None:
    desk.write("a.csv", "account_id,name,\nA1,Alpha,\nA2,Beta,7\n")
    problem = only(desk.read())
    assert (problem.rule, problem.row) == ("unnamed_column", 3)


def test_too_many_values_are_named(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace("A3,Gamma,3", "A3,Gamma, Inc.,3"))
    problem = only(desk.read())
    assert (problem.rule, problem.row) == ("too_many_values", 4)
    assert "holds 4 values for 3 columns" in problem.said


def test_a_stray_quote_is_named_and_swallows_no_other_row(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace("Alpha", '"Alpha'))
    raw = desk.read()
    problem = only(raw)
    assert (problem.rule, problem.row) == ("stray_quote", 2)
    assert [row[-1] for row in desk.rows(raw)] == [3, 4]


def test_a_stray_quote_that_another_one_closes_far_below_is_named(desk: Desk) -> None:
    rows = [f"A{i},N{i},{i}" for i in range(1, 60)]
    rows[4], rows[44] = 'A5,"N5,5', 'A45,N45",45'
    desk.write("a.csv", "\n".join(["account_id,name,seats", *rows]) + "\n")
    raw = desk.read()
    problem = only(raw)
    assert (problem.rule, problem.row) == ("quoted_line_break", 6)
    assert "runs over 41 lines" in problem.said


def test_a_quoted_value_with_line_breaks_needs_multiline(desk: Desk) -> None:
    desk.write("a.csv", 'account_id,name\nA1,"two\nlines"\nA2,Beta\n')
    problem = only(desk.read())
    assert (problem.rule, problem.row) == ("quoted_line_break", 2)
    assert "multiline = true" in problem.remedy
    raw = desk.read(multiline=True)
    assert raw.problems == ()
    assert desk.rows(raw) == [("A1", "two\nlines", 2), ("A2", "Beta", 3)]


def test_a_quote_within_a_word_is_text(desk: Desk) -> None:
    desk.write("a.csv", 'account_id,name\nA1,5" disk\nA2,"say ""hi"", Bob"\n')
    assert desk.rows(desk.read()) == [("A1", '5" disk', 2), ("A2", 'say "hi", Bob', 3)]


def test_text_after_a_closing_quote_is_refused(desk: Desk) -> None:
    desk.write("a.csv", 'account_id,name\nA1,"Al"pha\nA2,Beta\n')
    assert (only(desk.read()).rule, only(desk.read()).row) == ("stray_quote", 2)


def test_a_repeated_header_inside_is_named_and_left_out(desk: Desk) -> None:
    desk.write("a.csv", GOOD + GOOD)
    raw = desk.read()
    problem = only(raw)
    assert (problem.rule, problem.row) == ("repeated_header", 5)
    assert len(desk.rows(raw)) == 6


def test_title_rows_above_the_header_name_the_remedy(desk: Desk) -> None:
    desk.write("a.csv", "Customers of Example\nas of 2026-09-30\n" + GOOD)
    problem = only(desk.read())
    assert (problem.rule, problem.remedy) == ("title_rows", "Declare skip_rows = 2.")
    raw = desk.read(skip_rows=2)
    assert raw.problems == ()
    assert [row[-1] for row in desk.rows(raw)] == [4, 5, 6]


def test_a_blank_row_above_the_header_names_the_remedy(desk: Desk) -> None:
    desk.write("a.csv", "\n" + GOOD)
    problem = only(desk.read())
    assert problem.said == "is blank, not the header; the header is row 2"
    assert problem.remedy == "Declare skip_rows = 1."


def test_title_rows_as_wide_as_the_table_are_found_by_the_mapped_names(desk: Desk) -> None:
    desk.write("a.csv", "Customers,of,Example\n" + GOOD)
    assert only(desk.read(columns={"name": "name"})).remedy == "Declare skip_rows = 1."


def test_duplicate_column_names_are_named(desk: Desk) -> None:
    desk.write("a.csv", "account_id,name,name\nA1,x,y\n")
    problem = only(desk.read())
    assert (problem.rule, problem.row, problem.column) == ("duplicate_column", 1, "name")


def test_column_names_that_differ_in_case_only_are_named(desk: Desk) -> None:
    desk.write("a.csv", "account_id,Name,NAME\nA1,x,y\n")
    assert 'differs only in case from "NAME"' in only(desk.read()).said


def test_names_that_csworkbench_uses_are_refused(desk: Desk) -> None:
    desk.write("a.csv", "account_id,_row\nA1,x\n")
    assert only(desk.read()).rule == "reserved_column"


def test_an_empty_file_and_a_header_only_file_have_different_words(desk: Desk) -> None:
    desk.write("a.csv", "")
    empty = only(desk.read())
    desk.write("a.csv", "account_id,name\n")
    header = only(desk.read())
    assert (empty.rule, header.rule) == ("empty_file", "header_only")
    assert "is empty (0 bytes)" in empty.said and "header but no rows" in header.said
    assert desk.read(rows=0).problems == ()


def test_a_missing_file_suggests_the_near_name(desk: Desk) -> None:
    desk.write("customers.csv", GOOD)
    problem = only(desk.read("customer.csv"))
    assert problem.rule == "missing_file" and 'Did you mean "customers.csv"?' in problem.remedy


def test_a_semicolon_file_says_which_delimiter_to_declare(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace(",", ";"))
    problem = only(desk.read())
    assert (problem.rule, problem.remedy) == ("wrong_delimiter", 'Declare delimiter = ";".')
    assert len(desk.rows(desk.read(delimiter=";"))) == 3


def test_a_tsv_needs_no_delimiter(desk: Desk) -> None:
    desk.write("a.tsv", GOOD.replace(",", "\t"))
    assert desk.rows(desk.read("a.tsv"))[0] == ("A1", "Alpha", "1", 2)


def test_columns_separated_by_runs_of_blanks_are_read(desk: Desk) -> None:
    desk.write("a.txt", "  id   day  n\r\n 00001 19970101  1\r\n 00002 19970112 12\r\n")
    assert desk.rows(desk.read("a.txt", delimiter="blanks")) == [
        ("00001", "19970101", "1", 2),
        ("00002", "19970112", "12", 3),
    ]


def test_blank_rows_are_counted_and_do_not_shift_the_row_numbers(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace("A2", "\n,,\nA2") + "\n\n")
    raw = desk.read()
    assert raw.problems == ()
    assert [row[-1] for row in desk.rows(raw)] == [2, 5, 6]


def test_a_nul_byte_is_named(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace("Beta", "Be\0ta"))
    problem = only(desk.read())
    assert (problem.rule, problem.row) == ("nul_byte", 3)


def test_a_replacement_character_already_in_the_text_is_reported(desk: Desk) -> None:
    desk.write("a.csv", GOOD.replace("Beta", "Be\ufffd"))
    raw = desk.read()
    assert any('column "name" holds U+FFFD in 1 rows, first in row 3' in notice for notice in raw.notices)


def test_several_files_feed_one_table_by_column_names(desk: Desk) -> None:
    desk.write("usage-1.csv", "account_id,name\nA1,x\n")
    desk.write("usage-2.csv", "name,account_id,more\ny,A2,z\n")
    raw = desk.read("usage-*.csv")
    assert raw.problems == () and [file.name for file in raw.files] == ["usage-1.csv", "usage-2.csv"]
    assert desk.rows(raw) == [("A1", "x", 2, None), ("A2", "y", 2, "z")]


def test_one_bad_file_does_not_hide_the_problems_of_the_next(desk: Desk) -> None:
    desk.write("one.csv", "")
    desk.write("two.csv", GOOD.replace("A2,Beta,2", "A2"))
    raw = desk.read(["one.csv", "none.csv", "two.csv"])
    assert sorted(rules(raw)) == ["empty_file", "missing_file", "too_few_values"]
    assert len(desk.rows(raw)) == 2


def test_a_file_name_with_signs_of_a_pattern_is_that_file(desk: Desk) -> None:
    desk.write("usage [2026]*.csv", GOOD)
    assert len(desk.rows(desk.read("usage [2026]*.csv"))) == 3


def test_the_content_hash_follows_the_content(desk: Desk) -> None:
    desk.write("a.csv", GOOD)
    first = desk.read().content_hash
    assert desk.read().content_hash == first
    desk.write("a.csv", GOOD.replace("3\n", "4\n"))
    assert desk.read().content_hash != first


def test_many_bad_rows_are_one_problem_with_their_number_and_the_first_rows(desk: Desk) -> None:
    lines = ["account_id,name", *(f"A{i}" if i % 2 else f"A{i},x" for i in range(2000))]
    desk.write("a.csv", "\n".join(lines) + "\n")
    raw = desk.read()
    problem = only(raw)
    assert (problem.count, problem.row, len(problem.rows), problem.rows[1]) == (1000, 3, 20, 5)
    assert len(desk.rows(raw)) == 1000


def test_row_numbers_are_right_in_a_file_that_several_threads_read(desk: Desk) -> None:
    desk.connection.execute("SET threads = 4")
    n = 300_000
    desk.write("a.csv", "account_id,name\n" + "".join(f"{i},{'x' * (i % 40)}\n" for i in range(2, n)))
    raw = desk.read()
    wrong = desk.connection.execute(f"SELECT count(*) FROM {raw.relation} WHERE account_id != CAST(_row AS VARCHAR)")
    assert raw.problems == () and wrong.fetchone() == (0,)
    assert desk.connection.execute("SELECT current_setting('preserve_insertion_order')").fetchone() == (False,)


cells = st.text(st.sampled_from("ab 1,;\"'\\#é日　-=NA\n"), max_size=6)
tables = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=6))


def written(rows: list[list[str]], quoting: int) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=quoting).writerows(rows)
    return text.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_a_csv_writer_writes_is_read_back(desk: Desk, rows: list[list[str]], quoting: int) -> None:
    header = [f"column {i}" for i in range(len(rows[0]) if rows else 1)]
    desk.write("a.csv", written([header, *rows], quoting))
    raw = desk.read(rows=sum(any(row) for row in rows), multiline=True)
    kept = [(*(cell or None for cell in row), i) for i, row in enumerate(rows, 2) if any(row)]
    assert raw.problems == ()
    assert desk.rows(raw) == kept


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=tables,
    at=st.integers(0, 200),
    sign=st.sampled_from(['"', ",", "\n", "\r", "", '""', " "]),
    multiline=st.booleans(),
)
def test_the_fast_and_the_slow_reading_agree_on_damaged_files(
    desk: Desk, rows: list[list[str]], at: int, sign: str, multiline: bool
) -> None:
    header = [f"column {i}" for i in range(len(rows[0]) if rows else 1)]
    text = written([header, *rows], csv.QUOTE_MINIMAL)
    start = len(text.split("\n")[0]) + 1
    place = min(len(text), start + at)
    desk.write("a.csv", text[:place] + sign + text[place + 1 :])
    fast = desk.read(multiline=multiline)
    fast_rows = desk.rows(fast)
    with patch("csworkbench.data.read.csv._read_fast", return_value=False):
        slow = desk.read(multiline=multiline)
    assert (fast.problems, fast_rows) == (slow.problems, desk.rows(slow))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=60)
    | st.text(st.sampled_from("ab_,;\"\r\n\t \0\ufffdé'_file"), max_size=60).map(str.encode),
    name=st.sampled_from(["a.csv", "a.csv.gz", "a.parquet", "a.xlsx", "a.tsv"]),
)
def test_no_content_ends_in_a_traceback(desk: Desk, content: bytes, name: str) -> None:
    desk.write(name, content)
    raw = desk.read(name)
    assert raw.problems or raw.files[0].rows
    assert len(desk.rows(raw)) == sum(file.rows for file in raw.files)


def test_a_file_that_cannot_be_opened_is_a_problem(desk: Desk) -> None:
    desk.write("a.csv", GOOD)
    with patch("csworkbench.data.read.csv.as_utf8", side_effect=PermissionError(13, "Permission denied")):
        problem = only(desk.read())
    assert problem.rule == "unreadable" and "Permission denied" in problem.said


def test_several_lines_in_a_value_are_read_fast_when_declared(desk: Desk) -> None:
    desk.write("a.csv", 'account_id,name\nA1,"two,\nlines"\nA2,Beta\n')
    with patch("csworkbench.data.read.csv.scan", side_effect=AssertionError("slow")):
        assert len(desk.rows(desk.read(multiline=True))) == 2
