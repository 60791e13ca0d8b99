"""The notebook format, imported without a grammar of addresses that takes two seconds to build and checks nothing.

jsonschema builds it where the optional rfc3987-syntax is installed (JupyterLab brings it), for formats of texts; the
schema of notebooks has none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRAMMAR = "rfc3987_syntax"


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """Have that module, unless it is loaded, look as if it were not installed."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


with _absent(GRAMMAR):
    import nbformat as nbformat
