"""How a reader writes things: sentences, money, shares, dates and fiscal quarters in one language."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

from babel import Locale
from babel.dates import format_date, format_interval
from babel.lists import format_list
from babel.numbers import format_compact_currency, format_currency, format_decimal

from .catalogue import translations

MISSING = "–"
MINUS = "−"
_LEAST_CHANCE = 0.001
_COMPACT_FROM = 1000
_FIGURES = 3
_TENFOLD = 10
_STARTS_IN_LABEL = frozenset({"ja"})


def is_missing(value: Any) -> bool:
    """Whether nothing was measured: None, NaN, NaT or an infinity."""
    if value is None or isinstance(value, str | int):
        return value is None
    if isinstance(value, float):
        return not math.isfinite(value)
    # Imported here, so that a run that makes nothing does without it.
    import pandas as pd

    return bool(pd.isna(value))


def _date_of(day: Any) -> datetime.date:
    if isinstance(day, str):
        return datetime.date.fromisoformat(day[:10])
    if isinstance(day, datetime.datetime):
        return day.date()
    if isinstance(day, datetime.date):
        return day
    import pandas as pd

    return pd.Timestamp(day).date()


@dataclass(frozen=True)
class Language:
    """One language for one company: lang ("en", "ja"), ISO currency, first month of the fiscal year."""

    lang: str = "en"
    currency: str = "USD"
    fiscal_year_start: int = 1

    @cached_property
    def locale(self) -> Locale:
        """The CLDR locale."""
        return Locale.parse(self.lang.replace("-", "_"))

    def say(self, message: str, **values: Any) -> str:
        """The message in this language with its named places filled; values are never read as templates."""
        return translations(self.lang).gettext(message).format(**values) if message else ""

    def count(self, one: str, many: str, n: int, **values: Any) -> str:
        """The message for n things, `{n}` filled with the number as written in this language."""
        template = translations(self.lang).ngettext(one, many, n)
        return template.format(n=self.number(n), **values)

    def number(self, value: float | None, digits: int = 0) -> str:
        """A plain number with that many decimals."""
        if is_missing(value):
            return MISSING
        assert value is not None
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return _minus(format_decimal(round(float(value), digits) + 0.0, pattern, locale=self.locale))

    def percent(self, share: float | None, digits: int = 1) -> str:
        """A share in [0, 1] as per cent."""
        if is_missing(share):
            return MISSING
        assert share is not None
        return self.number(100 * share, digits) + "%"

    def chance(self, probability: float | None) -> str:
        """A probability in [0, 1] as per cent, with a decimal below 10%; never 0.0% for what may happen."""
        if is_missing(probability):
            return MISSING
        assert probability is not None
        if 0 < probability < _LEAST_CHANCE / 2:
            return self.say("under {share}", share=self.percent(_LEAST_CHANCE))
        return self.percent(probability, 1 if probability < 0.1 else 0)

    def percent_change(self, share: float | None, digits: int = 1) -> str:
        """A relative change as per cent, with its sign; without decimals from tenfold on."""
        if is_missing(share):
            return MISSING
        assert share is not None
        return self._signed(self.percent(share, digits if abs(share) < _TENFOLD else 0))

    def points(self, difference: float | None, digits: int = 1) -> str:
        """A difference of two shares in percentage points, with its sign."""
        if is_missing(difference):
            return MISSING
        assert difference is not None
        return self.say("{points} pt", points=self._signed(self.number(100 * difference, digits)))

    def points_size(self, difference: float, digits: int = 1) -> str:
        """The size of a difference of two shares in words of a sentence, without sign."""
        number = self.number(abs(100 * difference), digits)
        if number == self.number(1.0, digits):
            return self.say("{points} point", points=number)
        return self.say("{points} points", points=number)

    def change(self, value: float | None, digits: int = 0) -> str:
        """A difference of plain numbers, with its sign."""
        return MISSING if is_missing(value) else self._signed(self.number(value, digits))

    def money(self, amount: float | None) -> str:
        """An amount to three figures with the unit readers expect: $1.23M, ¥12.3M, 1,235万円."""
        if is_missing(amount):
            return MISSING
        assert amount is not None
        text = _minus(self._compact(float(amount)))
        # CLDR writes the wide sign for Japanese readers only.
        return text.replace("￥", "") + "円" if "￥" in text else text

    def money_change(self, amount: float | None) -> str:
        """An amount with its sign, zero without one."""
        return MISSING if is_missing(amount) else self._signed(self.money(amount))

    def _compact(self, amount: float) -> str:
        if abs(amount) < _COMPACT_FROM - 0.5:
            return format_currency(round(amount) + 0.0, self.currency, "¤#,##0", self.locale, currency_digits=False)
        power = 10 ** math.floor(math.log10(abs(amount)))
        kept = max(_FIGURES, _figures(self._in_units(abs(amount) // power * power)))
        rounded = float(f"{amount:.{kept - 1}e}")
        power = 10 ** math.floor(math.log10(abs(rounded)))
        # Rounded down, or 9.96M would be one figure short as "10M".
        whole = self._in_units(abs(rounded) // power * power)
        scaled = any(c.isalpha() for c in whole.replace(self.currency, ""))
        text = self._in_units(rounded, max(0, _FIGURES - _figures(whole)) if scaled else 0)
        return re.sub(r"\d{4,}", lambda found: self.number(int(found[0])), text)

    def _in_units(self, amount: float, digits: int = 0) -> str:
        """The amount in the unit of its size, such as $1.23M."""
        return str(format_compact_currency(amount, self.currency, locale=self.locale, fraction_digits=digits))

    def date(self, day: Any, width: str = "medium") -> str:
        """A day; width "medium" in tables, "long" in sentences."""
        return MISSING if is_missing(day) else format_date(_date_of(day), width, locale=self.locale)

    def months(self, starts_on: datetime.date, closing: datetime.date) -> str:
        """The months from one day to another, such as Jul – Sep 2026."""
        return format_interval(starts_on, closing, "yMMM", locale=self.locale)

    def fiscal_year(self, label: str) -> int:
        """The year a reader of this language gives to a quarter label.

        Labels name the year in which the fiscal year ends; Japanese readers name the one in which it starts.
        """
        year = int(label[:4])
        return year - 1 if self.fiscal_year_start > 1 and self.lang in _STARTS_IN_LABEL else year

    def quarter(self, label: object) -> str:
        """The fiscal quarter of a label such as 2026Q3."""
        text = str(label)
        values = {"year": self.fiscal_year(text), "quarter": text[-1]}
        if self.fiscal_year_start == 1:
            return self.say("Q{quarter} {year}", **values)
        return self.say("FY{year} Q{quarter}", **values)

    def year(self, label: object) -> str:
        """The (fiscal) year of a quarter label, as an axis carries it."""
        year = self.fiscal_year(str(label))
        return self.say("{year}", year=year) if self.fiscal_year_start == 1 else self.say("FY{year}", year=year)

    def joined(self, sentences: Sequence[str]) -> str:
        """Sentences in a row, with what this language puts between them; empty ones are left out."""
        parts = [*filter(None, sentences)] or [""]
        return reduce(lambda first, then: self.say("{first} {then}", first=first, then=then), parts)

    def listed(self, items: Sequence[str]) -> str:
        """Items in one phrase: a, b and c."""
        return format_list(list(items), locale=self.locale) if items else ""

    def interval(self, low: float | None, high: float | None, digits: int = 1) -> str:
        """An interval of shares."""
        if is_missing(low) or is_missing(high):
            return MISSING
        assert low is not None and high is not None
        return f"{self.number(100 * low, digits)}–{self.percent(high, digits)}"

    @staticmethod
    def _signed(text: str) -> str:
        if text.startswith(MINUS) or not any(c in "123456789" for c in text):
            return text
        return "+" + text


def _figures(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _minus(text: str) -> str:
    return text.replace("-", MINUS, 1) if any(c in "123456789" for c in text) else text.replace("-", "", 1)
