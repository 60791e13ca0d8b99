"""Papermill's run of a notebook, without the copies that it writes and reads again and the checks of every output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .notebook_format import nbformat  # isort: split

from nbformat.notebooknode import from_dict
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.execute import raise_for_execution_errors
from papermill.parameterize import parameterize_notebook

Notebook = Any
PLAIN = ("display_data", "execute_result")


def run_notebook(notebook: Mapping[str, Any], parameters: Mapping[str, Any], **options: Any) -> Notebook:
    """The executed notebook with its parameters put in; PapermillExecutionError for the first cell that raised.

    options: of nbclient.NotebookClient.
    """
    given = nbformat.v4.upgrade(from_dict(dict(notebook)))  # type: ignore[no-untyped-call]
    if parameters:
        given = parameterize_notebook(given, dict(parameters), kernel_name="python3", language="python")
    done = _PackEngine.execute_notebook(
        given, "python3", output_path=None, progress_bar=False, autosave_cell_every=0, **options
    )
    raise_for_execution_errors(done, None)
    return done


class _PackEngine(Engine):  # type: ignore[misc]
    """Papermill's own engine with another client."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Notebook:
        return _PackClient(nb_man, kernel_name=kernel_name, **options).execute()


class _PackClient(PapermillNotebookClient):  # type: ignore[misc]
    """Takes a display as it comes; what is allowed of it is decided when the page is rendered."""

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        kind, content = msg["msg_type"], msg["content"]
        is_awaited = self.clear_before_next_output or self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if kind not in PLAIN or display_id or is_awaited:
            return super().output(outs, msg, display_id, cell_index)
        kept = {name: content[name] for name in ("data", "metadata", "execution_count") if name in content}
        outs.append(from_dict({"output_type": kind, **kept}))  # type: ignore[no-untyped-call]
        return outs[-1]
