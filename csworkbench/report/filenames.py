"""Safe, distinct and stable file names for units, whatever they are called."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

SLUG_LENGTH = 40
HASH_LENGTH = 12
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
_LOOKS_HASHED = re.compile(rf"(?:.*-)?[0-9a-f]{{{HASH_LENGTH}}}", re.IGNORECASE)


def file_names(units: Iterable[str]) -> dict[str, str]:
    """Unit → name of ASCII letters, digits, `-` and `_`, at most 53 bytes, distinct also where case does not count.

    A unit that is such a name already keeps it, unless another unit differs from it in case only; every other unit
    gets what is readable of it and a short hash of its exact text.
    """
    distinct = tuple(dict.fromkeys(units))
    folded = Counter(unit.casefold() for unit in distinct)
    return {unit: unit if is_plain(unit) and folded[unit.casefold()] == 1 else hashed(unit) for unit in distinct}


def is_plain(text: str) -> bool:
    """Whether the text is safe as a file name as it stands."""
    fits = len(text) <= SLUG_LENGTH and _PLAIN.fullmatch(text) is not None
    return fits and not _RESERVED.fullmatch(text) and not _LOOKS_HASHED.fullmatch(text)


def hashed(text: str) -> str:
    """What is readable of the text in ASCII, and a hash of all of it."""
    readable = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", readable)[:SLUG_LENGTH].strip("-") or "unit"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{slug}-{digest[:HASH_LENGTH]}"
