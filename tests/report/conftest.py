"""What the tests of report share: a browser, the right to mount a disk."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

# First, so that no test waits for the grammar of addresses that nbformat would build.
import csworkbench.report.notebook_format  # noqa: F401
from csworkbench import cli

# The small company of story is that of the packs here too.
sys.path.append(str(Path(__file__).resolve().parent.parent / "story"))


@pytest.fixture(scope="session")
def quarter_folder(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the sample's quarter: all its marts, and the executive pack in English."""
    output = tmp_path_factory.mktemp("sample") / "out"
    chosen = ["--quarter", "2026Q3", "--only", "executive-2026Q3-en", "--output", str(output)]
    assert cli.main(["qbr", str(sample), *chosen]) == 0
    return output


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; skipped without one, except in CI."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("a Chromium must be there in CI")
    if found is None:
        pytest.skip("a Chromium is not on this machine")
    return str(found)


@pytest.fixture
def mounting() -> None:
    """The right to mount a file system: only root has it; skipped without, except in CI."""
    if sys.platform == "linux" and os.geteuid() == 0:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("tests must run as root on Linux in CI")
    pytest.skip("only root may mount a small disk")
