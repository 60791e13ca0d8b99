"""Why something could not be estimated, as another room wrote it, said again in the language of the pack."""

from __future__ import annotations

import re
from functools import lru_cache

from .catalogue import marked
from .language import Language
from .text import shown

_KNOWN = (
    marked("there is no table {name}"),
    marked("no account pays"),
    marked("no account pays on any month-end"),
    marked("no month of any account is over yet"),
    marked(
        "no account ever decided to leave in {months} months of accounts, so at most {bound} a month (95%); {needed}"
        " are needed"
    ),
    marked("only {n} accounts ever decided to leave, at most {bound} a month (95%); {needed} are needed"),
    marked("only {n} accounts ever left; {needed} are needed"),
    marked("only {n} accounts ever bought more; {needed} are needed"),
    marked("only {n} accounts left in the last {months} months; {needed} are needed"),
    marked("{n} month-ends with three months after them; {needed} are needed"),
    marked("{n} products are sold; {needed} are needed"),
    marked("only 1 product is sold; {needed} are needed"),
    marked("no quarter of the past can be tested: three months have to be over after it"),
    marked("no account decided to leave in the quarter"),
    marked("no table is there from which a signal could come"),
)
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
