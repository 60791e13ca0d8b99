"""Filling what exhibits keep for later use, so that processes forked afterwards need not: words, numbers, letters."""

from __future__ import annotations

import datetime
import string

from .catalogue import languages, translations
from .charts.lettering import width
from .language import Language

WEIGHTS = ("normal", "bold")
CURRENCIES = ("USD", "JPY", "EUR", "GBP")
_DAY = datetime.date(2026, 1, 1)


def warm_up() -> None:
    """Read the catalogues, the number and date formats of each language, and the outlines of their letters."""
    for lang in languages():
        _formats(lang)
        letters = sorted(set(string.printable.strip()) | _letters(lang))
        for weight in WEIGHTS:
            for letter in letters:
                width(letter, 1.0, lang, weight)


def _formats(lang: str) -> None:
    language = Language(lang)
    language.date(_DAY)
    language.months(_DAY, _DAY.replace(month=3))
    for currency in CURRENCIES:
        Language(lang, currency).money(1_234_567.0)


def _letters(lang: str) -> set[str]:
    """Those of the messages of a catalogue; English ones are plain."""
    catalogue = getattr(translations(lang), "_catalog", {})
    return {letter for message in catalogue.values() for letter in message if letter.isprintable()}
