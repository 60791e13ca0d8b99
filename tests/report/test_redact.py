"""Reasons that are shown hold no secret and no control character, and are short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.report.redact import LONGEST_REASON, redactor, secrets_shown

ENVIRONMENT = {
    "DB_PASSWORD": "s3cret!",
    "WAREHOUSE_URL": "postgresql://u:pw@host/db",
    "LANG": "C.UTF-8",
    "API_KEY": "a",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("login with s3cret! failed", "login with *** failed"),
        ("cannot reach postgresql://u:pw@host/db", "cannot reach ***"),
        ("cannot reach mysql://root:other@host/x", "cannot reach mysql://***@host/x"),
        ("C.UTF-8 stays, and so does a", "C.UTF-8 stays, and so does a"),
        ("\x1b[31mred\x1b[0m\x00\n  next line", "red next line"),
        ("/tmp/out/x.html", "OUTPUT/x.html"),
    ],
)
def test_a_reason_keeps_what_helps_and_loses_what_must_not_be_seen(text: str, shown: str) -> None:
    assert redactor(ENVIRONMENT, {"/tmp/out": "OUTPUT"})(text) == shown


@given(st.text(), st.text())
def test_a_secret_is_never_in_a_reason(before: str, after: str) -> None:
    reason = redactor(ENVIRONMENT)(f"{before}s3cret!{after}")
    assert "s3cret!" not in reason
    assert len(reason) <= LONGEST_REASON


PAGES = {
    "DB_PASSWORD": "s3cret!pass",
    "WAREHOUSE": "postgresql://u:p%40ss-w0rd@host/db",
    "API_TOKEN": "20260930",
    "LOGIN_PASSWORD": "Enterprise",
    "XDG_SESSION_DESKTOP": "plasma-5-wayland",
    "EMPTY_SECRET": "",
}


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("<p>s3cret!pass</p>", ["DB_PASSWORD"]),
        ("<p>p@ss-w0rd</p>", ["WAREHOUSE"]),
        ("<p>p%40ss-w0rd and s3cret!pass</p>", ["DB_PASSWORD", "WAREHOUSE"]),
        ("<p>Enterprise 20260930 plasma-5-wayland</p>", []),
        ("", []),
    ],
)
def test_a_page_that_shows_a_secret_is_noticed_and_an_honest_word_or_number_is_not(page: str, names: list[str]) -> None:
    assert secrets_shown(page, PAGES) == names


def test_a_secret_is_noticed_as_html_writes_it() -> None:
    assert secrets_shown("<p>a&lt;b&amp;c1234</p>", {"MY_TOKEN": "a<b&c1234"}) == ["MY_TOKEN"]


def test_a_password_in_an_address_is_hidden_whatever_its_variable_is_called() -> None:
    assert redactor(PAGES)("login with p@ss-w0rd or p%40ss-w0rd failed") == "login with *** or *** failed"


def test_a_home_that_is_the_root_of_the_disk_hides_nothing() -> None:
    assert redactor({}, {"/": "~"})("cannot open /tmp/x") == "cannot open /tmp/x"
