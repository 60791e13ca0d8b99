"""Reasons that are shown hold no secret and no control character, and are short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.report.redact import LONGEST_REASON, redactor

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
