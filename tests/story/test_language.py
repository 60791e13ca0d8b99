"""How numbers, dates, quarters and sentences are written in each language."""

from __future__ import annotations

import math
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.story.language import Language

# amount → en USD, en JPY, en EUR, ja USD, ja JPY, ja EUR
MONEY = {
    0.0: ("$0", "¥0", "€0", "$0", "0円", "€0"),
    0.4: ("$0", "¥0", "€0", "$0", "0円", "€0"),
    -0.4: ("$0", "¥0", "€0", "$0", "0円", "€0"),
    0.6: ("$1", "¥1", "€1", "$1", "1円", "€1"),
    -5.0: ("−$5", "−¥5", "−€5", "−$5", "−5円", "−€5"),
    999.4: ("$999", "¥999", "€999", "$999", "999円", "€999"),
    999.6: ("$1K", "¥1K", "€1K", "$1,000", "1,000円", "€1,000"),
    1234.0: ("$1.23K", "¥1.23K", "€1.23K", "$1,234", "1,234円", "€1,234"),
    -12345.0: ("−$12.3K", "−¥12.3K", "−€12.3K", "−$1.23万", "−1.23万円", "−€1.23万"),
    95540.0: ("$95.5K", "¥95.5K", "€95.5K", "$9.55万", "9.55万円", "€9.55万"),
    996000.0: ("$996K", "¥996K", "€996K", "$99.6万", "99.6万円", "€99.6万"),
    9960000.0: ("$9.96M", "¥9.96M", "€9.96M", "$996万", "996万円", "€996万"),
    99999.0: ("$100K", "¥100K", "€100K", "$10万", "10万円", "€10万"),
    999949.0: ("$1M", "¥1M", "€1M", "$100万", "100万円", "€100万"),
    12345678.0: ("$12.3M", "¥12.3M", "€12.3M", "$1,235万", "1,235万円", "€1,235万"),
    99999999.0: ("$100M", "¥100M", "€100M", "$1億", "1億円", "€1億"),
    123456789.0: ("$123M", "¥123M", "€123M", "$1.23億", "1.23億円", "€1.23億"),
    999999999.0: ("$1B", "¥1B", "€1B", "$10億", "10億円", "€10億"),
    1234567890123.0: ("$1.23T", "¥1.23T", "€1.23T", "$1.23兆", "1.23兆円", "€1.23兆"),
    math.nan: ("–",) * 6,
    math.inf: ("–",) * 6,
}
KINDS = [(lang, currency) for lang in ("en", "ja") for currency in ("USD", "JPY", "EUR")]


@pytest.mark.parametrize("amount", MONEY)
def test_money_is_written_as_readers_of_the_language_expect(amount: float) -> None:
    assert tuple(Language(*kind).money(amount) for kind in KINDS) == MONEY[amount]


@pytest.mark.parametrize(
    ("amount", "written"), [(0, "$0"), (0.4, "$0"), (1500, "+$1.5K"), (-1500, "−$1.5K"), (None, "–")]
)
def test_a_change_of_money_carries_its_sign(amount: float | None, written: str) -> None:
    assert Language().money_change(amount) == written


_SCALE = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "万": 1e4, "億": 1e8, "兆": 1e12, "": 1.0}


@given(st.floats(0.0, 9.9e14), st.sampled_from(KINDS))
def test_money_reads_back_to_three_figures(amount: float, kind: tuple[str, str]) -> None:
    number, unit = re.fullmatch(r"[$¥€]?([\d,.]+)([KMBT万億兆]?)円?", Language(*kind).money(amount)).groups()  # type: ignore[union-attr]
    assert float(number.replace(",", "")) * _SCALE[unit] == pytest.approx(amount, rel=0.005, abs=0.5)
    assert len(re.sub(r"\D", "", number)) <= 4
    assert len(re.sub(r"\D", "", number)) <= 3 or "," in number


@given(st.floats(0.0, 1e12), st.floats(0.0, 1e12), st.sampled_from(KINDS))
def test_the_sign_never_changes_the_figures(first: float, second: float, kind: tuple[str, str]) -> None:
    language = Language(*kind)
    assert language.money(-first).removeprefix("−") == language.money(first)
    assert language.money_change(second).removeprefix("+") == language.money(second)


# share → percent, percent_change, points in English, points in Japanese
SHARES = {
    0.0: ("0.0%", "0.0%", "0.0 pt", "0.0pt"),
    0.00001: ("0.0%", "0.0%", "0.0 pt", "0.0pt"),
    -0.00001: ("0.0%", "0.0%", "0.0 pt", "0.0pt"),
    0.01: ("1.0%", "+1.0%", "+1.0 pt", "+1.0pt"),
    -0.041: ("−4.1%", "−4.1%", "−4.1 pt", "−4.1pt"),
    1.0: ("100.0%", "+100.0%", "+100.0 pt", "+100.0pt"),
    12.345: ("1,234.5%", "+1,234%", "+1,234.5 pt", "+1,234.5pt"),
    math.nan: ("–", "–", "–", "–"),
}


@pytest.mark.parametrize("share", SHARES)
def test_shares_and_their_differences(share: float) -> None:
    en, ja = Language(), Language("ja")
    assert (en.percent(share), en.percent_change(share), en.points(share), ja.points(share)) == SHARES[share]
    assert (ja.percent(share), ja.percent_change(share)) == SHARES[share][:2]


@pytest.mark.parametrize(
    ("difference", "digits", "en", "ja"),
    [
        (-0.01, 1, "1.0 point", "1.0ポイント"),
        (0.023, 1, "2.3 points", "2.3ポイント"),
        (0.01, 0, "1 point", "1ポイント"),
    ],
)
def test_the_size_of_a_difference_in_a_sentence(difference: float, digits: int, en: str, ja: str) -> None:
    assert Language().points_size(difference, digits) == en
    assert Language("ja").points_size(difference, digits) == ja


def test_plain_numbers_and_intervals() -> None:
    language = Language()
    assert [language.number(v) for v in (0, -0.2, 1234567, None)] == ["0", "0", "1,234,567", "–"]
    assert language.number(3.14159, 2) == "3.14"
    assert [language.change(v) for v in (12.0, -12.0, 0.0, None)] == ["+12", "−12", "0", "–"]
    assert language.interval(0.003, 0.089) == "0.3–8.9%"
    assert language.interval(None, 0.089) == "–"


def test_dates_and_months() -> None:
    en, ja = Language(), Language("ja")
    assert (en.date("2026-09-30"), ja.date("2026-09-30")) == ("Sep 30, 2026", "2026/09/30")
    assert (en.date("2026-09-30", "long"), ja.date("2026-09-30", "long")) == ("September 30, 2026", "2026年9月30日")
    assert en.date(None) == "–"
    assert ja.months(date(2026, 7, 1), date(2026, 9, 30)) == "2026年7月～9月"
    assert re.fullmatch(r"Jul\s–\sSep 2026", en.months(date(2026, 7, 1), date(2026, 9, 30)))


# first month of the fiscal year, label → English, Japanese quarter; English, Japanese year
QUARTERS = {
    (1, "2026Q3"): ("Q3 2026", "2026年Q3", "2026", "2026年"),
    (4, "2026Q4"): ("FY2026 Q4", "2025年度Q4", "FY2026", "2025年度"),
    (4, "2027Q1"): ("FY2027 Q1", "2026年度Q1", "FY2027", "2026年度"),
    (2, "2026Q1"): ("FY2026 Q1", "2025年度Q1", "FY2026", "2025年度"),
}


@pytest.mark.parametrize("case", QUARTERS)
def test_a_fiscal_year_is_named_by_its_end_in_english_and_by_its_start_in_japanese(case: tuple[int, str]) -> None:
    start, label = case
    en, ja = Language("en", "USD", start), Language("ja", "JPY", start)
    assert (en.quarter(label), ja.quarter(label), en.year(label), ja.year(label)) == QUARTERS[case]


def test_sentences_and_lists_are_put_together_as_the_language_does() -> None:
    en, ja = Language(), Language("ja")
    assert en.joined(["One.", "", "Two."]) == "One. Two."
    assert ja.joined(["一。", "", "二。"]) == "一。二。"
    assert (en.joined([]), ja.joined(["一。"])) == ("", "一。")
    assert (en.listed(["a", "b", "c"]), ja.listed(["a", "b", "c"]), en.listed([])) == ("a, b, and c", "a、b、c", "")


def test_values_are_never_read_as_templates() -> None:
    hostile = "{who.__class__} {0} %s"
    assert Language().say("{who}: business review", who=hostile) == f"{hostile}: business review"
    assert Language("ja").say("{who}: business review", who=hostile) == f"{hostile} ビジネスレビュー"


@pytest.mark.parametrize(
    ("probability", "english", "japanese"),
    [
        (0.0, "0.0%", "0.0%"),
        (0.0004, "under 0.1%", "0.1%未満"),
        (0.0006, "0.1%", "0.1%"),
        (0.0123, "1.2%", "1.2%"),
        (0.1, "10%", "10%"),
        (1.0, "100%", "100%"),
        (None, "–", "–"),
    ],
)
def test_a_chance_that_is_small_is_not_called_none(probability, english, japanese):
    assert Language("en", "JPY").chance(probability) == english
    assert Language("ja", "JPY").chance(probability) == japanese
