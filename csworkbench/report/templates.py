"""Pack templates: where they are, and what they declare."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import CsworkbenchError, Problem, UnknownName
from .parameters import TAG, Parameter, read_parameters

UNIT_PARAMETERS = ("segment", "account", "csm")
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Template:
    """A parameterised notebook. kind: its file name without ending. notebook: its JSON (format 4)."""

    kind: str
    file: str
    notebook: Mapping[str, Any] = field(repr=False)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def unit_kind(self) -> str | None:
        """What the template is repeated over: the first of segment, account, csm that is a parameter of it."""
        return next((name for name in UNIT_PARAMETERS if name in self.parameters), None)


def pack_templates() -> dict[str, Path]:
    """Kind → path of the templates that come with csworkbench, in a checkout or in an installed wheel."""
    package = Path(str(resources.files("csworkbench")))
    checkout = package.parent / "notebooks" / "packs"
    folder = checkout if (package.parent / "pyproject.toml").is_file() else package / "_packs"
    return {path.stem: path for path in sorted(folder.glob("*.ipynb"))}


def chosen_templates(
    packs: Sequence[str], own_folder: Path | None = None, kinds: Sequence[str] = ()
) -> tuple[list[Template], set[str]]:
    """The templates of that kind or path; and the kinds that nobody asked for by name.

    own_folder: templates of the workspace, which go before those that come with csworkbench. kinds: those that are
    made, beside those of the workspace, when none is named; all of them when that is empty too.
    """
    known, own = pack_templates(), {}
    if own_folder is not None:
        own = {path.stem: path for path in sorted(own_folder.glob("*.ipynb"))}
    known |= own
    names = list(packs) or ([*kinds, *own] if kinds else list(known))
    paths = [_path(name, known) for name in dict.fromkeys(names)]
    if not paths:
        raise CsworkbenchError("there is no pack template. Reinstall csworkbench, or name one with --packs FILE.ipynb")
    return [read_template(path) for path in paths], set() if packs else set(own)


def _path(name: str, known: Mapping[str, Path]) -> Path:
    if name.endswith(".ipynb"):
        return Path(name)
    if name not in known:
        raise UnknownName("pack", name, list(known))
    return known[name]


def read_template(path: str | Path) -> Template:
    """The template in that file; what is wrong with it is in `problems`, it is never executed here."""
    path = Path(path)
    kind = path.stem
    problems: list[Problem] = []
    if not _KIND.fullmatch(kind):
        said = "is not a name for a pack: lower-case letters, digits, - and _ only"
        problems.append(Problem(path.name, 0, "", "bad_kind", said, "Rename the notebook."))
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if TAG in cell.get("metadata", {}).get("tags", [])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        said = "is not a readable notebook of format 4"
        return Template(kind, path.name, {}, problems=(Problem(path.name, 0, "", "not_a_notebook", said, "Save it."),))
    if len(cells) != 1:
        said = f"has {len(cells) or 'no'} cell{'s' * (len(cells) != 1)} tagged `{TAG}`"
        problems.append(Problem(path.name, 0, "", "parameters_cell", said, "Tag exactly one code cell with it."))
        return Template(kind, path.name, notebook, problems=tuple(problems))
    declared = read_parameters(_source(cells[0]), path.name)
    return Template(kind, path.name, notebook, declared.parameters, (*problems, *declared.problems))


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
