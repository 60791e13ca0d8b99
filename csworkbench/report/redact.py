"""Reasons that may be shown: no secret, no escape sequence, no endless text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote

SECRET_NAMES = re.compile(
    r"pass|secret|token|key|credential|auth|private|dsn|_url$|^url|connection|conn_|cookie|session", re.IGNORECASE
)
CERTAIN_NAMES = re.compile(
    r"passw|passphrase|secret|token|api_?key|access_?key|private_?key|credential|dsn$", re.IGNORECASE
)
SHORTEST_SECRET = 4
SHORTEST_IN_PAGES = 8
LONGEST_REASON = 300
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_PASSWORD = re.compile(r"://[^/\s:@]*:([^\s@]+)@")
_URL_PASSWORD = re.compile(r"(?<=://)[^/\s:@]*:[^\s@]+(?=@)")

Redact = Callable[[str], str]


def without_controls(text: str) -> str:
    """The text without escape sequences, control characters and marks that turn the direction of what is around."""
    return _CONTROL.sub("", _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def redactor(environ: Mapping[str, str], private: Mapping[str, str] | None = None) -> Redact:
    """A function that makes a reason fit to be shown.

    environ: values of variables with telling names (password, token, url, …), and passwords in addresses whatever the
    name, are hidden wherever they occur.
    private: text → what stands in its place, such as the path of a temporary folder.
    """
    secrets = {value for name, value in environ.items() if SECRET_NAMES.search(name)}
    secrets.update(password for value in environ.values() for password in _passwords(value))
    secrets = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
    replaced = {**dict.fromkeys(secrets, "***"), **(private or {})}
    # A home folder may be "/", which is no secret.
    longest_first = sorted((text for text in replaced if len(text) > 1), key=len, reverse=True)

    def redact(text: str) -> str:
        for secret in longest_first:
            text = text.replace(secret, replaced[secret])
        text = " ".join(without_controls(_URL_PASSWORD.sub("***", text)).split())
        return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"

    return redact


def _passwords(text: str) -> Iterator[str]:
    """Passwords in the addresses of a text, as they are written there and as they are meant."""
    for password in _PASSWORD.findall(text):
        yield from {password, unquote(password)}


def secrets_shown(page: str, environ: Mapping[str, str]) -> list[str]:
    """Variables of the environment whose secret a page shows; their names, never their values.

    Only what is a secret beyond doubt: named so, or a password in an address; of eight signs or more, not letters alone
    and not digits alone, so that no honest word or number of a page is taken for one.
    """
    found = {
        name
        for name, value in environ.items()
        for secret in {*([value] if CERTAIN_NAMES.search(name) else []), *_passwords(value)}
        if _is_certain(secret) and (secret in page or html.escape(secret) in page)
    }
    return sorted(found)


def _is_certain(secret: str) -> bool:
    varied = any(map(str.isalpha, secret)) and not secret.isalpha()
    return len(secret) >= SHORTEST_IN_PAGES and varied
