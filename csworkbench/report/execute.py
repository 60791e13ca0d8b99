"""Executing the template of one pack in one private kernel; whatever goes wrong in it is a Failure with an outcome."""

from __future__ import annotations

import copy
import logging
import signal
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .kernels import in_own_event_loop, kernel_manager_class
from .leash import Leash, Leashes
from .limits import Limits
from .plan import Pack

Notebook = Any
LEFT = "the notebook was left before its last cell"


class Failure(Exception):
    """A pack that did not come out; `outcome` is one of ledger.OUTCOMES."""

    def __init__(self, outcome: str, reason: str, cell: int | None = None) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.cell = outcome, reason, cell


class KernelEnded(Exception):
    """The kernel is no more; the text says when it was noticed."""


def execute(pack: Pack, limits: Limits, leashes: Leashes) -> Notebook:
    """The executed notebook of one pack; Failure when it did not run to its end.

    The kernel works in a private folder that is gone afterwards, and so is everything that it started.
    """
    leash = Leash()
    timer = threading.Timer(limits.pack_seconds, leash.pull, ["timeout"])
    timer.daemon = True
    leashes.add(leash)
    try:
        timer.start()
        notebook = _in_private_folder(pack, limits, leash)
    except Failure as failure:
        outcome = leash.pulled or failure.outcome
        raise Failure(outcome, _ended(leash, limits) or failure.reason, failure.cell) from None
    finally:
        timer.cancel()
        leashes.remove(leash)
    if leash.pulled:
        raise Failure(leash.pulled, _ended(leash, limits))
    return notebook


def _in_private_folder(pack: Pack, limits: Limits, leash: Leash) -> Notebook:
    # In the system's own temporary folder, since paths of sockets must be short.
    try:
        with tempfile.TemporaryDirectory(prefix="csw-", ignore_cleanup_errors=True) as folder:
            try:
                return in_own_event_loop(lambda: _execute(pack, limits, leash, Path(folder)))
            except KernelEnded as ended:
                raise Failure("kernel_died", f"{ended}{_how_it_ended(leash.release(), limits)}") from None
            finally:
                leash.release()
    except OSError as error:
        raise Failure("kernel_died", f"no kernel could be started: {error}") from None


def _ended(leash: Leash, limits: Limits) -> str:
    return _ENDED[leash.pulled].format(limits.pack_seconds) if leash.pulled else ""


_ENDED = {"timeout": "the pack took longer than {:g} seconds", "cancelled": "the run was cancelled"}


def _how_it_ended(exit_code: int | None, limits: Limits) -> str:
    if exit_code is None:
        return ""
    how = f"ended by {signal.Signals(-exit_code).name}" if exit_code < 0 else f"exit code {exit_code}"
    return f" ({how}; it may take {limits.memory_mib:g} MiB of memory)" if limits.memory_mib else f" ({how})"


def _execute(pack: Pack, limits: Limits, leash: Leash, folder: Path) -> Notebook:
    # First, since it imports the notebook format in its own way.
    from .engine import run_notebook  # isort: split

    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill import PapermillExecutionError

    _quiet("papermill")
    try:
        notebook = run_notebook(
            _prepared(pack.template.notebook),
            pack.parameters,
            startup_timeout=limits.start_seconds,
            timeout=limits.cell_seconds,
            kernel_manager_class=kernel_manager_class(leash, folder, limits.memory_mib or 0),
            shutdown_kernel="immediate",
            on_cell_executed=lambda **told: _must_go_on(told["execute_reply"], told["cell_index"], pack),
            resources={"metadata": {"path": str(folder)}},
        )
    except Failure:
        raise
    except PapermillExecutionError as error:
        cell = _template_cell(error.cell_index, pack)
        raise Failure(
            "cell_error", f"{_memory_reached(error.ename, limits)}{error.ename}: {error.evalue}", cell
        ) from None
    except CellTimeoutError:
        raise Failure("timeout", f"a cell took longer than {limits.cell_seconds:g} seconds") from None
    except DeadKernelError:
        raise KernelEnded("the kernel died while a cell ran") from None
    except Exception as error:
        raise Failure("kernel_died", f"the kernel could not run: {type(error).__name__}: {error}") from error
    _must_be_complete(notebook, pack)
    return notebook


def _memory_reached(error: str, limits: Limits) -> str:
    is_reached = limits.memory_mib and error.endswith("MemoryError")
    return f"the memory limit of {limits.memory_mib:g} MiB was reached: " if is_reached else ""


def _prepared(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template without outputs of an earlier session and without what papermill may have left in it."""
    notebook = copy.deepcopy(dict(template))
    notebook["metadata"] = {"papermill": {}}
    notebook["cells"] = [_cleared(cell) for cell in notebook["cells"] if not _is_injected(cell)]
    return notebook


def _is_injected(cell: Mapping[str, Any]) -> bool:
    return "injected-parameters" in cell.get("metadata", {}).get("tags", [])


def _cleared(cell: dict[str, Any]) -> dict[str, Any]:
    tags = list(cell.get("metadata", {}).get("tags", []))
    cell["metadata"] = {"tags": tags, "papermill": {}}
    if isinstance(cell.get("source"), list):
        cell["source"] = "".join(cell["source"])
    if cell.get("cell_type") == "code":
        cell["outputs"], cell["execution_count"] = [], None
    return cell


def _must_go_on(reply: Mapping[str, Any], index: int, pack: Pack) -> None:
    """A cell with `exit()` ends the kernel a moment later, when further cells may have run."""
    if any(asked.get("source") == "ask_exit" for asked in reply["content"].get("payload", [])):
        raise Failure("cell_error", LEFT, _template_cell(index, pack))


def _must_be_complete(notebook: Notebook, pack: Pack) -> None:
    """A cell that left the notebook early (`sys.exit()`) is an error, whatever papermill says of it."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        stopped = any(output.output_type == "error" for output in cell.outputs)
        if stopped or not cell.execution_count:
            where = _template_cell(index, pack)
            raise Failure("cell_error", LEFT, where)


def _template_cell(index: int, pack: Pack) -> int:
    """The 1-based number of a cell in the template; papermill puts one more cell after the parameters."""
    cells = [cell for cell in pack.template.notebook["cells"] if not _is_injected(cell)]
    tagged = [i for i, cell in enumerate(cells) if "parameters" in cell.get("metadata", {}).get("tags", [])]
    before = 1 if pack.parameters and tagged and index > tagged[0] else 0
    return index + 1 - before


def _quiet(name: str) -> None:
    """Keep a library's log out of the terminal: errors reach us as exceptions."""
    logger = logging.getLogger(name)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = False
