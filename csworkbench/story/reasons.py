"""Why something could not be estimated, as another room wrote it, said again in the language of the pack."""

from __future__ import annotations

import re
from functools import lru_cache

from .catalogue import marked
from .language import Language
from .text import shown

_KNOWN = (marked("only {n} accounts ever decided to leave; {needed} are needed"),)
_PLACE = re.compile(r"\\{(\w+)\\}")
_LONGEST = 200


def said_again(language: Language, text: str) -> str:
    """The plain English reason in the language of the pack; as it is where the catalogue does not know it."""
    for message in _KNOWN:
        found = _pattern(message).fullmatch(text)
        if found:
            return language.say(message, **found.groupdict())
    return shown(text, _LONGEST)


@lru_cache
def _pattern(message: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(message)))
