"""Snapshot folders: checked tables as typed Parquet files, reopened in milliseconds."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import CsworkbenchError
from ..schema import TABLES
from ..schema import table as canonical_table
from ..version import __version__
from .engine import DuckDB
from .settings import FILE, Settings
from .snapshot import Snapshot, TableFacts
from .sql import identifier, literal

MANIFEST = "manifest.json"
FORMAT = 1
_ROW_GROUP = 100_000
_ORDER = {"usage": ("account_id", "day", "feature")}


def save_snapshot(snapshot: Snapshot, folder: str | Path, workspace_toml: Path | None = None) -> Path:
    """Write `tables/*.parquet` and `manifest.json` to `folder`, which then holds nothing else; returns it.

    The files are written beside it and renamed, so that a reader never sees half of them. Rows are sorted by key.
    workspace_toml: copied along for people to read; the settings that count are those of the manifest.
    """
    target = Path(folder).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and not (target / MANIFEST).is_file() and any(target.iterdir()):
        raise CsworkbenchError(f"{target} is not a snapshot folder; give a new folder")
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        _write(snapshot, made)
        if workspace_toml:
            shutil.copyfile(workspace_toml, made / FILE)
        _replace(made, target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return target


def _write(snapshot: Snapshot, folder: Path) -> None:
    (folder / "tables").mkdir()
    files = {name: _write_table(snapshot, name, folder / "tables" / f"{name}.parquet") for name in snapshot.tables}
    manifest = {
        "format": FORMAT,
        "version": __version__,
        "key": snapshot.key,
        "settings": snapshot.settings.model_dump(mode="json", by_alias=True),
        "tables": {name: {**files[name], "facts": _plain(snapshot.facts[name])} for name in files},
    }
    manifest["seal"] = _seal(manifest)
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _write_table(snapshot: Snapshot, name: str, path: Path) -> dict[str, Any]:
    if not isinstance(snapshot.engine, DuckDB):
        raise CsworkbenchError("only a workspace on the embedded engine can be saved as files")
    table = canonical_table(name)
    order = _ORDER.get(name, table.key)
    columns = ", ".join(map(identifier, (*order, *(c for c in table.names if c not in order))))
    names = ", ".join(map(identifier, table.names))
    snapshot.engine.connection.execute(
        f"COPY (SELECT {names} FROM {snapshot.relations[name]} ORDER BY {columns}) TO {literal(str(path))}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
    )
    return {"bytes": path.stat().st_size, "sha256": _digest(path)}


def _replace(made: Path, target: Path) -> None:
    """Put the new folder in the old one's place; the old one stays until the new one is whole."""
    if not target.exists():
        made.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    target.rename(old / "old")
    made.rename(target)
    shutil.rmtree(old)


def open_snapshot(folder: str | Path, *, verify: bool = True) -> Snapshot:
    """The snapshot that `save_snapshot` wrote.

    verify: compare every file with the size and the digest of the manifest. Raises CsworkbenchError when the folder is
    no snapshot, was made by a newer version, or any file is not the one that was written.
    """
    path = Path(folder).absolute()
    manifest = _manifest(path)
    settings = Settings.model_validate(manifest["settings"])
    engine = DuckDB(threads=settings.engine.threads, memory_limit=settings.engine.memory_limit)
    relations, facts = {}, {}
    for name, entry in manifest["tables"].items():
        file = path / "tables" / f"{canonical_table(name).name}.parquet"
        _same(file, entry["bytes"], entry["sha256"] if verify else None)
        relations[name] = f"read_parquet({literal(str(file))})"
        facts[name] = _facts(entry["facts"])
    return Snapshot(
        settings, engine, {name: relations[name] for name in TABLES if name in relations}, facts, manifest["key"]
    )


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CsworkbenchError(f"{path} is not a snapshot folder: it has no {MANIFEST}") from None
    except ValueError:
        raise CsworkbenchError(f"{path / MANIFEST} is damaged; save the snapshot again") from None
    if not isinstance(manifest, dict) or manifest.get("seal") != _seal(manifest):
        raise CsworkbenchError(f"{path / MANIFEST} is damaged; save the snapshot again")
    if manifest["format"] != FORMAT:
        raise CsworkbenchError(f"{path} was written by csworkbench {manifest['version']}; save the snapshot again")
    return manifest


def _same(file: Path, size: int, digest: str | None) -> None:
    remedy = "save the snapshot again"
    if not file.is_file():
        raise CsworkbenchError(f"{file} is missing; {remedy}")
    if file.stat().st_size != size or (digest is not None and _digest(file) != digest):
        raise CsworkbenchError(f"{file} is not the file that was written; {remedy}")


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _seal(manifest: Mapping[str, Any]) -> str:
    body = {name: value for name, value in manifest.items() if name != "seal"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _plain(fact: TableFacts) -> dict[str, Any]:
    return {
        "rows": fact.rows,
        "mapped": list(fact.mapped),
        "dropped": dict(fact.dropped),
        "tolerated": dict(fact.tolerated),
        "latest": fact.latest.isoformat() if fact.latest else None,
        "versions": fact.versions,
    }


def _facts(plain: Mapping[str, Any]) -> TableFacts:
    latest = date.fromisoformat(plain["latest"]) if plain["latest"] else None
    return TableFacts(
        plain["rows"], tuple(plain["mapped"]), plain["dropped"], plain["tolerated"], latest, plain["versions"]
    )
