"""The packs of a run as tasks with keys, and which of them need not be made again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..version import __version__
from .brand import Brand
from .keys import digest, folder_digests, pack_key
from .ledger import PackStatus, pack_statuses
from .limits import Limits
from .marts import Marts
from .plan import Pack
from .publish import Page
from .source import Facts

PREVIOUS = "previous"


@dataclass(frozen=True)
class PackTask:
    """All that making a pack needs. folders: its parameters that name folders of data.

    It can be pickled and sent to another machine.
    """

    pack: Pack
    page: Page
    limits: Limits
    folders: tuple[str, ...] = ()
    key: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The folders that it reads."""
        return tuple(str(self.pack.parameters[name]) for name in self.folders)


def tasks_of(packs: Sequence[Pack], marts: Marts, limits: Limits) -> list[PackTask]:
    """The packs with their pages and keys."""
    before = {PREVIOUS: _content_before(packs)}
    return [
        _task(pack, marts.facts, {**marts.content_for(pack.unit_kind, pack.unit), **before}, limits) for pack in packs
    ]


def _content_before(packs: Sequence[Pack]) -> str:
    """The content of the last quarter's measures, where a pack reads them."""
    folders = {before for pack in packs if (before := pack.parameters.get(PREVIOUS))}
    return "".join(digest(folder_digests(Path(folder))) for folder in sorted(folders))


def _task(pack: Pack, facts: Facts, content: Mapping[str, str], limits: Limits) -> PackTask:
    page = page_of(pack, facts)
    folders = tuple(name for name in content if pack.parameters.get(name))
    own = {name: content[name] for name in folders}
    return PackTask(pack, page, limits, folders, pack_key(pack, own, asdict(page)))


def page_of(pack: Pack, facts: Facts) -> Page:
    """What a pack says around its sections."""
    unit = None if pack.unit is None else facts.names.get(pack.unit, {}).get(pack.lang, pack.unit)
    title = " · ".join([facts.company if unit is None else unit, pack.kind.capitalize(), pack.quarter])
    about = (facts.company, pack.quarter, facts.as_of, unit, __version__)
    return Page(title, pack.lang, *about, facts.fiscal_year_start, Brand(**facts.brand))


def unchanged(tasks: Collection[PackTask], output: Path) -> dict[str, PackStatus]:
    """Pack → what is published of it, where that has the same key and is still what was written."""
    published = {status.name: status for status in pack_statuses(output) if status.file}
    found = {task.pack.name: published.get(task.pack.name) for task in tasks}
    keys = {task.pack.name: task.key for task in tasks}
    return {name: status for name, status in found.items() if status and _holds(status, keys[name], output)}


def _holds(status: PackStatus, key: str, output: Path) -> bool:
    if status.key != key or not status.file:
        return False
    try:
        with (output / status.file).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == status.sha256
    except OSError:
        return False
