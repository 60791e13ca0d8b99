"""Text into typed values: only as declared, never guessed; every other text gets the id of a rule."""

from .cell import Cell, final, typed_cell
from .notation import Notation, declared_notation

__all__ = ["Cell", "Notation", "declared_notation", "final", "typed_cell"]
