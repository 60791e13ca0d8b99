"""A real JupyterLab with a real Chromium before it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from places import ROOT
from playwright.sync_api import Page, sync_playwright

# First, so that no test waits for the grammar of addresses that nbformat would build.
import csworkbench.report.notebook_format  # noqa: F401

if TYPE_CHECKING:
    from csworkbench.explore import Desk

TOKEN = "judge"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that no test changes."""
    return _copied_sample(tmp_path_factory.mktemp("explored"))


@pytest.fixture(scope="module")
def worked_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the tests of a file pin views and leave notebooks behind."""
    return _copied_sample(tmp_path_factory.mktemp("worked_in"))


def _copied_sample(place: Path) -> Path:
    """A copy of the sample, without what runs and explorers keep in it."""
    leave = shutil.ignore_patterns(".csworkbench", "truth", "pins", "notebooks")
    return Path(shutil.copytree(ROOT / "data" / "sample", place / "workspace", ignore=leave))


@pytest.fixture(scope="session")
def desk(workspace: Path) -> Desk:
    """What an analyst opens on that workspace; its tests are one group, so that it is opened once."""
    from csworkbench.explore import open_desk

    return open_desk(workspace)


@pytest.fixture(scope="module")
def lab(worked_in: Path) -> Iterator[str]:
    """The address of a JupyterLab that `csworkbench explore` would open on the copies in the workspace."""
    from csworkbench.explore.notebooks import copy_notebooks

    folder = copy_notebooks(worked_in).folder
    port = _free_port()
    options = [f"--notebook-dir={folder}", f"--port={port}", f"--IdentityProvider.token={TOKEN}", "--no-browser"]
    extra = ["--allow-root", "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    settings = {"JUPYTER_CONFIG_DIR": str(worked_in / ".jupyter"), "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "jupyter", "lab", *options, *extra]
    environment = {**os.environ, **settings, "PATH": paths}
    log = (worked_in / "lab.log").open("wb")
    with log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as server:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/api?token={TOKEN}", server)
        yield f"{address}/lab/tree/%s?token={TOKEN}&reset"
        server.terminate()
        server.wait(30)


def _free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "JupyterLab did not start"
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise AssertionError("JupyterLab did not answer within a minute")


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
def page(chromium: str) -> Iterator[Page]:
    """A page of a browser; nothing of it is left afterwards."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1280, "height": 1400})
        opened.set_default_timeout(60_000)
        yield opened
        browser.close()
