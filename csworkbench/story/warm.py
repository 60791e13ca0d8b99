"""Filling what exhibits keep for later use, so that processes forked afterwards need not: words, numbers, letters."""

from __future__ import annotations

import datetime
import string

from .catalogue import languages, translations
from .charts.lettering import close_fonts, width
from .charts.style import INK, LOSS, PAPER, drawing
from .language import Language

WEIGHTS = ("normal", "bold")
CURRENCIES = ("USD", "JPY", "EUR", "GBP")
_DAY = datetime.date(2026, 1, 1)


def warm_up() -> None:
    """Read the catalogues, the number and date formats of each language, the outlines of their letters; draw once."""
    for lang in languages():
        _formats(lang)
        letters = sorted(set(string.printable.strip()) | _letters(lang))
        for weight in WEIGHTS:
            for letter in letters:
                width(letter, 1.0, lang, weight)
    _draw()
    close_fonts()


def _draw() -> None:
    """One picture with all that pictures are made of; it is thrown away."""
    with drawing(60, "en") as canvas:
        canvas.limits((0, 1), (0, 1))
        canvas.line([0, 0.5, 1], [0, 1, 0.5], INK, linestyle=(0, (2, 2)))
        canvas.box((0, 1), (0, 1), PAPER, edgecolor=LOSS, hatch="////", linewidth=1.4)
        canvas.text(0.5, 0.5, "1", ha="center", weight="bold")


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
