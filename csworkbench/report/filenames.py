"""Safe, distinct and stable file names for units, whatever they are called."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

SLUG_LENGTH = 40
HASH_LENGTH = 12
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
_LOOKS_HASHED = re.compile(rf"(?:.*-)?[0-9a-f]{{{HASH_LENGTH}}}", re.IGNORECASE)


def file_names(units: Iterable[str]) -> dict[str, str]:
    """Unit → name of ASCII letters, digits, `-` and `_`, at most 53 bytes, distinct also where case does not count.

    A unit that is such a name keeps it, spaces as `_`, unless another unit would get the same name when case does not
    count; every other unit gets what is readable of it and a short hash of its exact text.
    """
    distinct = tuple(dict.fromkeys(units))
    folded = Counter(_underscored(unit).casefold() for unit in distinct)
    return {unit: _underscored(unit) if _is_clear(unit, folded) else hashed(unit) for unit in distinct}


def _underscored(text: str) -> str:
    return text.replace(" ", "_")


def _is_clear(text: str, folded: Mapping[str, int]) -> bool:
    name = _underscored(text)
    fits = len(name) <= SLUG_LENGTH and _PLAIN.fullmatch(name) is not None and folded[name.casefold()] == 1
    return fits and not _RESERVED.fullmatch(name) and not _LOOKS_HASHED.fullmatch(name)


def hashed(text: str) -> str:
    """What is readable of the text in ASCII, and a hash of all of it."""
    readable = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", readable)[:SLUG_LENGTH].strip("-") or "unit"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{slug}-{digest[:HASH_LENGTH]}"
