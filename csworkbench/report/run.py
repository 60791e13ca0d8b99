"""Running packs: one template in one private kernel each, an outcome for every one of them."""

from __future__ import annotations

import copy
import logging
import math
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .plan import Pack
from .redact import Redact

Notebook = Any
POLL_SECONDS = 0.2
CANCEL_SECONDS = 20.0


@dataclass(frozen=True)
class Limits:
    """Seconds that a kernel may take to start, one cell to run, and a whole pack."""

    start_seconds: int = 120
    cell_seconds: int = 900
    pack_seconds: float = 1800


@dataclass(frozen=True)
class Result:
    """What became of one pack. outcome: one of ledger.OUTCOMES. cell: 1-based, of those in the template."""

    pack: Pack
    outcome: str
    reason: str = ""
    cell: int | None = None
    seconds: float = 0.0
    file: str | None = None
    sha256: str | None = None


class Failure(Exception):  # noqa: N818
    """A pack that did not come out; `outcome` is one of ledger.OUTCOMES."""

    def __init__(self, outcome: str, reason: str, cell: int | None = None) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.cell = outcome, reason, cell


@dataclass
class Leashes:
    """The kernels of a run that are alive, so that a cancelled run ends all of them."""

    cancel_requested: bool = False
    cancelled: bool = False
    _held: set[Any] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, leash: Any) -> None:
        """Hold one more; it is pulled at once when the run is already cancelled."""
        with self._lock:
            self._held.add(leash)
            cancelled = self.cancelled
        if cancelled:
            leash.pull("cancelled")

    def remove(self, leash: Any) -> None:
        """Let one go."""
        with self._lock:
            self._held.discard(leash)

    def cancel(self) -> None:
        """End every kernel of the run, and those that still start."""
        with self._lock:
            self.cancelled = True
            held = list(self._held)
        for leash in held:
            leash.pull("cancelled")


def execute(pack: Pack, limits: Limits, leashes: Leashes) -> Notebook:
    """The executed notebook of one pack; Failure when it did not run to its end.

    The kernel works in a private folder that is gone afterwards, and so is everything that it started.
    """
    from .kernels import Leash, in_own_event_loop

    leash = Leash()
    # The system's own temporary folder, since socket paths must be short.
    folder = Path(tempfile.mkdtemp(prefix="csw-"))
    timer = threading.Timer(limits.pack_seconds, leash.pull, ["timeout"])
    timer.daemon = True
    try:
        leashes.add(leash)
        timer.start()
        notebook = in_own_event_loop(lambda: _execute(pack, limits, leash, folder))
    except Failure as failure:
        if leash.pulled:
            raise Failure(leash.pulled, _ENDED[leash.pulled].format(limits.pack_seconds)) from None
        raise failure from None
    finally:
        timer.cancel()
        leash.release()
        leashes.remove(leash)
        shutil.rmtree(folder, ignore_errors=True)
    if leash.pulled:
        raise Failure(leash.pulled, _ENDED[leash.pulled].format(limits.pack_seconds))
    return notebook


_ENDED = {"timeout": "the pack took longer than {:g} seconds", "cancelled": "the run was cancelled"}


def _execute(pack: Pack, limits: Limits, leash: Any, folder: Path) -> Notebook:
    import nbformat
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill import PapermillExecutionError, execute_notebook

    from .kernels import kernel_manager_class

    _quiet("papermill")
    try:
        notebook = execute_notebook(
            nbformat.from_dict(_prepared(pack.template.notebook)),  # type: ignore[no-untyped-call]
            None,
            parameters=dict(pack.parameters),
            kernel_name="python3",
            language="python",
            request_save_on_cell_execute=False,
            progress_bar=False,
            log_output=False,
            start_timeout=limits.start_seconds,
            execution_timeout=limits.cell_seconds,
            kernel_manager_class=kernel_manager_class(leash, folder),
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(folder)}},
        )
    except PapermillExecutionError as error:
        cell = _template_cell(error.cell_index, pack)
        raise Failure("cell_error", f"{error.ename}: {error.evalue}", cell) from None
    except CellTimeoutError:
        raise Failure("timeout", f"a cell took longer than {limits.cell_seconds:g} seconds") from None
    except DeadKernelError:
        raise Failure("kernel_died", "the kernel died while a cell ran") from None
    except Exception as error:
        raise Failure("kernel_died", f"the kernel could not run: {type(error).__name__}: {error}") from error
    _must_be_complete(notebook, pack)
    return notebook


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


def _must_be_complete(notebook: Notebook, pack: Pack) -> None:
    """A cell that left the notebook early (`exit()`) is an error, whatever papermill says of it."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        stopped = any(output.output_type == "error" for output in cell.outputs)
        if stopped or not cell.execution_count:
            where = _template_cell(index, pack)
            raise Failure("cell_error", "the notebook was left before its last cell", where)


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


def outcome_of(pack: Pack, make: Callable[[Pack], Mapping[str, Any]], redact: Redact) -> Result:
    """The result of making one pack; nothing that goes wrong in it is raised."""
    started = time.monotonic()
    try:
        made = make(pack)
        return Result(pack, "succeeded", seconds=_since(started), **made)
    except Failure as failure:
        return Result(pack, failure.outcome, redact(failure.reason), failure.cell, _since(started))
    except Exception as error:
        reason = redact(f"{type(error).__name__}: {error}")
        return Result(pack, "render_error", reason, seconds=_since(started))


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def run_packs(
    packs: Sequence[Pack],
    work: Callable[[Pack], Result],
    leashes: Leashes,
    jobs: int = 1,
    executor: Executor | None = None,
) -> Iterator[Result]:
    """Results as they come. executor: where packs are submitted to; threads that each drive a kernel, unless given.

    When `leashes.cancel_requested` turns true every kernel ends and what had not finished is `cancelled`.
    """
    pool = executor or ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="pack")
    futures = {pool.submit(work, pack): pack for pack in packs}
    waiting = set(futures)
    give_up_at = math.inf
    try:
        while waiting:
            done, waiting = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            if leashes.cancel_requested and give_up_at == math.inf:
                give_up_at = time.monotonic() + CANCEL_SECONDS
                leashes.cancel()
                done |= {future for future in waiting if future.cancel()}
            if time.monotonic() > give_up_at:
                done |= waiting
            waiting -= done
            yield from (_result(future, futures[future]) for future in done)
    finally:
        leashes.cancel()
        pool.shutdown(wait=False, cancel_futures=True)


def _result(future: Future[Result], pack: Pack) -> Result:
    if future.cancelled() or not future.done():
        return Result(pack, "cancelled", _ENDED["cancelled"])
    error = future.exception()
    return future.result() if error is None else Result(pack, "kernel_died", type(error).__name__)


@contextmanager
def cancel_on_signals(leashes: Leashes) -> Iterator[None]:
    """Turn the first Ctrl-C or SIGTERM into a cancelled run; a second one acts as it always does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}

    def request(number: int, frame: object) -> None:
        leashes.cancel_requested = True
        for name, handler in before.items():
            signal.signal(name, handler)

    for name in before:
        signal.signal(name, request)
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
