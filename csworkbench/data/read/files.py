"""Which files a mapping means, what they are by their first bytes, and near names for a missing one."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from ...errors import Problem
from ..source_files import paths_of
from .part import Found

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"PAR1", "parquet"), (b"PK\x03\x04", "xlsx"), (b"\xd0\xcf\x11\xe0", "xls"))


def find_files(patterns: tuple[str, ...], folder: Path) -> tuple[list[Found], list[Problem]]:
    """The files that the patterns name, each once and in order; a problem for each pattern without one."""
    found: dict[Path, Found] = {}
    problems = []
    for pattern in patterns:
        paths = paths_of(pattern, folder)
        if not paths:
            problems.append(_missing(pattern, folder))
        for path in paths:
            found.setdefault(path.resolve(), Found(relative_name(path, folder), path, kind_of(path)))
    return list(found.values()), problems


def relative_name(path: Path, folder: Path) -> str:
    """The path as seen from the workspace; only the file's name where it lies far outside."""
    seen = Path(os.path.relpath(path, folder)).as_posix()
    return path.name if seen.startswith("../../..") else seen


def kind_of(path: Path) -> str:
    """csv, gzip, parquet, xlsx, xls or duckdb: by the first bytes, or by the name where they say nothing."""
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
    except OSError:
        head = b""
    if head[8:12] == b"DUCK":
        return "duckdb"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    by_name = path.suffix.lower().lstrip(".")
    return {"parquet": "parquet", "xlsx": "xlsx", "xlsm": "xlsx", "gz": "gzip"}.get(by_name, "csv")


def _missing(pattern: str, folder: Path) -> Problem:
    place = (folder / pattern).parent
    if any(sign in pattern for sign in "*?["):
        said, remedy = "matches no file", "Correct the pattern, or put the export there."
    elif (folder / pattern).is_dir():
        said, remedy = "is a folder, not a file", f'Name the files in it, such as path = "{pattern}/*.csv".'
    else:
        said, remedy = "does not exist", "Put the export there, or correct path in workspace.toml."
    names = [entry.name for entry in place.iterdir() if entry.is_file()] if place.is_dir() else []
    near = get_close_matches(Path(pattern).name, names, n=1, cutoff=0.6)
    if near:
        remedy += f' Did you mean "{near[0]}"?'
    return Problem(pattern, 0, "", "missing_file", said, remedy)
