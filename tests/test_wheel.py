"""The wheel works where there is no checkout: an empty environment, another folder."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from places import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    """A folder with an empty environment into which only the wheel was installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    run(sys.executable, "-m", "venv", folder / "env", cwd=folder)
    wheel = next(folder.glob("csworkbench-*.whl"))
    pip = [folder / "env/bin/python", "-m", "pip", "install", "--quiet"]
    run(*pip, "--constraint", ROOT / "constraints.txt", wheel, cwd=folder)
    return folder


def test_the_installed_wheel_runs_a_quarter_from_another_folder(elsewhere):
    shutil.copytree(ROOT / "data" / "sample", elsewhere / "company", ignore=shutil.ignore_patterns(".csworkbench"))
    command = elsewhere / "env/bin/csworkbench"
    run(command, "check", "company", cwd=elsewhere)
    run(command, "qbr", "company", "--quarter", "2026Q3", "--lang", "ja", "--output", "out", cwd=elsewhere)
    packs = sorted(path.name for path in (elsewhere / "out").glob("*.html"))
    kinds = Counter(re.match(r"account-[a-z]+|[a-z]+", name)[0] for name in packs)
    assert kinds == {"executive": 1, "segment": 4, "team": 1, "account-customer": 3, "account-internal": 3, "index": 1}
    assert 'lang="ja"' in (elsewhere / "out" / next(name for name in packs if name != "index.html")).read_text()


def test_the_installed_package_is_the_one_from_the_wheel(elsewhere):
    python = elsewhere / "env/bin/python"
    where = run(python, "-c", "import csworkbench; print(csworkbench.__file__)", cwd=elsewhere)
    assert str(ROOT) not in where


def test_the_exploration_notebooks_travel_in_the_wheel_and_run_there(elsewhere):
    where = run(elsewhere / "env/bin/python", "-c", "import csworkbench; print(csworkbench.__file__)", cwd=elsewhere)
    folder = Path(where.strip()).parent / "_explore"
    there = {path.name for path in folder.glob("*.ipynb")}
    assert there == {path.name for path in (ROOT / "notebooks" / "explore").glob("*.ipynb")}
    jupyter = elsewhere / "env/bin/jupyter"
    notebook = folder / "05_health.ipynb"
    run(jupyter, "nbconvert", "--execute", "--to", "html", "--output-dir", "explored", notebook, cwd=elsewhere)
    assert "cs-exhibit" in (elsewhere / "explored" / "05_health.html").read_text("utf-8")
