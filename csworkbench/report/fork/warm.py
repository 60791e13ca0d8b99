"""What a template does before its first fork: import modules, call functions, remember the files that were loaded."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

Stamps = dict[str, tuple[int, int]]
KERNEL_MODULES = (
    "comm",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.displayhook",
    "ipykernel.iostream",
    "ipykernel.debugger",
    "ipykernel.parentpoller",
    "ipykernel_launcher",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "encodings.utf_8_sig",
    "faulthandler",
    "pdb",
    "tornado.platform.asyncio",
    "zmq.eventloop.zmqstream",
    "zmq.utils.garbage",
)


class CannotWarm(Exception):
    """A module or function to warm up with failed; the text says which and why."""


def warm_up(preload: Sequence[str]) -> Stamps:
    """Import what a kernel needs and the named modules, call the named functions ("module:function").

    Returns the stamps of all files of Python code that are loaded then. CannotWarm when a named one fails.
    """
    # What is loaded stays; looking through it again and again for garbage would take a fifth of the time.
    gc.disable()
    for name in preload:
        try:
            _load(name)
        except BaseException as error:
            raise CannotWarm(f"{name} cannot be loaded: {type(error).__name__}: {error}") from error
    gc.freeze()
    gc.enable()
    return stamps()


def _load(name: str) -> None:
    module, _, function = name.partition(":")
    loaded = import_module(module)
    if function:
        getattr(loaded, function)()


def stamps() -> Stamps:
    """Time of change (ns) and size of every file of loaded Python code."""
    files = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    return {file: stamp for file in files if file.endswith(".py") and (stamp := _stamp(file)) is not None}


def changed(before: Stamps) -> str | None:
    """A file that is not as it was, or None."""
    return next((file for file, stamp in before.items() if _stamp(file) != stamp), None)


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
