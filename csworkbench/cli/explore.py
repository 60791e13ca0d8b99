"""csworkbench explore: JupyterLab on a copy of the notebooks for a workspace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from .options import GOOD, WORKSPACE


@click.command()
@WORKSPACE
@click.option("--no-lab", is_flag=True, help="Copy the notebooks, and do not open JupyterLab.")
@click.option("--adopt", "kind", help="Give your edited template of this kind (executive, segment …) to the next runs.")
def explore(workspace: Path, no_lab: bool, kind: str | None) -> int:
    """Open JupyterLab on the workspace's own copy of the notebooks.

    Copies that are there already stay as you left them; the installed notebooks are never touched.
    """
    from ..explore.notebooks import adopt, copy_notebooks

    if kind is not None:
        click.echo(f"{adopt(workspace, kind)}: the next run of the workspace uses it")
        return GOOD
    copies = copy_notebooks(workspace)
    click.echo(f"{copies.folder}: {len(copies.added)} notebooks copied, {len(copies.kept)} kept as they are")
    return GOOD if no_lab else _lab(workspace)


def _lab(workspace: Path) -> int:
    """JupyterLab on the workspace, so that links to packs of a run inside it open too."""
    command = [sys.executable, "-m", "jupyter", "lab", f"--notebook-dir={workspace.resolve()}"]
    opened = "--LabApp.default_url=/lab/tree/notebooks/explore/01_cohorts.ipynb"
    return subprocess.run([*command, opened], check=False).returncode
