"""The few words of the frame around packs, by way of the catalogues of story."""

from __future__ import annotations

from collections.abc import Callable


def words(lang: str) -> Callable[[str], str]:
    """A function from an English phrase to the phrase in that language; English where it is not translated."""
    from ..story.catalogue import languages, translations

    known = next((name for name in (lang, lang.split("-")[0]) if name in languages()), "en")
    return translations(known).gettext
