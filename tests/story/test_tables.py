"""Values as cells and as CSV."""

from __future__ import annotations

import math
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader import cells

from csworkbench.story.language import Language
from csworkbench.story.tables import FORMATS, Column, csv_text, table
from csworkbench.story.text import csv_cell, shown

EN, JA = Language(), Language("ja", "JPY")

# kind → value, as written in English and in Japanese
WRITTEN = {
    "text": ("Acme", "Acme", "Acme"),
    "long": ("a" * 300, "a" * 300, "a" * 300),
    "short": ("Acme", "Acme", "Acme"),
    "fine": (0.12345, "0.123", "0.123"),
    "interval": ("1.0–2.0%", "1.0–2.0%", "1.0–2.0%"),
    "money": (-12345.0, "−$12.3K", "−1.23万円"),
    "money_change": (12345.0, "+$12.3K", "+1.23万円"),
    "share": (0.1234, "12.3%", "12.3%"),
    "share0": (0.1234, "12%", "12%"),
    "chance": (0.0001, "under 0.1%", "0.1%未満"),
    "share_change": (0.1234, "+12.3%", "+12.3%"),
    "points": (0.1234, "+12.3 pt", "+12.3pt"),
    "number": (1234.5, "1,234.50", "1,234.50"),
    "count": (1234, "1,234", "1,234"),
    "change": (12.0, "+12", "+12"),
    "one": (2.34, "2.3", "2.3"),
    "date": (pd.Timestamp("2026-09-30"), "Sep 30, 2026", "2026/09/30"),
    "quarter": ("2026Q3", "Q3 2026", "2026年Q3"),
}


def test_every_kind_of_value_is_tested() -> None:
    assert set(WRITTEN) == set(FORMATS)


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_value_is_written_as_its_kind_says(kind: str) -> None:
    value, en, ja = WRITTEN[kind]
    column = Column("x", "X", kind)
    assert (column.write(EN, value), column.write(JA, value)) == (en, ja)


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("nothing", [None, math.nan, pd.NaT, pd.NA])
def test_what_was_not_measured_is_a_dash_and_never_zero(kind: str, nothing: object) -> None:
    assert Column("x", "X", kind).write(EN, nothing) == "–"


COLUMNS = [
    Column("name", "Account"),
    Column("why", "Why", "long"),
    Column("mrr", "MRR", "money"),
    Column("on", "On", "date"),
]
FRAME = pd.DataFrame(
    {"name": ["Acme", "計"], "why": ["x", "y"], "mrr": [1.0, 2.0], "on": pd.to_datetime(["2026-01-02"] * 2)}
)


def test_a_table_says_what_its_cells_are() -> None:
    html = table(FRAME, COLUMNS, EN, "A <caption>", {(0, "mrr"): "cs-bad"}, total=1)
    assert cells(html) == [
        ["Account", "Why", "MRR", "On"],
        ["Acme", "x", "$1", "Jan 2, 2026"],
        ["計", "y", "$2", "Jan 2, 2026"],
    ]
    assert "<caption>A &lt;caption&gt;</caption>" in html
    assert html.count('scope="col"') == 4
    assert html.count('scope="row"') == 2
    assert '<td class="cs-long">x</td>' in html
    assert '<td class="cs-num cs-bad">$1</td>' in html
    assert '<td class="cs-date">Jan 2, 2026</td>' in html
    assert html.count('<tr class="cs-total">') == 1


# value → cell of the CSV
RAW = {
    12345678901.23: "12345678901.23",
    0.1 + 0.2: "0.3",
    3.0: "3",
    -0.5: "-0.5",
    math.nan: '""',
    7: "7",
    True: "True",
    pd.Timestamp("2026-09-30"): "2026-09-30",
    "Acme": "Acme",
    '=cmd|" /C calc"!A0': '"\'=cmd|"" /C calc""!A0"',
    "+1": "'+1",
    "-1+1": "'-1+1",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t=1",
    "  =1": "'  =1",
    "＝1+1": "'＝1+1",
    "00123": "00123",
}


@pytest.mark.parametrize("value", RAW)
def test_the_csv_holds_raw_values_and_no_formulas(value: object) -> None:
    frame = pd.DataFrame({"x": pd.Series([value], dtype="object")})
    assert csv_text(frame, [Column("x", "X")]) == f"X\r\n{RAW[value]}\r\n"


@given(st.floats(-1e14, 1e14))
def test_numbers_read_back_from_the_csv(value: float) -> None:
    text = csv_text(pd.DataFrame({"x": [value]}), [Column("x", "X", "money")])
    assert float(text.splitlines()[1]) == pytest.approx(value, rel=1e-14)


@given(st.text(alphabet="=+-@\t\r\n '\"a1\u00a0\u3000\ufeff＝", max_size=8))
def test_no_text_of_a_csv_starts_like_a_formula(text: str) -> None:
    cell = csv_cell(text)
    assert cell.endswith(text)
    assert cell.lstrip(" \xa0\u3000")[:1] not in tuple("=+-@＝\t\r\n\ufeff")


@given(st.text(max_size=300))
def test_a_shown_text_is_one_bounded_line(text: str) -> None:
    line = shown(text)
    assert len(line) <= 80
    kinds = {unicodedata.category(c) for c in line if c not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert line == line.strip()


def test_an_honest_name_is_shown_as_it_is() -> None:
    for name in ("株式会社 苔之瀬", "Acme & Söhne <EU>", "O'Neil", "e\u0301", "नमस्\u200dते"):
        assert shown(name) == name
    assert shown("x" * 100) == "x" * 79 + "…"
