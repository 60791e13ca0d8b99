"""Whether somebody sits before the notebook, and what is shown where nobody does."""

from __future__ import annotations

from typing import Any

from ..story.notebook_style import notebook_style


def somebody_there() -> bool:
    """Whether the cell was run by a person's front end.

    A client that only executes (nbconvert, papermill, nbval) says that it cannot ask for input; widgets that it shows
    would be dead, so it gets pictures and tables.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False))


def show_style() -> None:
    """Put the look of exhibits into the notebook; nothing outside of one."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if getattr(shell, "kernel", None) is not None:
        shell.display_pub.publish({"text/html": notebook_style(), "text/plain": ""})


def mimebundle(explorer: Any, static: str) -> dict[str, Any]:
    """What a cell shows of an explorer: its widget where somebody is there, and always the static answer as HTML.

    The widget goes by the MIME type of Jupyter widgets alone, which JupyterLab and VS Code know; a page that does not
    (a repository's viewer, a mail) falls back on the HTML.
    """
    fallback = {"text/html": static, "text/plain": repr(explorer)}
    if not somebody_there():
        return fallback
    bundle = explorer.widget._repr_mimebundle_()
    return {**(bundle[0] if isinstance(bundle, tuple) else bundle), **fallback}
