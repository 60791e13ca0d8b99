"""What the tests of report share: a browser."""

from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; skipped without one, except in CI."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("a Chromium must be there in CI")
    if found is None:
        pytest.skip("a Chromium is not on this machine")
    return str(found)
