"""Where things lie; a module of its own, because every folder's conftest is imported under one name."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
