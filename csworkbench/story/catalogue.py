"""Message catalogues: English is the source text, every other language is one .po file."""

from __future__ import annotations

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ..errors import UnknownName

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "csworkbench"
SOURCE_LANGUAGE = "en"


def marked(message: str) -> str:
    """The message itself; marks a text that is translated where it is used."""
    return message


def catalogue_path(lang: str) -> Path:
    """Where the catalogue of that language lives."""
    return LOCALE / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


def languages() -> tuple[str, ...]:
    """Every language that a pack can be written in; English first."""
    return (SOURCE_LANGUAGE, *sorted(path.parents[1].name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


@lru_cache
def translations(lang: str) -> gettext.NullTranslations:
    """The catalogue of that language, compiled once per process; UnknownName for a language that is not there."""
    if lang not in languages():
        raise UnknownName("language", lang, languages())
    if lang == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    with catalogue_path(lang).open("rb") as file:
        catalogue = read_po(file, locale=lang)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
