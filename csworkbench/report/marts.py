"""The marts of an output folder: made once for their inputs, verified to the last byte before they are used again."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .files import PARTIAL, replace_folder, write_atomically
from .keys import Inputs, Seen, digest, folder_digests
from .slices import read_slices
from .source import MEASURES, Facts, Source

FILE = "marts.json"
FORMAT = 1


@dataclass(frozen=True)
class Marts:
    """Folders of data beside the ledger. content: mart → digest of all its files. seen: the inputs.

    offered: every mart that these inputs could give, also those that were not wanted.
    """

    home: Path
    key: str
    facts: Facts
    content: Mapping[str, str]
    seen: Mapping[str, Seen]
    offered: tuple[str, ...]

    @property
    def folders(self) -> dict[str, Path]:
        """Mart → its folder."""
        return {name: self.home / name for name in self.content}

    def content_for(self, unit_kind: str | None, unit: str | None) -> dict[str, str]:
        """Mart → digest of what a pack of that unit reads of it: of all, or of the rows of its account."""
        if unit_kind != "account" or unit is None:
            return dict(self.content)
        return {name: read_slices(self.home / name, all_).get(unit, all_) for name, all_ in self.content.items()}


def save_marts(source: Source, home: Path, wanted: Collection[str], made_of: Inputs) -> Marts:
    """Write the measures and the other wanted marts, each whole or not at all, and then what they are."""
    names = [name for name in source.savers if name == MEASURES or name in wanted]
    (home / FILE).unlink(missing_ok=True)
    for name in names:
        _save(source, name, home)
    content = {name: digest(folder_digests(home / name)) for name in names}
    marts = Marts(home, made_of.key, source.facts, content, made_of.files, tuple(source.savers))
    body = {
        "format": FORMAT,
        "key": marts.key,
        "facts": asdict(marts.facts),
        "content": content,
        "offered": marts.offered,
        "seen": {name: asdict(seen) for name, seen in made_of.files.items()},
    }
    text = json.dumps({**body, "seal": digest(body)}, ensure_ascii=False, indent=1)
    write_atomically(home / FILE, text.encode())
    return marts


def _save(source: Source, name: str, home: Path) -> None:
    new = Path(tempfile.mkdtemp(prefix=f"{PARTIAL}{name}-", dir=home))
    try:
        source.savers[name](new)
        replace_folder(new, home / name)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def read_marts(home: Path) -> Marts | None:
    """What the marts of that folder were made of; None when nothing sound is there. The marts are not read."""
    try:
        body = json.loads((home / FILE).read_text(encoding="utf-8"))
        seal = body.pop("seal")
        if body["format"] != FORMAT or seal != digest(body):
            return None
        facts, seen = _facts(body["facts"]), _seen(body["seen"])
        return Marts(home, body["key"], facts, body["content"], seen, tuple(body["offered"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _facts(body: Mapping[str, Any]) -> Facts:
    return Facts(**{**body, "languages": tuple(body["languages"]), "notices": tuple(body["notices"])})


def _seen(body: Mapping[str, Any]) -> dict[str, Seen]:
    return {name: Seen(tuple(s["identity"]), s["digest"], s["settled"]) for name, s in body.items()}


def can_serve(marts: Marts, key: str, wanted: Collection[str]) -> bool:
    """Whether these marts were made of the same inputs, hold all that is wanted, and are as they were written."""
    needed = {MEASURES, *(set(wanted) & set(marts.offered))}
    if not key or key != marts.key or not needed <= marts.content.keys():
        return False
    return all(digest(folder_digests(marts.home / name)) == marts.content[name] for name in needed)
