"""Papermill's run of a notebook, without the copies that it writes and reads again and the checks of every output."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from .notebook_format import absent, nbformat  # isort: split

from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.notebooknode import from_dict

from .conversation import Conversation, Message, Silence, is_error

# It would load pyarrow to be able to write to HDFS.
with absent("pyarrow"):
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
        return _PackClient(nb_man, kernel_name=kernel_name, record_timing=False, **options).execute()


class _PackClient(PapermillNotebookClient):  # type: ignore[misc]
    """Runs cells in the thread that it is called in, and takes a display as it comes.

    What is allowed of a display is decided when the page is rendered.
    """

    def execute(self, **options: Any) -> Notebook:
        self.reset_execution_trackers()
        with self.setup_kernel(**options):
            self.conversation = Conversation(self.kc, self._must_live)
            self.papermill_execute_cells()
        return self.nb

    def papermill_execute_cells(self) -> None:
        """Every cell until one raises; its seconds are in its metadata, by a clock that nobody sets."""
        for index, cell in enumerate(self.nb.cells):
            began = time.monotonic()
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                break
            finally:
                cell.metadata.papermill["duration"] = time.monotonic() - began

    def execute_cell(self, cell: Any, cell_index: int, **options: Any) -> Any:
        """Run a cell of code; CellExecutionError when it raised: no error has a place in a pack."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs, self.clear_before_next_output = [], False
        timeout = self._get_timeout(cell)
        try:
            reply = self.conversation.ask(cell.source, timeout, lambda said: self._is_last(said, cell, cell_index))
        except Silence:
            raise CellTimeoutError.error_from_timeout_and_cell("the cell took too long", timeout or 0, cell) from None
        self.on_cell_executed(cell=cell, cell_index=cell_index, execute_reply=reply)
        if is_error(reply):
            raise CellExecutionError.from_cell_and_msg(cell, reply["content"])
        return cell

    def _must_live(self) -> None:
        if not run_sync(self.kc.is_alive)():
            raise DeadKernelError("Kernel died")

    def _is_last(self, said: Message, cell: Any, cell_index: int) -> bool:
        try:
            self.process_message(said, cell, cell_index)
        except CellExecutionComplete:
            return True
        return False

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        kind, content = msg["msg_type"], msg["content"]
        is_awaited = self.clear_before_next_output or self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if kind not in PLAIN or display_id or is_awaited:
            return super().output(outs, msg, display_id, cell_index)
        kept = {name: content[name] for name in ("data", "metadata", "execution_count") if name in content}
        outs.append(from_dict({"output_type": kind, **kept}))  # type: ignore[no-untyped-call]
        return outs[-1]
