"""`csworkbench explore` opens JupyterLab where the notebooks, and the packs that they link to, can be reached."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from places import ROOT

from csworkbench.cli import main
from csworkbench.explore import Desk
from csworkbench.explore.panels import accounts_of


def test_jupyterlab_opens_on_the_workspace_at_the_first_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "data" / "sample" / "workspace.toml", tmp_path)
    called: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        called.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert main(["explore", str(tmp_path)]) == 0
    [command] = called
    options = dict(part.split("=", 1) for part in command if "=" in part)
    root, opened = Path(options["--notebook-dir"]), options["--LabApp.default_url"]
    assert root == tmp_path.resolve()
    assert (root / opened.removeprefix("/lab/tree/")).is_file()


@pytest.mark.xdist_group("explore")
def test_accounts_of_a_cell_link_to_their_packs_with_money_and_reasons(desk: Desk) -> None:
    explorer = desk.cohorts("links")
    explorer.ask(by="segment")
    accounts = explorer.accounts("SMB", 1).head(3)
    first = str(accounts["account_id"].iloc[0])
    scored = accounts.assign(health=61.0, money_at_risk=12_300.0, reasons="use fell by 40%")
    html = str(accounts_of(desk.scene, scored, "A cell", {first: '../../reports/a"b.html'}))
    assert 'href="../../reports/a&#34;b.html" target="_blank"' in html and html.count("<a ") == 1
    assert html.count("use fell by 40%") == 3 and "¥12.3K" in html
    assert "<a " not in str(accounts_of(desk.scene, scored, "A cell", {}))
