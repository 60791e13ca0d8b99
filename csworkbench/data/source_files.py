"""Which files a workspace is made of, told from its settings alone; nothing is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .settings import FILE, Settings

# The folder of questions that a person keeps beside the workspace.
PINS = "pins"


def source_files(settings: Settings, folder: Path) -> tuple[Path, ...]:
    """workspace.toml, the logo, and every file that tables, look-ups and DuckDB sources name now, each once, sorted."""
    found = {folder / FILE}
    if settings.brand.logo:
        found.add(folder / settings.brand.logo)
    for pattern in _patterns(settings):
        found.update(paths_of(pattern, folder))
    for source in settings.sources.values():
        for path in paths_of(source.path, folder) if source.path else ():
            found.update((path, path.with_name(f"{path.name}.wal")))
    return tuple(sorted(path for path in found if path.is_file()))


def reads_database(settings: Settings) -> bool:
    """Whether something is read from a server, whose content no file tells."""
    return settings.engine.kind != "duckdb" or any(source.path is None for source in settings.sources.values())


def _patterns(settings: Settings) -> Iterator[str]:
    for mapping in settings.tables.values():
        yield from (mapping.path,) if isinstance(mapping.path, str) else mapping.path or ()
        yield from (lookup.path for lookup in mapping.lookups.values() if lookup.path)


def paths_of(pattern: str, folder: Path) -> list[Path]:
    """The files that a path or a pattern of workspace.toml means, in order."""
    exact = folder / pattern
    if exact.is_file():
        return [exact]
    if not any(sign in pattern for sign in "*?["):
        return []
    fixed = Path(pattern)
    root = Path(fixed.anchor) if fixed.is_absolute() else folder
    relative = fixed.relative_to(fixed.anchor) if fixed.is_absolute() else fixed
    return sorted(path for path in root.glob(str(relative)) if path.is_file())
