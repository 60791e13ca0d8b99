"""The notebooks that an analyst works on: copies in the workspace, and templates given back to the scheduled run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import CsworkbenchError, Refusal
from ..report.templates import pack_templates, read_template

FOLDER, EXPLORE, PACKS, OWN = "notebooks", "explore", "packs", "packs"


@dataclass(frozen=True)
class Copies:
    """folder: where the copies lie. added: names copied now; kept: names that were there and were left as they are."""

    folder: Path
    added: tuple[str, ...]
    kept: tuple[str, ...]


def explore_notebooks() -> dict[str, Path]:
    """Name → path of the notebooks for people that come with csworkbench, in a checkout or in an installed wheel."""
    package = Path(str(resources.files("csworkbench")))
    checkout = package.parent / "notebooks" / EXPLORE
    folder = checkout if (package.parent / "pyproject.toml").is_file() else package / "_explore"
    return {path.stem: path for path in sorted(folder.glob("*.ipynb"))}


def copy_notebooks(workspace: str | Path) -> Copies:
    """Copy every notebook and pack template into the workspace's folder `notebooks`; one that is there stays as it is.

    The copies for people open that workspace. CsworkbenchError for a folder that is no workspace.
    """
    home = Path(workspace)
    if not (home / "workspace.toml").is_file():
        raise CsworkbenchError(f"{home} is no workspace: it has no workspace.toml. csworkbench init makes a first one.")
    found = [(target, text) for target, text in _copies(home / FOLDER)]
    added = [(target, text) for target, text in found if not target.exists()]
    for target, text in added:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    new = {target for target, _ in added}
    names = [(target.relative_to(home).as_posix(), target in new) for target, _ in found]
    return Copies(
        home / FOLDER, tuple(n for n, is_new in names if is_new), tuple(n for n, is_new in names if not is_new)
    )


def _copies(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in explore_notebooks().values():
        yield folder / EXPLORE / path.name, _opening(path.read_text(encoding="utf-8"))
    for path in pack_templates().values():
        yield folder / PACKS / path.name, path.read_text(encoding="utf-8")


def _opening(text: str) -> str:
    """The notebook with its workspace set to the folder two levels up, in which its copy lies."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = [
                line.replace('workspace: str = ""', 'workspace: str = "../.."') for line in cell["source"]
            ]
    return _written(notebook)


def adopt(workspace: str | Path, kind: str) -> Path:
    """Give the edited template of that kind to the runs of the workspace, without its outputs; returns its new place.

    Refusal with everything that is wrong with the template; nothing is changed then.
    """
    home = Path(workspace)
    edited = home / FOLDER / PACKS / f"{kind}.ipynb"
    if not edited.is_file():
        known = sorted(path.stem for path in edited.parent.glob("*.ipynb"))
        raise CsworkbenchError(f"{edited} is not there. There are: {', '.join(known) or 'none; run explore first'}.")
    template = read_template(edited)
    if template.problems:
        raise Refusal(template.problems, str(edited))
    target, new = home / OWN / edited.name, home / OWN / f".{edited.name}.new"
    target.parent.mkdir(exist_ok=True)
    new.write_text(_written(_stripped(json.loads(edited.read_text(encoding="utf-8")))), encoding="utf-8")
    new.replace(target)
    return target


def _stripped(notebook: dict[str, Any]) -> dict[str, Any]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def _written(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
