"""What an explorer was set to, kept in the workspace so that it outlives the kernel."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CsworkbenchError

FOLDER = ".csworkbench/explore"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class State:
    """The file of one explorer. A workspace that cannot be written to keeps nothing, and `kept` says so."""

    workspace: Path
    name: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CsworkbenchError(f'"{self.name}" is no name: lower-case letters, digits, - and _ only, at most 40.')

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.workspace / FOLDER / f"{self.name}.json"

    def load(self) -> dict[str, Any]:
        """What was kept; nothing where there is no sound file."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def save(self, values: Mapping[str, Any]) -> bool:
        """Keep these values, whole or not at all; whether that went well."""
        new = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
            new.replace(self.path)
        except OSError:
            return False
        return True
