"""Reasons that may be shown: no secret, no escape sequence, no endless text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

SECRET_NAMES = re.compile(
    r"pass|secret|token|key|credential|auth|private|dsn|_url$|^url|connection|conn_|cookie|session", re.IGNORECASE
)
SHORTEST_SECRET = 4
LONGEST_REASON = 300
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_URL_PASSWORD = re.compile(r"(?<=://)[^/\s:@]*:[^\s@]+(?=@)")

Redact = Callable[[str], str]


def without_controls(text: str) -> str:
    """The text without escape sequences, control characters and marks that turn the direction of what is around."""
    return _CONTROL.sub("", _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def redactor(environ: Mapping[str, str], private: Mapping[str, str] | None = None) -> Redact:
    """A function that makes a reason fit to be shown.

    environ: values of variables with telling names (password, token, url, …) are hidden wherever they occur.
    private: text → what stands in its place, such as the path of a temporary folder.
    """
    secrets = {value for name, value in environ.items() if SECRET_NAMES.search(name) and len(value) >= SHORTEST_SECRET}
    replaced = {**dict.fromkeys(secrets, "***"), **(private or {})}
    longest_first = sorted(replaced, key=len, reverse=True)

    def redact(text: str) -> str:
        for secret in longest_first:
            text = text.replace(secret, replaced[secret])
        text = " ".join(without_controls(_URL_PASSWORD.sub("***", text)).split())
        return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"

    return redact
