"""Whether somebody sits before the notebook, and what is shown where nobody does."""

from __future__ import annotations

from typing import Any


def somebody_there() -> bool:
    """Whether the cell was run by a person's front end.

    A client that only executes (nbconvert, papermill, nbval) says that it cannot ask for input; widgets that it shows
    would be dead, so it gets pictures and tables.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False))


def mimebundle(widget: Any) -> dict[str, Any]:
    """What a cell shows of a widget."""
    bundle = widget._repr_mimebundle_()
    return dict(bundle[0] if isinstance(bundle, tuple) else bundle)
