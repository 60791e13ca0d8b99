"""What one measure means: the text that packs print beside a number, with its version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """One measure. version: grows whenever a number could come out differently. unit: what a value counts."""

    id: str
    version: int
    unit: str
    formula: str
    source: str

    @property
    def label(self) -> str:
        """Id and version, such as grr v1."""
        return f"{self.id} v{self.version}"
