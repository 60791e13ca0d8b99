"""The sample company that comes with csworkbench."""

from __future__ import annotations

from pathlib import Path


def sample_folder() -> Path:
    """The workspace of the sample company, in a checkout or in an installed package."""
    package = Path(__file__).parents[1]
    checkout = package.parent / "data" / "sample"
    return checkout if (package.parent / "pyproject.toml").is_file() else package / "_sample"
