"""Slices: of a mart that packs of one account read, what is in it of each account, so that others may change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .keys import digest, file_digest

if TYPE_CHECKING:
    import pandas as pd

FILE = "slices.json"


def write_slices(folder: Path, frames: Mapping[str, pd.DataFrame], account_ids: Collection[str]) -> None:
    """Beside the frames of a mart: account_id → digest of its rows, in their order, and of what is not in rows.

    frames: all that hold rows of accounts, each with a column account_id.
    """
    rows = {account_id: hashlib.blake2b(digest_size=20) for account_id in account_ids}
    for name, frame in frames.items():
        for account_id, row in zip(frame["account_id"], frame.itertuples(index=False, name=None), strict=True):
            rows[account_id].update(repr((name, row)).encode())
    shared = {path.relative_to(folder).as_posix(): file_digest(path) for path in sorted(folder.rglob("*.json"))}
    slices = {account_id: digest([shared, list(frames), found.hexdigest()]) for account_id, found in rows.items()}
    (folder / FILE).write_text(json.dumps(slices, ensure_ascii=False), encoding="utf-8")


@cache
def read_slices(folder: Path, content: str) -> Mapping[str, str]:
    """Account_id → digest, as `write_slices` left it; empty for a mart that has no slices. content: of the folder."""
    path = folder / FILE
    found: Mapping[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found
