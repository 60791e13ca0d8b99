"""What all sections of workspace.toml have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section that is frozen and knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)
