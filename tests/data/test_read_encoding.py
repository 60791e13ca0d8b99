"""Encodings: recognised strictly, reported, and never replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import Desk, new_desk, only

JAPANESE = "account_id,name\nA1,株式会社ソラ\nA2,①番地 髙橋\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def test_utf8_needs_no_word(desk: Desk) -> None:
    desk.write("a.csv", JAPANESE)
    raw = desk.read()
    assert (raw.problems, raw.notices) == ((), ())
    assert desk.rows(raw) == [("A1", "株式会社ソラ", 2), ("A2", "①番地 髙橋", 3)]


@pytest.mark.parametrize(("encoding", "name"), [("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-32", "UTF-32")])
def test_a_byte_order_mark_is_recognised_and_reported(desk: Desk, encoding: str, name: str) -> None:
    desk.write("a.csv", JAPANESE, encoding)
    raw = desk.read()
    assert raw.problems == () and raw.columns == ("account_id", "name")
    assert raw.notices == (f"a.csv: read as {name}, as its byte order mark says",)
    assert desk.rows(raw) == [("A1", "株式会社ソラ", 2), ("A2", "①番地 髙橋", 3)]


def test_cp932_is_refused_with_the_encodings_that_fit_and_the_place(desk: Desk) -> None:
    desk.write("a.csv", JAPANESE, "cp932")
    problem = only(desk.read())
    assert (problem.rule, problem.row) == ("not_utf8", 2)
    assert problem.said == f"is not UTF-8 at byte {len('account_id,name' + chr(10) + 'A1,')}"
    assert 'encoding = "cp932"' in problem.remedy and "株式会社" in problem.remedy


def test_a_declared_encoding_is_read_strictly_and_reported(desk: Desk) -> None:
    desk.write("a.csv", JAPANESE, "cp932")
    raw = desk.read(encoding="cp932")
    assert raw.problems == () and raw.notices == ("a.csv: read as cp932, as declared",)
    assert desk.rows(raw)[1] == ("A2", "①番地 髙橋", 3)


def test_a_declared_encoding_that_does_not_fit_is_refused(desk: Desk) -> None:
    desk.write("a.csv", JAPANESE)
    problem = only(desk.read(encoding="ascii"))
    assert problem.rule == "not_declared_encoding" and "utf-8" in problem.remedy


def test_an_unknown_encoding_suggests_the_near_one(desk: Desk) -> None:
    desk.write("a.csv", JAPANESE)
    problem = only(desk.read(encoding="cp-923"))
    assert problem.rule == "unknown_encoding" and 'Did you mean "cp932"?' in problem.remedy


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_named(desk: Desk, encoding: str) -> None:
    desk.write("a.csv", "account_id,name\nA1,Alpha\n", encoding)
    assert f'encoding = "{encoding}"' in only(desk.read()).remedy
    assert desk.rows(desk.read(encoding=encoding)) == [("A1", "Alpha", 2)]


def test_iso2022_which_looks_like_ascii_is_named(desk: Desk) -> None:
    desk.write("a.csv", "account_id,name\nA1,株式会社\n", "iso2022_jp")
    assert 'encoding = "iso2022_jp"' in only(desk.read()).remedy
    assert desk.rows(desk.read(encoding="iso2022_jp")) == [("A1", "株式会社", 2)]


def test_a_file_cut_within_a_character_is_refused(desk: Desk) -> None:
    desk.write("a.csv", "account_id,name\nA1,株".encode()[:-1])
    problem = only(desk.read())
    assert (problem.rule, problem.said) == ("not_utf8", "is not UTF-8 at byte 19")


def test_the_offset_is_right_beyond_the_first_chunk(desk: Desk) -> None:
    good = b"account_id,name\n" + b"A1,\xe6\xa0\xaa\n" * 200_000
    desk.write("a.csv", good + b"A2,\xff\n")
    problem = only(desk.read())
    assert problem.said == f"is not UTF-8 at byte {len(good) + 3:,}"
    assert problem.row == 200_002


def test_latin_text_declared_as_cp1252_is_read(desk: Desk) -> None:
    desk.write("a.csv", "account_id,name\nA1,Café – 5 €\n", "cp1252")
    assert only(desk.read()).rule == "not_utf8"
    assert desk.rows(desk.read(encoding="cp1252")) == [("A1", "Café – 5 €", 2)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.sampled_from("aZ9株式会社ソラ①髙é–Яß高ー"), min_size=1),
    encoding=st.sampled_from(["cp932", "utf-8", "utf-16", "utf-8-sig", "euc_jp", "gb18030"]),
)
def test_text_comes_back_as_written_or_is_refused(desk: Desk, name: str, encoding: str) -> None:
    try:
        desk.write("a.csv", f"account_id,name\nA1,{name}\n", encoding)
    except UnicodeEncodeError:
        return
    declared = {} if encoding.startswith("utf") else {"encoding": encoding}
    expected = [("A1", name.encode(encoding).decode(encoding), 2)]
    assert desk.rows(desk.read(**declared)) == expected
    undeclared = desk.read()
    assert undeclared.problems or encoding.startswith("utf") or name.isascii() or desk.rows(undeclared) != expected
