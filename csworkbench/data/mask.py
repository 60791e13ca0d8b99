"""How a value of the data is shown in a message: short, inert, and masked where it is personal."""

from __future__ import annotations

LONGEST = 60


def shown(value: object, *, personal: bool = False) -> str | None:
    """The value as one printable line; None stays None.

    personal: only the first character and the length are shown, such as `T… (12 characters)`.
    """
    if value is None:
        return None
    text = str(value)
    if personal:
        return f"{printable(text[:1])}… ({len(text)} characters)"
    return printable(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def printable(text: str) -> str:
    """The text with control and invisible characters written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
