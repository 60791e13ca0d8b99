"""Where things lie; a module of its own, because every folder's conftest is imported under one name."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"


def absent(what: str) -> None:
    """Skip with a reason; in CI the part must be there, so fail."""
    if IN_CI:
        pytest.fail(f"{what} must be there in CI")
    pytest.skip(f"{what} is not on this machine")
