"""Declared digests of the files of an export."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from ...errors import Problem, fault
from ..read import Raw
from ..settings import TableMap


def broken_seals(mapping: TableMap, raw: Raw, folder: Path) -> Iterator[Problem]:
    """Files whose bytes are not those that `sha256` seals."""
    if mapping.sha256 is None:
        return
    seals = (mapping.sha256,) if isinstance(mapping.sha256, str) else mapping.sha256
    for file in raw.files:
        if _digest(folder / file.name) not in [seal.lower() for seal in seals]:
            yield fault("seal_broken", file.name, 0, "", table=raw.name)


def _digest(file: Path) -> str:
    if not file.is_file():
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
