"""The same quarter made twice, in another place, language, time zone and order: the same bytes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT
from workbench import SHOW, packs_in, write_template

pytestmark = pytest.mark.xdist_group("kernels")
TOML = """
[company]
name = "Acme & Söhne"
currency = "EUR"
exported_on = "2026-10-05"
languages = ["en"]
[tables.accounts]
path = "accounts.csv"
[tables.subscriptions]
path = "subscriptions.csv"
"""
PARAMETERS = 'measures: str\nquarter: str\nsegment: str\nlang: str = "en"\n'
CHART = (
    SHOW
    + """
import matplotlib.pyplot as plt
from csworkbench.metrics.measures import load_measures
frame = load_measures(measures).frame("accounts")
frame.groupby("segment")["mrr"].sum().plot.bar()
plt.show()
display(HTML(f"<p>{sorted({segment, 'other', 'words'}, key=len)} {frame['mrr'].sum():.2f}</p>"))
"""
)
HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
THERE = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "4242", "OMP_NUM_THREADS": "2"}


def small_workspace(folder: Path, accounts: int = 60) -> Path:
    folder.mkdir()
    (folder / "workspace.toml").write_text(TOML, encoding="utf-8")
    people = [f"{n:03},Näme {n},2024-0{1 + n % 9}-10,{('SMB', 'Mid', 'Big')[n % 3]}" for n in range(accounts)]
    items = [f"s{n},{n:03},2024-0{1 + n % 9}-10,,{100 + n / 7:.2f}" for n in range(accounts)]
    (folder / "accounts.csv").write_text("\n".join(["account_id,name,started_on,segment", *people]), encoding="utf-8")
    head = "subscription_id,account_id,starts_on,ends_on,mrr"
    (folder / "subscriptions.csv").write_text("\n".join([head, *items]) + "\n", encoding="utf-8")
    return folder


def made(workspace: Path, output: Path, cwd: Path, environment: dict[str, str], umask: int, *more: str) -> None:
    chosen = ["--quarter", "2026Q3", "--output", os.path.relpath(output, cwd), *more]
    command = [sys.executable, "-m", "csworkbench", "qbr", os.path.relpath(workspace, cwd), *chosen]
    own = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, cwd=cwd, env=own, umask=umask, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def compared(workspace: Path, folder: Path, *packs: str) -> None:
    """Make it here, and from a copy of the workspace there."""
    other = folder / "a much longer name of a folder" / "copied"
    shutil.copytree(workspace, other, ignore=shutil.ignore_patterns("truth"))
    made(workspace, folder / "one", folder, HERE, 0o022, "--jobs", "2", *packs)
    made(other, other.parent / "two", Path("/"), THERE, 0o077, "--jobs", "1", *packs)
    first, second = folder / "one", other.parent / "two"
    assert len(packs_in(first)) > 1
    assert packs_in(first) == packs_in(second)
    contents = [json.loads((out / ".csworkbench/marts.json").read_text("utf-8")) for out in (first, second)]
    assert contents[0]["key"] == contents[1]["key"]
    assert contents[0]["content"] == contents[1]["content"]
    assert {path.stat().st_mode & 0o777 for out in (first, second) for path in out.glob("*.html")} == {0o644}
    keys = [[line.get("key") for line in _finished(out)] for out in (first, second)]
    assert sorted(keys[0]) == sorted(keys[1])


def _finished(output: Path) -> list[dict[str, object]]:
    lines = (output / ".csworkbench/ledger.jsonl").read_text("utf-8").splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == "finished"]


def test_a_small_company_has_the_same_packs_wherever_they_are_made(tmp_path: Path) -> None:
    template = write_template(tmp_path / "segment.ipynb", CHART, parameters=PARAMETERS)
    compared(small_workspace(tmp_path / "company"), tmp_path, "--packs", str(template))


@pytest.mark.slow
def test_the_sample_company_has_the_same_packs_wherever_they_are_made(sample: Path, tmp_path: Path) -> None:
    compared(sample, tmp_path)
