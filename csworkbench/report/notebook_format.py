"""The notebook format, imported without a grammar of addresses that takes two seconds to build and checks nothing.

jsonschema builds it where the optional rfc3987-syntax is installed (JupyterLab brings it), for formats of texts; the
schema of notebooks has none.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

GRAMMAR = "rfc3987_syntax"


class _Absent(MetaPathFinder):
    """Hides modules from the thread that made it; others may want them at the same time."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names, self.thread = names, threading.get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing for other modules, which are looked for elsewhere."""
        if fullname in self.names and threading.get_ident() == self.thread:
            raise ModuleNotFoundError(f"{fullname} is not needed here", name=fullname)
        return None


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Import others as if those modules, unless they are loaded, were not installed."""
    finder = _Absent(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


with absent(GRAMMAR):
    import nbformat as nbformat
